"""What the measures of a network say: held against NumPy and against the tape."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Input, Model, Sequential, layers, ops, set_random_seed
from pellucid.core.errors import ArgumentError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.initializers import RandomUniform
from pellucid.insight.signals import (
    UnitTrace,
    dead_units,
    distinct_units,
    layers_within,
    listening,
    propagation,
    saturation,
    share_dead,
    signals,
)

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X[:, :1] * X[:, 1:2]


def net(*hidden):
    model = Sequential([Input((3,)), *hidden, layers.Dense(1, name="last")])
    model.compile("sgd", "mse")
    return model


def test_outputs_and_gradients_of_two_layers_by_hand():
    model = net(layers.Dense(4, "tanh", name="hidden"))
    (w, b), (v, c) = (layer.get_weights() for layer in model.layers)
    hidden, last = signals(model, X, Y)
    h = np.tanh(X @ w + b)
    y = h @ v + c
    back = 2 * (y - Y) / len(X)
    np.testing.assert_allclose(hidden.output, h, rtol=1e-5)
    np.testing.assert_allclose(last.output, y, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(last.output_gradient, back, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(hidden.output_gradient, back @ v.T, rtol=1e-5, atol=1e-6)
    kernel = X.T @ (back @ v.T * (1 - h ** 2))
    bias = (back @ v.T * (1 - h ** 2)).sum(axis=0)
    np.testing.assert_allclose(hidden.weight_gradients[0], kernel, rtol=1e-4, atol=1e-6)
    assert hidden.spread == pytest.approx(h.std(), rel=1e-5)
    assert hidden.gradient_spread == pytest.approx((back @ v.T).std(), rel=1e-5)
    assert hidden.gradient_norm == pytest.approx(
        np.sqrt((kernel ** 2).sum() + (bias ** 2).sum()), rel=1e-4)


def test_a_gradient_from_behind():
    model = net(layers.Dense(4, "tanh"))
    upstream = np.ones((12, 1))
    found = signals(model, X, upstream=upstream)
    np.testing.assert_array_equal(found[1].output_gradient, upstream)
    v = model.layers[1].get_weights()[0]
    np.testing.assert_allclose(found[0].output_gradient, np.ones((12, 1)) @ v.T, rtol=1e-6)


@pytest.mark.parametrize("kind", ["sequential", "functional", "subclass", "nested", "recurrent",
                                  "shared"])
def test_any_model_is_heard_and_left_as_it_was(kind):
    model, names = made(kind)
    model.compile("sgd", "mse")
    x = X[:, :, None] if kind == "recurrent" else X
    model(x)
    before = [each.numpy() for each in model.variables]
    found = signals(model, x, Y)
    assert [each.name for each in found] == names
    for now, then in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(now.numpy(), then)
    assert not any("call" in vars(layer) for layer in model._flatten_layers())
    again = signals(model, x, Y)                         # the same random masks
    for one, other in zip(found, again, strict=True):
        np.testing.assert_array_equal(one.output, other.output)
    with GradientTape() as tape:
        loss = model.compute_loss(x, Y, model(x, training=False))
    taped = tape.gradient(loss, model.trainable_variables)
    listed = [g for each in {id(each.layer): each for each in signals(
        model, x, Y, training=False)}.values() for g in each.weight_gradients]
    assert len(listed) == len(taped)
    assert sum(float(np.abs(g).sum()) for g in listed) == pytest.approx(
        sum(float(np.abs(g.numpy()).sum()) for g in taped), rel=1e-4)


def made(kind):
    """A model of each way to write one, and the names of its layers in order of calls."""
    set_random_seed(0)
    dense = [layers.Dense(4, "relu", name="a"), layers.BatchNormalization(name="b"),
             layers.Dropout(0.5, name="c"), layers.Dense(1, name="d")]
    if kind == "sequential":
        return Sequential([Input((3,)), *dense]), ["a", "b", "c", "d"]
    if kind == "nested":
        inner = Sequential([Input((3,)), *dense[:2]])
        return Sequential([Input((3,)), inner, *dense[2:]]), ["a", "b", "c", "d"]
    if kind == "recurrent":
        return Sequential([Input((3, 1)), layers.LSTM(4, name="a"), dense[3]]), ["a", "d"]
    x = Input((3,))
    if kind == "functional":
        left = dense[0](x)
        return Model(x, dense[3](layers.Concatenate(name="c")([left, x]))), ["a", "c", "d"]
    if kind == "shared":
        same = layers.Dense(3, name="a")
        return Model(x, dense[3](same(same(x)))), ["a", "a", "d"]

    class Own(Model):
        def __init__(self):
            super().__init__()
            self.first, self.last = dense[0], dense[3]

        def call(self, inputs):
            return self.last(ops.tanh(self.first(inputs)))

    return Own(), ["a", "d"]


def test_training_and_predicting_differ():
    model = net(layers.Dropout(0.5, name="half"))
    assert (signals(model, X, Y)[0].output == 0).any()
    np.testing.assert_array_equal(signals(model, X, Y, training=False)[0].output, X)


def test_listening_twice_and_after_an_error():
    model = net(layers.Dense(4, name="hidden"))
    with listening(model) as outer:
        with listening(model) as inner:
            model(X)
        model(X)
    assert [len(inner), len(outer)] == [2, 4]
    with pytest.raises(RuntimeError, match="stop"), listening(model):
        raise RuntimeError("stop")
    assert not any("call" in vars(layer) for layer in model.layers)
    assert layers_within(model) == model.layers


def test_what_signals_cannot_do_is_told():
    model = net()
    with pytest.raises(ArgumentError, match="needs y, .* or upstream.* got neither"):
        signals(model, X)
    with pytest.raises(ArgumentError, match="got both"):
        signals(model, X, Y, upstream=Y)
    with pytest.raises(ArgumentError, match="needs a model that has one"):
        signals(Sequential([Input((3,)), layers.Dense(1)]), X, Y)


def test_exploded_numbers_have_no_spread_and_no_warning():
    model = net(layers.Dense(4, kernel_initializer=RandomUniform(1e30, 2e30)),
                layers.Dense(4, kernel_initializer=RandomUniform(1e30, 2e30)))
    found = signals(model, np.abs(X), Y)
    assert np.isnan(found[1].spread)
    assert not np.isfinite(found[1].gradient_norm)


def test_dead_units_of_images():
    output = np.zeros((5, 2, 2, 3))
    output[4, 1, 0, 1] = -1e-30
    assert dead_units(output).tolist() == [True, False, True]
    assert share_dead(output) == pytest.approx(2 / 3)
    for wrong in (np.zeros(3), np.zeros((0, 3))):
        with pytest.raises(ShapeError, match=r"\(samples, \.\.\., units\)"):
            dead_units(wrong)


def test_saturation_counts_both_ends():
    assert saturation([0.005, 0.5, 0.995, 0.98], 0, 1) == 0.5
    assert saturation([0.005, 0.5, 0.995, 0.98], 0, 1, within=0.1) == 0.75
    with pytest.raises(ArgumentError, match="low < high"):
        saturation([0.0], 1, 0)
    with pytest.raises(ArgumentError, match="within must lie between 0 and 0.5"):
        saturation([0.0], within=0.7)


def test_units_alike_count_once():
    kernel = np.random.default_rng(1).normal(size=(3, 3, 4, 5))
    kernel[..., 2] = kernel[..., 0] * (1 + 1e-9)
    assert distinct_units(kernel) == 4
    assert distinct_units(np.zeros((4, 6))) == 1
    with pytest.raises(ShapeError, match=r"\(..., units\)"):
        distinct_units(np.zeros(4))


def trained(looked):
    set_random_seed(0)
    model = net(layers.Dense(5, name="hidden"), layers.BatchNormalization(),
                layers.ReLU(name="units"), layers.Dropout(0.5))
    trace = UnitTrace(X, Y, "hidden", output_of="units")
    model.fit(X, Y, epochs=3, batch_size=4, verbose=0, callbacks=[trace] if looked else None)
    return model, trace


def test_a_trace_sees_every_epoch_and_changes_nothing():
    model, trace = trained(True)
    for mine, other in zip(model.get_weights(), trained(False)[0].get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    record = trace.record
    assert record.output.shape == record.gradient.shape == record.dead.shape == (4, 5)
    hidden, _, units, *_ = signals(model, X, Y)
    np.testing.assert_allclose(record.output[-1], np.abs(units.output).mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(record.gradient[-1],
                               np.linalg.norm(hidden.weight_gradients[0], axis=0), rtol=1e-6)
    np.testing.assert_array_equal(record.dead[-1], dead_units(units.output))
    np.testing.assert_array_equal(record.share_dead, record.dead.mean(axis=1))


def test_a_trace_of_what_is_not_there():
    with pytest.raises(ArgumentError, match="nothing was seen yet"):
        UnitTrace(X, Y, "hidden").record                 # noqa: B018 (it raises)
    model = net(layers.ReLU(name="units"))
    with pytest.raises(ArgumentError, match='Did you mean "units"'):
        model.fit(X, Y, verbose=0, callbacks=[UnitTrace(X, Y, "unit")])
    with pytest.raises(ArgumentError, match="no trainable weights"):
        model.fit(X, Y, verbose=0, callbacks=[UnitTrace(X, Y, "units")])


def test_propagation_is_the_spread_of_plain_matrices():
    found = propagation("identity", "linear", depth=3, width=7, samples=4)
    random = np.random.default_rng(0)
    x, upstream = random.normal(size=(2, 4, 7))
    np.testing.assert_allclose(found.outputs, [x.std()] * 3)
    np.testing.assert_allclose(found.gradients, [upstream.std()] * 3)


def test_propagation_draws_each_layer_anew_and_is_reproducible():
    one, same, other = (propagation(RandomUniform(-0.1, 0.1), "tanh", depth=3, width=20, seed=seed)
                        for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.outputs, same.outputs)
    assert (one.outputs != other.outputs).all()
    with pytest.raises(ArgumentError, match="depth must be a whole number from 1"):
        propagation("zeros", "tanh", depth=0)
