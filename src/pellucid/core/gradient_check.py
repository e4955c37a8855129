"""Derivatives by nudging: move a number by ε and see by how much the result moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import KindError, user_line
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable

NUDGES = (1e-3, 5e-4, 2.5e-4)          # Richardson's way from three widths to width 0


@dataclass(frozen=True)
class Check:
    """One variable: how far its gradient is from the nudged one, and where that is worst."""

    name: str
    error: float                       # largest difference, relative to the largest gradient
    place: tuple[int, ...]
    taped: float
    nudged: float


@dataclass(frozen=True)
class GradientReport:
    """The result of `gradient_check`: a `Check` per variable; true if all are within tolerance."""

    checks: tuple[Check, ...]
    tolerance: float

    @property
    def error(self) -> float:
        """The largest relative error of all variables; NaN if any is none."""
        return float(np.max([each.error for each in self.checks], initial=0.0))

    def __bool__(self) -> bool: return self.error <= self.tolerance

    def __str__(self) -> str:
        lines = [f"{each.name:<32} {each.error:.1e}  at {each.place}: "
                 f"taped {each.taped:.9g}, nudged {each.nudged:.9g}" for each in self.checks]
        said = "agree" if self else "DIFFER"
        return "\n".join([*lines, f"gradients {said}: largest relative error {self.error:.1e}, "
                                  f"tolerance {self.tolerance:.0e}"])


def as_it_is(function: Callable[[], Any]) -> Callable[[], Any]:
    """The function itself, to be run step by step."""
    return function


def gradient_check(loss: Callable[[], Any], variables: Sequence[Variable], *,
                   tolerance: float = 1e-6, entries: int = 20, seed: int = 0,
                   run: Callable[[Callable[[], Any]], Callable[[], Any]] = as_it_is
                   ) -> GradientReport:
    """Compare the gradients of a loss with what nudging each variable shows.

    w + ε raises the loss by k ε, so k = (loss(w + ε) - loss(w - ε)) / 2ε, taken at three ε and
    extrapolated to ε = 0. ``loss`` takes nothing and gives a number (or numbers, which are
    summed); at most ``entries`` numbers of each variable are tried, chosen by ``seed``. ``run``
    turns the loss and its gradients into what is run, such as a Plan. Use float64 variables: in
    float32 a nudge drowns in rounding. Raises KindError for others.

    >>> w = Variable([1.0, 2.0], dtype="float64")
    >>> bool(gradient_check(lambda: w * w, [w]))
    True
    """
    for each in variables:
        if each.dtype != "float64":
            raise KindError(f"gradient_check needs float64 variables ({each.path} is not one)",
                            got=each.dtype, where=user_line(),
                            hint='build them with dtype="float64"')

    def gradients() -> Any:
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(list(variables))
            value = convert(loss())
        return tape.gradient(value, list(variables), unconnected_gradients="zero")

    taped, value, random = run(gradients)(), run(loss), np.random.default_rng(seed)
    return GradientReport(tuple(_checked(value, variable, np.asarray(gradient), entries, random)
                                for variable, gradient in zip(variables, taped, strict=True)),
                          tolerance)


def _checked(loss: Callable[[], Any], variable: Variable, taped: np.ndarray, entries: int,
             random: np.random.Generator) -> Check:
    chosen = np.sort(random.permutation(taped.size)[:entries])
    places = [tuple(map(int, each)) for each in zip(*np.unravel_index(chosen, taped.shape),
                                                    strict=True)] if taped.ndim else [()]
    nudged = np.array([nudged_at(loss, variable, place) for place in places])
    found = np.array([taped[place] for place in places])
    errors = np.abs(found - nudged) / max(np.abs(nudged).max(initial=0), 1e-3)
    worst = int(np.argmax(errors))
    return Check(variable.path, float(errors[worst]), places[worst], float(found[worst]),
                 float(nudged[worst]))


def nudged_at(loss: Callable[[], Any], variable: Variable, place: tuple[int, ...],
              widths: tuple[float, float, float] = NUDGES) -> float:
    """Slopes at widths ε, ε/2, ε/4, from which the terms in ε² and ε⁴ are taken out."""
    before = variable.numpy()

    def total(moved: float) -> float:
        after = before.copy()
        after[place] += moved
        variable.assign(after)
        return float(np.sum(np.asarray(convert(loss())), dtype=np.float64))

    try:
        a, b, c = ((total(each) - total(-each)) / (2 * each) for each in widths)
    finally:
        variable.assign(before)
    ab, bc = (4 * b - a) / 3, (4 * c - b) / 3
    return (16 * bc - ab) / 15
