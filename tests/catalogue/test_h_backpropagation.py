"""Catalogue H: backpropagation, worked. The numbers were computed exactly, in 50 digits."""

from __future__ import annotations

import pytest

from pellucid.activations import sigmoid
from pellucid.core.tape import GradientTape
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced
from pellucid.spaces.notation import derivative, symbol

X, Y, RATE = 0.1, 0.25, 1.0
START = {"w1": 0.15, "θ1": 0.40, "w2": 0.45, "θ2": 0.62}
FORWARD = {"z1": 0.415, "a1": 0.6022861768886306, "z2": 0.8910287795998838,
           "a2": 0.7091024309276002}
GRADIENTS = {"w1": 0.001020809619400057, "θ1": 0.010208096194000569,
             "w2": 0.05703764086303308, "θ2": 0.09470189264127836}
AFTER = {"w1": 0.14897919038059992, "θ1": 0.38979190380599943,
         "w2": 0.3929623591369669, "θ2": 0.5252981073587216}


def step(weights):
    """One pass forward, one back, one step of descent."""
    with GradientTape() as tape:
        z1 = X * weights["w1"] + weights["θ1"]
        a1 = sigmoid(z1)
        z2 = a1 * weights["w2"] + weights["θ2"]
        a2 = sigmoid(z2)
        error = (a2 - Y) ** 2 / 2
    gradients = tape.gradient(error, weights)
    for name, weight in weights.items():
        weight.assign_sub(RATE * gradients[name])
    return {"z1": z1, "a1": a1, "z2": z2, "a2": a2}, gradients


@pytest.mark.parametrize("way", ["eager", "plan"])
def test_H1_one_step_of_backpropagation(way):
    weights = {name: Variable(value, dtype="float64", name=name) for name, value in START.items()}
    run = (lambda: step(weights)) if way == "eager" else Traced(lambda: step(weights))
    forward, gradients = run()
    for expected, found in ((FORWARD, forward), (GRADIENTS, gradients), (AFTER, weights)):
        for name, value in expected.items():
            assert float(found[name]) == pytest.approx(value, rel=0, abs=1e-12), name


def test_H1_the_chain_rule_prints_itself():
    w2, a1 = symbol("w2"), symbol("a1")
    a2 = sigmoid(w2 * a1 + symbol("θ2")).called("a2")
    error = (a2 - symbol("y")) ** 2 / 2
    assert str(derivative(error, w2)) == "(a2 - y) * a2 * (1 - a2) * a1"
    assert derivative(error, w2)._repr_latex_() == (
        r"$\left(a_{2} - y\right) \, a_{2} \, \left(1 - a_{2}\right) \, a_{1}$")
