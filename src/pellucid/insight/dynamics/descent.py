"""An optimizer at work on any function of a few numbers, and the path that it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from pellucid import optimizers
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.insight.dynamics.told_apart import told_apart

Function = Callable[..., Any]               # f(x, y): of tensors, a tensor
Point = Sequence[float] | np.ndarray


@dataclass(frozen=True)
class Descent:
    """Where a descent has been: the start, then the point after each step.

    ``points``: shape ``(steps + 1, n)``. ``heights``: f at each of them, ``slopes``: the length of
    its gradient there, both ``(steps + 1,)``. ``diverged``: the next point was beyond all floats,
    and the path ends before it.

    >>> path = descend(lambda x: x * x, [1.0], optimizers.SGD(0.25), steps=2)
    >>> path.points[:, 0].tolist(), path.heights.tolist()
    ([1.0, 0.5, 0.25], [1.0, 0.25, 0.0625])
    """

    name: str
    points: np.ndarray
    heights: np.ndarray
    slopes: np.ndarray
    diverged: bool = False

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return len(self.points) - 1

    @property
    def end(self) -> np.ndarray:
        """The last point."""
        return self.points[-1]

    @property
    def length(self) -> float:
        """How far the descent has walked, which may be much further than it has come."""
        return float(np.hypot.reduce(np.diff(self.points, axis=0), axis=1).sum())

    def arrival(self, target: Point, within: float) -> int | None:
        """The first step from which on the path stays within a distance of ``target``, or None.

        >>> path = descend(lambda x: x * x, [1.0], optimizers.SGD(0.25), steps=9)
        >>> path.arrival([0.0], within=0.1), path.arrival([5.0], within=0.1)
        (4, None)
        """
        far = np.hypot.reduce(self.points - np.asarray(target, float), axis=1) > within
        if self.diverged or far[-1]:
            return None
        return int(np.flatnonzero(far)[-1]) + 1 if far.any() else 0


def descend(f: Function, start: Point, optimizer: Any = "sgd", steps: int = 100, *,
            name: str | None = None) -> Descent:
    """Let an optimizer walk down f(x, y), one step after another, and tell its path.

    Args:
        f: a function of numbers (two or any other count), written with Python's operators and
            `pellucid.ops`, which gives one number.
        start: where to begin, a number for each argument of f.
        optimizer: a name or an optimizer; a copy of it does the work, in float64, with its rate as
            it was written (0.1, where float32 holds 0.10000000149).
        steps: how many; fewer are taken where the numbers leave the range of floats.
        name: what the path is called, instead of the optimizer's class.

    Raises ArgumentError for a negative number of steps, ShapeError if f takes another count of
    numbers or gives several, DataError if f is not finite at the start or its gradient is lost.

    >>> path = descend(lambda x, y: x * x - y * y, (2, 3), optimizers.SGD(0.1), steps=2)
    >>> path.points.round(12).tolist()
    [[2.0, 3.0], [1.6, 3.6], [1.28, 4.32]]
    """
    if steps < 0:
        raise ArgumentError("steps must be at least 0", got=steps, where=user_line())
    check_gradient(f, start)
    given = optimizers.get(optimizer)
    name, mover, w = name or type(given).__name__, fresh(given), as_point(start)
    height, gradient = height_and_gradient(f, w)
    seen = [(w.numpy(), height, gradient)]
    if not _finite(seen[0]):
        raise DataError("a descent needs a start where f and its gradient are finite numbers",
                        got=f"f = {height:g}, gradient {gradient.tolist()} at {w.numpy().tolist()}",
                        where=user_line())
    while len(seen) <= steps:
        mover.apply([gradient], [w])
        height, gradient = height_and_gradient(f, w)
        if not _finite(here := (w.numpy(), height, gradient)):
            break
        seen.append(here)
    points, heights, gradients = zip(*seen, strict=True)
    return Descent(name, np.array(points), np.array(heights),
                np.hypot.reduce(np.array(gradients), axis=1), diverged=len(seen) <= steps)


def race(f: Function, start: Point, runners: Mapping[str, Any] | Sequence[Any],
         steps: int = 100) -> list[Descent]:
    """Send several optimizers from the same start over the same f; a path of each.

    ``runners``: optimizers, or a dict from the names that the paths shall have. Without names, two
    of a class are told apart by what differs: "SGD, rate 0.1" and "SGD, rate 0.2".

    >>> paths = race(lambda x, y: x * x + y * y, (1, 1), ["sgd", "adam"], steps=3)
    >>> [path.name for path in paths]
    ['SGD', 'Adam']
    """
    if isinstance(runners, Mapping):
        named = [(str(name), runner) for name, runner in runners.items()]
    else:
        given = [optimizers.get(each) for each in runners]
        named = list(zip(told_apart(given), given, strict=True))
    return [descend(f, start, runner, steps, name=name) for name, runner in named]


def as_point(numbers: Point) -> Variable:
    """A point as one float64 weight, shape ``(n,)``, so that clipping by norm sees all of it."""
    return Variable(np.array(numbers, np.float64).reshape(-1), name="point")


def height(f: Function, point: Variable) -> Any:
    """f at a point, as one float64 tensor that tapes can follow."""
    found = convert(f(*(point[i] for i in range(point.size))), "float64")
    if found.shape != ():
        raise ShapeError("f must give one number", got=f"a result of shape {found.shape}",
                         where=user_line())
    return found


def height_and_gradient(f: Function, point: Variable) -> tuple[float, np.ndarray]:
    """f at a point, and the way in which it rises most."""
    with GradientTape() as tape:
        found = height(f, point)
    return float(found), tape.gradient(found, point, unconnected_gradients="zero").numpy()


def check_gradient(f: Function, start: Point) -> None:
    """Raise where f cannot be followed from ``start``: its gradient is held against small nudges.

    KindError for a start that is no numbers; ShapeError if f takes another count of them; DataError
    where f moves and its gradient does not say so, as when a function of NumPy's or math's stands
    in it, which no tape can see.
    """
    try:
        w = as_point(start)
    except (TypeError, ValueError):
        raise KindError("a point must be numbers", got=shown(start), where=user_line()) from None
    if not w.size:
        raise ShapeError("a point must have at least one number", got="none", where=user_line())
    try:
        signature(f).bind(*w.numpy())
    except TypeError as error:
        raise ShapeError(f"f must take {w.size} numbers, as many as the point has",
                         got=f"{error}", where=user_line()) from None
    here, gradient = height_and_gradient(f, w)
    for i, (x, slope) in enumerate(zip(w.numpy(), gradient, strict=True)):
        nudge = np.eye(w.size)[i] * 1e-6 * (1 + abs(x))
        with np.errstate(invalid="ignore"):              # a start at infinity is told by others
            left, right = ((float(height(f, as_point(w.numpy() + d))) - here) / d[i]
                           for d in (-nudge, nudge))
        slack = 1e-3 * (1 + abs(left) + abs(right))          # a kink has a slope on either side
        if min(left, right) - slack > slope or slope > max(left, right) + slack:
            raise DataError(
                f"f rises by {right:.4g} with number {i + 1} of the point, but its gradient says "
                f"{slope:.4g}", where=user_line(), hint="write f with Python's operators and "
                "pellucid.ops: functions of NumPy and math leave no trace that can be followed")


def fresh(optimizer: Any) -> Any:
    """An optimizer like this one at its beginning, with its rate in float64.

    Rates are float32, in which 0.1 is 0.10000000149; a hundred steps of 0.1 would show it.
    """
    config, rate = optimizer.get_config(), getattr(optimizer, "learning_rate", None)
    if isinstance(rate, Variable):
        written = float(str(rate.numpy()))
        config["learning_rate"] = Variable(written, dtype="float64", trainable=False)
    return type(optimizer).from_config(config)


def _finite(numbers: tuple[Any, ...]) -> bool:
    return all(np.isfinite(each).all() for each in numbers)
