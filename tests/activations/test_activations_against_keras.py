"""Every activation equals Keras's: value and two derivatives, also at ±1e4, eager and traced."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import activations
from pellucid.core.custom_objects import register_keras_serializable
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import Traced

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")

RNG = np.random.default_rng(3)
POINTS = np.concatenate([RNG.normal(0, 3, 60), [-1e4, 1e4, -800, 800, -50, 50, -30, 30]])
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "relu": [{"negative_slope": 0.1}, {"max_value": 2.0}, {"threshold": 1.0},
             {"negative_slope": 0.1, "max_value": 4.0, "threshold": 1.0}],
    "leaky_relu": [{"negative_slope": 0.05}], "elu": [{"alpha": 2.0}], "celu": [{"alpha": 2.0}],
    "gelu": [{"approximate": True}], "softmax": [{"axis": 0}], "log_softmax": [{"axis": 0}],
    "squareplus": [{"b": 1.0}], "hard_shrink": [{"threshold": 1.0}],
    "soft_shrink": [{"threshold": 1.0}], "glu": [{"axis": 0}]}
CASES = [(name, options) for name in activations.FUNCTIONS if name != "sparsemax"
         for options in ([{}] if name != "threshold" else []) + OPTIONS.get(name, [])]
CASES.append(("threshold", {"threshold": 0.5, "default_value": 0.25}))
IDS = [f"{name}{options or ''}" for name, options in CASES]


def derivatives(function: Any, x: np.ndarray, weight: np.ndarray) -> list[Any]:
    """f, and the first and second derivative of Σ weight f."""
    t = Tensor(x)
    with GradientTape() as outer:
        outer.watch(t)
        with GradientTape() as inner:
            inner.watch(t)
            y = function(t)
            total = y * weight
        first = inner.gradient(total, t)
    second = None if first is None else outer.gradient(first, t)
    return [y.numpy(), *(np.zeros_like(x) if each is None else each.numpy()
                         for each in (first, second))]


@pytest.mark.parametrize("name, options", CASES, ids=IDS)
def test_value_and_two_derivatives(name, options):
    x = POINTS[np.abs(POINTS) < 80] if name == "exponential" else POINTS
    if name in ("softmax", "log_softmax", "glu"):
        x = x.reshape(4, 17) if options else x.reshape(17, 4)
    ours, theirs = getattr(activations, name), getattr(keras.activations, name)
    shape = ours(x, **options).shape
    weight = np.cos(np.arange(np.prod(shape))).reshape(shape)
    found = derivatives(lambda t: ours(t, **options), x, weight)

    def total(v: Any) -> Any:
        return (theirs(v, **options) * weight).sum()

    value = theirs(jax.numpy.asarray(x), **options)
    first = jax.grad(total)(x)
    second = jax.grad(lambda v: jax.grad(total)(v).sum())(x)
    close = 1e-6 if name == "tanh" else 1e-11            # Keras takes a float64 tanh in float32
    for each, expected in zip(found, (value, first, second), strict=True):
        assert each.dtype == "float64"
        np.testing.assert_allclose(each, np.asarray(expected), rtol=close, atol=close)
    np.testing.assert_array_equal(Traced(lambda t: ours(t, **options))(x).numpy(), found[0])
    narrow = derivatives(lambda t: ours(t, **options), x.astype("f"), weight.astype("f"))
    for each, wide in zip(narrow, found, strict=True):
        assert each.dtype == "float32"
        np.testing.assert_allclose(each, wide, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name in activations.FUNCTIONS
                                  if name not in ("exponential", "glu", "threshold")])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_finite_at_the_edges(name, dtype):
    x = np.array([[-1e4, 0, 1e4, 1]], dtype)
    for each in derivatives(getattr(activations, name), x, np.ones_like(x)):
        assert np.isfinite(each).all()


def test_exponential_goes_to_its_limits_without_a_warning():
    value, first, second = derivatives(activations.exponential, np.array([-1e4, 1e4]), np.ones(2))
    assert value.tolist() == first.tolist() == second.tolist() == [0, np.inf]


def test_squareplus_does_not_cancel():
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(50):
        exact = [mpmath.diff(lambda x: (x + mpmath.sqrt(x * x + 4)) / 2, -1e4, n) for n in (0, 1)]
    for dtype, close in (("float32", 1e-6), ("float64", 1e-14)):
        value, first, _ = derivatives(activations.squareplus, np.array([-1e4], dtype),
                                      np.ones(1, dtype))
        np.testing.assert_allclose([value[0], first[0]], [float(each) for each in exact],
                                   rtol=close)


def test_sparsemax_is_the_nearest_distribution():
    """The condition of the nearest point: x - y is τ on the support and at most τ elsewhere."""
    x = RNG.normal(0, 1.5, (40, 7))
    y = activations.sparsemax(x).numpy()
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-12)
    assert (y >= 0).all()
    assert (y == 0).any()
    tau = np.where(y > 0, x - y, -np.inf).max(axis=-1, keepdims=True)
    assert np.allclose(np.where(y > 0, x - y - tau, 0), 0)
    assert (x - y <= tau + 1e-12).all()
    np.testing.assert_array_equal(activations.sparsemax(x.T, axis=0).numpy(), y.T)
    _, first, _ = derivatives(activations.sparsemax, x, np.arange(7.0) * np.ones((40, 1)))
    h = 1e-6 * RNG.normal(size=x.shape)
    change = (activations.sparsemax(x + h).numpy() - activations.sparsemax(x - h).numpy()) / 2
    np.testing.assert_allclose((first * h).sum(), (change * np.arange(7.0)).sum(), rtol=1e-6)


def test_the_slope_of_relu_at_zero_is_zero():
    assert derivatives(activations.relu, np.zeros(1), np.ones(1))[1] == 0


@pytest.mark.parametrize("name", ["relu", "relu6", "leaky_relu", "elu", "hard_shrink", "softplus"])
def test_nan_stays_visible(name):
    assert np.isnan(getattr(activations, name)(np.array([np.nan])).numpy()).all()


def test_get():
    assert activations.get(None) is activations.linear
    assert activations.get("swish") is activations.silu
    assert activations.get("hard_swish") is activations.hard_silu
    assert activations.get(np.tanh) is np.tanh
    for name in keras.src.activations.ALL_OBJECTS_DICT:
        assert activations.get(name) is activations.get(keras.activations.get(name).__name__)
    with pytest.raises(ValueError, match=r'"relu"\?'):
        activations.get("rleu")
    with pytest.raises(TypeError, match="activation"):
        activations.get(3.0)


def test_serialize():
    for name, function in activations.FUNCTIONS.items():
        assert activations.serialize(function) == name
        assert activations.serialize(function) == keras.activations.serialize(
            getattr(keras.activations, name))
        assert activations.deserialize(name) is function

    @register_keras_serializable("tests")
    def bend(x):
        return x

    assert activations.deserialize(activations.serialize(bend)) is bend
    assert activations.deserialize("bend", custom_objects={"bend": bend}) is bend
