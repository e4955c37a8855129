"""Points where the gradient vanishes: minimum, maximum or saddle, told by the curvature there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pellucid.core.errors import DataError, user_line
from pellucid.core.tape import GradientTape
from pellucid.insight.dynamics.descent import Function, Point, as_point, check_gradient, height

SAYS = {
    "slope": "no minimum: f still rises on one side and falls on the other",
    "minimum": "a minimum: f rises in every direction",
    "maximum": "a maximum: f falls in every direction",
    "saddle": "a saddle, not a minimum: f rises in some directions and falls in others",
    "bend": "a bend: f has another slope on either side, and no second derivative",
    "undecided": "undecided: the gradient vanishes, and so does the curvature in some direction",
}


@dataclass(frozen=True)
class Curvature:
    """How a function lies at a point: its height, gradient ``(n,)`` and Hessian ``(n, n)``.

    ``kind`` is "minimum", "maximum" or "saddle" where the gradient vanishes, "undecided" where
    some curvature vanishes with it, and "slope" where the gradient does not vanish. It is "bend"
    where f has a kink, as ReLU at 0: ``bend`` holds the slopes on its two sides then.

    >>> print(curvature(lambda x, y: x * x - y * y, (0, 0)))
    (0, 0) is a saddle, not a minimum: f rises in some directions and falls in others
      (gradient 0, curvatures -2 and 2)
    """

    point: np.ndarray
    height: float
    gradient: np.ndarray
    hessian: np.ndarray
    tolerance: float = 1e-6
    bend: tuple[float, float] | None = None

    @property
    def finite(self) -> bool:
        """Whether f and its derivatives are numbers here."""
        return bool(np.isfinite([self.height, *self.gradient, *self.hessian.ravel()]).all())

    @property
    def slope(self) -> float:
        """The length of the gradient."""
        return float(np.hypot.reduce(self.gradient))          # which does not overflow

    @property
    def eigenvalues(self) -> np.ndarray:
        """The curvatures along the Hessian's own directions, the smallest first."""
        return np.linalg.eigvalsh(self.hessian)

    @property
    def kind(self) -> str:
        if self.bend is not None:
            return "bend"
        if self.slope > self.tolerance:
            return "slope"
        curved = self.eigenvalues
        least = self.tolerance * np.abs(curved).max(initial=0)
        rises, falls = curved > least, curved < -least
        if rises.any() and falls.any():
            return "saddle"
        return "minimum" if rises.all() else "maximum" if falls.all() else "undecided"

    def __str__(self) -> str:
        place = ", ".join(_short(each) for each in self.point)
        curved = " and ".join(_short(each) for each in self.eigenvalues)
        if self.bend is not None:
            left, right = map(_short, self.bend)
            return f"({place}) is {SAYS['bend']}\n  (slope {left} before it, {right} after it)"
        return (f"({place}) is {SAYS[self.kind]}\n"
                f"  (gradient {_short(self.slope)}, curvatures {curved})")


def curvature(f: Function, point: Point, tolerance: float = 1e-6) -> Curvature:
    """How f lies at a point, from its first and second derivatives there.

    The Hessian is the gradient of the gradient: a tape inside a tape. A gradient shorter than
    ``tolerance`` counts as zero, and so does a curvature below ``tolerance`` times the largest.
    Raises ShapeError if f gives several numbers, DataError where it or a derivative is not finite.

    >>> curvature(lambda x, y: x * x + 3 * y * y, (0, 0)).hessian.tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    check_gradient(f, point)
    found = _measured(f, point, tolerance)
    if not found.finite:
        raise DataError("curvature needs a point where f and its derivatives are finite numbers",
                        got=f"f = {found.height:g} at {np.asarray(point).tolist()}",
                        where=user_line())
    return found


def stationary_point(f: Function, near: Point, tolerance: float = 1e-6,
                     steps: int = 50) -> Curvature:
    r"""The point of zero gradient to which Newton's method leads from ``near``: of any kind.

    .. math:: w ← w - H^{-1} ∇f

    Newton's method does not care whether it goes up or down, so it finds saddles too, which a
    descent leaves. If it finds no such point in ``steps`` steps, the ``kind`` is "slope". Raises
    what `curvature` raises.

    >>> found = stationary_point(lambda x, y: x * x - y * y, near=(2, 3))
    >>> found.kind, found.point.tolist()
    ('saddle', [0.0, 0.0])
    """
    here = curvature(f, near, tolerance)
    for _ in range(steps):
        step = np.linalg.lstsq(here.hessian, -here.gradient, rcond=None)[0]
        there = _measured(f, here.point + step, tolerance)
        if not there.finite:
            break
        here = there
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(here.point).max()):
            break
    return here


def _measured(f: Function, point: Point, tolerance: float) -> Curvature:
    w = as_point(point)
    with GradientTape(persistent=True) as outer:
        with GradientTape() as inner:
            found = height(f, w)
        gradient = inner.gradient(found, w, unconnected_gradients="zero")
        parts = [gradient[i] for i in range(w.size)]
    rows = [outer.gradient(each, w, unconnected_gradients="zero").numpy() for each in parts]
    hessian = np.array(rows)
    return Curvature(w.numpy(), float(found), gradient.numpy(), hessian, tolerance,
                     _bend(f, w.numpy(), float(found), hessian))


def _bend(f: Function, point: np.ndarray, here: float,
          hessian: np.ndarray) -> tuple[float, float] | None:
    """The slopes on both sides along the first axis on which they differ, if one does.

    Where f is smooth they differ by no more than what the second derivative says.
    """
    for i, x in enumerate(point):
        nudge = np.eye(len(point))[i] * 1e-6 * (1 + abs(x))
        with np.errstate(all="ignore"):
            left, right = ((float(height(f, as_point(point + d))) - here) / d[i]
                           for d in (-nudge, nudge))
            gap = abs(right - left - hessian[i, i] * nudge[i])
        rounding = 1e-15 * abs(here) / nudge[i]
        if gap > 1e-3 * (1 + abs(left) + abs(right)) + 10 * rounding:
            return left, right
    return None


def _short(number: float) -> str:
    return f"{number + 0.0:.4g}"                         # + 0.0 makes -0 a 0
