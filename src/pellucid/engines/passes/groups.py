"""Which elementwise steps may stand in one loop, and which had better wait for another."""

from __future__ import annotations

from collections.abc import Iterable, Set
from heapq import heapify, heappop, heappush
from typing import Any

from pellucid.core.plan import Plan, Step
from pellucid.engines.passes.loop import ELEMENTWISE, REDUCTIONS, VIEWS
from pellucid.engines.passes.rewriting import users

LARGE = 1 << 14         # numbers: loops over fewer wait for company
MOST_STEPS = 64         # in one loop: more than registers and caches can feed
MOST_OPERANDS = 24


class Groups:
    """The steps of a Plan, what each waits for, and the groups that those over one shape make."""

    def __init__(self, plan: Plan, steps: list[Step]) -> None:
        self.source, self.steps = plan, steps
        self.types = plan.types
        self.maker = {slot: i for i, step in enumerate(self.steps) for slot in step.outputs}
        self.readers = users(self.steps, plan.outputs)
        self.key = [self._key(step) for step in self.steps]
        self.waits = [self._waits_for(i) for i in range(len(self.steps))]
        self.then: list[set[int]] = [set() for _ in self.steps]     # who waits for a step
        for i in self._working():
            for j in self.waits[i]:
                self.then[j].add(i)
        self._let_readers_of_state_go_first()
        self._feeding: dict[int, bool] = {}
        self.done: set[int] = set()
        self.left = sum(1 for _ in self._working())
        self.missing = [len(waits) for waits in self.waits]
        self.others: list[int] = []                 # steps that are ready and no loops: a heap
        self.ready: dict[tuple[int, ...], set[int]] = {}     # parts of loops that are, by shape
        self.queue: list[tuple[int, int]] = []      # these, and done ones, the most urgent first
        for i in self._working():
            self._perhaps_ready(i)

    def _working(self) -> Iterable[int]:
        """All steps but views."""
        return (i for i, step in enumerate(self.steps) if step.op.name not in VIEWS)

    def _perhaps_ready(self, i: int) -> None:
        if self.missing[i]:
            return
        key = self.key[i]
        if key is None:
            heappush(self.others, i)
        else:
            self.ready.setdefault(key, set()).add(i)
            heappush(self.queue, (self._urgency(i), i))

    def finish(self, steps: Iterable[int]) -> None:
        """These steps are done; what waited for them alone is ready."""
        for i in steps:
            self.done.add(i)
            self.left -= 1
            if (key := self.key[i]) is not None:
                self.ready[key].discard(i)
            for j in self.then[i]:
                self.missing[j] -= 1
                if j not in self.done:
                    self._perhaps_ready(j)

    def shape(self, slot: int) -> tuple[int, ...]:
        kind = self.types[slot]
        return () if kind is None else tuple(n for n in kind.shape if n != 1)

    def size(self, key: tuple[int, ...]) -> int:
        total = 1
        for n in key:
            total *= n
        return total

    def _key(self, step: Step) -> tuple[int, ...] | None:
        """The shape that a step loops over, without axes of length 1; None for other steps."""
        if step.op.name in ELEMENTWISE:
            return self.shape(step.outputs[0])
        if step.op.name in REDUCTIONS:
            return self.shape(step.inputs[0])
        return None

    def base(self, slot: int) -> int:
        """What a slot is a view of."""
        while (i := self.maker.get(slot)) is not None and self.steps[i].op.name in VIEWS:
            slot = self.steps[i].inputs[0]
        return slot

    def _waits_for(self, i: int) -> set[int]:
        """The steps, other than views, that must be done before this one."""
        made = (self.maker.get(self.base(slot)) for slot in self.steps[i].inputs)
        return {j for j in made if j is not None}

    def _let_readers_of_state_go_first(self) -> None:
        """What reads a variable's old value goes before its new value is made: it takes the place.

        A reader that needs the new value itself cannot; then the engine makes a copy.
        """
        state = self.source.state
        pairs = list(zip(state, self.source.outputs[len(self.source.outputs) - len(state):],
                         strict=True))
        if not pairs:
            return
        readers: dict[int, set[int]] = {old: set() for old, _ in pairs}
        for i, step in enumerate(self.steps):
            if step.op.name not in VIEWS:
                for slot in step.inputs:
                    readers.get(self.base(slot), set()).add(i)
        for old, new in pairs:
            maker = self.maker.get(self.base(new))
            if maker is None:
                continue
            first = readers[old] - self._after(maker)
            self.waits[maker] |= first
            for i in first:
                self.then[i].add(maker)

    def _after(self, first: int) -> set[int]:
        """All steps that cannot come before ``first``."""
        found, due = {first}, [first]
        while due:
            more = self.then[due.pop()] - found
            found |= more
            due += more
        return found

    def _absorb(self, key: tuple[int, ...], most: float) -> list[int]:
        """The steps over this shape that are ready, or will be once others of them are done.

        Round by round, each in the order of the Plan: what a step lets go first comes in the next.
        """
        group: list[int] = []
        inside: set[int] = set()
        later = list(self.ready.get(key, ()))
        while later:
            due, later = later, []
            heapify(due)
            while due:
                i = heappop(due)
                if i in inside or not self._fits(i, inside):
                    continue
                group.append(i)
                if len(group) >= most:
                    return group
                inside.add(i)
                for j in self.then[i]:
                    if self.key[j] == key:
                        heappush(due if j > i else later, j)
        return group

    def _fits(self, i: int, inside: set[int]) -> bool:
        """Whether all that a step waits for is done, or stands in the group as it needs it."""
        if any(j not in self.done and j not in inside for j in self.waits[i]):
            return False
        for slot in self.steps[i].inputs:
            maker = self.maker.get(self.base(slot))
            if maker in inside and not (
                    self.steps[maker].op.name in ELEMENTWISE and self._straight(slot)):
                return False
        return True

    def _straight(self, slot: int) -> bool:
        """Whether a slot is made by a step, or only given another shape of the same numbers."""
        key = self.shape(slot)
        while (i := self.maker.get(slot)) is not None and self.steps[i].op.name in VIEWS:
            step = self.steps[i]
            slot = step.inputs[0]
            if step.op.name not in ("reshape", "broadcast_to") or self.shape(slot) != key:
                return False
        return True

    def _connected(self, first: int, group: list[int]) -> list[int]:
        """The part of a group that hangs together with ``first`` by what it reads or makes."""
        whole = self.size(self.key[first] or ())

        def touched(i: int) -> set[int]:
            step = self.steps[i]
            slots = {self.base(slot) for slot in step.inputs} | set(step.outputs)
            return {slot for slot in slots if self.size(self.shape(slot)) == whole}

        part, slots = {first}, touched(first)
        while more := {i for i in group if i not in part and touched(i) & slots}:
            part |= more
            slots |= set().union(*map(touched, more))
        # what a member waits for inside the group must come along
        while more := {j for i in part for j in self.waits[i] if j in set(group) - part}:
            part |= more
        return [i for i in group if i in part]

    def _limited(self, group: list[int]) -> list[int]:
        """As much of a group as one loop may hold, from its beginning: all it waits for is in."""
        kept: dict[int, None] = {}
        operands: set[int] = set()
        for i in group:
            own = {slot for slot in map(self.base, self.steps[i].inputs)
                   if slot not in self.source.constants} | set(self.steps[i].outputs)
            kept[i] = None
            more = operands - own | self._outside(own, kept.keys())    # the others stay outside
            if len(kept) > 1 and (len(kept) > MOST_STEPS or len(more) > MOST_OPERANDS):
                del kept[i]
                break
            operands = more
        return list(kept)

    def _outside(self, slots: set[int], group: Set[int]) -> set[int]:
        """Which slots a group must read from or write to memory."""
        end = len(self.steps)
        return {slot for slot in slots if self.maker.get(slot) not in group or any(
            reader == end or reader not in group for reader in self._real_readers(slot))}

    def _real_readers(self, slot: int) -> Iterable[int]:
        """Who reads a slot, seen through views."""
        for i in self.readers.get(slot, ()):
            if i < len(self.steps) and self.steps[i].op.name in VIEWS:
                yield from self._real_readers(self.steps[i].outputs[0])
            else:
                yield i

    def _urgency(self, i: int) -> int:
        """Numbers that large loops wait for, large loops, small loops, then numbers for the logs.
        """
        key = self.key[i] or ()
        if not key:
            return 0 if self._feeds_loops(i) else 3
        return 1 if self.size(key) >= LARGE else 2

    def _feeds_loops(self, i: int) -> bool:
        """Whether a single number is waited for by a step over many."""
        if i not in self._feeding:
            readers = [r for slot in self.steps[i].outputs for r in self._real_readers(slot)
                       if r < len(self.steps)]
            self._feeding[i] = any(self.key[r] != () or self._feeds_loops(r) for r in readers)
        return self._feeding[i]

    def _due(self, group: list[int]) -> list[int]:
        """A group without the steps that had better wait for the loop that reads them.

        A step waits if only later steps over the same shape read it, and if waiting makes the
        group write nothing that it would not write anyway.
        """
        key, inside = self.key[group[0]], set(group)
        readers = {i: {r for slot in self.steps[i].outputs for r in self._real_readers(slot)}
                   for i in group}
        waiting = set(inside)
        while True:
            stay = {i for i in waiting if self._must_stay(i, key, readers, inside, waiting)}
            if not stay:
                return [i for i in group if i not in waiting]
            waiting -= stay

    def _must_stay(self, i: int, key: Any, readers: dict[int, set[int]], inside: set[int],
                   waiting: set[int]) -> bool:
        end = len(self.steps)
        if self.steps[i].op.name not in ELEMENTWISE or self.then[i] & inside - waiting or any(
                r == end or (r in inside and r not in waiting) or self.key[r] != key or
               self.steps[r].op.name not in ELEMENTWISE for r in readers[i]):
            return True
        needs = {self.maker.get(self.base(slot)) for slot in self.steps[i].inputs} & inside
        return any(j not in waiting and readers[j] <= inside for j in needs if j is not None)
