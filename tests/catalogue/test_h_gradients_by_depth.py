"""Catalogue H4: vanishing and exploding gradients, and each remedy measured with and without."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.activations import sigmoid, tanh
from pellucid.initializers import GlorotUniform, RandomUniform, VarianceScaling
from pellucid.insight.signals import signals

DIGITS, DIABETES = data.load("digits"), data.load("diabetes")


@pytest.mark.parametrize("activation", [sigmoid, tanh])
def test_H4_the_gradient_is_the_product_of_slopes_and_weights(activation):
    chain = [layers.Dense(1, activation, dtype="float64", kernel_initializer=RandomUniform(0.5, 1))
             for _ in range(8)]
    model = Sequential([Input((1,), dtype="float64"), *chain])
    found = signals(model, np.array([[0.7]]), upstream=np.ones((1, 1)))
    y = np.array([each.output.item() for each in found])
    slopes = y * (1 - y) if activation is sigmoid else 1 - y ** 2
    weights = np.array([layer.kernel.numpy().item() for layer in chain])
    factors = slopes * weights                           # dy_k/dy_{k-1} = φ'(z_k) w_k
    assert (factors < 1).all()
    assert slopes.max() <= (0.25 if activation is sigmoid else 1)
    for k, each in enumerate(found):
        assert each.output_gradient.item() == pytest.approx(np.prod(factors[k + 1:]), rel=1e-12)


def deep(activation, start, normalized):
    """Eight hidden layers of 32 units that learn the digits."""
    set_random_seed(0)
    model = Sequential([Input((64,))])
    for _ in range(8):
        model.add(layers.Dense(32, kernel_initializer=start()))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation(activation))
    model.add(layers.Dense(10, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@cache
def ratio_and_accuracy(activation="sigmoid", start=GlorotUniform, normalized=False):
    """The gradient of layer 1 over that of the last, and the accuracy after training."""
    model = deep(activation, start, normalized)
    x, y = (DIGITS.x / 16)[:600], DIGITS.y[:600]
    norms = [each.gradient_norm for each in signals(model, x[:200], y[:200])
             if isinstance(each.layer, layers.Dense)]
    return norms[0] / norms[-1], model.fit(x, y, epochs=12, verbose=0).history["accuracy"][-1]


WITHOUT = {"sigmoid": {}, "small": {"activation": "tanh",
                                    "start": lambda: RandomUniform(-0.01, 0.01)}}
REMEDIES = {"relu": ("sigmoid", {"activation": "relu"}),
            "batch norm": ("sigmoid", {"normalized": True}),
            "initialisation": ("small", {"activation": "tanh"})}


@pytest.mark.parametrize("remedy", REMEDIES)
def test_H4_what_keeps_gradients_from_vanishing(remedy):
    name, options = REMEDIES[remedy]
    ratio, accuracy = ratio_and_accuracy(**WITHOUT[name])
    assert ratio < 1e-4
    assert accuracy < 0.3
    ratio, accuracy = ratio_and_accuracy(**options)
    assert ratio > 0.1
    assert accuracy > 0.6


@cache
def error(seed, rate=0.03, clip=None, normalized=False, wider=1.5):
    """The test error after training on diabetes (1 is guessing the mean), and the gradients."""
    x = (DIABETES.x - DIABETES.x.mean(axis=0)) / DIABETES.x.std(axis=0)
    y = (DIABETES.y - DIABETES.y.mean()) / DIABETES.y.std()
    set_random_seed(seed)
    model = Sequential([Input((10,))])
    for _ in range(4):
        model.add(layers.Dense(32, kernel_initializer=VarianceScaling(2 * wider ** 2)))
        if normalized:
            model.add(layers.BatchNormalization())
        model.add(layers.Activation("relu"))
    model.add(layers.Dense(1))
    model.compile(optimizers.SGD(rate, global_clipnorm=clip), "mse")
    largest = max(each.gradient_norm for each in signals(model, x[:300], y[:300]))
    model.fit(x[:300], y[:300], epochs=40, verbose=0)
    return model.evaluate(x[300:], y[300:], verbose=0), largest


@pytest.mark.parametrize("options", [{"clip": 1.0}, {"rate": 0.003}, {"normalized": True},
                                     {"wider": 1.0}],
                         ids=["clipping", "lower rate", "batch norm", "He's start"])
def test_H4_what_keeps_gradients_from_exploding(options):
    for seed in (0, 1):
        without, largest = error(seed)
        assert not np.isfinite(without)
        assert largest > 20
        remedied, gradient = error(seed, **options)
        assert remedied < 1
        assert gradient <= largest
