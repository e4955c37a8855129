"""Dtype promotion against Keras's own, over the whole table, Python's weak numbers included."""

from __future__ import annotations

import itertools

import pytest

from pellucid.core import dtypes

KINDS = [*(name for name in dtypes.KNOWN if name != "string"), bool, int, float]


@pytest.fixture
def keras_result_type(monkeypatch):
    keras = pytest.importorskip("keras")
    from keras.src.backend.common import dtypes as theirs

    # On JAX, Keras narrows 64-bit results afterwards; its TensorFlow backend, and we, do not.
    monkeypatch.setattr(theirs, "BIT64_TO_BIT32_DTYPE", {})
    return keras.backend.result_type


@pytest.mark.keras
@pytest.mark.parametrize("count", [1, 2, pytest.param(3, marks=pytest.mark.deep)])
def test_promotion_is_that_of_keras(keras_result_type, count):
    for kinds in itertools.product(KINDS, repeat=count):
        assert dtypes.result_type(*kinds) == keras_result_type(*kinds), kinds
