"""Formulas of whole tensors, read off the tape."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from pellucid.core.op import Application
from pellucid.core.tensor import OPS, Tensor
from pellucid.insight.cards.typeset import in_latex
from pellucid.insight.explain.derivation import Derivation
from pellucid.insight.explain.naming import Quantity, letter_latex
from pellucid.insight.explain.pieces import Pieces
from pellucid.insight.explain.spans import placed
from pellucid.insight.explain.stations import constant
from pellucid.insight.explain.writing import (
    ONE_HOT,
    PRODUCT,
    SUM,
    TRANSPOSED,
    WINDOWS,
    Matrix,
    Part,
    Rows,
    StepOf,
    is_column,
    turned,
    within,
)
from pellucid.spaces.terms import NeedsValue, Term, term, tex_name

PASSING = "rsuv"                       # letters of gates, which are no outputs of layers
UPPER = dict(zip("wxyzŷohapqruvs", "WXYZŶOHAPQRUVS", strict=True))
QUIET = frozenset(("reshape", "broadcast_to", "identity", "stop_gradient", "cast"))
UNREADABLE = frozenset(("place", "gather", "scatter_add", "overlap_add", "join"))


class Matrices(Pieces):
    """Formulas of whole tensors. With one row, x and what follows from it are columns."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation, self.stations = derivation, derivation.stations
        self.cells, self.by_number = derivation.cells, derivation.formulas.works_by_number
        self.single = self.stations.rows == 1
        self.at = {quantity: i for i, quantity in enumerate(self.stations.forward)}
        self.named = frozenset(derivation.names.quantities)
        self.given = frozenset(self.stations.tensors[each] for each in self.stations.inputs)
        self._own, self._from = b"", -1.0
        self._source: Quantity | None = None
        self.found: dict[Any, Any] = {}
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
        small = column or (quantity.turn is not None and quantity.letter in PASSING)
        letter = quantity.letter if small else UPPER.get(quantity.letter, quantity.letter)
        step = quantity.above if quantity.above[:1] == "<" else ""
        base, above = letter_latex(letter)
        above += rf"\langle {step[1:-1]} \rangle" if step else ""
        latex = base + (f"_{{{number}}}" if number else "") + (f"^{{{above}}}" if above else "")
        return Matrix(quantity.wrap[0].format(f"{letter}{number}{step}"),
                      quantity.wrap[1].format(latex), self.shape_of(quantity),
                      column and len(quantity.shape) <= 2, quantity.turn,
                      lambda: self.derivation.values(quantity),
                      self.derivation.sources.get(quantity))

    def shape_of(self, quantity: Quantity) -> tuple[int, ...]:
        """The shape as it is written: a single row is a column."""
        shape = quantity.shape
        if len(shape) == 2 and quantity.path:
            return shape
        if self.single and len(shape) == 2 and shape[0] == 1:
            return shape[::-1]
        return (*shape, 1) if self.single and len(shape) == 1 else shape

    def formula(self, quantity: Quantity, tensor: Tensor) -> Term | None:
        """What a tensor was computed as; None where it cannot be said in matrices."""
        self._own, self._from = _key(quantity.ids), self._position(quantity)
        self._source, self.found = self.derivation.sources.get(quantity), {}
        named = quantity in self.named
        try:
            symbol = None if named else self._called(self.cells.ids(tensor), own=False)
            found = self._made(tensor) if symbol is None else symbol
        except (NeedsValue, TypeError, ValueError, AttributeError):
            return None
        return None if any(each.op is not None and each.op.name in UNREADABLE
                           for each in within(found)) else found

    def _leads_to(self, symbol: Matrix) -> bool:
        """Whether a gradient stands above the one that is told, or only has the same numbers.

        All steps that a mean is taken of have one gradient: it comes from that of the mean.
        """
        if symbol.of is None or self._source is None:
            return True
        used = [cell for where in ((0,) * symbol.of.ids.ndim, (-1,) * symbol.of.ids.ndim)
                for cell in self.derivation.uses(symbol.of, where)]
        return bool(np.isin(used, self._source.ids).any())

    def _position(self, quantity: Quantity) -> float:
        """Where a gradient belongs among the stations: those of weights before their layer's."""
        source = self.derivation.sources.get(quantity, quantity)
        near = [i for each, i in self.at.items() if each.place == source.place]
        return self.at.get(source, min(near, default=0) - 0.5)

    def _called(self, ids: np.ndarray, own: bool = True) -> Term | None:
        key = _key(ids)
        found, own = self.symbols.get(key, []), own and key == self._own
        found = [each for each in found if own or self._leads_to(each[1])]
        if own and len(found) == 1:
            return None
        if not found:
            return self._steps.get(key)
        later = [each for each in found if each[0] > self._from]     # of gradients that are one
        if own and not later:
            return None
        return min(later, key=lambda each: each[0])[1] if later else found[0][1]

    @cached_property
    def _steps(self) -> dict[bytes, StepOf]:
        """The steps of sequences by their numbers: X<2> is X[:, 1]."""
        known = [*self.stations.inputs, *self.stations.forward]
        known += [each for each, source in self.derivation.sources.items() if source in self.at]
        return {_key(each.ids[:, t]): StepOf(self.symbol(each), t, self.single)
                for each in reversed(known) if len(each.shape) > 2 for t in range(each.shape[1])}

    def _of(self, value: Any) -> Term:
        if not isinstance(value, Tensor):
            return term(value)
        if value not in self.found:
            symbol = self._called(self.cells.ids(value))
            self.found[value] = self._read(value) if symbol is None else symbol
        return self.found[value]

    def _read(self, value: Tensor) -> Term:
        """A tensor without a name as what it was made of; noise is noise, whatever it was made of.
        """
        numbers = np.asarray(value)
        if value.ndim == 0 or np.all(numbers == numbers.flat[0]) or not constant(
                self.stations, value):
            return self._made(value)
        column = self.single and value.ndim == 2
        name = self.stations.record.local.get(value, "noise")
        return Matrix(name, in_latex(tex_name(name)), value.shape[::-1] if column else value.shape,
                      column, values=lambda: np.asarray(numbers, np.float64))

    def _made(self, tensor: Tensor) -> Term:
        if not self.cells.ids(tensor).any():
            return term(0)                               # nothing was put there
        made = self.maker(tensor)
        if made is None:
            return term(tensor)                          # which an array of constants is not
        name, inputs, tensor = made.op.name, made.inputs, made.outputs[0]
        if name == "matrix_product":
            whole = self.added_up(*inputs)
            return self._product(*map(self._of, inputs)) if whole is None else whole
        if name in ("add", "place", "join") and (
                together := self.put_together(made.outputs[0])) is not None:
            return together
        if name == "transpose":
            return turned(self._of(inputs[0]))
        if name == "windows":
            return Term(WINDOWS, (self._of(inputs[0]),))
        if name == "strided":
            return self._part(made)
        if name in QUIET:
            return self._of(inputs[0])
        if name == "where" and self.settled(inputs[0]):
            return self._chosen(made, np.asarray(inputs[0]), *map(self._of, inputs[1:]))
        if name == "gather" and made.options["axis"] == 0 and inputs[0].ndim == 2:
            return self._rows(made, np.asarray(inputs[1]))
        if name == "scatter_add" and made.options["axis"] == 0 and tensor.ndim == 2:
            numbers = Term(ONE_HOT, [self._numbers(np.asarray(inputs[1]))])
            return Term(PRODUCT, [turned(numbers), self._of(inputs[0])])
        if name == "sum":
            return self._sum(inputs[0], made)
        return self._applied(made, list(map(self._of, inputs)))

    def settled(self, condition: Any) -> bool:
        return not isinstance(condition, Tensor) or constant(
            self.stations, condition, self.given)

    def _chosen(self, made: Application, mask: np.ndarray, kept: Term, other: Term) -> Term:
        """A choice that no weight has a say in, as of a dropout, or of steps that are padding."""
        if np.all(mask) or not np.any(mask):             # it is made once for all
            return kept if np.all(mask) else other
        turn, column = self._masks.get(made.inputs[0]), mask.ndim == 2 and self.single
        name, latex = ("mask", r"\mathrm{mask}") if turn is None else (
            f"mask<{turn + 1}>", rf"\mathrm{{mask}}^{{\langle {turn + 1} \rangle}}")
        symbol = Matrix(name, latex, mask.shape[::-1] if column else mask.shape, column,
                        values=lambda: np.asarray(mask, np.float64))
        if kept.value == 0:
            return term((1 - symbol) * other)
        return term(symbol * kept) if other.value == 0 else Term(made.op, (symbol, kept, other))

    @cached_property
    def _masks(self) -> dict[Tensor, int]:
        """The masks of steps of a sequence, each with its step."""
        turns = self.stations.record.turns
        return {made.inputs[0]: turns[made.outputs[0]]
                for made in self.stations.record.applications[:self.stations.record.loss_at]
                if made.op.name == "where" and made.outputs[0] in turns}

    def _rows(self, made: Application, numbers: np.ndarray) -> Term:
        """What a table has at the numbers of an input."""
        return Rows(self._of(made.inputs[0]), self._numbers(numbers),
                    self.single and numbers.ndim == 1)

    def _numbers(self, numbers: np.ndarray) -> Term:
        """The input, or the step of an input, that has these numbers."""
        for quantity in self.stations.inputs:
            all_of, symbol = np.asarray(self.stations.tensors[quantity]), self.symbol(quantity)
            if np.array_equal(all_of, numbers):
                return symbol
            for t in range(all_of.shape[1] if all_of.ndim == 2 else 0):
                if np.array_equal(all_of[:, t], numbers):
                    return Part(symbol, (t,) if symbol.column else (slice(None), t), False)
        raise NeedsValue("numbers that are no input")

    def _applied(self, made: Application, args: list[Term]) -> Term:
        name = made.op.name
        return term(OPS[name](*args, **made.options)) if name in OPS else Term(
            made.op, args, made.options)

    def _product(self, a: Term, b: Term) -> Term:
        """A product of matrices; (x W)ᵀ is Wᵀ x, where x is a row of the tape and a column here."""
        if 0 in (a.value, b.value):                      # the state before the first step
            return term(0)
        transposed = a.op is TRANSPOSED
        if self.single and transposed and is_column(a.args[0]) and is_column(b):
            return Term(PRODUCT, (a.args[0], turned(b)))
        if self.single and not transposed and is_column(a) and not is_column(b):
            return Term(PRODUCT, (turned(b), a))
        return Term(PRODUCT, (a, b))

    def _part(self, made: Application) -> Term:
        """The columns of an LSTM's gate, or a step of a sequence; else too much for a line."""
        for whole, axis, span, step in placed(made):
            if axis is None or step == 1:
                return self._of(whole) if axis is None else self.piece(whole, axis, span)
        raise NeedsValue("a part in several ways")

    def _sum(self, x: Tensor, made: Application) -> Term:
        """A sum over rows, or over what was put together of steps: one after the other."""
        axes = made.options.get("axis")
        for axis in range(x.ndim) if axes is None else np.atleast_1d(axes) % x.ndim:
            if (spans := self.blocks(x, axis)) is not None:
                rest = x.size // x.shape[axis] > made.outputs[0].size
                total: Any = term(0)
                for i in (i for start, count in spans for i in range(start, start + count)):
                    total = total + self.piece(x, axis, (i, 1))
                return Term(SUM, (total,)) if rest else total
        whole = self._of(x)
        return whole if x.size == made.outputs[0].size else Term(SUM, (whole,))


def _key(ids: np.ndarray) -> bytes:
    return repr(ids.shape).encode() + ids.tobytes()
