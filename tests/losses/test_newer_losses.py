"""Circle and the generalized crossentropy: values and gradients as Keras's, and their mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import losses
from pellucid.atoms import rsqrt, square, sum
from pellucid.core.errors import ArgumentError, DataError, ShapeError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import native
from pellucid.engines.trace import Traced
from pellucid.layers import Activation, Dense, Input, Layer
from pellucid.models import Sequential
from pellucid.optimizers import Adam
from tests.parity.oracle import live, real_keras

RNG = np.random.default_rng(5)
LABELS = np.array([0, 1, 0, 2, 1, 0, 3, 4])              # 2, 3 and 4 have no like
ROWS = RNG.normal(size=(8, 3))
ROWS /= np.linalg.norm(ROWS, axis=1, keepdims=True)
SHARES = RNG.dirichlet(np.ones(5), 8)
WEIGHTS = np.linspace(0, 2, 8)

CASES: list[tuple[str, dict[str, Any], np.ndarray, np.ndarray]] = [
    ("Circle", {}, LABELS, ROWS),
    ("Circle", {"gamma": 2.0, "margin": 0.25, "remove_diagonal": False}, LABELS, ROWS),
    ("Circle", {"reduction": "none"}, LABELS[:, None], ROWS),
    ("Circle", {}, np.zeros(8), ROWS),                   # no pair is unlike: nothing to lose
    ("CategoricalGeneralizedCrossEntropy", {}, LABELS, SHARES),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.9, "reduction": "sum"}, LABELS, SHARES),
]
EVERY = pytest.mark.parametrize("name, options, y, p", CASES, ids=[
    f"{name}-{'-'.join(map(str, options.values()))}-{i}"
    for i, (name, options, _, _) in enumerate(CASES)])


@live
@EVERY
@pytest.mark.parametrize("dtype", [pytest.param("float32", marks=pytest.mark.deep), "float64"])
def test_values_and_gradients_equal_keras(name, options, y, p, dtype):
    import jax

    keras, options = real_keras(), {"dtype": dtype, **options}
    mine, theirs = (getattr(module, name)(**options) for module in (losses, keras.losses))
    y, p = y.astype(dtype), p.astype(dtype)
    tolerance = {"float32": 2e-5, "float64": 1e-10}[dtype]
    for weight in (None, WEIGHTS.astype(dtype)):
        expected, slope = jax.jit(jax.value_and_grad(
            lambda x, w=weight: keras.ops.sum(theirs(y, x, w))))(p)
        w = None if weight is None else Tensor(weight)
        traced = Traced(mine, engine=native.name)(y, p, weight)
        np.testing.assert_allclose(traced.numpy().sum(), expected, rtol=tolerance, atol=tolerance)
        with GradientTape() as tape:
            x = Tensor(p)
            tape.watch(x)
            loss = mine(y, x, w)
        assert loss.dtype == dtype
        np.testing.assert_allclose(loss.numpy().sum(), expected, rtol=tolerance, atol=tolerance)
        found = tape.gradient(loss, x).numpy()
        np.testing.assert_allclose(found, slope, rtol=10 * tolerance, atol=10 * tolerance)


@live
def test_values_in_float32_equal_keras():
    for name, options, y, p in CASES[1::3]:
        mine, theirs = (getattr(module, name)(**options)
                        for module in (losses, real_keras().losses))
        y, p = y.astype("float32"), p.astype("float32")
        assert float(mine(y, p)) == pytest.approx(float(theirs(y, p)), rel=1e-5)


@live
@pytest.mark.parametrize("name", ["Circle", "CategoricalGeneralizedCrossEntropy"])
def test_config_equals_keras(name):
    mine, theirs = (getattr(module, name)() for module in (losses, real_keras().losses))
    assert mine.get_config() == theirs.get_config()
    assert losses.deserialize(losses.serialize(mine)).get_config() == mine.get_config()
    assert losses.get(mine.name) is getattr(losses, mine.name)


@live
def test_circle_against_other_rows_equals_keras():
    options = {"ref_labels": LABELS[::-1].copy(), "ref_embeddings": ROWS[::-1].copy(),
               "remove_diagonal": False, "gamma": 10.0}
    mine = losses.circle(LABELS, ROWS, **options)
    np.testing.assert_allclose(
        mine.numpy(), real_keras().losses.circle(LABELS, ROWS, **options), rtol=1e-10)


@pytest.mark.parametrize(("loss", "y", "p"), [
    (losses.Circle(gamma=4.0), LABELS, ROWS),
    (losses.CategoricalGeneralizedCrossEntropy(0.3), LABELS[:, None], SHARES)])
def test_gradients_are_slopes(loss, y, p):
    w = Variable(p, dtype="float64")
    assert gradient_check(lambda: loss(y, w.value * 1.0), [w], tolerance=1e-6)


def test_a_row_without_likes_leaves_no_mark():
    """Its loss is 0, its gradient 0, and the mean is one over the others."""
    two = losses.Circle()(LABELS[[0, 2, 1]], ROWS[[0, 2, 1]])
    each = losses.circle(LABELS[[0, 2, 1]], ROWS[[0, 2, 1]]).numpy()
    assert each[2] == 0
    assert float(two) == pytest.approx(each[:2].mean(), rel=1e-6)


def test_labels_and_arguments_are_checked():
    gce = losses.CategoricalGeneralizedCrossEntropy()
    with pytest.raises(DataError, match="whole numbers from 0 to 4.*but got 5 in row 7"):
        gce(np.append(LABELS[:7], 5), SHARES)
    with pytest.raises(ArgumentError, match="q must be above 0 and below 1, but got 1.0"):
        losses.CategoricalGeneralizedCrossEntropy(1.0)
    with pytest.raises(ArgumentError, match="gamma must be above 0, but got 0"):
        losses.Circle(gamma=0)
    with pytest.raises(ShapeError, match="a label for each row of a matrix of embeddings"):
        losses.circle(LABELS[:3], ROWS)
    model = Sequential([Input((3,)), Dense(5, "softmax", name="answer")])
    model.compile("sgd", gce)
    with pytest.raises(DataError, match="has 5 classes, so labels must be .* 0 to 4, but got 5"):
        model.fit(ROWS, LABELS + 1, verbose=0)


def test_both_train_a_model():
    class Unit(Layer):
        def call(self, x: Any) -> Any:
            return x * rsqrt(sum(square(x), axis=-1, keepdims=True))

    y = np.arange(24) % 3
    x = np.eye(4, dtype="float32")[y] + RNG.normal(0, 0.1, (24, 4)).astype("float32")
    for loss, last in ((losses.CategoricalGeneralizedCrossEntropy(), Activation("softmax")),
                       (losses.Circle(gamma=4.0), Unit())):
        model = Sequential([Input((4,)), Dense(3), last])
        model.compile(Adam(0.05), loss)
        history = model.fit(x, y, epochs=20, verbose=0).history["loss"]
        assert history[-1] < 0.8 * history[0]
