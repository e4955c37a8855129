"""LSTM beside Keras's: values, masks, training, files, dropout, configs, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import layers
from pellucid.random import SeedGenerator, dropout
from tests.layers.recurrence import MASK, RNG, START, X, assert_same, pair_of
from tests.parity.oracle import (
    assert_same_weights,
    compile_both,
    exchanged,
    keras_marks,
    real_keras,
    train_both,
    twins,
)

pytestmark = keras_marks

WORDS = np.array([[3, 1, 4, 1, 5, 0], [2, 6, 0, 0, 0, 0], [0, 5, 3, 0, 5, 8], [7, 9, 3, 2, 3, 0]])
OPTIONS: list[dict[str, Any]] = [
    {}, {"return_sequences": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"unroll": True, "return_state": True},
    {"unroll": True, "return_sequences": True, "go_backwards": True},
    {"return_sequences": True, "zero_output_for_mask": True},
    {"zero_output_for_mask": True, "go_backwards": True, "return_state": True},
    {"use_bias": False, "activation": "relu", "recurrent_activation": "hard_sigmoid"},
    {"return_sequences": True, "activation": None, "implementation": 1},
]


@pytest.mark.parametrize("masked", [False, True], ids=["plain", "masked"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: "-".join(each) or "usual")
def test_an_lstm_computes_what_keras_computes(options, masked):
    theirs, mine = pair_of(lambda k: k.LSTM(5, **options), 3, 6, 4)
    assert [w.name for w in mine.weights] == [w.name for w in theirs.weights]
    told = {"mask": MASK} if masked else {}
    assert_same(theirs(X, **told), mine(X, **told))
    if not (options.get("unroll") and masked):       # there Keras's first output would be 0
        assert_same(theirs(X, initial_state=START, **told), mine(X, initial_state=START, **told))


def test_unrolled_and_looped_are_one_function_also_where_keras_has_two():
    looped, unrolled = (layers.LSTM(5, return_sequences=True, unroll=u) for u in (False, True))
    looped(X), unrolled(X)
    unrolled.set_weights(looped.get_weights())
    told = {"initial_state": START, "mask": MASK}
    assert_same(looped(X, **told), unrolled(X, **told), 0)
    assert (looped(X, **told).numpy()[2] == START[0][2]).all()   # nothing counted: h is as given


def reader(k: Any, **how: Any) -> Any:
    """Words with padding, two recurrent layers, a yes-no answer."""
    return k.Sequential([k.Input((6,), dtype="int32"),
                         k.layers.Embedding(10, 4, mask_zero=True, embeddings_regularizer="l2"),
                         k.layers.LSTM(5, return_sequences=True, kernel_regularizer="l1", **how),
                         k.layers.LSTM(3, bias_constraint="non_neg", recurrent_regularizer="l2"),
                         k.layers.Dense(1, "sigmoid")])


@pytest.mark.parametrize("optimizer, how", [
    ("adam", {}), ("sgd", {}), ("sgd", {"go_backwards": True, "zero_output_for_mask": True}),
    ("adam", {"unroll": True})], ids=str)
def test_five_steps_of_training_on_words_with_padding(optimizer, how):
    pair = twins(lambda k: reader(k, **how))
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(0.01) if optimizer == "adam" else k.optimizers.SGD(
            0.1, momentum=0.9), "loss": "binary_crossentropy", "metrics": ["accuracy"]})
    train_both(pair, WORDS, np.array([[0.0], [1.0], [1.0], [0.0]]))
    theirs, mine = (model.predict(WORDS, verbose=0) for model in pair)
    assert_same(theirs, mine)
    assert_same(pair[1](WORDS), mine, 1e-6)          # step by step and as a Plan


def test_a_loss_at_every_step_leaves_the_padding_out():
    def tagger(k):
        return k.Sequential([k.Input((6,), dtype="int32"),
                             k.layers.Embedding(10, 4, mask_zero=True),
                             k.layers.LSTM(5, return_sequences=True),
                             k.layers.Dense(3, "softmax")])
    pair = twins(tagger)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.Adam(0.05),
                                  "loss": k.losses.SparseCategoricalCrossentropy()})
    train_both(pair, WORDS, WORDS % 3)


def test_masking_a_series_of_measurements():
    x = X.copy()
    x[~MASK] = -1.0

    def series(k):
        return k.Sequential([k.Input((6, 4)), k.layers.Masking(-1.0), k.layers.LSTM(5),
                             k.layers.Dense(1)])
    pair = twins(series)
    compile_both(pair, lambda k: {"optimizer": "sgd", "loss": "mse"})
    train_both(pair, x, np.ones((3, 1), "float32"))
    masked = layers.Masking(-1.0)(x)
    assert (masked.numpy() == np.where(MASK[..., None], x, 0)).all()
    assert (masked._keras_mask.numpy() == MASK).all()
    assert layers.Masking().get_config()["mask_value"] == 0.0


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_a_model_file_crosses_over_and_trains_on(optimizer, tmp_path):
    """Weights, optimizer state and what the layers are, in both directions."""
    pair = twins(reader)
    y = np.array([[0.0], [1.0], [1.0], [0.0]])
    compile_both(pair, lambda k: {"optimizer": optimizer, "loss": "binary_crossentropy"})
    train_both(pair, WORDS, y, steps=2)
    crossed = exchanged(pair, tmp_path)
    assert_same(*(model.predict(WORDS, verbose=0) for model in crossed))
    train_both(crossed, WORDS, y, steps=2)
    train_both(pair, WORDS, y, steps=2)
    assert_same_weights((pair[0], crossed[1]))


def encoder_and_decoder(k: Any) -> Any:
    source, target = k.Input((None,), dtype="int32"), k.Input((None, 3))
    words = k.layers.Embedding(10, 4, mask_zero=True)(source)
    _, h, c = k.layers.LSTM(5, return_state=True)(words)
    said = k.layers.LSTM(5, return_sequences=True)(target, initial_state=[h, c])
    return k.Model([source, target], k.layers.Dense(2)(said))


def test_the_states_of_one_layer_start_another(tmp_path):
    """Sequences of unknown length, and a file of a layer that was built with two inputs."""
    pair = twins(encoder_and_decoder)
    assert pair[1].output_shape == (None, None, 2)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": "mse"})
    target = RNG.normal(size=(4, 7, 3)).astype("float32")
    train_both(pair, [WORDS, target], target[..., :2])
    crossed = exchanged(pair, tmp_path)
    data = [WORDS[:, :4], target[:, :3]]
    assert_same(*(model.predict(data, verbose=0) for model in crossed))


def by_hand(layer: Any, x: np.ndarray, given: Any, kept: Any) -> np.ndarray:
    """The formula in NumPy; four masks for the input, four for the last output."""
    W, U, b = (w.numpy().astype("float64") for w in layer.weights)
    sigmoid, n = (lambda z: 1 / (1 + np.exp(-z))), layer.units
    h = c = np.zeros((len(x), n))
    for t in range(x.shape[1]):
        i, f, g, o = ((x[:, t] * given[k]) @ W[:, k * n:][:, :n]
                      + (h * kept[k]) @ U[:, k * n:][:, :n] + b[k * n:][:n] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return h


def drawn(seeds: Any, rate: float, shape: tuple[int, int], count: int) -> list[np.ndarray]:
    return [dropout(np.ones(shape, "float32"), rate, seed=seeds).numpy() for _ in range(count)]


def test_dropout_leaves_out_the_same_at_all_steps():
    layer = layers.LSTM(5, dropout=0.5, seed=7)
    layer(X)
    mask = drawn(SeedGenerator(7), 0.5, (3, 4), 1)[0]
    assert set(np.unique(mask)) == {0.0, 2.0}
    expected = by_hand(layer, X, [mask] * 4, [1.0] * 4)
    assert np.allclose(layer(X, training=True).numpy(), expected, atol=1e-5)
    assert not np.allclose(layer(X, training=True).numpy(), expected, atol=1e-2)   # drawn anew
    assert np.allclose(layer(X).numpy(), by_hand(layer, X, [1.0] * 4, [1.0] * 4), atol=1e-5)


@pytest.mark.parametrize("unroll", [False, True])
def test_recurrent_dropout_has_masks_of_its_own_for_each_gate(unroll):
    layer = layers.LSTM(5, dropout=0.25, recurrent_dropout=0.5, seed=3, unroll=unroll)
    layer(X)
    seeds = SeedGenerator(3)
    given, kept = drawn(seeds, 0.25, (3, 4), 4), drawn(seeds, 0.5, (3, 5), 4)
    assert np.allclose(layer(X, training=True).numpy(), by_hand(layer, X, given, kept), atol=1e-5)


def test_the_first_implementation_and_dropout_of_everything():
    layer = layers.LSTM(5, dropout=0.5, seed=7, implementation=1)
    layer(X)
    given = drawn(SeedGenerator(7), 0.5, (3, 4), 4)
    expected = by_hand(layer, X, given, [1] * 4)
    assert np.allclose(layer(X, training=True).numpy(), expected, atol=1e-5)
    everything = layers.LSTM(5, dropout=1.0, recurrent_dropout=1.0)
    assert_same(everything(X), everything(X, training=True), 0)      # Keras's way
    theirs = real_keras().layers.LSTM(5, dropout=1.0, recurrent_dropout=1.0)
    assert_same(theirs(X), theirs(X, training=True), 0)
