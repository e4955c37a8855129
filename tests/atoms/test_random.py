"""Threefry's published answers, and the moments of what is drawn with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid.atoms import (
    random_normal,
    random_permutation,
    random_uniform,
    truncated_normal,
)
from pellucid.atoms.random import MASKS, WEIGHTS, threefry
from pellucid.engines.trace import Traced

STATE = np.array([42, 7], "uint32")


@pytest.mark.parametrize("key, counter, answer", [     # kat_vectors of Random123
    ((0, 0), (0, 0), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x13198A2E, 0x03707344), (0x243F6A88, 0x85A308D3), (0xC4923A9C, 0x483DF7A0)),
])
def test_threefry_gives_the_known_answers(key, counter, answer):
    words = threefry(key, *(np.array([each], "uint32") for each in counter))
    assert tuple(int(each[0]) for each in words) == answer


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_uniforms_fill_the_half_open_interval(dtype):
    u = random_uniform(STATE, (200, 500), dtype).numpy()
    assert u.dtype == dtype
    assert u.min() >= 0
    assert u.max() <= (1 if dtype == "float16" else np.nextafter(1, 0, dtype=dtype))
    wide = u.astype("float64")
    assert wide.mean() == pytest.approx(1 / 2, abs=4 / math.sqrt(12 * u.size))
    assert wide.var() == pytest.approx(1 / 12, rel=0.02)
    counts = np.histogram(wide, bins=50, range=(0, 1))[0]
    assert ((counts - 2000) ** 2 / 2000).sum() < 100     # χ² with 49 degrees of freedom


def test_the_same_state_draws_the_same_another_stream_or_step_does_not():
    first = random_uniform(STATE, (8,)).numpy()
    np.testing.assert_array_equal(first, random_uniform(STATE, (8,)))
    np.testing.assert_array_equal(first[:5], random_uniform(STATE, (5,)))
    others = [random_uniform(STATE, (8,), stream=WEIGHTS), random_uniform(STATE + 1, (8,))]
    assert all(not np.intersect1d(first, each).size for each in others)
    assert MASKS != WEIGHTS


def test_normals_have_the_moments_of_the_normal_distribution():
    z = random_normal(STATE, (400, 500), "float64").numpy()
    assert z.mean() == pytest.approx(0, abs=4 / math.sqrt(z.size))
    assert z.var() == pytest.approx(1, rel=0.01)
    assert (z ** 3).mean() == pytest.approx(0, abs=0.03)
    assert (z ** 4).mean() == pytest.approx(3, rel=0.02)
    assert np.isfinite(random_normal(STATE, (1000,), "float32").numpy()).all()


def test_truncated_normals_stay_within_two():
    z = truncated_normal(STATE, (300, 500), "float64").numpy()
    assert np.abs(z).max() < 2
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(math.sqrt(2))
    assert z.mean() == pytest.approx(0, abs=0.01)
    assert z.var() == pytest.approx(1 - 4 * density / inside, rel=0.01)
    quartile = np.quantile(z, 0.75)                      # the inverse is exact, not approximate
    assert math.erf(quartile / math.sqrt(2)) / inside == pytest.approx(0.5, abs=0.01)


def test_permutations_hold_each_number_once():
    order = random_permutation(STATE, 1000).numpy()
    assert order.dtype == "int32"
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1


def test_a_plan_draws_the_same():
    def draw(state):
        return (random_uniform(state, (3,)), random_normal(state, (3,), "float64"),
                truncated_normal(state, (3,)), random_permutation(state, 5))

    for ours, theirs in zip(Traced(draw)(STATE), draw(STATE), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)
