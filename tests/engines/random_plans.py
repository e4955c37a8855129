"""Random Plans: functions made of random moves, traced as any other function is.

>>> sample = random_plan(3)
>>> len(sample.plan(sample.values)) == len(sample.plan.outputs)
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.atoms.control import cond, scan
from pellucid.core.plan import Plan
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import trace
from tests.engines import shaping_moves  # noqa: F401 (more moves)
from tests.engines.moves import MOVES, Value, op

DTYPES = ("int32", "int64", "bool", "uint8")
INSIDE = tuple(name for name in MOVES if name != "noise")            # within a scan or a cond
OFTEN = (*MOVES, *("curve", "combination", "choice", "reduction") * 3, "comparison", "mirror")
LARGE = ((20_000,), (150, 170), (170, 1, 101), (3, 40, 11, 17), (1, 17_000), (16_400, 1), (2, 9000),
         (4500, 4), (300, 64), (5, 7))


class Sample(NamedTuple):
    """A Plan and what it is run on."""

    plan: Plan
    values: list[np.ndarray]


class Draft:
    """What is there so far while a random function runs, and dice to choose from it."""

    def __init__(self, random: np.random.Generator, floating: str, most: int = 600) -> None:
        self.random, self.float, self.most = random, floating, most
        self.pool: list[Value] = []

    # dice
    def choice(self, options: Sequence[Any]) -> Any:
        return options[int(self.random.integers(len(options)))]

    def shape(self, most_axes: int = 4, most: int = 5) -> tuple[int, ...]:
        """Any shape; lengths of 0 and 1 are not rare."""
        rank = int(self.random.integers(most_axes + 1))
        return tuple(int(n) for n in self.random.choice(
            [1, *range(1, most + 1)] + [0] * (self.random.random() < 0.05), rank))

    def shape_of(self, size: int) -> tuple[int, ...]:
        """A random shape of so many numbers."""
        if size == 0:
            return self.choice(((0,), (0, 3), (2, 0, 1)))
        shape, rest = [], size
        for _ in range(int(self.random.integers(1, 4))):
            fits = [n for n in range(1, min(rest, 40) + 1) if rest % n == 0]
            shape.append(self.choice(fits))
            rest //= shape[-1]
        shape += [rest] if rest > 1 else []
        self.random.shuffle(shape)
        return tuple(shape)

    def axes(self, rank: int) -> Any:
        """None, an axis, or several."""
        if rank == 0 or self.random.random() < 0.2:
            return None
        chosen = self.random.permutation(rank)[:int(self.random.integers(1, rank + 1))]
        return int(chosen[0]) - rank if len(chosen) == 1 else tuple(map(int, chosen))

    def span(self, n: int) -> tuple[int, int, int]:
        """(start, length, step) of a part of an axis."""
        length = int(self.random.integers(0 if self.random.random() < 0.03 else min(n, 1), n + 1))
        step = int(self.random.integers(1, max((n - 1) // max(length - 1, 1), 1) + 1))
        reach = (max(length, 1) - 1) * step
        start = int(self.random.integers(0, max(n - reach, 1)))
        return (start + reach, length, -step) if self.random.random() < 0.4 else (
            start, length, step)

    # what is there
    def pick(self, fits: Callable[[Value], bool] = lambda v: True) -> Any:
        """A value of this kind, new ones more often than old ones; None if there is none."""
        found = [v for v in self.pool if fits(v)]
        if not found:
            return None
        return found[-1 - int(len(found) * self.random.random() ** 1.7)]

    def fitting(self, x: Value, exact: bool = False) -> Any:
        """Another tensor of x's kind that meets its shape, or a Python number."""
        if self.random.random() < 0.25:
            return 0.75 if x.floating else bool(self.random.integers(2)) if x.dtype == "bool" else 3
        y = self.pick(lambda v: v.dtype == x.dtype and (v.exact or not exact) and self.meets(v, x))
        return (x if y is None else y).tensor

    def meets(self, a: Value, b: Value) -> bool:
        return self.meets_shape(a.shape, b.shape)

    def meets_shape(self, a: Sequence[int], b: Sequence[int]) -> bool:
        """Whether shapes broadcast, to something not too large."""
        try:
            return math.prod(np.broadcast_shapes(tuple(a), tuple(b))) <= self.most
        except ValueError:
            return False

    def count(self, shape: Sequence[int], axis: Any) -> int:
        """How many numbers a reduction takes together."""
        axes = range(len(shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
        return math.prod(shape[i] for i in axes)

    def grow(self, moves: int, names: Sequence[str]) -> None:
        """Make so many moves."""
        for _ in range(moves):
            if (made := MOVES[self.choice(names)](self)) is not None:
                self.pool.append(made)

    # Plans within Plans
    def inner(self, seed: int, values: Sequence[Value]) -> Draft:
        """A draft for a body: a body may be traced more than once, so it has dice of its own."""
        draft = Draft(np.random.default_rng(seed), self.float, 100)
        draft.pool = [v for v in values if math.prod(v.shape) <= draft.most]
        return draft

    def choose(self) -> None:
        """A cond, each side of which gives something like the first of what is around."""
        condition = self.pick(lambda v: v.dtype == "bool" and v.shape == ())
        around = [v for v in (self.pick() for _ in range(3)) if math.prod(v.shape) <= 100]
        if condition is None or not around:
            return

        def side(seed: int) -> Callable[[], Any]:
            def body() -> list[Any]:
                draft = self.inner(seed, around)
                draft.grow(4, INSIDE)
                return [moved(around[0], draft.pool[-1]), around[-1].tensor]
            return body

        first, last = cond(condition.tensor, *map(side, self.random.integers(1 << 30, size=2)))
        self.pool += [Value(first, False), Value(last, around[-1].exact)]

    def loop(self, variable: Variable | None) -> None:
        """A scan with a carry of floats, a counter, and a variable that each turn changes."""
        carry = self.pick(lambda v: v.floating and math.prod(v.shape) <= 60)
        rows = self.pick(lambda v: len(v.shape) > 0 and 1 <= v.shape[0] <= 6
                         and math.prod(v.shape) <= 200)
        if carry is None or rows is None:
            return
        seed, around = int(self.random.integers(1 << 30)), self.pick()

        def turn(carried: Any, x: Any) -> Any:
            c, n = carried
            given = [Value(c, False), Value(x, rows.exact), Value(n, True), around]
            draft = self.inner(seed, given)
            draft.grow(5, INSIDE)
            if variable is not None:
                variable.assign(0.5 * variable.value + op("mean", op("tanh", c)))
            return (moved(Value(c, False), draft.pool[-1]), n + 1), draft.pool[-2].tensor

        (last, n), stacked = scan(turn, (carry.tensor, convert(np.int32(0))), rows.tensor,
                                  reverse=bool(self.random.integers(2)))
        self.pool += [Value(last, False), Value(n, True), Value(stacked, False)]


def moved(value: Value, by: Value) -> Any:
    """A value, changed by another one if it is of floats."""
    if not value.floating or not math.prod(by.shape) or not math.prod(value.shape):
        return value.tensor
    number = op("cast", by.tensor if by.floating or by.dtype == "bool" else by.tensor % 5,
                dtype=value.dtype)
    return op("tanh", value.tensor + op("mean", op("tanh", number)))


def random_plan(seed: int, large: bool = False) -> Sample:
    """The Plan of this number: the same each time."""
    random = np.random.default_rng(seed)
    writer = Writer(random, large)
    compiled = trace(writer.function, *writer.arrays)
    return Sample(compiled.plan, [*writer.arrays, *(each.array for each in compiled.read)])


class Writer:
    """The random function itself: what comes in, which variables it has, what it does."""

    def __init__(self, random: np.random.Generator, large: bool) -> None:
        self.random = random
        self.draft = Draft(random, str(random.choice(["float32", "float64"])),
                           90_000 if large else 600)
        shapes = [self.draft.choice(LARGE) if large else self.draft.shape()
                  for _ in range(int(random.integers(2, 5)))]
        shapes[-1] = shapes[0] if random.random() < 0.5 else shapes[-1]
        self.arrays = [self.array(self.draft.float, shapes[0])]
        self.arrays += [self.array(self.dtype(), shape) for shape in shapes[1:]]
        self.arrays += [self.array("bool", ()), random.integers(1 << 32, size=2).astype("uint32")]
        self.variables = [Variable(np.array(self.array(self.dtype(), shape)), name=f"v{i}")
                          for i, shape in enumerate([*shapes, *shapes][:int(random.integers(5))])]
        self.differentiates = random.random() < 0.25

    def dtype(self) -> str:
        return self.draft.float if self.random.random() < 0.6 else self.draft.choice(DTYPES)

    def array(self, dtype: str, shape: tuple[int, ...]) -> np.ndarray:
        """Numbers of a dtype; not always in row order."""
        random = self.random
        if dtype.startswith("float"):
            # eighths, so that ties and halves that are rounded are not rare
            array = (random.normal(size=shape) if random.random() < 0.7
                     else random.integers(-20, 21, shape) / 8).astype(dtype)
        else:
            array = random.integers(0 if dtype == "uint8" else -9, 10, shape).astype(dtype)
        return np.asfortranarray(array) if random.random() < 0.2 else array

    def function(self, *inputs: Any) -> Any:
        draft, random = self.draft, self.random
        draft.pool = [Value(x, True) for x in inputs]
        draft.pool += [Value(v.value, True) for v in self.variables if random.random() < 0.7]
        draft.pool.append(Value(convert(self.array(self.dtype(), draft.shape())), True))
        with GradientTape() as tape:
            wanted = [x for x in inputs if x.dtype == draft.float]
            tape.watch(wanted)
            for _ in range(int(random.integers(1, 4))):
                self.some_moves()
        results = [draft.pick().tensor for _ in range(int(random.integers(3, 9)))]
        if self.differentiates:
            results += self.slopes(tape, wanted)
        return [*results, draft.choice(draft.pool).tensor]

    def some_moves(self) -> None:
        draft, random = self.draft, self.random
        draft.grow(int(random.integers(4, 20)), OFTEN)
        if random.random() < 0.15:
            draft.choose()
        if random.random() < 0.15:
            floats = [v for v in self.variables if v.dtype == draft.float]
            draft.loop(draft.choice(floats) if floats and random.random() < 0.5 else None)
        if self.variables and random.random() < 0.5:
            self.assign(draft.choice(self.variables))
        if len(self.variables) > 1 and random.random() < 0.3:
            self.swap(draft.choice(self.variables), draft.choice(self.variables))

    def assign(self, variable: Variable) -> None:
        """A new value, often made of the old one; sometimes the old one is read once more."""
        old, draft = Value(variable.value, False), self.draft
        value = draft.pick(lambda v: v.dtype == old.dtype and v.shape == old.shape)
        variable.assign(value.tensor if value is not None and self.random.random() < 0.5
                        else moved(old, draft.pick()))
        draft.pool.append(Value(variable.value, False))
        if self.random.random() < 0.5:
            draft.pool.append(Value(op("identity", old.tensor), False))

    def swap(self, a: Variable, b: Variable) -> None:
        if (a.shape, a.dtype) == (b.shape, b.dtype):
            x, y = a.value, b.value
            a.assign(y)
            b.assign(x)

    def slopes(self, tape: GradientTape, wanted: Sequence[Any]) -> list[Any]:
        """The gradient of something that was made."""
        made = self.draft.pick(lambda v: v.floating)
        found = tape.gradient(made.tensor, wanted)
        return [op("tanh", g) for g in found if g is not None]
