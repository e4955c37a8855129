"""Catalogue C3: the dying ReLU, and what revives it."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.initializers import Constant
from pellucid.insight.plots.dead_units import dead_units as picture
from pellucid.insight.signals import UnitTrace, share_dead, signals

MOONS = data.load("moons", rows=200)
X, Y = MOONS.x, MOONS.y


def net(activation, bias=-3.0):
    """Eight units, which no sample lifts above 0, behind an activation layer."""
    set_random_seed(0)
    model = Sequential([Input((2,)), layers.Dense(8, bias_initializer=Constant(bias), name="h"),
                        activation(name="units"), layers.Dense(1, "sigmoid")])
    model.compile(optimizers.Adam(0.03), "binary_crossentropy")
    return model


def test_C3_a_dead_relu_gives_0_gets_0_and_never_moves():
    model = net(layers.ReLU)
    hidden, units, _ = signals(model, X, Y)
    assert not units.output.any()
    assert share_dead(units.output) == 1
    assert units.output_gradient.any()                   # gradient comes from behind,
    assert not hidden.output_gradient.any()              # and none passes
    assert hidden.gradient_norm == 0
    before = model.get_layer("h").get_weights()
    losses = model.fit(X, Y, epochs=20, verbose=0).history["loss"]
    for now, then in zip(model.get_layer("h").get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
    assert losses[-1] > 0.69                             # log 2: a guess between two classes


@pytest.mark.parametrize("activation", [layers.LeakyReLU, layers.PReLU, layers.ELU])
def test_C3_what_revives_it(activation):
    model = net(activation)
    trace = UnitTrace(X, Y, "h", output_of="units")
    before = model.get_layer("h").get_weights()
    losses = model.fit(X, Y, epochs=40, verbose=0, callbacks=[trace]).history["loss"]
    assert trace.record.share_dead[-1] == 0
    assert (trace.record.gradient[1:].max(axis=0) > 0).all()         # of each unit
    for now, then in zip(model.get_layer("h").get_weights(), before, strict=True):
        assert (now != then).all()
    assert losses[-1] < 0.45
    assert share_dead(signals(net(layers.PReLU), X, Y)[1].output) == 1      # its slopes start at 0


def test_C3_a_healthy_relu_is_not_called_dead():
    assert share_dead(signals(net(layers.ReLU, bias=0.0), X, Y)[1].output) == 0


def test_C3_the_picture_shows_what_was_seen():
    pytest.importorskip("matplotlib")
    records = {}
    for activation in (layers.ReLU, layers.PReLU):
        model, trace = net(activation), UnitTrace(X, Y, "h", output_of="units")
        model.fit(X, Y, epochs=5, verbose=0, callbacks=[trace])
        records[activation.__name__] = trace.record
    relu, prelu = picture(records).axes[2].get_lines()
    assert relu.get_ydata().tolist() == [1] * 6
    assert prelu.get_ydata()[0] == 1
    assert prelu.get_ydata()[-1] == 0
