"""An atom: a row of the closed table in `pellucid.atoms`, a NumPy function and its gradient."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.op import Application, Op
from pellucid.core.recording import recording
from pellucid.core.tensor import OPS, Abstract, Tensor, as_operand, convert

ATOMS: dict[str, Atom] = {}    # the closed set, by name


class Atom(Op):
    """A row of the closed table: a NumPy function and one gradient rule for each operand.

    ``meet`` says in which dtype the operands meet: "same" (promoted together), "number" (as same,
    bools count as int32), "whole" (as number, no floats), "bits" (as same, no floats), "float"
    (promoted, at least the default float), "bool", "own" (each keeps its own), or None (as they
    come). ``keep`` is the number of leading operands left out of it;
    ``result="bool"`` marks comparisons; ``whole`` says that the one rule gives the gradients of all
    operands, ``many`` that there are many outputs.
    """

    __name__: str                                    # for help and editors, as is the signature
    __qualname__: str
    __signature__: inspect.Signature

    def __init__(self, body: Callable[..., Any], *rules: Callable[..., Any] | None,
                 meet: str | None = "own", keep: int = 0, result: str | None = None,
                 many: bool = False, whole: bool = False, **facts: Any) -> None:
        super().__init__(body, **facts)
        self.rules: Sequence[Any] = rules
        self.meet, self.keep, self.result = meet, keep, result
        self.many, self.whole = many, whole
        self.shape: Callable[..., Any] | None = None     # filled in by pellucid.spaces.shapes

    def apply(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        inputs = self.meeting([as_operand(arg) for arg in args])
        values = [each.value if isinstance(each, Tensor) else each for each in inputs]
        if any(isinstance(value, Abstract) for value in values):
            assert self.shape is not None
            results = self.shape(*values, **options)
        else:
            results = self.evaluate(values, options)
        outputs = tuple(map(Tensor, results if self.many else (results,)))
        Application(self, inputs, options, outputs, recording.scope).tell()
        return outputs if self.many else outputs[0]

    def meeting(self, inputs: list[Any]) -> tuple[Any, ...]:
        """The operands in their common dtype; a cast is an atom too, so gradients pass it."""
        if self.meet in (None, "own"):
            return tuple(map(convert, inputs) if self.meet else inputs)
        kept, rest = inputs[: self.keep], inputs[self.keep:]
        common = "bool" if self.meet == "bool" else dtypes.result_type(*map(dtypes.of, rest))
        if self.meet == "float" and not dtypes.is_float(common):
            common = dtypes.floatx()
        if self.meet in ("number", "whole") and common == "bool":
            common = "int32"
        if self.meet in ("whole", "bits") and dtypes.is_float(common):
            raise KindError(f"{self.name} needs whole numbers", got=common, where=user_line(),
                            hint='ops.cast(x, "int32")')
        _check_held(rest, common)
        if not any(isinstance(each, Tensor) for each in rest):
            rest = [Tensor(np.asarray(each, common)) for each in rest]
        return (*kept, *(ATOMS["cast"](each, dtype=common)
                         if isinstance(each, Tensor) and each.dtype != common else each
                         for each in rest))

    def evaluate(self, values: Sequence[Any], options: dict[str, Any]) -> Any:
        """The NumPy value; shapes that do not fit are told apart from other mistakes."""
        try:
            with np.errstate(all="ignore"):
                results = self.body(*values, **options)
        except (ValueError, IndexError) as error:
            shapes = " and ".join(str(np.shape(value)) for value in values)
            raise ShapeError(f"{self.name} cannot combine shapes {shapes} ({error})",
                             where=user_line()) from None
        return tuple(map(np.asarray, results)) if self.many else np.asarray(results)

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        g, y = ((gradients, application.outputs) if self.many
                else (gradients[0], application.outputs[0]))
        if self.whole:
            return self.rules[0](g, y, *application.inputs, **application.options)
        return [rule(g, y, *application.inputs, **application.options)
                if rule is not None and want else None
                for rule, want in zip(self.rules, wanted, strict=True)]


def _check_held(inputs: Sequence[Any], common: str) -> None:
    """Python's whole numbers must have a place in the dtype in which they meet tensors."""
    for each in inputs:
        if isinstance(each, int) and "int" in common:
            held = np.iinfo(common)
            if not held.min <= each <= held.max:
                raise KindError(f"{common} has no place for {each}", where=user_line(),
                                hint=f'cast the {common} tensor first, say to "int32"')


def atom(name: str, body: Callable[..., Any], *rules: Callable[..., Any] | None, about: str,
         example: tuple[str, Any] | None = None, **facts: Any) -> Atom:
    """Add a row to the closed table of atoms.

    ``about`` says in a sentence what the atom gives; ``example``, a call and the list or number
    that it must give, is shown by `help` and run by the tests.
    """
    made = Atom(body, *rules, **facts)
    made.name = made.__name__ = made.__qualname__ = name
    made.__module__ = sys._getframe(1).f_globals["__name__"]     # where the row stands
    made.__doc__ = about if example is None else (
        f"{about}\n\n>>> {example[0]}.tolist()\n{example[1]!r}\n")
    if isinstance(body, np.ufunc):                 # of what NumPy's can do, these are taken over
        made.__signature__ = inspect.Signature([
            inspect.Parameter(each, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for each in made.operands or ()])
    ATOMS[name] = OPS[name] = made
    return made
