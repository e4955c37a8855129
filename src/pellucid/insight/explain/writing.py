"""How formulas of whole tensors are written: W1ᵀ x, a sum over rows, parts, steps, what is joined.

All of it computes as well, by the ops that it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.core.op import Op
from pellucid.core.tensor import OPS
from pellucid.insight.explain.naming import Quantity
from pellucid.spaces.terms import Term

SUM = Op(lambda x: OPS["sum"](x, axis=0), text="Σ {0:>}", tex=r"\sum {0:>}", level=1.5)
TRANSPOSED = Op(lambda x: OPS["transpose"](x), text="{0:>}ᵀ", tex="{0:>}^T", level=5)
WINDOWS = Op(lambda x: x, text="windows({0:0})", tex=r"\operatorname{{windows}}({0:0})")
PRODUCT = Op(lambda x, y: OPS["matmul"](x, y), text="{0:>} {1:>}", tex=r"{0:>} \; {1:>}", level=3)
ONE_HOT = Op(lambda x: x, text="one_hot({0:0})", tex=r"\operatorname{{one\_hot}}({0:0})")
MANY = 4                               # steps of a sequence that are written side by side


class Matrix(Term):
    """A symbol that stands for a tensor; it knows its shape, its numbers and its step in time.

    A ``column`` is a row of the tape; a gradient is that ``of`` a quantity.
    """

    def __init__(self, name: str, latex: str, shape: tuple[int, ...], column: bool = False,
                 turn: int | None = None, values: Callable[[], np.ndarray] | None = None,
                 of: Quantity | None = None) -> None:
        super().__init__(name=name, latex=latex)
        self.dimensions, self.column, self.turn = shape, column, turn
        self.of, self._values = of, values

    @property
    def number(self) -> np.ndarray | None:
        """Its numbers, in the shape in which it is written."""
        return None if self._values is None else np.reshape(self._values(), self.dimensions)


class Part(Term):
    """A part of a tensor, as in Python: ``z[:, 2:4]`` are columns 2 and 3, counted from 0.

    ``column`` says that it is written as a column, as all that goes with a single row.
    """

    def __init__(self, whole: Term, index: tuple[slice | int, ...], column: bool) -> None:
        said, taken = ", ".join(map(_said, index)), (*index, None) if column else index
        super().__init__(Op(lambda x: x[taken], text=f"{{0}}[{said}]", tex=rf"{{0}}[{said}]",
                            level=6), (whole,))


class StepOf(Term):
    """A step of a sequence: ``X<2>`` is X[:, 1]; of a single row it is a column."""

    def __init__(self, whole: Matrix, t: int, single: bool) -> None:
        name, latex = f"{whole.name}<{t + 1}>", rf"{whole.latex}^{{\langle {t + 1} \rangle}}"
        tex = latex.replace("{", "{{").replace("}", "}}")
        super().__init__(Op(lambda x: OPS["transpose"](x[:, t]) if single else x[:, t],
                            text=name, tex=tex, tex_level=4), (whole,))
        shape = (whole.dimensions[0], *whole.dimensions[2:])
        self.column = single and len(shape) == 2
        self.dimensions = shape[::-1] if self.column else shape


class Rows(Term):
    """Rows of a table, looked up by numbers: ``E[X]``; that of a single number is a column."""

    def __init__(self, table: Term, numbers: Term, column: bool) -> None:
        def body(x: Any, i: Any) -> Any:
            rows = OPS["gather"](x, OPS["cast"](i, dtype="int64"), axis=0)
            return OPS["transpose"](rows) if column else rows

        super().__init__(Op(body, text="{0:>}[{1:0}]", tex="{0:>}[{1:0}]", level=6),
                         (table, numbers))
        self.column = column


def joined(parts: Sequence[Term], columns: bool) -> Term:
    """Matrices side by side, or columns one below the other."""
    sign, between = ("; ", r" \\ ") if columns else (" | ", " & ")
    slots = [f"{{{i}:0}}" for i in range(len(parts))]
    matrix = rf"\begin{{{{pmatrix}}}}{between.join(slots)}\end{{{{pmatrix}}}}"
    many = Op(lambda *xs: OPS["join"](*xs, axis=0 if columns else -1),
              text=f"[{sign.join(slots)}]", tex=matrix)
    many.name = "joined"
    return Term(many, parts)


def in_steps(parts: Sequence[Term]) -> Term:
    """The steps of a sequence, of which the first and the last ones are written."""
    half = MANY // 2
    shown = [*parts] if len(parts) <= MANY else [
        *parts[:half], Term(name="…", latex=r"\dots"), *parts[-half:]]
    slots = ", ".join(f"{{{i}:0}}" for i in range(len(shown)))
    many = Op(lambda *xs: np.stack(xs, axis=1), text=f"steps({slots})",
              tex=rf"\operatorname{{{{steps}}}}({slots})")
    many.name = "steps"
    return Term(many, shown)


def _said(each: slice | int) -> str:
    if isinstance(each, int):
        return str(each)
    return ":" if each.start is None else f"{each.start}:{each.stop}"


def is_column(each: Term) -> bool:
    """Whether a term is a row on the tape that is written as a column."""
    if isinstance(each, Matrix | StepOf | Rows):
        return each.column
    return each.op is not None and each.op not in (PRODUCT, TRANSPOSED) and any(
        map(is_column, each.args))


def turned(each: Term) -> Term:
    """The transpose, which of a transpose is the matrix itself."""
    if each.value == 0:
        return each
    return each.args[0] if each.op is TRANSPOSED else Term(TRANSPOSED, (each,))


def within(each: Term) -> Iterator[Term]:
    """A term and all that it is made of, but for symbols."""
    if each.op is not None and not each.name:
        yield each
        for arg in each.args:
            yield from within(arg)


# shapes ------------------------------------------------------------------------------------------

def sized(shape: tuple[int, ...]) -> str:
    """A shape as it is printed: ``(4×3)``."""
    return f"({'×'.join(map(str, shape)) or '1'})"


def meeting(formula: Term, result: tuple[int, ...]) -> str:
    """Which shapes meet: ``(4×3)ᵀ(4×1) + (3×1) → (3×1)``."""
    try:
        parts = list(within(formula))
        said = f"{_in_shapes(formula)} " if any(each.op is PRODUCT for each in parts) else ""
    except ValueError:                                   # it has other ops in it
        said = ""
    return f"{said}→ {sized(result)}"


def _in_shapes(each: Term) -> str:
    if (shape := _shape_of(each)) is not None:
        return sized(shape)
    if each.op is TRANSPOSED:
        return f"{_in_shapes(each.args[0])}ᵀ"
    if each.op not in (PRODUCT, OPS["add"]):
        raise ValueError(each.op)
    between = "" if each.op is PRODUCT else " + "
    return between.join(map(_in_shapes, each.args))


def _shape_of(each: Term) -> tuple[int, ...] | None:
    """The shape of a symbol, of a step, or of what is joined of such."""
    if isinstance(each, Matrix | StepOf):
        return each.dimensions
    if each.op is None or each.op.name != "joined":
        return None
    shapes = [_shape_of(arg) for arg in each.args]
    if any(shape is None or len(shape) != 2 for shape in shapes):
        raise ValueError(each.op)
    known: list[tuple[int, ...]] = [shape for shape in shapes if shape is not None]
    axis = 0 if "; " in each.op.facts["text"] else 1
    total = list(known[0])
    total[axis] = sum(shape[axis] for shape in known)
    return tuple(total)
