"""Catalogue G: what weights start from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pellucid import Input, Sequential, data, initializers, layers, optimizers, set_random_seed
from pellucid.initializers import Constant, GlorotUniform, Ones, RandomUniform, Zeros
from pellucid.insight.plots.signal_propagation import signal_propagation
from pellucid.insight.signals import distinct_units, propagation, saturation, signals
from tests.parity.oracle import live

DIGITS = data.load("digits")
X, Y = (DIGITS.x / 16)[:600], DIGITS.y[:600]
STARTS = {"zeros": Zeros, "ones": Ones, "constant": lambda: Constant(0.1),
          "small": lambda: RandomUniform(-0.01, 0.01), "large": lambda: RandomUniform(-3.0, 3.0),
          "glorot": GlorotUniform}


def net(start):
    """Four hidden tanh layers of 16 units that learn the digits."""
    set_random_seed(0)
    model = Sequential([Input((64,))])
    for k in range(4):
        model.add(layers.Dense(16, "tanh", kernel_initializer=STARTS[start](), name=f"h{k}"))
    model.add(layers.Dense(10, "softmax", kernel_initializer=STARTS[start]()))
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def learned(model):
    return model.fit(X, Y, epochs=15, verbose=0).history["accuracy"][-1]


@pytest.mark.parametrize("start", ["zeros", "ones", "constant"])
def test_G1_units_that_start_alike_stay_alike(start):
    model = net(start)
    accuracy = learned(model)
    assert [distinct_units(model.get_layer(f"h{k}").kernel) for k in (1, 2, 3)] == [1, 1, 1]
    assert accuracy < 0.5                                # ten classes out of one unit


def test_G1_from_zeros_no_gradient_reaches_the_hidden_layers():
    found = signals(net("zeros"), X, Y)
    assert [each.gradient_norm for each in found[:-1]] == [0, 0, 0, 0]
    assert found[-1].gradient_norm > 0


def test_G1_from_small_numbers_the_signal_vanishes():
    found = signals(net("small"), X, Y)
    spreads = [each.spread for each in found[:4]]
    assert all(later < 0.1 * earlier for earlier, later in pairwise(spreads))
    assert found[0].gradient_norm < 1e-4 * found[-1].gradient_norm
    assert learned(net("small")) < 0.2


def test_G1_from_large_numbers_units_saturate():
    large, glorot = (np.mean([saturation(each.output) for each in signals(net(start), X, Y)[:4]])
                     for start in ("large", "glorot"))
    assert large > 0.5
    assert glorot < 0.01


def test_G1_glorot_avoids_all_three():
    model = net("glorot")
    found = signals(model, X, Y)
    assert 0.1 < found[0].gradient_norm / found[-1].gradient_norm < 10
    accuracy = learned(model)
    assert distinct_units(model.get_layer("h1").kernel) == 16
    assert accuracy > 0.9
    assert accuracy > learned(net("large")) + 0.05


SHAPE = (10, 10, 50, 200)                               # 1e6 draws of a convolution's kernel
INPUTS, OUTPUTS = 10 * 10 * 50, 10 * 10 * 200
VARIANCES = {
    "glorot_uniform": 2 / (INPUTS + OUTPUTS), "glorot_normal": 2 / (INPUTS + OUTPUTS),
    "he_uniform": 2 / INPUTS, "he_normal": 2 / INPUTS,
    "lecun_uniform": 1 / INPUTS, "lecun_normal": 1 / INPUTS,
    "orthogonal": 1 / INPUTS,                           # 200 columns of length 1, 5000 long
}


@pytest.mark.parametrize("name", VARIANCES)
def test_G2_variances_of_a_convolution_kernel(name):
    values = initializers.get(name)(SHAPE).numpy().astype("float64")
    assert values.size == 10 ** 6
    assert values.var() == pytest.approx(VARIANCES[name], rel=0.01)


@live
def test_G2_names_are_those_of_keras():
    import keras

    theirs = {name for name in dir(keras.initializers)
              if isinstance(getattr(keras.initializers, name), type)}
    assert {"GlorotUniform", "HeNormal", "LecunNormal", "Orthogonal", "VarianceScaling"} <= theirs
    for name in theirs:
        assert getattr(initializers, name).__name__ == getattr(keras.initializers, name).__name__
    for name in VARIANCES:
        mine, their = initializers.get(name), keras.initializers.get(name)
        assert type(mine).__name__ == type(their).__name__


def test_G3_a_start_that_fits_keeps_signals_at_their_size():
    for start, activation in (("he_normal", "relu"), ("glorot_normal", "tanh"),
                              ("lecun_normal", "selu")):
        found = propagation(start, activation, depth=50, width=60)
        assert found.depth == 50
        for spreads in (found.outputs, found.gradients):
            assert ((spreads > 0.05) & (spreads < 20)).all(), (start, activation)


def test_G3_a_start_that_does_not_fit_loses_or_blows_them_up():
    small, large = RandomUniform(-0.01, 0.01), RandomUniform(-3.0, 3.0)
    relu = propagation("glorot_normal", "relu", depth=50, width=60)
    per_layer = (relu.outputs[-1] / relu.outputs[0]) ** (1 / 49)
    assert per_layer == pytest.approx(np.sqrt(0.5), rel=0.05)        # half of the square passes
    assert propagation(small, "tanh", depth=50, width=60).outputs[-1] < 1e-50
    assert propagation(large, "relu", depth=50, width=60).outputs[-1] > 1e40
    assert propagation("glorot_normal", "sigmoid", depth=50, width=60).gradients[0] < 0.25 ** 48
    assert propagation("zeros", "tanh", depth=2).outputs.tolist() == [0, 0]


def test_G3_the_picture_shows_what_was_measured():
    pytest.importorskip("matplotlib")
    found = {activation: {start: propagation(start, activation, depth=depth)
                          for start in ("he_normal", "glorot_normal")}
             for activation, depth in (("relu", 2), ("tanh", 9))}
    figure = signal_propagation(found)
    for k, measured in enumerate(found.values()):
        for axes, what in zip(figure.axes[2 * k:2 * k + 2], ("outputs", "gradients"), strict=True):
            drawn = {line.get_label(): line.get_ydata() for line in axes.get_lines()}
            for start, each in measured.items():
                np.testing.assert_array_equal(drawn[start], getattr(each, what))
