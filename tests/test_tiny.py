"""The whole promise on one page: see it, trust it, train it. Runs first, in under two seconds."""

import numpy as np
import pytest

import pellucid
from pellucid import keras, tf


def test_a_gradient_is_exact() -> None:
    w = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        loss = w * w + 2 * w
    assert float(tape.gradient(loss, w)) == 8.0


def test_a_network_learns_xor_and_says_so() -> None:
    pellucid.set_random_seed(1)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = np.array([0, 1, 1, 0])
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(8, activation="tanh"),
                              keras.layers.Dense(1, activation="sigmoid")])
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=60, batch_size=4, verbose=0)
    assert history.history["accuracy"][-1] == 1.0
    assert (model.predict(x, verbose=0)[:, 0].round() == y).all()


def test_a_plan_can_be_read() -> None:
    from pellucid.engines.trace import trace
    w = tf.Variable([[1.0], [2.0]], name="w")
    plan = trace(lambda x: tf.reduce_sum(tf.matmul(x, w)), np.ones((3, 2), "float32")).plan
    assert "matrix_product(%0, %1)" in str(plan)
    assert "input w" in str(plan)


def test_your_own_layer_is_traced_like_ours() -> None:
    class Affine(keras.layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((input_shape[-1], 1), "zeros")

        def call(self, inputs):
            return tf.matmul(inputs, self.w)

    x = np.linspace(-1, 1, 32)[:, None]
    results = []
    for eagerly in (True, False):
        model = keras.Sequential([Affine()])
        model.compile(keras.optimizers.SGD(0.5), "mse", run_eagerly=eagerly)
        model.fit(x, 2 * x, epochs=20, verbose=0, shuffle=False)
        results.append(model.get_weights()[0].item())
    assert results[0] == pytest.approx(2.0, abs=1e-2)
    assert results[0] == results[1]


def test_a_mistake_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match='Did you mean "relu"'):
        keras.layers.Dense(3, activation="rleu")
    with pytest.raises(ValueError, match="learning_rate must be at least 0, but got -1"):
        keras.optimizers.Adam(learning_rate=-1.0)


def test_a_model_file_keeps_everything(tmp_path) -> None:
    x = np.random.default_rng(0).normal(size=(16, 3))
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(x, x[:, :2], verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
