"""Gamma, beta and binomial numbers: the distributions of SciPy, the same on every engine."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import random as draws
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from tests.atoms.host_cases import in_every_engine

N = 5_000


@pytest.mark.parametrize("alpha", [0.02, 0.7, 1.0, 4.0, 1e4])
def test_gamma(alpha):
    from scipy import stats

    x = draws.gamma((N,), alpha, "float64", seed=3).numpy()
    assert stats.kstest(x, stats.gamma(alpha).cdf).pvalue > 1e-3
    assert np.isfinite(x).all()


@pytest.mark.parametrize("a, b", [(0.5, 0.5), (1.0, 1.0), (2.0, 6.0), (300.0, 0.8)])
def test_beta(a, b):
    from scipy import stats

    x = draws.beta((N,), a, b, "float64", seed=5).numpy()
    assert stats.kstest(x, stats.beta(a, b).cdf).pvalue > 1e-3


@pytest.mark.parametrize("n, p", [(1, 0.3), (2, 0.5), (7, 0.03), (40, 0.6), (1000, 0.9)])
def test_binomial(n, p):
    from scipy import stats

    k = draws.binomial((N,), n, p, "float64", seed=3).numpy()
    of = stats.binom(n, p)
    assert (k == k.round()).all()
    cuts = np.unique(of.ppf(np.linspace(0.1, 0.9, 9)))
    counts = np.histogram(k, [-1, *cuts + 0.5, n + 1])[0]
    chances = np.diff([0.0, *of.cdf(cuts), 1.0])
    there = chances > 0
    assert counts[~there].sum() == 0
    assert stats.chisquare(counts[there], N * chances[there]).pvalue > 1e-3


def test_ends_and_shapes():
    assert (draws.binomial((50,), 7, 0.0, seed=1).numpy() == 0).all()
    assert (draws.binomial((50,), 7, 1.0, seed=1).numpy() == 7).all()
    assert (draws.binomial((50,), 0, 0.5, seed=1).numpy() == 0).all()
    k = draws.binomial((2, 3), [[4], [1000]], [0.0, 0.5, 1.0], seed=1).numpy()
    assert k[:, 0].tolist() == [0, 0]
    assert k[:, 2].tolist() == [4, 1000]
    many = draws.binomial((1000,), 10**9, 0.5, "float64", seed=1).numpy()
    assert many.mean() == pytest.approx(5e8, abs=4000)
    assert many.std() == pytest.approx(np.sqrt(2.5e8), rel=0.15)
    x = draws.gamma((3, 2), np.array([[0.1], [10.0], [1000.0]]), seed=1)
    assert (x.shape, x.dtype) == ((3, 2), "float32")
    assert (np.diff(x.numpy(), axis=0) > 0).all()
    shares = draws.beta((2000,), 1e-3, 1e-3, seed=1).numpy()         # nearly all or nothing
    assert np.isfinite(shares).all()
    assert 0.4 < shares.mean() < 0.6
    assert draws.gamma((4,), 2.0, dtype="float16").dtype == "float16"


def test_on_every_engine():
    in_every_engine(lambda a: draws.gamma((5, 2), a, "float64", seed=3), np.array([0.5, 2.0]))
    in_every_engine(lambda a: draws.beta((5, 2), a, 0.5, "float64", seed=3), np.array([0.5, 2.0]))
    in_every_engine(lambda p: draws.binomial((5, 2), 9, p, "float64", seed=3), np.array([0.5, 0.2]))


def test_no_gradient_comes_through():
    alpha = convert(2.0)
    with GradientTape() as tape:
        tape.watch(alpha)
        y = draws.gamma((3,), alpha, seed=1)
    assert tape.gradient(y, alpha) is None


def test_what_is_refused():
    for wrong in (0.0, -1.0, float("nan"), [1.0, 0.0]):
        with pytest.raises(ArgumentError, match="gamma needs an alpha above 0, but got"):
            draws.gamma((2,), wrong)
    with pytest.raises(ArgumentError, match="beta needs a beta above 0, but got -1.0"):
        draws.beta((2,), 1.0, -1.0)
    with pytest.raises(ArgumentError, match="probabilities from 0 to 1, but got 1.5"):
        draws.binomial((2,), 3, 1.5)
    with pytest.raises(ArgumentError, match="whole counts of at least 0, but got 2.5"):
        draws.binomial((2,), 2.5, 0.5)
    with pytest.raises(ArgumentError, match="gamma needs a float dtype, but got int32"):
        draws.gamma((2,), 1.0, dtype="int32")
    with pytest.raises(ShapeError, match="shape"):
        draws.gamma((2,), [1.0, 2.0, 3.0])
