"""What the instruction of each structural atom looks like: one function an atom.

The words are those that the kernel of the same name reads; they are described on top of its file
in native/kernels/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.atoms.random import ORDER
from pellucid.core.plan import Step
from pellucid.engines.native import loops
from pellucid.engines.native.access import dense_steps
from pellucid.engines.native.encoding import Instruction, listed
from pellucid.engines.native.host import text_of

if TYPE_CHECKING:
    from pellucid.engines.native.lowering import Lowering

WRITERS: dict[str, Callable[[Lowering, Step], None]] = {}


def write(lowering: Lowering, step: Step) -> None:
    """Write the instructions of a step that is no loop and no view."""
    WRITERS[step.op.name](lowering, step)


def writer(*names: str) -> Callable[[Any], Any]:
    """Decorator: this function writes the named atoms."""
    def give(function: Any) -> Any:
        for name in names:
            WRITERS[name] = function
        return function
    return give


def _plain(lowering: Lowering, step: Step, words: list[int], **more: Any) -> None:
    """One kernel of the atom's name that reads and writes whole buffers."""
    inputs = [lowering.dense(slot) for slot in step.inputs]
    outputs = [lowering.output(slot) for slot in step.outputs]
    lowering.emit(Instruction(step.op.name, inputs, outputs, words, **more))


@writer("matrix_product")
def _(lowering: Lowering, step: Step) -> None:
    a, b = map(lowering.access, step.inputs)
    c = lowering.laid_out(step.outputs[0])
    if c.steps[-1] != 1 and c.shape[-1] != 1:       # its columns lie side by side: Cᵀ = Bᵀ Aᵀ
        a, b, c = b.turned, a.turned, c.turned
    batch = c.shape[:-2]
    words = listed(batch)
    for side in (a, b):
        words += listed(side.broadcast((*batch, *side.shape[-2:]))[:-2])
    words += [*listed(c.steps[:-2]), *c.shape[-2:], a.shape[-1]]
    for side in (a, b):
        words += [side.offset, *side.steps[-2:]]
    lowering.emit(Instruction("matrix_product", [a.base, b.base], [c.base],
                              [*words, c.steps[-2]]))


@writer("join")
def _(lowering: Lowering, step: Step) -> None:
    kind = lowering.type(step.outputs[0])
    steps, target = dense_steps(kind.shape), lowering.output(step.outputs[0])
    axis = step.options["axis"] % len(kind.shape)
    at = 0
    for slot in step.inputs:
        part = lowering.access(slot)
        lowering.emit(loops.copy((part.base, part.offset, part.steps),
                                 (target, at * steps[axis], steps), part.shape, kind.dtype))
        at += part.shape[axis]


@writer("place")
def _(lowering: Lowering, step: Step) -> None:
    kind, part = lowering.type(step.outputs[0]), lowering.access(step.inputs[0])
    steps, target = dense_steps(kind.shape), lowering.output(step.outputs[0])
    spans = step.options["spans"]
    offset = sum(start * s for (start, _, _), s in zip(spans, steps, strict=True))
    into = tuple(jump * s for (_, _, jump), s in zip(spans, steps, strict=True))
    lowering.emit(loops.fill(target, int(np.prod(kind.shape)), kind.dtype))
    lowering.emit(loops.copy((part.base, part.offset, part.steps), (target, offset, into),
                             part.shape, kind.dtype))


@writer("gather", "cumsum")
def _(lowering: Lowering, step: Step) -> None:
    rank = len(lowering.type(step.inputs[0]).shape)
    _plain(lowering, step, [step.options.get("axis", 0) % rank])


@writer("scatter_add")
def _(lowering: Lowering, step: Step) -> None:
    rank = len(lowering.type(step.outputs[0]).shape)
    _plain(lowering, step, [step.options["axis"] % rank, step.options["size"]])


@writer("argmax")
def _(lowering: Lowering, step: Step) -> None:
    axis = step.options.get("axis")
    rank = len(lowering.type(step.inputs[0]).shape)
    _plain(lowering, step, [-1 if axis is None else axis % rank])


@writer("random_uniform")
def _(lowering: Lowering, step: Step) -> None:
    _plain(lowering, step, [step.options.get("stream", 0)])


@writer("random_permutation")
def _(lowering: Lowering, step: Step) -> None:
    _plain(lowering, step, [step.options["n"], step.options.get("stream", ORDER)])


@writer("windows", "overlap_add")
def _(lowering: Lowering, step: Step) -> None:
    size, strides, dilation = (step.options[name] for name in ("size", "strides", "dilation"))
    _plain(lowering, step, [len(size), *size, *strides, *dilation])


@writer("pool_largest", "pool_sum", "pool_to_largest")
def _(lowering: Lowering, step: Step) -> None:
    _plain(lowering, step, [*step.options["cells"], *step.options["steps"],
                            int(step.options["overlap"])])


@writer("convolve", "convolve_kernel")
def _(lowering: Lowering, step: Step) -> None:
    _plain(lowering, step, _places(step))


@writer("convolve_back")
def _(lowering: Lowering, step: Step) -> None:
    kernel = lowering.access(step.inputs[1])
    lowering.emit(Instruction(step.op.name, [lowering.dense(step.inputs[0]), kernel.base],
                              [lowering.output(step.outputs[0])],
                              [*_places(step), kernel.offset, *kernel.steps]))


def _places(step: Step) -> list[int]:
    size, strides, dilation = (step.options[name] for name in ("size", "strides", "dilation"))
    return [*listed(step.options["places"]), len(size), *size, *strides, *dilation]


@writer("scan")
def _(lowering: Lowering, step: Step) -> None:
    options, body = step.options, step.options["body"]
    words = [options["carries"], options["rows"], options["length"], int(options["reverse"])]
    _with_bodies(lowering, step, words, [body])


@writer("cond")
def _(lowering: Lowering, step: Step) -> None:
    _with_bodies(lowering, step, [], [step.options["true"], step.options["false"]])


@writer("while_loop")
def _(lowering: Lowering, step: Step) -> None:
    _with_bodies(lowering, step, [], [step.options["condition"], step.options["body"]])


@writer("host")
def _(lowering: Lowering, step: Step) -> None:
    _plain(lowering, step, listed(text_of(step.options).encode()))


def _with_bodies(lowering: Lowering, step: Step, words: list[int], bodies: list[Any]) -> None:
    """A step that holds Plans; of its outputs only those that somebody reads get memory."""
    wanted = lowering.wanted()
    inputs = [lowering.dense(slot) for slot in step.inputs]
    outputs = [lowering.output(slot) if slot in wanted else -1 for slot in step.outputs]
    lowering.emit(Instruction(step.op.name, inputs, outputs, words,
                              [lowering.body(each) for each in bodies]))
