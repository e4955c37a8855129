"""What evaluating an activation shows, against what is known of each by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pellucid import activations
from pellucid.insight.cards import card
from pellucid.insight.cards.behaviour import Behaviour

# name: range, zero-centred, on which side it saturates
KNOWN = {
    "celu": ("(-1, ∞)", False, "left"), "elu": ("(-1, ∞)", False, "left"),
    "exponential": ("(0, ∞)", False, "left"), "gelu": ("[-0.17, ∞)", False, "left"),
    "glu": ("(-∞, ∞)", True, "both"), "hard_shrink": ("(-∞, ∞)", True, "no"),
    "hard_sigmoid": ("[0, 1]", False, "both"), "hard_silu": ("[-0.375, ∞)", False, "left"),
    "hard_tanh": ("[-1, 1]", True, "both"), "leaky_relu": ("(-∞, ∞)", False, "no"),
    "linear": ("(-∞, ∞)", True, "no"), "log_sigmoid": ("(-∞, 0)", False, "right"),
    "log_softmax": ("(-∞, 0)", False, "no"), "mish": ("[-0.3088, ∞)", False, "left"),
    "relu": ("[0, ∞)", False, "left"), "relu6": ("[0, 6]", False, "both"),
    "selu": ("(-1.758, ∞)", True, "left"), "sigmoid": ("(0, 1)", False, "both"),
    "silu": ("[-0.2785, ∞)", False, "left"), "soft_shrink": ("(-∞, ∞)", True, "no"),
    "softmax": ("(0, 1)", False, "both"), "softplus": ("(0, ∞)", False, "left"),
    "softsign": ("(-1, 1)", True, "both"), "sparse_plus": ("[0, ∞)", False, "left"),
    "sparse_sigmoid": ("[0, 1]", False, "both"), "sparsemax": ("[0, 1]", False, "both"),
    "squareplus": ("(0, ∞)", False, "left"), "tanh": ("(-1, 1)", True, "both"),
    "tanh_shrink": ("(-∞, ∞)", True, "no"), "threshold": ("[0, ∞)", False, "left"),
}


def test_every_activation_is_known():
    assert set(KNOWN) == set(activations.FUNCTIONS)


@pytest.mark.parametrize("name", KNOWN)
def test_behaviour_is_what_is_known(name):
    found = card(name, "activation")
    assert (str(found.range), found.zero_centred, found.saturates) == KNOWN[name]


def test_the_lowest_point_of_silu_is_found():
    x = np.linspace(-1.279, -1.278, 100001)               # where 1 + x σ(-x) = 0
    lowest = (x / (1 + np.exp(-x))).min()
    assert Behaviour(activations.silu).range.low == pytest.approx(lowest, abs=1e-6)


@pytest.mark.parametrize(("name", "mean"), [
    ("relu", 1 / math.sqrt(2 * math.pi)), ("exponential", math.exp(0.5)), ("sigmoid", 0.5),
    ("leaky_relu", 0.8 / math.sqrt(2 * math.pi)), ("softmax", 0.5), ("tanh", 0.0)])
def test_means_over_normal_inputs(name, mean):
    assert Behaviour(activations.get(name)).mean == pytest.approx(mean, abs=1e-6)


def test_what_treats_numbers_apart_is_told_from_what_does_not():
    together = {name for name, each in activations.FUNCTIONS.items() if name != "threshold"
                and not Behaviour(each).pointwise}
    assert together == {"glu", "log_softmax", "softmax", "sparsemax"}


def test_an_own_function_is_seen_as_well():
    seen = Behaviour(lambda x: np.minimum(3.0, 2 * np.asarray(x)))
    assert (str(seen.range), seen.zero_centred, seen.saturates) == ("(-∞, 3]", False, "right")
