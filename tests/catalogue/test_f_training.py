"""Catalogue F: training."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.activations import sigmoid, tanh
from pellucid.atoms import matmul, mean
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced
from pellucid.losses import BinaryCrossentropy
from pellucid.optimizers import SGD, Adam

X = convert([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = convert([[0.0], [1.0], [1.0], [0.0]])


@pytest.mark.parametrize("way", ["eager", "plan"])
def test_F1_the_hand_written_loop_learns_xor(way):
    random = np.random.default_rng(0)
    w1, b1, w2, b2 = (Variable(random.normal(size=shape), dtype="float32")
                      for shape in ((2, 8), (8,), (8, 1), (1,)))
    weights, optimizer, loss = [w1, b1, w2, b2], Adam(0.05), BinaryCrossentropy()
    optimizer.build(weights)

    def step(x, y):
        with GradientTape() as tape:
            p = sigmoid(matmul(tanh(matmul(x, w1) + b1), w2) + b2)
            error = loss(y, p)
        gradients = tape.gradient(error, weights)
        optimizer.apply_gradients(zip(gradients, weights, strict=True))
        return error, p

    run = step if way == "eager" else Traced(step)
    first = float(run(X, Y)[0])
    for _ in range(200):
        last, p = run(X, Y)
    assert float(last) < 0.05 < first
    assert np.round(p).ravel().tolist() == [0, 1, 1, 0]


def test_F1_a_line_is_found_by_hand():
    x = convert(np.linspace(-1, 1, 20))
    w, b = Variable(0.0, dtype="float64"), Variable(0.0, dtype="float64")
    optimizer = SGD(learning_rate=0.3)
    for _ in range(200):
        with GradientTape() as tape:
            error = mean((w * x + b - (3 * x - 1)) ** 2)
        gradients = tape.gradient(error, [w, b])
        optimizer.apply_gradients(zip(gradients, [w, b], strict=True))
    assert float(w) == pytest.approx(3, abs=1e-6)
    assert float(b) == pytest.approx(-1, abs=1e-6)


def test_F1_second_derivatives_by_nested_tapes():
    x = Variable(2.0, dtype="float64")
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = x ** 3
        slope = inner.gradient(y, x)
    assert float(slope) == 12.0
    assert float(outer.gradient(slope, x)) == 12.0
