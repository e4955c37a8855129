"""Catalogue E: descent, momentum and adaptive rates; and F7, a part of every optimizer."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import optimizers
from pellucid.core.tape import GradientTape
from pellucid.core.variable import Variable
from tests.optimizers.steps import compare

OPTIMIZERS = ["SGD", "RMSprop", "Adagrad", "Adam", "AdamW", "Nadam", "Adamax", "Adadelta", "Lion"]


def descend(f, start, optimizer, steps):
    """The path of the weights of f under an optimizer."""
    point = [Variable(value, dtype="float64") for value in start]
    path = []
    for _ in range(steps):
        with GradientTape() as tape:
            height = f(*point)
        optimizer.apply(tape.gradient(height, point), point)
        path.append([float(each) for each in point])
    return np.array(path)


def test_E1_descent_on_a_saddle():
    """f = x² - y² from (2, 3) with rate 0.1: x shrinks by 0.8, y grows by 1.2 at each step."""
    exactly = Variable(0.1, dtype="float64", trainable=False)    # a rate is float32 otherwise
    path = descend(lambda x, y: x * x - y * y, (2.0, 3.0), optimizers.SGD(exactly), 100)
    np.testing.assert_allclose(path[0], [1.6, 3.6], rtol=1e-14)
    np.testing.assert_allclose(path[1], [1.28, 4.32], rtol=1e-14)
    np.testing.assert_allclose(path[99], [4.07407195e-10, 248453923.5660], rtol=1e-9)


def test_E2_momentum_holds_the_rate():
    """g = 1, η = 0.1, μ = 0.9 from w = 1."""
    for nesterov, expected in [(False, [0.9, 0.71, 0.439]), (True, [0.81, 0.539, 0.1951])]:
        path = descend(lambda w: 1.0 * w, (1.0,), optimizers.SGD(0.1, 0.9, nesterov), 3)
        np.testing.assert_allclose(path[:, 0], expected, rtol=1e-7)


@pytest.mark.parametrize(("name", "first", "second"), [
    ("Adam", .999, .998), ("AdamW", .998996, .997992), ("Nadam", .9989372, .9981636),
    ("Adagrad", .9990466, .9983565), ("Adadelta", .9999986, .9999971),
    ("RMSprop", .9968377, .9945436)])
def test_E2_two_steps_of_each(name, first, second):
    """From w = 1 with g = 1, to the digits that Keras prints."""
    path = descend(lambda w: 1.0 * w, (1.0,), getattr(optimizers, name)(), 2)
    np.testing.assert_allclose(path[:, 0], [first, second], atol=6e-8)


def test_E2_momentum_is_the_notes_rule_with_the_other_sign():
    """v ← βv + η∇, w ← w - v gives the same path."""
    path = descend(lambda w: w ** 2, (1.0,), optimizers.SGD(0.125, momentum=0.5), 5)
    w, v = 1.0, 0.0
    for got in path[:, 0]:
        v = 0.5 * v + 0.125 * 2 * w
        w = w - v
        assert got == pytest.approx(w, rel=1e-14)


@pytest.mark.keras
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_E3_ten_steps_equal_keras(name, traced):
    compare(name, {}, traced)


@pytest.mark.keras
@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("clip", [{"clipnorm": 0.5}, {"global_clipnorm": 0.5}, {"clipvalue": 0.3}])
def test_F7_clipping_equals_keras(clip, traced):
    compare("SGD", {"learning_rate": 0.1, **clip}, traced)


def test_F7_clipping_shortens_and_keeps_the_direction():
    g = [np.array([3.0, 4.0]), np.array([0.3, 0.4])]
    w = [Variable(np.zeros(2)), Variable(np.zeros(2))]
    optimizers.SGD(1.0, clipnorm=1.0).apply(g, w)
    np.testing.assert_allclose([-each.numpy() for each in w], [[0.6, 0.8], [0.3, 0.4]])
