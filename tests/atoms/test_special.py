"""The error function against 50 digits."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.atoms import erf
from pellucid.spaces.exact import exact


def ulps(x: np.ndarray) -> float:
    true = exact(erf, x)
    value = np.asarray(erf(x)).astype(float)
    unit = np.spacing(np.abs(true.astype(float)))
    return float(np.max(np.abs(((value - true) / unit).astype(float))))


def test_erf_is_right_to_two_ulp():
    random = np.random.default_rng(0)
    x = np.concatenate([random.uniform(-6.5, 6.5, 400), random.uniform(-1e-3, 1e-3, 100),
                        np.arange(-96, 97, 7) / 16 + 1 / 32, [1e-300, -1e-12, 5.9, 7.0]])
    assert ulps(x) <= 2


@pytest.mark.deep
def test_erf_is_right_to_two_ulp_for_many_numbers():
    random = np.random.default_rng(1)
    assert ulps(random.uniform(-6, 6, 20_000)) <= 2


def test_erf_keeps_dtypes_and_knows_the_edges():
    assert erf(np.float32(0.5)).dtype == "float32"
    assert erf(np.array([1, 2])).dtype == "float32"
    assert np.asarray(erf(np.array([np.inf, -np.inf, 0.0, 1e4]))).tolist() == [1, -1, 0, 1]
    assert np.isnan(float(erf(float("nan"))))
