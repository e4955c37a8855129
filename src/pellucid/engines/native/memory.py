"""Where the buffers of a program live: state in its own arrays, the rest in one arena."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pellucid.engines.native import loops
from pellucid.engines.native.access import dense_steps
from pellucid.engines.native.encoding import ARENA, INPUT, Program
from pellucid.engines.passes.place import Life, place

if TYPE_CHECKING:
    from pellucid.engines.native.lowering import Lowering


def settle(lowering: Lowering) -> Program:
    """Give every buffer its memory; the finished program."""
    outputs = _outputs(lowering)
    _place(lowering, outputs)
    return Program(lowering.buffers, lowering.inputs, outputs, lowering.instructions,
                   lowering.arena)


def _outputs(lowering: Lowering) -> list[int]:
    """The buffers of the plain outputs; new state ends up where the old one stood."""
    plan, root = lowering.plan, lowering.root
    plain = len(plan.outputs) - len(plan.state)
    inputs = dict(zip(plan.inputs, lowering.inputs, strict=True))
    state = {inputs[slot] for slot in plan.state}
    results = [lowering.dense(slot) for slot in plan.outputs]
    for i, result in enumerate(results):            # an old value that would be overwritten
        if root[result] in state and not (
                i >= plain and root[result] == inputs[plan.state[i - plain]]):
            results[i] = _copied(lowering, result, first=True)
    late: list[tuple[int, int]] = []
    uses = Uses(lowering, results)
    for slot, result in zip(plan.state, results[plain:], strict=True):
        old = inputs[slot]
        if root[result] == old:
            continue                                # nothing changed
        if _may_take(lowering, uses, root[result], old):
            _take(lowering, uses, root[result], old)
        else:
            late.append((result, old))
    for result, old in late:
        _copied(lowering, result, into=old)
    return results[:plain]


def _copied(lowering: Lowering, buffer: int, into: int | None = None, first: bool = False) -> int:
    kind = lowering.buffers[buffer]
    target = lowering.new(kind.dtype, kind.shape) if into is None else into
    steps = dense_steps(kind.shape)
    copy = loops.copy((buffer, 0, steps), (target, 0, steps), kind.shape, kind.dtype)
    lowering.instructions.insert(0 if first else len(lowering.instructions), copy)
    return target


class Uses:
    """By buffer that owns memory: who stands in it, who writes and reads it, how many results."""

    def __init__(self, lowering: Lowering, results: list[int]) -> None:
        root = lowering.root
        self.results = Counter(root[result] for result in results)
        self.members: dict[int, list[int]] = {}
        self.writes: dict[int, list[int]] = {}
        self.reads: dict[int, list[int]] = {}
        for i, owner in enumerate(root):
            self.members.setdefault(owner, []).append(i)
        for t, step in enumerate(lowering.instructions):
            for uses, buffers in ((self.writes, step.outputs), (self.reads, step.inputs)):
                for owner in {root[each] for each in buffers if each >= 0}:
                    uses.setdefault(owner, []).append(t)


def _may_take(lowering: Lowering, uses: Uses, new: int, old: int) -> bool:
    """Whether a new value can be written over the old one: nobody reads the old one later.

    A loop may read it in the same instruction, number by number as it writes.
    """
    buffers, root = lowering.buffers, lowering.root
    if buffers[new].place != ARENA or buffers[new].size != buffers[old].size:
        return False
    if uses.results[new] != 1:
        return False
    writes, reads = uses.writes.get(new, []), uses.reads.get(old, [])
    if not writes or any(t > writes[0] for t in reads):
        return False
    if writes[0] not in reads:
        return True
    return len(writes) == 1 and loops.in_step(lowering.instructions[writes[0]], old, new, root)


def _take(lowering: Lowering, uses: Uses, new: int, old: int) -> None:
    """Let a buffer, and its views, live in the array of an input."""
    for i in uses.members[new]:
        buffer = lowering.buffers[i]
        buffer.place, buffer.input = INPUT, lowering.buffers[old].input
        buffer.at = lowering.buffers[old].at


def _place(lowering: Lowering, outputs: list[int]) -> None:
    """Offsets in the arena by when buffers live; outputs live to the end."""
    root, lives = lowering.root, {}
    end = len(lowering.instructions)
    for t, step in enumerate(lowering.instructions):
        for each in (*step.inputs, *step.outputs):
            if each >= 0 and lowering.buffers[each].place == ARENA:
                life = lives.setdefault(root[each], Life(0, t, t))
                life.dies = t
                life.size = max(life.size, lowering.buffers[root[each]].size)
    for each in outputs:
        if lowering.buffers[each].place == ARENA:
            lives.setdefault(root[each], Life(lowering.buffers[each].size, 0, end)).dies = end
    order = sorted(lives)
    shared = _in_place(lowering, lives)
    heads = [each for each in order if each not in shared]
    offsets, lowering.arena = place([lives[each] for each in heads])
    at = dict(zip(heads, offsets, strict=True))
    for i, buffer in enumerate(lowering.buffers):
        if buffer.place == ARENA:
            head = root[i]
            while head in shared:
                head = shared[head]
            buffer.at = at.get(head, 0)


def _in_place(lowering: Lowering, lives: dict[int, Life]) -> dict[int, int]:
    """What a loop writes takes the memory of what it reads for the last time, where sizes agree."""
    root, shared = lowering.root, {}
    heads: dict[int, int] = {}

    def head(buffer: int) -> int:
        return heads.get(buffer, buffer)

    for t, step in enumerate(lowering.instructions):
        if step.op != "loop" or loops.rows_are_short(step):
            continue
        taken: set[int] = set()
        for out in step.outputs:
            new = root[out]
            if lowering.buffers[out].place != ARENA or lives[new].born != t or new in shared:
                continue
            for source in step.inputs:
                old = root[source]
                if (lowering.buffers[source].place == ARENA and head(old) not in taken
                        and lives[head(old)].dies == t and head(old) != head(new)
                        and lives[head(old)].born < t
                        and lives[old].size == lives[new].size
                        and loops.in_step(step, old, new, root)):
                    shared[new] = head(old)
                    heads[new] = head(old)
                    lives[head(old)].dies = max(t, lives[new].dies)
                    taken.add(head(old))
                    break
    return shared
