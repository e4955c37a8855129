"""Fuse: elementwise steps over one shape become one loop, with the sums and maxima they end in.

A loop reads each number once, keeps what lies between in registers and writes only what others
need. Views (transpose, slice, stretch) of what a loop reads go into the loop: they cost nothing
there. Steps are also put in order: products first, so that loops over small shapes wait for each
other and become one; loops over large shapes at once, while their numbers are in the cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pellucid.core.plan import Plan, Step, needed
from pellucid.engines.passes.rewriting import users, with_bodies

ELEMENTWISE = frozenset((
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_not",
    "logical_and", "logical_or", "where", "maximum", "minimum", "cast", "add", "subtract",
    "multiply", "divide", "negative", "abs", "sign", "square", "sqrt", "power", "floor_divide",
    "mod", "floor", "round", "exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "erf",
    "identity", "stop_gradient"))
REDUCTIONS = frozenset(("sum", "max", "min", "prod", "any", "all"))
VIEWS = frozenset(("reshape", "transpose", "broadcast_to", "strided"))

LARGE = 1 << 14         # numbers: loops over fewer wait for company
MOST_STEPS = 64         # in one loop: more than registers and caches can feed
MOST_OPERANDS = 24


class Loop:
    """The op of a fused step: ``body`` is a Plan of elementwise steps, views and reductions."""

    name, many = "loop", True

    @staticmethod
    def body(*values: Any, body: Plan) -> Sequence[Any]:
        """Run the steps one after the other, as the reference engine does."""
        return body(values)


LOOP: Any = Loop()


def fuse(plan: Plan) -> Plan:
    """The Plan with its elementwise steps gathered into loops.

    >>> from pellucid.atoms import exp, sum
    >>> from pellucid.engines.trace import trace
    >>> plan = trace(lambda x: sum(exp(x) + x), [1.0, 2.0]).plan
    >>> [step.op.name for step in fuse(plan).steps]
    ['loop']
    """
    return Fusion(plan).plan()


class Fusion:
    """The state of one pass: which steps are done, which may come next."""

    def __init__(self, plan: Plan) -> None:
        self.source = plan
        self.steps = [Step(s.op, s.inputs, with_bodies(s, fuse), s.outputs, s.scope)
                      for s in plan.steps]
        self.types = plan.types
        self.maker = {slot: i for i, step in enumerate(self.steps) for slot in step.outputs}
        self.readers = users(self.steps, plan.outputs)
        self.key = [self._key(step) for step in self.steps]
        self.waits = [self._waits_for(i) for i in range(len(self.steps))]
        self._let_readers_of_state_go_first()
        self._feeding: dict[int, bool] = {}
        self.done: set[int] = set()
        self.out: list[Step] = []

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
            after = self._after(maker)
            self.waits[maker] |= {i for i in readers[old] if i not in after}

    def _after(self, first: int) -> set[int]:
        """All steps that cannot come before ``first``."""
        found = {first}
        for i in range(len(self.steps)):
            if self.waits[i] & found:
                found.add(i)
        # waits may point forward once readers go first, so look until nothing is new
        while more := {i for i in range(len(self.steps)) if i not in found
                       and self.waits[i] & found}:
            found |= more
        return found

    # the order -----------------------------------------------------------------------------------

    def plan(self) -> Plan:
        pending = [i for i, step in enumerate(self.steps) if step.op.name not in VIEWS]
        while pending:
            ready = [i for i in pending if self.waits[i] <= self.done]
            chosen = self._next(ready, pending)
            self.done.update(chosen)
            pending = [i for i in pending if i not in self.done]
        source = self.source
        steps = _with_views(self.out, [s for s in self.steps if s.op.name in VIEWS],
                            source.outputs)
        used = {*source.outputs, *(slot for step in steps for slot in step.inputs)}
        constants = {slot: each for slot, each in source.constants.items() if slot in used}
        return Plan(self.types, source.inputs, constants, steps, source.outputs, source.state,
                    source.names)

    def _next(self, ready: list[int], pending: list[int]) -> list[int]:
        """Do one structural step, or the loop that is due; gives the steps that it did."""
        others = [i for i in ready if self.key[i] is None]
        if others:
            self.out.append(self.steps[others[0]])
            return others[:1]
        groups: list[list[int]] = []
        for first in sorted(ready, key=self._urgency):
            groups.append(self._limited(self._group(first, pending)))
            if due := self._due(groups[-1]):
                groups = [due]
                break
        cheapest = min(groups, key=lambda group: self.size(self.key[group[0]] or ()))
        self.out.append(self._loop(cheapest))
        return cheapest

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

    def _group(self, first: int, pending: list[int]) -> list[int]:
        key = self.key[first] or ()
        group = self._absorb(key, pending)
        if not key and self._feeds_loops(first):
            return [i for i in group if self._feeds_loops(i)]
        return self._connected(first, group) if self.size(key) >= LARGE else group

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
        if self.steps[i].op.name not in ELEMENTWISE or any(
                r == end or (r in inside and r not in waiting) or self.key[r] != key or
               self.steps[r].op.name not in ELEMENTWISE for r in readers[i]):
            return True
        needs = {self.maker.get(self.base(slot)) for slot in self.steps[i].inputs} & inside
        return any(j not in waiting and readers[j] <= inside for j in needs if j is not None)

    def _absorb(self, key: tuple[int, ...], pending: list[int]) -> list[int]:
        """All steps over this shape that are ready, or will be once others of them are done."""
        group: list[int] = []
        inside: set[int] = set()
        grew = True
        while grew:
            grew = False
            for i in pending:
                if i not in inside and self.key[i] == key and self._fits(i, inside):
                    group.append(i)
                    inside.add(i)
                    grew = True
        return group

    def _fits(self, i: int, inside: set[int]) -> bool:
        """Whether all that a step waits for is done, or stands in the group as it needs it."""
        if not self.waits[i] <= self.done | inside:
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
        kept: list[int] = []
        operands: set[int] = set()
        for i in group:
            more = {slot for slot in map(self.base, self.steps[i].inputs)
                    if slot not in self.source.constants} | set(self.steps[i].outputs)
            if kept and (len(kept) >= MOST_STEPS or len(
                    self._outside(operands | more, {*kept, i})) > MOST_OPERANDS):
                break
            kept.append(i)
            operands |= more
        return kept

    def _outside(self, slots: set[int], group: set[int]) -> set[int]:
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

    def _loop(self, group: list[int]) -> Step:
        """One step in place of a group: a Plan of its steps and of the views they read through."""
        inside, end = set(group), len(self.steps)
        views: list[Step] = []
        given: dict[int, None] = {}
        for i in group:
            for slot in self.steps[i].inputs:
                self._bring(slot, inside, views, given)
        members = [self.steps[i] for i in group]
        steps = _in_order([*views, *members])
        outputs = tuple(slot for step in members for slot in step.outputs if any(
            reader == end or reader not in inside for reader in self._real_readers(slot)))
        constants = {slot: self.source.constants[slot] for slot in given
                     if self.types[slot] is None}
        inputs = tuple(slot for slot in given if slot not in constants)
        body = Plan(self.types, inputs, constants, steps, outputs)
        scope = next((step.scope for step in members if step.scope), "")
        return Step(LOOP, inputs, {"body": body}, outputs, scope)

    def _bring(self, slot: int, inside: set[int], views: list[Step], given: dict[int, None]
               ) -> None:
        """Put the views that lead to a slot into the loop, and what they start from to its inputs.
        """
        i = self.maker.get(slot)
        if i in inside:
            return
        if i is not None and self._readable_through(self.steps[i]):
            if self.steps[i] not in views:
                views.append(self.steps[i])
            self._bring(self.steps[i].inputs[0], inside, views, given)
        else:
            given[slot] = None

    def _readable_through(self, step: Step) -> bool:
        """Whether a loop can read through a view; a new shape of scattered numbers is a copy."""
        if step.op.name != "reshape":
            return step.op.name in VIEWS
        inner = self.maker.get(step.inputs[0])
        if inner is None or self.steps[inner].op.name not in VIEWS:
            return True
        return self.shape(step.inputs[0]) == self.shape(step.outputs[0]) or (
            self.steps[inner].op.name == "reshape" and self._readable_through(self.steps[inner]))


def _in_order(steps: Sequence[Step]) -> list[Step]:
    """Steps so that each comes after what it reads."""
    maker = {slot: step for step in steps for slot in step.outputs}
    placed: dict[int, Step] = {}

    def place(step: Step) -> None:
        if id(step) not in placed:
            for slot in step.inputs:
                if slot in maker:
                    place(maker[slot])
            placed[id(step)] = step

    for step in steps:
        place(step)
    return list(placed.values())


def _with_views(steps: Sequence[Step], views: Sequence[Step], outputs: Iterable[int]
                ) -> list[Step]:
    """The views that steps outside of loops still read, each after what it is a view of."""
    return _in_order(needed([*_in_order([*steps, *views])], outputs))
