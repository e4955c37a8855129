"""Catalogue F: training."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import keras, layers, regularizers
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


# F2 to F7 train this: two weights, no bias, all numbers by hand


def unit(optimizer, w=(2.0, -1.0), loss="mse", **of_the_layer):
    """One linear unit, w·x, that begins with the weights w."""
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False, **of_the_layer)])
    model.compile(optimizer, loss, metrics=["mae"])
    model.set_weights([np.array(w)[:, None]])
    return model


def weights_of(model):
    return model.get_weights()[0].ravel()


ROWS = np.random.default_rng(3).normal(size=(20, 2)).astype("float32")
SUMS = ROWS.sum(axis=1, keepdims=True)


def test_F2_fit_keeps_a_history_of_the_epochs():
    model = unit("adam")
    history = model.fit(ROWS, SUMS, batch_size=8, epochs=5, initial_epoch=2, verbose=0,
                        validation_data=(ROWS[:4], SUMS[:4]))
    assert history.epoch == [2, 3, 4]
    assert {name: len(each) for name, each in history.history.items()} == {
        "loss": 3, "mae": 3, "val_loss": 3, "val_mae": 3}
    predicted = model.predict(ROWS[:4], verbose=0)
    loss, mae = model.evaluate(ROWS[:4], SUMS[:4], verbose=0)
    np.testing.assert_allclose(loss, np.mean((predicted - SUMS[:4]) ** 2), rtol=1e-5)
    np.testing.assert_allclose(mae, np.mean(np.abs(predicted - SUMS[:4])), rtol=1e-5)
    assert [loss, mae] == pytest.approx([history.history[name][-1]
                                         for name in ("val_loss", "val_mae")], rel=1e-5)


def test_F2_validation_split_takes_the_last_rows():
    one, other = unit(SGD(0.1)), unit(SGD(0.1))
    one = one.fit(ROWS, SUMS, validation_split=0.25, epochs=3, shuffle=False, verbose=0).history
    other = other.fit(ROWS[:15], SUMS[:15], validation_data=(ROWS[15:], SUMS[15:]), epochs=3,
                      shuffle=False, verbose=0).history
    assert one == other


def test_F2_shuffle_gives_each_epoch_another_order():
    seen = []

    class Listening(layers.Layer):
        def call(self, inputs):
            seen.append(np.asarray(inputs)[:, 0].tolist())
            return inputs

    model = keras.Sequential([keras.Input((1,)), Listening(), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.arange(12.0)[:, None]
    model.fit(x, x, epochs=2, batch_size=12, shuffle=False, verbose=0)
    in_order = [each for each in seen if len(each) == 12]
    assert all(each == x.ravel().tolist() for each in in_order)
    seen.clear()
    model.fit(x, x, epochs=2, batch_size=12, verbose=0)
    first, second = [each for each in seen if len(each) == 12]
    assert first != second
    assert sorted(first) == sorted(second) == x.ravel().tolist()


@pytest.mark.parametrize("weights", [{"class_weight": {0: 2.0, 1: 0.5}},
                                     {"sample_weight": np.arange(4.0)},
                                     {"class_weight": {0: 2.0, 1: 0.5},
                                      "sample_weight": np.arange(4.0)}],
                         ids=["class", "sample", "both"])
def test_F2_weights_of_classes_and_rows_multiply(weights):
    """One step of w ← w - η Σ sᵢ ∇Lᵢ / n: the sum of weighted gradients, over the rows."""
    x, y = ROWS[:4], np.array([0.0, 1.0, 1.0, 0.0])
    s = np.ones(4)
    if "class_weight" in weights:
        s = s * np.where(y == 1, 0.5, 2.0)
    s = s * weights.get("sample_weight", 1)
    model = unit(SGD(0.1), w=(0.5, 0.25), loss="binary_crossentropy", activation="sigmoid")
    model.fit(x, y, batch_size=4, verbose=0, **weights)
    p = 1 / (1 + np.exp(-(x @ (0.5, 0.25))))
    expected = (0.5, 0.25) - 0.1 * (s * (p - y)) @ x / 4
    np.testing.assert_allclose(weights_of(model), expected, rtol=1e-5)


def test_F4_dropout_leaves_out_its_share_and_scales_the_rest():
    x = np.full((200, 500), 3.0)
    for rate in (0.1, 0.25, 0.5):
        y = layers.Dropout(rate, seed=1)(x, training=True).numpy()
        kept = y != 0
        assert np.mean(~kept) == pytest.approx(rate, abs=0.01)
        np.testing.assert_allclose(y[kept], 3 / (1 - rate), rtol=1e-6)         # inverted scaling
        assert y.mean() == pytest.approx(3, abs=0.03)                          # so the mean stays
        assert layers.Dropout(rate)(x, training=False).numpy().tolist() == x.tolist()
        assert layers.Dropout(rate)(x).numpy().tolist() == x.tolist()


def test_F4_dropout_is_on_in_fit_and_off_in_evaluate_and_predict():
    model = keras.Sequential([keras.Input((500,)), layers.Dropout(0.4, seed=2), layers.Dense(
        500, use_bias=False, kernel_initializer="identity")])
    model.compile("sgd", "mse")
    x, nothing = np.ones((40, 500)), np.zeros((40, 500))
    assert model.predict(x, verbose=0).tolist() == x.tolist()
    assert model.evaluate(x, nothing, verbose=0) == pytest.approx(1)
    trained = model.fit(x, nothing, batch_size=40, verbose=0).history["loss"][0]
    assert trained == pytest.approx(1 / 0.6, rel=0.02)            # mean of (x / 0.6)² over 60 %


# One row x = (1, 2) with y = 1 and w = (2, -1): ŷ = 0, and the gradient of (ŷ - y)² is (-2, -4).
ONE, TARGET, W = np.array([[1.0, 2.0]]), np.array([[1.0]]), np.array([2.0, -1.0])
GRADIENT = np.array([-2.0, -4.0])


@pytest.mark.parametrize(("penalty", "cost", "slope"), [
    (regularizers.L2(0.25), 0.25 * 5, 0.5 * W),          # λ/2 ‖w‖² with λ = 0.5: slope λ w
    (regularizers.L2(0.5), 0.5 * 5, 1.0 * W),            # Keras's own l2(λ) is λ ‖w‖²: slope 2 λ w
    ("l2", 0.01 * 5, 0.02 * W),
    (regularizers.L1(0.5), 0.5 * 3, 0.5 * np.sign(W)),
    (regularizers.L1L2(0.5, 0.25), 0.5 * 3 + 0.25 * 5, 0.5 * np.sign(W) + 0.5 * W)], ids=str)
def test_F5_penalties_in_numbers(penalty, cost, slope):
    rate = 0.1
    model = unit(SGD(rate), kernel_regularizer=penalty)
    assert model.evaluate(ONE, TARGET, verbose=0)[0] == pytest.approx(1 + cost)
    model.fit(ONE, TARGET, verbose=0)
    np.testing.assert_allclose(weights_of(model), W - rate * (GRADIENT + slope), rtol=1e-6)


def test_F5_the_update_shrinks_the_weights():
    """w ← (1 - ηλ) w - η ∂L/∂w, for the penalty λ/2 ‖w‖²."""
    rate, strength = 0.1, 0.5
    model = unit(SGD(rate), kernel_regularizer=regularizers.L2(strength / 2))
    model.fit(ONE, TARGET, verbose=0)
    np.testing.assert_allclose(weights_of(model), (1 - rate * strength) * W - rate * GRADIENT,
                               rtol=1e-6)
    np.testing.assert_allclose(weights_of(model), [2.1, -0.55], rtol=1e-6)


def test_F6_batch_normalization_by_hand():
    x = np.array([[1.0, 10.0], [3.0, 30.0]])             # μ = (2, 20), σ² = (1, 100)
    layer = layers.BatchNormalization(epsilon=0.0, dtype="float64")
    np.testing.assert_allclose(layer(x, training=True), [[-1, -1], [1, 1]])
    np.testing.assert_allclose(layer.moving_mean.numpy(), [0.02, 0.2])           # 1 % of the way
    np.testing.assert_allclose(layer.moving_variance.numpy(), [1.0, 0.99 + 1.0])
    layer.gamma.assign([2.0, 3.0])
    layer.beta.assign([1.0, -1.0])
    np.testing.assert_allclose(layer(x, training=True), [[-1, -4], [3, 2]])      # γ x̂ + β
    layer.moving_mean.assign([1.0, 10.0])
    layer.moving_variance.assign([4.0, 25.0])
    np.testing.assert_allclose(layer(x, training=False), [[1, -1], [3, 11]])
    steady = layers.BatchNormalization(epsilon=3.0, dtype="float64")
    np.testing.assert_allclose(steady(x, training=True)[:, 0], [-0.5, 0.5])      # √(1 + 3) = 2


def test_F6_layer_and_group_normalization_by_hand():
    x = np.array([[1.0, 3.0, 10.0, 30.0], [0.0, 2.0, 5.0, 15.0]])
    groups = layers.GroupNormalization(groups=2, epsilon=0.0, dtype="float64")
    np.testing.assert_allclose(groups(x), [[-1, 1, -1, 1]] * 2, atol=1e-12)
    groups.gamma.assign([1.0, 2.0, 3.0, 4.0])
    groups.beta.assign([0.0, 0.0, 1.0, 1.0])
    np.testing.assert_allclose(groups(x), [[-1, 2, -2, 5]] * 2, atol=1e-12)
    rows = layers.LayerNormalization(epsilon=0.0, dtype="float64")
    y = rows([[1.0, 3.0], [10.0, 30.0]]).numpy()         # each row has mean 0 and variance 1
    np.testing.assert_allclose(y, [[-1, 1], [-1, 1]], atol=1e-12)
    rows.gamma.assign([2.0, 3.0])
    rows.beta.assign([0.5, 0.0])
    np.testing.assert_allclose(rows([[1.0, 3.0]]), [[-1.5, 3]], atol=1e-12)
    one_group = layers.GroupNormalization(groups=1, epsilon=0.0, dtype="float64")
    same = layers.LayerNormalization(epsilon=0.0, dtype="float64")
    np.testing.assert_allclose(one_group(x), same(x), atol=1e-12)


@pytest.mark.parametrize(("clip", "steps"), [
    ({"clipvalue": 2.0}, ([2.0, -2.0], [2.0])),
    ({"clipnorm": 1.0}, ([0.6, -0.8], [1.0])),                       # each by its own length
    ({"global_clipnorm": 6.5}, ([1.5, -2.0], [6.0])),                # √(3² + 4² + 12²) = 13
    ({"global_clipnorm": 13.5}, ([3.0, -4.0], [12.0])),              # short enough: as it is
    ({"clipnorm": 5.0}, ([3.0, -4.0], [5.0]))], ids=str)
def test_F7_clipping_in_numbers(clip, steps):
    pair = [Variable([0.0, 0.0], dtype="float64"), Variable([0.0], dtype="float64")]
    SGD(1.0, **clip).apply_gradients(zip((convert(np.array([3.0, -4.0])),
                                          convert(np.array([12.0]))), pair, strict=True))
    for variable, step in zip(pair, steps, strict=True):
        np.testing.assert_allclose(-variable.numpy(), step, rtol=1e-12)


@pytest.mark.parametrize("eagerly", [True, False])
def test_F7_no_step_of_fit_is_longer_than_its_clip(eagerly):
    model = unit(SGD(1.0, global_clipnorm=0.01))
    model.run_eagerly = eagerly
    model.fit(1000 * ONE, TARGET, verbose=0)
    assert np.linalg.norm(weights_of(model) - W) == pytest.approx(0.01, rel=1e-4)
