"""Parts of tensors, read off the tape: a step of a sequence, the columns of a gate.

A step of a sum is the sum of the steps, a step of X W is that of X times W: so a line says
X<2> W1 + H1<1> U1. And what was put together of parts is written part by part, as the gradients of
an LSTM's gates are; a product that adds up over them becomes a sum over the steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from pellucid.core.op import Application
from pellucid.core.tensor import Tensor
from pellucid.insight.explain.cells import SAME, Cells, elementwise
from pellucid.insight.explain.spans import Span, before, filled, placed
from pellucid.insight.explain.writing import Part, in_steps, joined, turned
from pellucid.spaces.terms import Term, term


class Pieces:
    """Reads parts of tensors as terms; `Matrices` says what a whole tensor is called."""

    cells: Cells
    single: bool                                         # a single row is written as a column
    by_number: Callable[[Application], bool]             # whether an op with a rule works so
    found: dict[Any, Any]                                # in one formula, each read once

    def _of(self, value: Any) -> Term:
        raise NotImplementedError

    def _called(self, ids: np.ndarray) -> Term | None:
        """What a tensor of these numbers is called, if it has a name."""
        raise NotImplementedError

    def _applied(self, made: Application, args: list[Term]) -> Term:
        raise NotImplementedError

    def _product(self, a: Term, b: Term) -> Term:
        raise NotImplementedError

    def _rows(self, made: Application, numbers: np.ndarray) -> Term:
        raise NotImplementedError

    def settled(self, condition: Any) -> bool:
        """Whether no weight has a say in a choice."""
        raise NotImplementedError

    def _chosen(self, made: Application, mask: np.ndarray, kept: Term, other: Term) -> Term:
        raise NotImplementedError

    def maker(self, tensor: Tensor) -> Application | None:
        """The application that made a tensor."""
        return self.cells.makers.get(self.cells.same.get(tensor, tensor))

    # a part of a tensor --------------------------------------------------------------------------

    def piece(self, value: Any, axis: int, span: Span) -> Term:
        """A part along an axis; a single one of several matrices is a matrix."""
        if not isinstance(value, Tensor):
            return term(value)
        key = "piece", value, axis, span
        if key not in self.found:
            self.found[key] = self._piece(value, axis, span)
        return self.found[key]

    def _piece(self, value: Tensor, axis: int, span: Span) -> Term:
        start, count = span
        ids = self.cells.ids(value)
        if span == (0, ids.shape[axis]):
            return self._of(value)
        part = np.take(ids, range(start, start + count), axis)
        if not part.any():
            return term(0)
        one = count == 1 and part.ndim > 2
        for each in (part, part.squeeze(axis)) if one else (part,):
            if (known := self._called(each)) is not None:
                return known
        made = self.maker(value)
        found = None if made is None else self._through(made, axis, span)
        return self._cut(value, axis, span) if found is None else found

    def _cut(self, value: Tensor, axis: int, span: Span) -> Term:
        """The part by its index, as in Python."""
        return self._part_of(self._of(value), value.ndim, axis, span)

    def _part_of(self, whole: Term, ndim: int, axis: int, span: Span) -> Term:
        (start, count), column = span, self.single and ndim == 2
        lead = axis - 1 if column and axis else axis      # a single row is written as a column
        one = count == 1 and axis < ndim - 1             # a step of a sequence, a row of biases
        index = start if one else slice(start, start + count)
        return whole if whole.value == 0 else Part(
            whole, (*[slice(None)] * lead, index), self.single and ndim - one == 1)

    def _through(self, made: Application, axis: int, span: Span) -> Term | None:
        """The part of what an application made, as made of parts of what it took in."""
        name, y, inputs = made.op.name, made.outputs[0], made.inputs
        if name in SAME:
            return self.piece(inputs[0], axis, span)
        if name == "transpose":
            return self._transposed(made, axis, span)
        if name == "reshape":
            return self._reshaped(inputs[0], y, axis, span)
        if name in ("place", "strided", "join"):
            return self._shifted(made, axis, span)
        if name == "gather" and made.options["axis"] == 0 and inputs[0].ndim == 2 and (
                axis < inputs[1].ndim and span[1] == 1):
            return self._rows(made, np.take(np.asarray(inputs[1]), span[0], axis))
        if axis == y.ndim - 1 and self.blocks(y, axis) is None and not self._adds_nothing(made):
            return None                                  # (x W + b)[:, 2:4] says it in short
        if name == "where" and self.settled(inputs[0]):
            kept, other = (self._stretched(each, y, axis, span) for each in inputs[1:])
            mask = np.broadcast_to(np.asarray(inputs[0]), y.shape)
            return self._chosen(made, np.take(mask, range(span[0], sum(span)), axis), kept, other)
        if elementwise(made) or self.by_number(made):
            return self._applied(made, [self._stretched(each, y, axis, span) for each in inputs])
        if name == "broadcast_to":
            return self._stretched(inputs[0], y, axis, span)
        if name == "matrix_product" and axis == y.ndim - 2:
            return self._product(self.piece(inputs[0], inputs[0].ndim - 2, span),
                                 self._of(inputs[1]))
        return None

    def _adds_nothing(self, made: Application) -> bool:
        """Whether a sum has only one addend, as before the first step of a sequence."""
        return made.op.name == "add" and any(self._of(each).value == 0 for each in made.inputs)

    def _stretched(self, each: Any, y: Tensor, axis: int, span: Span) -> Term:
        """The part of an operand, which all parts share if it has been stretched."""
        own = axis - (y.ndim - np.ndim(each))
        return self._of(each) if own < 0 or np.shape(each)[own] != y.shape[axis] else self.piece(
            each, own, span)

    def _transposed(self, made: Application, axis: int, span: Span) -> Term | None:
        x, axes = made.inputs[0], [each % made.outputs[0].ndim for each in made.options["axes"]]
        if x.ndim == 2:
            return turned(self.piece(x, axes[axis], span))
        left = [each for i, each in enumerate(axes) if i != axis]
        one = span[1] == 1 and left == sorted(left)      # its other axes stay in their order
        return self.piece(x, axes[axis], span) if one else None

    def _reshaped(self, x: Tensor, y: Tensor, axis: int, span: Span) -> Term | None:
        if axis == y.ndim - 1 and x.shape[-1:] == y.shape[-1:] and self.blocks(y, axis) is None:
            return None                                  # columns are cut where they are written
        found = before(x.shape, y.shape, axis, span)
        return None if found is None else self.piece(x, *found)

    def _shifted(self, made: Application, axis: int, span: Span) -> Term | None:
        """The part of what only puts parts elsewhere; turned round, of a single one."""
        start, count = span
        for x, at, (first, size), step in placed(made):
            if at is not None and at != axis:
                return self._across(made, axis, span)
            if step != 1 and count != 1:
                return None
            if made.op.name == "strided":
                return self.piece(x, axis, (first + start * step, count))
            place = (start - first) * step               # of ±1
            if place >= 0 and place + count <= size:
                return self.piece(x, axis, (place, count))
        return None

    def _across(self, made: Application, axis: int, span: Span) -> Term | None:
        """The part along another axis than the one along which an application cuts or joins."""
        found, one = list(placed(made)), span[1] == 1 and made.outputs[0].ndim > 2
        if made.op.name == "place":
            return None
        at = found[0][1] - (one and axis < found[0][1])   # pyright: ignore
        parts = [self.piece(x, axis, span) for x, *_ in found]
        if made.op.name == "join":
            last = at == made.outputs[0].ndim - 1 - one
            return joined(parts, self.single) if last else None
        return None if found[0][3] != 1 else self._part_of(
            parts[0], made.outputs[0].ndim - one, at, found[0][2])

    # what is put together of parts ---------------------------------------------------------------

    def blocks(self, value: Any, axis: int) -> list[Span] | None:
        """The parts along an axis that a tensor was put together of; None if it was not."""
        if not isinstance(value, Tensor):
            return None
        key = "blocks", value, axis
        if key not in self.found:
            named = self._called(self.cells.ids(value)) is not None
            self.found[key] = None if named else self._blocks(value, axis)
        return self.found[key]

    def _blocks(self, value: Tensor, axis: int) -> list[Span] | None:
        made = self.maker(value)
        if made is None:
            return None
        name, x = made.op.name, made.inputs[0]
        if name in SAME:
            return self.blocks(x, axis)
        if name in ("place", "join"):
            found = [span for _, at, span, step in placed(made) if at == axis and step == 1]
            return found if len(found) == len(made.inputs) else None
        if name == "transpose":
            return self.blocks(x, made.options["axes"][axis])
        if name == "reshape":
            return self._blocks_of_reshaped(x, value.shape, axis)
        if name in ("add", "multiply", "divide"):
            return self._blocks_of_several(made, axis)
        return None

    def _blocks_of_several(self, made: Application, axis: int) -> list[Span] | None:
        y = made.outputs[0]
        found = [self.blocks(each, axis) if np.shape(each) == y.shape else None
                 for each in made.inputs]
        spans = sorted({span for each in found for span in each or ()})
        if made.op.name == "add" and None in found and sum(
                count for _, count in spans) < y.shape[axis]:
            return None
        apart = all(a + n <= b for (a, n), (b, _) in pairwise(spans))
        return spans if spans and apart else None

    def _blocks_of_reshaped(self, x: Tensor, shape: tuple[int, ...], axis: int
                            ) -> list[Span] | None:
        for at in range(x.ndim):
            spans = self.blocks(x, at)
            if spans is None:
                continue
            inner = math.prod(x.shape[at + 1:])
            scale = inner // max(1, math.prod(shape[axis + 1:]))   # rows that a step has here
            same = math.prod(x.shape[:at]) == math.prod(shape[:axis])
            if same and inner == scale * math.prod(shape[axis + 1:]) and scale * x.shape[
                    at] == shape[axis]:
                return [(start * scale, count * scale) for start, count in spans]
        return None

    def put_together(self, tensor: Tensor) -> Term | None:
        """A tensor that was put together of parts, as these parts side by side."""
        for axis in reversed(range(tensor.ndim)):
            spans = self.blocks(tensor, axis)
            if spans is None:
                continue
            parts = [self.piece(tensor, axis, span) for span in filled(spans, tensor.shape[axis])]
            if tensor.ndim <= 2:                         # side by side, or one below the other
                below = self.single or axis < tensor.ndim - 1
                return joined(parts, below) if len(parts) > 1 else parts[0]
            if tensor.ndim == 3 and axis < 2 and all(count == 1 for _, count in spans):
                return in_steps(parts)
        return None

    def added_up(self, left: Tensor, right: Tensor) -> Term | None:
        """A product of matrices whose rows, on the right, were put together of steps: their sum."""
        if left.ndim != 2 or right.ndim != 2:
            return None
        spans = self.blocks(right, 0)
        total: Any = term(0)
        for span in spans or ():
            total = total + self._product(self.piece(left, 1, span), self.piece(right, 0, span))
        return None if spans is None else total
