"""Full-gradient minimisation of a formula over arrays: SciPy's L-BFGS, or plain descent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from pellucid.core.errors import advise
from pellucid.core.tape import GradientTape
from pellucid.engines.trace import Traced


@dataclass(frozen=True)
class Minimum:
    """Where it ended: the parameters, the value there, and the steps that it took."""

    parameters: list[np.ndarray]
    value: float
    iterations: int


def minimise(formula: Callable[..., Any], start: Sequence[np.ndarray], data: Sequence[np.ndarray],
             solver: str, max_iter: int, tol: float, max_fun: int | None = None,
             least_gain: float = 0.0, lowest: Sequence[float] | None = None) -> Minimum:
    """The least value of ``formula(*parameters, *data)``, a scalar, from ``start`` downhill.

    The formula is traced once and runs on the native engine. ``solver`` is "lbfgs", which ends
    where no part of the gradient is larger than ``tol``, or where a step lowers the value by no
    more than a share of ``least_gain``; or "gd": steps against the gradient with a rate that falls
    as 1/√t, of which the best is kept. ``lowest`` has a number for each parameter, below which
    none of its numbers may go (the gradient is then what is left of it there).
    """
    def value_and_gradients(*arrays: Any) -> Any:
        parameters = arrays[:len(start)]
        with GradientTape() as tape:
            for each in parameters:
                tape.watch(each)
            value = formula(*arrays)
        return value, tape.gradient(value, list(parameters))

    traced = Traced(value_and_gradients, engine="native")
    shapes = [each.shape for each in start]

    def at(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradients = traced(*_unpacked(flat, shapes), *data)
        return float(value), _packed([each.numpy() for each in gradients])

    low = _packed([np.full(shape, each) for shape, each in zip(
        shapes, lowest or [-np.inf] * len(shapes), strict=True)])
    if solver == "gd":
        flat, value, steps = _descent(at, _packed(start), low, max_iter, tol)
    else:
        flat, value, steps = _lbfgs(at, _packed(start), low, max_iter, tol,
                                    max_fun or 20 * max_iter, least_gain)
    return Minimum(_unpacked(flat, shapes), value, steps)


Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _lbfgs(at: Objective, x: np.ndarray, low: np.ndarray, max_iter: int, tol: float, max_fun: int,
           least_gain: float) -> tuple[np.ndarray, float, int]:
    # With SciPy's own least gain it would stop while coefficients still move.
    bounds = [(each, None) for each in low] if np.isfinite(low).any() else None
    found = minimize(at, x, jac=True, method="L-BFGS-B", bounds=bounds, options={
        "maxiter": max_iter, "maxfun": max_fun, "gtol": tol, "ftol": least_gain,
        "maxcor": 20})
    if found.status == 1:
        advise(f"lbfgs stopped after max_iter={max_iter} steps or max_fun={max_fun} looks, before "
               "its gradient was below tol", ConvergenceWarning)
    return found.x, float(found.fun), max(1, int(found.nit))


def _descent(at: Objective, x: np.ndarray, low: np.ndarray, max_iter: int, tol: float
             ) -> tuple[np.ndarray, float, int]:
    # The start is no candidate: where nothing is said yet, the perceptron's loss is nothing too.
    gradient = at(x)[1]
    best, least, steps = x, np.inf, 0
    while steps < max_iter and (
            steps == 0 or np.abs(x - np.maximum(x - gradient, low)).max(initial=0) > tol):
        steps += 1
        x = np.maximum(x - gradient / np.sqrt(steps), low)
        value, gradient = at(x)
        if value <= least:
            best, least = x, value
    return best, least, steps


def _packed(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(each) for each in arrays])


def _unpacked(flat: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes,
                                                       strict=True)]
