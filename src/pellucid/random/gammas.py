"""Draws of the gamma distribution, and of those that are made of it: beta and binomial."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import (
    argmax,
    broadcast_to,
    cast,
    exp,
    expand_dims,
    floor,
    greater,
    less,
    less_equal,
    log,
    logical_and,
    maximum,
    sqrt,
    square,
    stack,
    stop_gradient,
    take_along_axis,
    where,
)
from pellucid.atoms.random import random_normal, random_uniform
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Abstract, convert
from pellucid.random.draws import _float, _shape
from pellucid.random.seed import draw_state

TRIES = 12               # of a hundred proposals 95 are taken: that none of 12 is, is 1 in 10¹⁵
FIRST, EACH = 16, 3      # streams: a draw needs normal numbers and two kinds of uniform ones
MOST = 31                # halvings of a count that is not known before a Plan runs


def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers of a gamma distribution: mean and variance ``alpha``, density ~ x^(α - 1) e^(-x).

    ``alpha``, above 0, fits ``shape``. No gradient reaches it. Raises ArgumentError for an alpha of
    0 or less, ShapeError for one that does not fit.

    >>> x = gamma((1000,), 3.0, seed=1).numpy()
    >>> bool(abs(x.mean() - 3) < 0.3), bool(x.min() > 0)
    (True, True)

    Source: G. Marsaglia and W. Tsang, "A simple method for generating gamma variables" (2000).
    """
    dtype = _float(dtype, "gamma")
    a = _parameter(alpha, shape, "gamma", "an alpha above 0", lambda x: x > 0)
    return cast(stop_gradient(exp(_log_gamma(draw_state(seed), a, FIRST))), dtype=dtype)


def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers of a beta distribution on (0, 1): density ~ x^(α - 1) (1 - x)^(β - 1).

    It is the share of one gamma number in the sum of two. ``alpha`` and ``beta``, above 0, fit
    ``shape``; no gradient reaches them. Raises as `gamma` does.

    >>> x = beta((1000,), 2.0, 6.0, seed=1).numpy()
    >>> bool(abs(x.mean() - 0.25) < 0.03)
    True
    """
    dtype = _float(dtype, "beta")
    a, b = (_parameter(each, shape, "beta", f"{name} above 0", lambda x: x > 0)
            for each, name in ((alpha, "an alpha"), (beta, "a beta")))
    return cast(stop_gradient(_beta(draw_state(seed), a, b, FIRST)), dtype=dtype)


def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None
             ) -> Any:
    """How many of ``counts`` independent trials succeed, each with a probability.

    A trial succeeds if a uniform number is at most p. Of n such numbers the one in the middle is
    drawn: it is a beta number, and says on which side all of one half lie; the other half is asked
    in the same way. ``counts`` and ``probabilities`` fit ``shape``. Raises ArgumentError for counts
    below 0 or probabilities beyond 0 … 1, ShapeError for what does not fit.

    >>> k = binomial((1000,), 10, 0.3, seed=1).numpy()
    >>> bool(abs(k.mean() - 3) < 0.3), set(k.tolist()) <= set(range(11))
    (True, True)

    Source: L. Devroye, "Non-uniform random variate generation" (1986), chapter X.
    """
    dtype = _float(dtype, "binomial")
    n = _parameter(counts, shape, "binomial", "whole counts of at least 0",
                   lambda x: (x >= 0) & (x == np.floor(x)))
    p = _parameter(probabilities, shape, "binomial", "probabilities from 0 to 1",
                   lambda x: (x >= 0) & (x <= 1))
    known = not isinstance(n.value, Abstract)
    rounds = int(n.numpy().max(initial=0)).bit_length() if known else MOST
    state, k, left, limit = draw_state(seed), 0 * n, n, p
    for i in range(rounds):
        half = floor((left + 1) / 2)
        middle = _beta(state, maximum(half, 1), maximum(left + 1 - half, 1), FIRST + EACH * i)
        below = logical_and(less_equal(middle, limit), greater(left, 0))
        k = k + where(below, half, 0)
        limit = where(below, (limit - middle) / maximum(1 - middle, 1e-300), limit / middle)
        left = maximum(where(below, left - half, half - 1), 0)
    return cast(stop_gradient(where(less(p, 1), k, n)), dtype=dtype)     # at 1 no rounding counts


def _parameter(x: Any, shape: Any, owner: str, needs: str, fits: Any) -> Any:
    """A parameter in double precision, for each number of a shape; what does not fit is told, or is
    NaN in a Plan.
    """
    x = cast(convert(x), dtype="float64")
    if not isinstance(x.value, Abstract) and not np.all(fits(x.numpy())):
        raise ArgumentError(f"{owner} needs {needs}", got=shown(x.tolist()), where=user_line())
    return broadcast_to(x, shape=_shape(shape))


def _beta(state: Any, a: Any, b: Any, stream: int) -> Any:
    """X / (X + Y) of two gamma numbers, by their logarithms: they may be very small."""
    logs = _log_gamma(state, stack([a, b], axis=0), stream)
    return 1 / (1 + exp(logs[1] - logs[0]))


def _log_gamma(state: Any, alpha: Any, stream: int) -> Any:
    """The logarithm of d v u^(1/α), with d = α + ⅔ and the first of some proposals v = (1 + c z)³
    that is taken: v d has the gamma distribution of α + 1.
    """
    shape, d = tuple(alpha.shape), alpha + 2 / 3
    z = random_normal(state, (TRIES, *shape), "float64", stream)
    u = 1 - random_uniform(state, (TRIES, *shape), "float64", stream + 1)
    root = maximum(1 + z / (3 * sqrt(d)), 1e-100)
    log_v = 3 * log(root)
    taken = logical_and(greater(root, 1e-100),
                        less(log(u), square(z) / 2 + d - d * exp(log_v) + d * log_v))
    first = expand_dims(argmax(cast(taken, dtype="int32"), axis=0), axis=0)
    log_v = take_along_axis(log_v, first, axis=0)[0]
    power = 1 - random_uniform(state, shape, "float64", stream + 2)
    return log(d) + log_v + log(power) / alpha
