"""Every loss equals Keras's: values, weights, masks, reductions, and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import losses
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import Traced

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")

RNG = np.random.default_rng(7)
ROWS, CLASSES = 6, 4
SHARES = RNG.dirichlet(np.ones(CLASSES), ROWS)
SCORES = RNG.normal(0, 3, (ROWS, CLASSES))
LABELS = RNG.integers(0, CLASSES, ROWS)
ONE_HOT = np.eye(CLASSES)[LABELS]
BITS = RNG.integers(0, 2, (ROWS, CLASSES)).astype(float)
NUMBERS = RNG.normal(0, 2, (ROWS, CLASSES))

CASES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("MeanSquaredError", {}, NUMBERS, SCORES),
    ("MeanAbsoluteError", {}, NUMBERS, SCORES),
    ("MeanAbsolutePercentageError", {}, NUMBERS, SCORES),
    ("MeanSquaredLogarithmicError", {}, NUMBERS, SCORES),
    ("Huber", {}, NUMBERS, SCORES),
    ("Huber", {"delta": 2.5}, NUMBERS, SCORES),
    ("LogCosh", {}, NUMBERS, SCORES),
    ("CosineSimilarity", {}, NUMBERS, SCORES),
    ("CosineSimilarity", {"axis": 0}, NUMBERS, SCORES),
    ("BinaryCrossentropy", {}, BITS, SHARES),
    ("BinaryCrossentropy", {"from_logits": True}, BITS, SCORES),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, BITS, SHARES),
    ("BinaryCrossentropy", {"from_logits": True, "axis": 0}, BITS, SCORES),
    ("CategoricalCrossentropy", {}, ONE_HOT, 3 * SHARES),
    ("CategoricalCrossentropy", {"from_logits": True}, ONE_HOT, SCORES),
    ("CategoricalCrossentropy", {"label_smoothing": 0.2}, ONE_HOT, SHARES),
    ("CategoricalCrossentropy", {"axis": 0, "from_logits": True}, ONE_HOT, SCORES),
    ("SparseCategoricalCrossentropy", {}, LABELS, SHARES),
    ("SparseCategoricalCrossentropy", {}, LABELS[:, None], SHARES),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, LABELS, SCORES),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, LABELS, SHARES),
    ("SparseCategoricalCrossentropy", {"ignore_class": -1},
     np.where(LABELS == 0, -1, LABELS), SHARES),
    ("BinaryFocalCrossentropy", {}, BITS, SHARES),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "from_logits": True}, BITS, SCORES),
    ("CategoricalFocalCrossentropy", {"label_smoothing": 0.1}, ONE_HOT, SHARES),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "gamma": 3.0}, ONE_HOT, SCORES),
    ("Hinge", {}, BITS, SCORES),
    ("Hinge", {}, 2 * BITS - 1, SCORES),
    ("SquaredHinge", {}, BITS, SCORES),
    ("CategoricalHinge", {}, ONE_HOT, SCORES),
    ("KLDivergence", {}, SHARES[::-1], SHARES),
    ("Poisson", {}, LABELS[:, None] * np.ones(CLASSES), np.exp(SCORES / 3)),
    ("Dice", {}, BITS, SHARES),
    ("Dice", {"axis": 1}, BITS, SHARES),
    ("Tversky", {"alpha": 0.3, "axis": 1}, BITS, SHARES),
]
IDS = [f"{name}-{'-'.join(f'{k}={v}' for k, v in options.items())}-{i}"
       for i, (name, options, _, _) in enumerate(CASES)]
DTYPES = pytest.mark.parametrize("dtype", ["float32", "float64"])
EVERY = pytest.mark.parametrize("name, options, y, p", CASES, ids=IDS)
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]


def both(name: str, **options: Any) -> tuple[Any, Any]:
    return getattr(losses, name)(**options), getattr(keras.losses, name)(**options)


@EVERY
@DTYPES
@pytest.mark.parametrize("weighted", [False, True])
def test_value(name, options, y, p, dtype, weighted):
    y, p = y.astype(dtype), p.astype(dtype)
    bare = getattr(keras.losses, name)(dtype=dtype, **options).call(
        keras.ops.convert_to_tensor(y), keras.ops.convert_to_tensor(p))
    weight = np.linspace(0, 2, bare.size, dtype=dtype).reshape(bare.shape) if weighted else None
    every = dtype == "float32" and (name == "MeanSquaredError" or "ignore_class" in options)
    for reduction in REDUCTIONS if every else REDUCTIONS[:1]:
        ours, theirs = both(name, reduction=reduction, dtype=dtype, **options)
        expected, found = np.asarray(theirs(y, p, weight)), ours(y, p, weight)
        assert found.dtype == dtype == expected.dtype.name
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5, atol=1e-6, err_msg=reduction)
    traced = Traced(ours)(y, p, weight)
    np.testing.assert_allclose(traced.numpy(), found.numpy(), rtol=1e-6, atol=1e-7)


@EVERY
def test_gradient(name, options, y, p):
    ours, theirs = both(name, dtype="float64", **options)
    x = Tensor(p.astype("float64"))
    with GradientTape() as tape:
        tape.watch(x)
        value = ours(y, x)
    gradient = tape.gradient(value, x).numpy()
    expected = jax.grad(lambda v: theirs(y.astype("float64"), v))(p.astype("float64"))
    np.testing.assert_allclose(gradient, np.asarray(expected), rtol=1e-5, atol=1e-7)
    direction, h = RNG.normal(size=p.shape), 1e-6
    difference = (float(ours(y, p + h * direction)) - float(ours(y, p - h * direction))) / (2 * h)
    np.testing.assert_allclose((gradient * direction).sum(), difference, rtol=1e-5, atol=1e-7)


@EVERY
def test_config_makes_an_equal_loss_here_and_in_keras(name, options, y, p):
    ours, theirs = both(name, **options)
    config = ours.get_config()
    assert {**config, **theirs.get_config()} == config           # Keras forgets delta and axis
    again = losses.deserialize(losses.serialize(ours))
    assert type(again) is type(ours)
    assert again.get_config() == config
    assert float(again(y, p)) == float(ours(y, p))
    restored = keras.losses.deserialize(losses.serialize(ours))
    np.testing.assert_allclose(float(restored(y, p)), float(ours(y, p)), rtol=1e-5)


@pytest.mark.parametrize("reduction", [
    "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("keep", [[1, 1, 0, 1, 0, 1], [0] * 6])
def test_mask(reduction, weighted, keep):
    ours, theirs = both("MeanSquaredError", reduction=reduction)
    weight = np.arange(6.0) if weighted else None
    p, q = Tensor(SCORES.astype("float32")), keras.ops.convert_to_tensor(SCORES, "float32")
    p._keras_mask = Tensor(np.array(keep, bool))
    keras.src.backend.set_keras_mask(q, keras.ops.convert_to_tensor(np.array(keep, bool)))
    np.testing.assert_allclose(ours(NUMBERS, p, weight).numpy(),
                               np.asarray(theirs(NUMBERS, q, weight)), rtol=1e-5)


@pytest.mark.parametrize("true, pred", [((6,), (6, 1)), ((6, 1), (6,)), ((6, 3, 1), (6, 3)),
                                        ((6, 3), (6, 3, 1)), ((6, 1), (6, 4))])
@pytest.mark.parametrize("name", ["MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"])
def test_rank(name, true, pred):
    ours, theirs = both(name, reduction="none")
    y, p = RNG.normal(size=true).astype("f"), RNG.normal(size=pred).astype("f")
    expected = np.asarray(theirs(y, p))
    assert ours(y, p).shape == expected.shape
    np.testing.assert_allclose(ours(y, p).numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("weight", [(6,), (6, 1), (6, 3), (1,), ()])
def test_rank_of_weights(weight):
    ours, theirs = both("MeanSquaredError")
    y, p = RNG.normal(size=(6, 3, 2)).astype("f"), RNG.normal(size=(6, 3, 2)).astype("f")
    w = RNG.uniform(size=weight).astype("f")
    if weight == (6,):
        with pytest.raises(ValueError, match=r"sample_weight must fit .*\(6, 3\).*shape \(6,\)"):
            ours(y, p, w)
        return
    np.testing.assert_allclose(float(ours(y, p, w)), float(theirs(y, p, w)), rtol=1e-5)


def test_names_and_aliases_are_those_of_keras():
    table = keras.src.losses.ALL_OBJECTS_DICT
    left_out = {"CTC", "ctc", "Circle", "circle", "Loss", "LossFunctionWrapper"}
    for name in set(table) - left_out:
        found = losses.get(name)
        expected = keras.losses.get(name)
        if hasattr(expected, "reduction"):
            assert (type(found).__name__, found.name) == (type(expected).__name__, expected.name)
        else:
            assert found.__name__ == expected.__name__
