"""Catalogue B: from perceptrons to networks."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import activations, losses
from pellucid.atoms import exp, greater_equal, matmul, mean, sin, stack, sum
from pellucid.core.errors import KindError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.op import Op
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable

INPUTS = convert([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def perceptron(x, weights, bias):
    """1 where w · x + b ≥ 0, else 0."""
    return greater_equal(matmul(x, convert(weights)) + bias, 0) * 1.0


def test_B3_xor_out_of_nand_or_and():
    nand = perceptron(INPUTS, [-1.0, -1.0], 1.5)
    either = perceptron(INPUTS, [1.0, 1.0], -0.5)
    both = perceptron(stack([nand, either], axis=1), [1.0, 1.0], -1.5)
    assert nand.tolist() == [1, 1, 1, 0]
    assert either.tolist() == [0, 1, 1, 1]
    assert both.tolist() == [0, 1, 1, 0]


@pytest.fixture
def pulled(monkeypatch):
    """The ops whose gradient was asked for, in order."""
    seen = []
    for kind in (Op, type(sum)):
        plain = kind.pull_back
        monkeypatch.setattr(kind, "pull_back", lambda self, *args, plain=plain: (
            seen.append(self.name), plain(self, *args))[1])
    return seen


def test_B10_backward_visits_each_node_once(pulled):
    """All P derivatives of a graph of N nodes cost one walk: N steps back and P answers."""
    parameters = [Variable(0.1 * i + 0.5, dtype="float64") for i in range(12)]
    with GradientTape() as tape:
        y = convert(np.array(1.0))
        for w in parameters:                             # every y is used twice
            y = sin(y) * w + y
    nodes = len(tape.applications)
    gradients = tape.gradient(y, parameters)
    assert nodes == 3 * len(parameters) - 1              # the first sine depends on no parameter
    assert len(pulled) == nodes                          # not nodes · parameters, not 2ⁿ paths
    assert all(gradient is not None for gradient in gradients)


def test_B10_what_the_target_does_not_need_is_not_visited(pulled):
    w = Variable(2.0)
    with GradientTape() as tape:
        y = w * w
        _ = exp(y) + sin(w)
    assert float(tape.gradient(y, w)) == 4.0
    assert pulled == ["multiply"]


SMOOTH = sorted(set(activations.FUNCTIONS) - {"threshold", "linear"})


@pytest.mark.parametrize("name", SMOOTH)
def test_B11_nudging_agrees_for_every_activation(name):
    x = Variable(np.random.default_rng(5).normal(size=(3, 4)) * 1.7, name="x")
    report = gradient_check(lambda: activations.get(name)(x) * sin(x[:, :1]), [x])
    assert report.error <= 1e-6, str(report)


LOSSES = ["mean_squared_error", "mean_absolute_error", "mean_squared_logarithmic_error", "huber",
          "log_cosh", "cosine_similarity", "hinge", "squared_hinge", "categorical_hinge",
          "kl_divergence", "poisson", "binary_crossentropy", "categorical_crossentropy"]


@pytest.mark.parametrize("name", LOSSES)
def test_B11_nudging_agrees_for_every_loss(name):
    random = np.random.default_rng(2)
    truth = np.eye(4)[random.integers(4, size=5)]
    p = Variable(random.uniform(0.1, 0.9, size=(5, 4)), name="p")
    report = gradient_check(lambda: mean(losses.get(name)(convert(truth), p)), [p])
    assert report.error <= 1e-6, str(report)


def test_B11_a_wrong_gradient_is_found_and_shown():
    from pellucid.core import op as ops
    bent = ops.Op(lambda x: x * x)
    bent.gradient(lambda g, y, x: g * x)                 # half of what it should be
    good, bad = Variable([1.0, 2.0], dtype="float64", name="good"), Variable(
        [[1.0, 3.0]], dtype="float64", name="bad")
    report = gradient_check(lambda: sum(good * good) + sum(bent(bad)), [good, bad])
    assert not report
    assert report.checks[0].error < 1e-10
    assert report.checks[1].error == pytest.approx(0.5)
    assert report.checks[1].place == (0, 1)
    assert "bad" in str(report)
    assert "taped 3, nudged 6" in str(report)
    assert "gradients DIFFER" in str(report)
    assert bad.tolist() == [[1.0, 3.0]]                  # the variable is put back
    with pytest.raises(KindError, match=r"needs float64 variables \(w is not one\), but got float"):
        gradient_check(lambda: 0.0, [Variable(1.0, name="w")])
