"""What a person claims of a quantity: a number with so many digits, or a formula."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from pellucid import activations
from pellucid.core.errors import ArgumentError, KindError, nearest, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import OPS
from pellucid.engines.passes.loop import ELEMENTWISE
from pellucid.spaces.terms import Term, term

NOTHING = 1e-12                        # what rounding in float64 may leave of a 0
LONGEST = 300                          # letters of a claimed formula
SIGNS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide",
         ast.Pow: "power", ast.USub: "negative"}
NUMBER = re.compile(r"\s*[-+−]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")
NUMERAL = re.compile(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\w)")
FLOAT32 = 1e-4                         # how near a number comes that float32 has worked out
FLOAT32_DIGITS = 7                     # of which it has so many; more of them nobody has written
SPELLED = str.maketrans({"^": "**", "−": "-", "·": "*", "×": "*", "²": "**2", "³": "**3", "÷": "/"})


@dataclass(frozen=True)
class Claim:
    """A number, right to half a unit of its last digit (``unit``), or a formula (``term``).

    ``numerals`` are the numbers in the formula as they were written; ``near`` is how far off, as a
    share of it, a number may be that float32 has worked out.

    >>> claimed(0.415).unit, claimed("0.50").unit, claimed(12).unit
    (0.001, 0.01, 1.0)
    """

    said: str
    value: float = math.nan
    unit: float = 0.0
    term: Term | None = None
    numerals: tuple[str, ...] = ()
    near: float = 0.0

    @property
    def digits(self) -> int:
        """How many digits are claimed, those in front of the point counted, zeros there not."""
        if not self.value or not self.unit:
            return 1
        return max(1, math.floor(math.log10(abs(self.value) / self.unit) + 1e-9) + 1)

    def agrees(self, right: Any, slack: float = 0.5) -> bool:
        """Whether the number is ``right``, rounded or, of two digits and more, cut off.

        A 0 says that there is nothing, a 0.00 that nothing is left when it is rounded.
        """
        right = float(right)
        if not math.isfinite(right):
            return False
        off = abs(self.value - right)
        if not self.value:
            return off <= (0.5 * self.unit if self.unit < 1 else NOTHING)
        cut = math.trunc(right / self.unit * (1 + 1e-12)) * self.unit
        fuzz = 1e-9 * self.unit + 1e-14 * abs(right)
        return (off <= max(slack * self.unit + fuzz, self.near * abs(right))
                or (self.digits > 1 and abs(self.value - cut) <= fuzz))

    def moved(self, places: int) -> Claim:
        """The same digits with the point moved to the right."""
        factor = 10.0 ** places
        return Claim(self.said, self.value * factor, self.unit * factor)


def claimed(said: Any, read: Callable[[str], Term | None] = lambda name: None) -> Claim:
    """A claim as it was given: a number, a text that is one, or a formula in known names.

    ``read`` gives the term of a name, or None. Raises KindError for anything else, ArgumentError
    for numbers that are not finite and for formulas that are more than arithmetic.
    """
    if isinstance(said, str) and not NUMBER.fullmatch(said):
        return Claim(said, term=formula(said, read), numerals=tuple(NUMERAL.findall(said)))
    try:
        number = Decimal(str(said).replace("−", "-").strip())
    except InvalidOperation:
        raise KindError("a claim must be a number or a formula in a string", got=shown(said),
                        where=user_line()) from None
    if not number.is_finite():
        raise ArgumentError("a claimed number must be finite", got=shown(said), where=user_line())
    text, near = str(said), FLOAT32 if _in_float32(said, number) else 0.0
    if isinstance(said, float | np.floating):            # 4.0 claims what 4 claims
        text = text.removesuffix(".0")
        number = Decimal(text)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return Claim(text, float(number), 10.0 ** exponent, near=near)


def _in_float32(said: Any, number: Decimal) -> bool:
    """Whether a number is one of float32's that nobody has written, such as a model's own loss."""
    if not isinstance(said, float):
        return getattr(said, "dtype", None) == np.float32
    long = len(number.normalize().as_tuple().digits) > FLOAT32_DIGITS
    with np.errstate(over="ignore"):
        return long and float(np.float32(said)) == said


# formulas ----------------------------------------------------------------------------------------

def formula(said: str, read: Callable[[str], Term | None]) -> Term:
    """A formula as a term: arithmetic, and functions that are known here by name.

    >>> from pellucid.spaces.notation import symbol
    >>> print(formula("1 - tanh(z)^2", symbol))
    1 - square(tanh(z))
    """
    if len(said) > LONGEST:
        raise ArgumentError(f"a claimed formula may have {LONGEST} letters", got=f"{len(said)}",
                            where=user_line())
    try:
        tree = ast.parse(said.translate(SPELLED).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _unreadable(said, "it cannot be read") from None
    return _term(tree, said, read)


def _term(node: ast.AST, said: str, read: Callable[[str], Term | None]) -> Term:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return _number(number, said)
        case ast.Name(id=name):
            if (known := read(name)) is None:
                raise _unreadable(said, f'no quantity of this derivation is called "{name}"')
            return known
        case ast.UnaryOp(op=ast.UAdd(), operand=inner):
            return _term(inner, said, read)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return _applied("negative", [inner], said, read)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in SIGNS:
            return _applied(SIGNS[type(sign)], [left, right], said, read)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if args:
            return _applied(_function(name, said), args, said, read)
    raise _unreadable(said, f'"{ast.unparse(node)}" is no arithmetic')


def _number(number: float, said: str) -> Term:
    try:
        return term(float(number))
    except OverflowError:
        raise _unreadable(said, "a number in it is too large") from None


def _applied(name: str, operands: list[ast.expr], said: str,
             read: Callable[[str], Term | None]) -> Term:
    op = functions().get(name) or OPS[name]
    wanted = op.operands
    if wanted is not None and len(wanted) != len(operands):
        raise _unreadable(said, f"{name} takes {len(wanted)} operands, not {len(operands)}")
    return term(op(*(_term(each, said, read) for each in operands)))


def _function(name: str, said: str) -> str:
    known = functions()
    if name not in known:
        raise _unreadable(said, f'"{name}" is not a known function', nearest(name, known))
    return name


def functions() -> Mapping[str, Any]:
    """The functions that a claimed formula may use, by name and by sign."""
    known = {name: OPS[name] for name in ELEMENTWISE if name in OPS}
    known |= {each.name: each for each in activations.FUNCTIONS.values() if hasattr(each, "rule")}
    known |= {each.symbol: each for each in list(known.values()) if each.symbol}
    return known | {"ln": OPS["log"]}


def _unreadable(said: str, why: str, hint: str | None = None) -> ArgumentError:
    return ArgumentError(f'the claimed formula "{said}" cannot be checked: {why}',
                         where=user_line(), hint=hint or "use + - * / **, numbers, names of the "
                         "derivation and functions such as tanh")
