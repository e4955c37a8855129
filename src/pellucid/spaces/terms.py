"""A term: a formula as a tree of ops, which writes itself as text or LaTeX.

How an op is written stands in its row: ``text=``, ``tex=`` (both format strings over the operands)
and ``level=``, the strength of its sign. In a form, ``{0}`` puts an operand in parentheses if its
sign is weaker, ``{0:>}`` if it is not stronger, ``{0:0}`` never. Without a form an op is written
as a call: ``softmax(x, axis=0)``.
"""

from __future__ import annotations

import inspect
import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core.op import Op
from pellucid.core.tensor import Operators, Tensor

SIMPLER: dict[str, Callable[..., Any]] = {}    # op → its shorter form, filled by simplify.py
ATOMIC, SIGNED = 9, 2                          # the strength of a symbol, and of a minus sign
RAISED = 4                                     # of a power, and of a symbol that looks like one
PUT_IN = 0.5                                   # of a negative number put in: 0.1 + (-0.3)
_ROOTS = {math.pi: r"\pi", 2 * math.pi: r"2 \pi", math.sqrt(2): r"\sqrt{2}",
          math.sqrt(2 / math.pi): r"\sqrt{2 / \pi}", 2 / math.sqrt(math.pi): r"2 / \sqrt{\pi}"}


class NeedsValue(TypeError, AttributeError):     # noqa: N818 (a need, not an error)
    """The formula depends on a shape or a number, which a symbol has not; `hasattr` says so too."""


class Term(Operators):
    """An op applied to terms, or a leaf: a symbol (``name``) or a number (``value``).

    A symbol whose spelling in LaTeX does not follow from its name has it in ``latex``.
    """

    def __init__(self, op: Op | None = None, args: Sequence[Term] = (),
                 options: dict[str, Any] | None = None, *, name: str = "", latex: str = "",
                 value: float | None = None) -> None:
        self.op, self.args, self.options = op, tuple(args), options or {}
        self.name, self.latex, self.value = name, latex, value

    @staticmethod
    def space(op: Op, args: Sequence[Any], options: dict[str, Any]) -> Term:
        """An op applied to terms is a term, in its simplest form."""
        terms = [term(each) for each in args]
        simpler = SIMPLER.get(op.name)
        shorter = simpler(*terms, **options) if simpler else None
        return term(shorter) if shorter is not None else Term(op, terms, options)

    def called(self, name: str) -> Term:
        """The same term, written as one symbol from now on."""
        return Term(self.op, self.args, self.options, name=name, value=self.value)

    dtype = "float64"

    @property
    def shape(self) -> tuple[int, ...]: raise NeedsValue("a symbol has no shape")

    def __array__(self, *_: Any, **__: Any) -> Any: raise NeedsValue("a symbol has no numbers")
    def __iter__(self) -> Any: raise NeedsValue("a symbol has no length")
    def __bool__(self) -> bool: raise NeedsValue("a symbol is neither true nor false")
    def __str__(self) -> str: return write(self, "text")
    def __repr__(self) -> str: return f"<term {self}>"
    def _repr_latex_(self) -> str: return f"${write(self, 'tex')}$"


def term(value: Any) -> Term:
    """A number, or a tensor that holds one, as a term."""
    if isinstance(value, Term):
        return value
    if isinstance(value, Tensor) and not value.shape:
        value = value.item()
    if isinstance(value, (bool, int, float, np.number)):
        return Term(value=float(value))
    raise NeedsValue(f"{type(value).__name__} has no short form")


class _Operand:
    """An operand inside a form, which knows whether it needs parentheses there."""

    def __init__(self, term: Term, language: str, outer: float) -> None:
        self.text, self.language = write(term, language), language
        self.level, self.outer = level(term, language), outer

    def __format__(self, rule: str) -> str:
        bare = {"0": True, ">": self.level > self.outer, "": self.level >= self.outer}[rule]
        left, right = ("(", ")") if self.language == "text" else (r"\left(", r"\right)")
        return self.text if bare else f"{left}{self.text}{right}"


def level(term: Term, language: str) -> float:
    """The strength of a term's outermost sign, in ``"text"`` or ``"tex"``."""
    if term.name.startswith("-"):
        return PUT_IN
    if language == "tex" and ("^" in term.latex or term.latex.startswith(r"\frac")):
        return RAISED                                    # w^{1} can have no second superscript
    if term.name or term.op is None:
        return SIGNED if not term.name and (term.value or 0) < 0 else ATOMIC
    facts = term.op.facts
    if language not in facts:
        return ATOMIC                                    # a call needs no parentheses
    return facts.get(f"{language}_level", facts.get("level", ATOMIC))


def write(term: Term, language: str) -> str:
    """A term in ``"text"`` (which Python reads back) or in ``"tex"``."""
    if term.name:
        return term.name if language == "text" else term.latex or tex_name(term.name)
    if term.op is None:
        return number_text(term.value) if language == "text" else number_tex(term.value)
    form = term.op.facts.get(language)
    if form is None:
        return _call(term, term.op, language)
    outer = level(term, language)
    return form.format(*(_Operand(each, language, outer) for each in term.args))


def _call(term: Term, op: Op, language: str) -> str:
    parts = [write(each, language) for each in term.args]
    if language == "tex":
        symbol = tex_name(op.symbol or op.name)
        return rf"{symbol}\left({', '.join(parts)}\right)"
    usual = {} if isinstance(op.body, np.ufunc) else inspect.signature(op.body).parameters
    parts += [f"{name}={value!r}" for name, value in term.options.items()
              if name not in usual or usual[name].default != value]
    return f"{op.name}({', '.join(parts)})"


def number_text(value: Any) -> str:
    """A number as Python reads it, without a needless point: ``2``, ``0.5``, ``1e-07``."""
    return str(int(value)) if abs(value) < 1e6 and value == int(value) else repr(value)


def number_tex(value: Any) -> str:
    """A number as a book prints it: ``2``, ``0.5``, ``10^{-7}``, ``\\sqrt{2}``."""
    if abs(value) in _ROOTS:
        return ("-" if value < 0 else "") + _ROOTS[abs(value)]
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    mantissa, _, power = f"{value:.6g}".partition("e")
    if not power:
        return mantissa
    times = {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ")
    return f"{times}10^{{{int(power)}}}"


def tex_name(name: str) -> str:
    """A symbol in LaTeX: ``σ`` → ``\\sigma``, ``w_12`` → ``w_{12}``, ``relu`` upright, ``m'``."""
    if len(name) > 1 and name.endswith("'"):
        return f"{tex_name(name[:-1])}'"
    index = name[1:].lstrip("_")
    if index and (name[1] == "_" or index.isdecimal()):
        return f"{tex_letter(name[0])}_{{{index}}}"
    if len(name) > 1 and name.isascii() and name.isidentifier():
        return rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"
    return "".join(map(tex_letter, name))


def tex_letter(letter: str) -> str:
    """A letter in LaTeX: a Greek one by its name, any other as it is.

    >>> print(tex_letter("σ"), tex_letter("Λ"), tex_letter("w"))
    \\sigma \\Lambda w
    """
    words = unicodedata.name(letter, "").split()
    if words[:1] != ["GREEK"] or len(words) != 4:
        return letter
    spelled = words[3].replace("LAMDA", "LAMBDA").lower()
    return "\\" + (spelled if words[1] == "SMALL" else spelled.capitalize())
