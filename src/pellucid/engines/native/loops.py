"""A fused loop as an instruction: its index space, its expression, its operands.

See native/kernels/loop.cpp for the words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.atoms.reductions import axes_of
from pellucid.core.plan import Plan, Step
from pellucid.core.tensor import Abstract
from pellucid.engines.native.access import Access, dense, dense_steps
from pellucid.engines.native.encoding import (
    CODES,
    LOOP_CODES,
    REDUCES,
    Instruction,
    listed,
    number,
    whole,
)
from pellucid.engines.passes.loop import REDUCTIONS, VIEWS

if TYPE_CHECKING:
    from pellucid.engines.native.lowering import Lowering

SHORT_ROW = 16      # numbers


class LoopWriter:
    """Writes one loop: nodes of an expression, then the operands that they load and store."""

    def __init__(self, body: Plan, lowering: Lowering) -> None:
        self.body, self.types, self.lowering = body, body.types, lowering
        self.maker = {slot: step for step in body.steps for slot in step.outputs}
        self.nodes: list[tuple[int, ...]] = []
        self.node: dict[int, int] = {}                # slots that the loop itself makes
        self.made: dict[tuple[int, ...], int] = {}    # equal nodes are one
        self.sources: dict[tuple[Any, ...], int] = {}
        self.targets: list[tuple[int, int, int, tuple[int, ...]]] = []
        self.lengths = self._lengths()

    def _lengths(self) -> tuple[int, ...]:
        step = next(s for s in self.body.steps if s.op.name not in VIEWS)
        slot = step.inputs[0] if step.op.name in REDUCTIONS else step.outputs[0]
        return tuple(n for n in self._type(slot).shape if n != 1)

    def _type(self, slot: int) -> Abstract:
        kind = self.types[slot]
        assert kind is not None
        return kind

    def instruction(self, scope: str = "") -> Instruction:
        """The whole loop."""
        for step in self.body.steps:
            if step.op.name in REDUCTIONS:
                self._reduce(step)
            elif step.op.name not in VIEWS:
                self._compute(step)
        for slot in self.body.outputs:
            if slot in self.node:
                self.targets.append((slot, self.node[slot], REDUCES["none"],
                                     dense_steps(self.lengths)))
        return write(self.lengths, self.nodes, list(self.sources),
                     [(self.lowering.dense(slot), 0, steps, node, reduce)
                      for slot, node, reduce, steps in self.targets], scope)

    def _compute(self, step: Step) -> None:
        out, name = self._type(step.outputs[0]), step.op.name
        if name in ("identity", "stop_gradient"):
            self.node[step.outputs[0]] = self._operand(step.inputs[0], out.shape, out.dtype)
            return
        kinds = [self.types[slot] for slot in step.inputs]
        met = next((kind.dtype for kind in kinds[name == "where":] if kind is not None), out.dtype)
        dtypes = ["bool", met, met] if name == "where" else [met] * len(kinds)
        args = [self._operand(slot, out.shape, dtype)
                for slot, dtype in zip(step.inputs, dtypes, strict=True)]
        if name == "where" and self.nodes[args[0]][1] != CODES["bool"]:      # what is not 0 is true
            args[0] = self._add("cast", "bool", args[0])
        self.node[step.outputs[0]] = self._add(
            name, out.dtype, *args, integer=step.options.get("decimals", 0))

    def _reduce(self, step: Step) -> None:
        kind, out = self._type(step.inputs[0]), self._type(step.outputs[0])
        node = self._operand(step.inputs[0], kind.shape, kind.dtype)
        if kind.dtype != out.dtype:
            node = self._add("cast", out.dtype, node)
        axes = axes_of(step.options.get("axis"), len(kind.shape))
        left = [i not in axes for i, n in enumerate(kind.shape) if n != 1]
        kept = iter(dense_steps([n for n, keep in zip(self.lengths, left, strict=True) if keep]))
        if step.outputs[0] in self.body.outputs:
            self.targets.append((step.outputs[0], node, REDUCES[step.op.name],
                                 tuple(next(kept) if keep else 0 for keep in left)))

    def _operand(self, slot: int, shape: tuple[int, ...], dtype: str) -> int:
        """The node of an operand: made here, a number, or loaded through the views on its way."""
        if self.types[slot] is None:
            return self._number(self.body.constants[slot], dtype)
        made = slot
        while made not in self.node and made in self.maker:
            made = self.maker[made].inputs[0]
        if made in self.node:
            return self.node[made]
        view = self._view(slot, self.lowering.access) or self._view(slot, self._copied)
        assert view is not None, "a loop reads through a view that needs a copy"
        steps = tuple(step for step, n in zip(view.broadcast(shape), shape, strict=True) if n != 1)
        source = self.sources.setdefault((view.base, view.offset, steps), len(self.sources))
        return self._add("load", self._type(slot).dtype, source)

    def _view(self, slot: int, start: Callable[[int], Access]) -> Access | None:
        """How to read a slot through the views on its way; None where that needs a copy."""
        if slot not in self.maker:
            return start(slot)
        step = self.maker[slot]
        view = self._view(step.inputs[0], start)
        return None if view is None else view.through(step)

    def _copied(self, slot: int) -> Access:
        return dense(self.lowering.dense(slot), self._type(slot).shape)

    def _number(self, value: Any, dtype: str) -> int:
        if dtype.startswith("float"):
            return self._add("number", dtype, real=float(value))
        return self._add("number", dtype, integer=int(np.asarray(value).astype(dtype)))

    def _add(self, name: str, dtype: str, a: int = -1, b: int = -1, c: int = -1,
             real: float = 0.0, integer: int = 0) -> int:
        node = (LOOP_CODES[name], CODES[dtype], a, b, c, number(real), whole(integer))
        if node not in self.made:
            self.made[node] = len(self.nodes)
            self.nodes.append(node)
        return self.made[node]


def write(lengths: Sequence[int], nodes: Sequence[Sequence[int]],
          sources: Sequence[tuple[int, int, Sequence[int]]],
          targets: Sequence[tuple[int, int, Sequence[int], int, int]], scope: str = ""
          ) -> Instruction:
    """The instruction of a loop from its parts; axes that run on into each other become one."""
    steps = [list(each[2]) for each in (*sources, *targets)]
    lengths, steps = _joined(list(lengths), steps)
    words = [*listed(lengths), len(nodes), *(word for node in nodes for word in node),
             len(sources), len(targets)]
    for *_, node, reduce in targets:
        words += [node, reduce]
    for (_, offset, *_), each in zip((*sources, *targets), steps, strict=True):
        words += [offset, *listed(each)]
    return Instruction("loop", [each[0] for each in sources], [each[0] for each in targets],
                       words, scope=scope)


def _joined(lengths: list[int], steps: list[list[int]]) -> tuple[list[int], list[list[int]]]:
    """Two neighbouring axes are one if every operand's outer step is a whole inner axis."""
    axis = len(lengths) - 1
    while axis > 0:
        if all(each[axis - 1] == each[axis] * lengths[axis] for each in steps):
            lengths[axis - 1:axis + 1] = [lengths[axis - 1] * lengths[axis]]
            for each in steps:
                del each[axis - 1]
        axis -= 1
    return lengths, steps


def copy(source: tuple[int, int, Sequence[int]], target: tuple[int, int, Sequence[int]],
         shape: Sequence[int], dtype: str, scope: str = "") -> Instruction:
    """A loop that moves numbers from one place to another."""
    kept = [i for i, n in enumerate(shape) if n != 1]

    def squeezed(each: tuple[int, int, Sequence[int]]) -> tuple[int, int, list[int]]:
        return each[0], each[1], [each[2][i] for i in kept]

    load = (LOOP_CODES["load"], CODES[dtype], 0, -1, -1, 0, 0)
    return write([shape[i] for i in kept], [load], [squeezed(source)],
                 [(*squeezed(target), 0, REDUCES["none"])], scope)


def fill(target: int, count: int, dtype: str, scope: str = "") -> Instruction:
    """A loop that puts zeros everywhere."""
    zero = (LOOP_CODES["number"], CODES[dtype], -1, -1, -1, 0, 0)
    return write([count], [zero], [], [(target, 0, [1], 0, REDUCES["none"])], scope)


def in_step(loop: Instruction, old: int, new: int, root: Sequence[int]) -> bool:
    """Whether a loop reads ``old`` number by number just as it writes ``new``: in place is safe."""
    if loop.op != "loop":
        return False
    reads, writes = operands(loop)
    old_views = {view for buffer, *view in reads if root[buffer] == old for view in [tuple(view)]}
    new_views = {(view, reduce) for buffer, *view, reduce in writes if root[buffer] == new
                 for view in [tuple(view)]}
    if len(old_views) != 1 or len(new_views) != 1:
        return False
    (offset, steps), ((place, into), reduce) = old_views.pop(), new_views.pop()
    return reduce == REDUCES["none"] and offset == place == 0 and steps == into


def rows_are_short(loop: Instruction) -> bool:
    """Whether rows are shorter than a vector: then a row's load would wait, in place, until the
    masked store of the row before it has reached the cache.
    """
    lengths = loop.words[1:1 + loop.words[0]]
    return len(lengths) > 1 and lengths[-1] < SHORT_ROW


def operands(loop: Instruction) -> tuple[list[Any], list[Any]]:
    """(buffer, offset, steps) of what a loop reads, (buffer, offset, steps, reduce) of what it
    writes.
    """
    words = iter(loop.words)

    def take(count: int) -> tuple[int, ...]:
        return tuple(next(words) for _ in range(count))

    take(next(words))
    take(7 * next(words))
    sources, targets = take(2)
    reduces = [take(2)[1] for _ in range(targets)]
    views = [(next(words), take(next(words))) for _ in range(sources + targets)]
    reads = [(buffer, *view) for buffer, view in zip(loop.inputs, views, strict=False)]
    writes = [(buffer, *view, reduce) for buffer, view, reduce in
              zip(loop.outputs, views[sources:], reduces, strict=True)]
    return reads, writes
