"""The derivation in matrix form: a line for each tensor, with the shapes that meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.core.op import Op
from pellucid.core.tensor import OPS, Tensor
from pellucid.core.variable import Variable
from pellucid.insight.explain.derivation import Derivation
from pellucid.insight.explain.naming import Quantity, letter_latex
from pellucid.insight.explain.numbers import leaves, neat, text_of
from pellucid.insight.explain.selection import ROUNDING, Nudge, cancelled, knobs_of, remark
from pellucid.insight.explain.step import Step
from pellucid.spaces.terms import NeedsValue, Term, term

UPPER = dict(zip("wxyzŷohapqruvs", "WXYZŶOHAPQRUVS", strict=True))
QUIET = frozenset(("reshape", "broadcast_to", "identity", "stop_gradient", "cast"))
UNREADABLE = frozenset(("place", "gather", "scatter_add", "overlap_add", "join"))
NOTE = 'no short formula in matrices; level="unit" writes it out number by number'
LONG = 110                             # letters of a formula; a longer one is told by its layer
SUM = Op(lambda x: OPS["sum"](x, axis=0), text="Σ {0:>}", tex=r"\sum {0:>}", level=1.5)
TRANSPOSED = Op(lambda x: OPS["transpose"](x), text="{0:>}ᵀ", tex="{0:>}^T", level=5)
WINDOWS = Op(lambda x: x, text="windows({0:0})", tex=r"\operatorname{{windows}}({0:0})")
PRODUCT = Op(lambda x, y: OPS["matmul"](x, y), text="{0:>} {1:>}", tex=r"{0:>} \; {1:>}", level=3)


class Part(Term):
    """A part of a tensor, as in Python: ``z[:, 2:4]`` are columns 2 and 3, counted from 0."""

    def __init__(self, whole: Term, index: str) -> None:
        super().__init__(Op(lambda x: x, text=f"{{0}}[{index}]", tex=rf"{{0}}[{index}]", level=6),
                         (whole,))


class Matrix(Term):
    """A symbol that stands for a tensor, and knows its shape; a ``column`` is a row of the tape."""

    def __init__(self, name: str, latex: str, shape: tuple[int, ...], column: bool = False
                 ) -> None:
        super().__init__(name=name, latex=latex)
        self.dimensions, self.column = shape, column


class Matrices:
    """Formulas of whole tensors. With one row, x and what follows from it are columns."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation, self.stations = derivation, derivation.stations
        self.single = self.stations.rows == 1
        self.at = {quantity: i for i, quantity in enumerate(self.stations.forward)}
        self.named = frozenset(derivation.names.quantities)
        self.symbols: dict[bytes, list[tuple[int, Matrix]]] = {}
        for quantity in derivation.names.quantities:
            source = derivation.sources.get(quantity)
            at = -1 if source is None else self.at.get(source, len(self.at))
            self.symbols.setdefault(_key(quantity.ids), []).append((at, self.symbol(quantity)))

    def symbol(self, quantity: Quantity) -> Matrix:
        """The name of a quantity as a whole: W1 for all w^1_ij."""
        number = quantity.above if quantity.above[:1] not in ("", "<") else (
            "".join(map(str, quantity.lead)))
        column = (self.single and not quantity.path and quantity.shape[:1] in ((), (1,))
                  ) or len(quantity.shape) < 2
        letter = quantity.letter if column else UPPER.get(quantity.letter, quantity.letter)
        step = quantity.above if quantity.above[:1] == "<" else ""
        latex = letter_latex(letter) + (f"_{{{number}}}" if number else "") + (
            rf"^{{\langle {step[1:-1]} \rangle}}" if step else "")
        return Matrix(quantity.wrap[0].format(f"{letter}{number}{step}"),
                      quantity.wrap[1].format(latex), self.shape_of(quantity),
                      column and len(quantity.shape) <= 2)

    def shape_of(self, quantity: Quantity) -> tuple[int, ...]:
        """The shape as it is written: a single row is a column."""
        shape = quantity.shape
        if len(shape) == 2 and quantity.path:
            return shape
        if self.single and len(shape) == 2 and shape[0] == 1:
            return shape[::-1]
        return (*shape, 1) if self.single and len(shape) == 1 else shape

    def formula(self, quantity: Quantity, tensor: Tensor) -> Term | None:
        """What a tensor was computed as; None where that is too long for a line."""
        self._own, self._from = _key(quantity.ids), self._position(quantity)
        named = quantity in self.named
        try:
            found = self._made(tensor) if named else self._of(tensor, own=False)
        except (NeedsValue, TypeError, ValueError, AttributeError):
            return None
        long = len(text_of(found)) > LONG or any(
            each.op is not None and each.op.name in UNREADABLE for each in _parts(found))
        return None if long else found

    def _position(self, quantity: Quantity) -> float:
        """Where a gradient belongs among the stations: those of weights before their layer's."""
        source = self.derivation.sources.get(quantity, quantity)
        near = [i for each, i in self.at.items() if each.place == source.place]
        return self.at.get(source, min(near, default=0) - 0.5)

    def _of(self, value: Any, own: bool = True) -> Term:
        if not isinstance(value, Tensor):
            return term(value)
        key = _key(self.derivation.cells.ids(value))
        found, own = self.symbols.get(key, []), own and key == self._own
        if not found or (own and len(found) == 1):
            return self._made(value)
        later = [each for each in found if each[0] > self._from]     # of gradients that are one
        if own and not later:
            return self._made(value)
        return min(later, key=lambda each: each[0])[1] if later else found[0][1]

    def _made(self, tensor: Tensor) -> Term:
        cells = self.derivation.cells
        tensor = cells.same.get(tensor, tensor)
        if len(cells.ids(tensor).shape) > 0 and tensor not in cells.makers:
            raise NeedsValue("an array of constants")
        made = cells.makers.get(tensor)
        if made is None:
            return term(tensor)
        name, inputs = made.op.name, made.inputs
        if name == "matrix_product":
            return self._product(inputs[0], inputs[1])
        if name == "transpose":
            return _turned(self._of(inputs[0]))
        if name == "windows":
            return Term(WINDOWS, (self._of(inputs[0]),))
        if name == "strided":
            return self._part(inputs[0], tensor, made.options["spans"])
        if name in QUIET:
            return self._of(inputs[0])
        if name == "where" and np.size(inputs[0]) == 1:  # a choice that is made once for all
            return self._of(inputs[1 if np.all(np.asarray(inputs[0])) else 2])
        args = [self._of(each) for each in inputs]
        if name == "sum":
            return args[0] if inputs[0].size == tensor.size else Term(SUM, args)
        return term(OPS[name](*args, **made.options)) if name in OPS else Term(
            made.op, args, made.options)

    def _product(self, left: Tensor, right: Tensor) -> Term:
        """A product of matrices; (x W)ᵀ is Wᵀ x, where x is a row of the tape and a column here."""
        a, b = self._of(left), self._of(right)
        if 0 in (a.value, b.value):                      # the state before the first step
            return term(0)
        turned = a.op is TRANSPOSED
        if self.single and turned and _column(a.args[0]) and _column(b):
            return Term(PRODUCT, (a.args[0], _turned(b)))
        if self.single and not turned and _column(a) and not _column(b):
            return Term(PRODUCT, (_turned(b), a))
        return Term(PRODUCT, (a, b))

    def _part(self, whole: Tensor, part: Tensor, spans: tuple[tuple[int, int, int], ...]) -> Term:
        """The columns of an LSTM's gate, or a step of a sequence; else too much for a line."""
        cut = [i for i, (each, n) in enumerate(zip(spans, whole.shape, strict=True))
               if each != (0, n, 1)]
        if len(cut) != 1 or spans[cut[0]][2] != 1:
            raise NeedsValue("a part in several ways")
        (start, count, _), axis = spans[cut[0]], cut[0]
        inside = str(start) if count == 1 and whole.ndim > 2 else f"{start}:{start + count}"
        lead = axis - 1 if self.single and whole.ndim == 2 and axis else axis    # it is a column
        return Part(self._of(whole), ", ".join([":"] * lead + [inside]))

    def shapes(self, formula: Term, result: tuple[int, ...]) -> str:
        """Which shapes meet: ``(4×3)ᵀ(4×1) + (3×1) → (3×1)``."""
        goes = f"→ {_sized(result)}"
        ops = {each.op for each in _parts(formula)}
        if PRODUCT not in ops or not ops <= {PRODUCT, TRANSPOSED, OPS["add"]}:
            return goes
        return f"{_in_shapes(formula)} {goes}"


def _column(each: Term) -> bool:
    """Whether a term is a row on the tape that is written as a column."""
    if isinstance(each, Matrix):
        return each.column
    return each.op is not None and each.op not in (PRODUCT, TRANSPOSED) and any(
        map(_column, each.args))


def _turned(each: Term) -> Term:
    """The transpose, which of a transpose is the matrix itself."""
    return each.args[0] if each.op is TRANSPOSED else Term(TRANSPOSED, (each,))


def _key(ids: np.ndarray) -> bytes:
    return repr(ids.shape).encode() + ids.tobytes()


def _parts(each: Term) -> Iterator[Term]:
    if each.op is not None and not each.name:
        yield each
        for arg in each.args:
            yield from _parts(arg)


def _sized(shape: tuple[int, ...]) -> str:
    return f"({'×'.join(map(str, shape)) or '1'})"


def _in_shapes(each: Term) -> str:
    if isinstance(each, Matrix):
        return _sized(each.dimensions)
    if each.op is TRANSPOSED:
        return f"{_in_shapes(each.args[0])}ᵀ"
    between = "" if each.op is PRODUCT else " + "
    return between.join(map(_in_shapes, each.args))


# the steps --------------------------------------------------------------------------------------

def in_matrices(derivation: Derivation, moving: dict[Variable, list[Quantity]], nudge: Nudge
                ) -> Iterator[Step]:
    """The steps of the derivation, tensor by tensor."""
    matrices, stations = Matrices(derivation), derivation.stations
    for quantity in [*stations.inputs, *stations.targets, *stations.weights.values(),
                     *knobs_of(derivation)]:
        yield _step(matrices, "given", quantity, None)
    for quantity in stations.forward:
        part = "loss" if quantity.place == "loss" else "forward"
        yield _step(matrices, part, quantity, stations.tensors[quantity])
    for quantity in derivation.in_order():
        tensor = stations.record.gradients[stations.tensors[quantity]]
        note = "" if derivation.variable_of(quantity) is None else _nudged(
            derivation, quantity, nudge)
        yield _step(matrices, "backward", derivation.gradients[quantity], tensor, note)
    for quantities in moving.values():
        for quantity in quantities:
            yield _step(matrices, "update", quantity, stations.tensors.get(quantity))


def _step(matrices: Matrices, part: str, quantity: Quantity, tensor: Tensor | None, note: str = ""
          ) -> Step:
    symbol, derivation = matrices.symbol(quantity), matrices.derivation
    formula = None if tensor is None else matrices.formula(quantity, tensor)
    value = derivation.values(quantity)
    size = matrices.shape_of(quantity)
    if formula is not None and not list(leaves(formula)):
        formula = None
    shapes = matrices.shapes(formula, size) if formula is not None else _sized(size)
    if tensor is not None and formula is None and part in ("forward", "backward"):
        note = note or NOTE
    return Step(part, quantity.place, symbol.name, symbol.latex, value,
                None if formula is None else neat(formula, derivation.digits),
                shape=size, shapes=shapes, note=note)


def _nudged(derivation: Derivation, quantity: Quantity, nudge: Nudge) -> str:
    """The largest number of a gradient, beside what nudging that weight shows."""
    values = derivation.values(derivation.gradients[quantity])
    where = tuple(map(int, np.unravel_index(int(np.argmax(np.abs(values))), values.shape)))
    found, digits = nudge(quantity, where), derivation.digits
    said = remark(float(values[where]), found)
    if 0 < abs(values[where]) < ROUNDING:                # then it is worth a look number by number
        said = said or cancelled(derivation.backward(quantity, where))
    return (f"largest: ∂L/∂{quantity.name(where)} = {values[where]:.{digits}g}, "
            f"nudged: {found:.{digits}g}{'; ' if said else ''}{said}")
