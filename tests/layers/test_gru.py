"""GRU beside Keras's: both places of the reset gate, masks, training, files, dropout, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.random import SeedGenerator, dropout
from tests.layers.recurrence import (
    MASK,
    START,
    WEIGHTS,
    WORDS,
    X,
    assert_engines_train_alike,
    assert_right_gradients,
    assert_same,
    assert_same_config,
    pair_of,
    train_across_files,
)
from tests.parity.oracle import keras_marks, real_keras

pytestmark = keras_marks

OPTIONS: list[dict[str, Any]] = [
    {}, {"reset_after": False, "return_sequences": True},
    {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"reset_after": False, "unroll": True, "return_state": True},
    {"use_bias": False, "activation": "relu", "recurrent_activation": "hard_sigmoid",
     "use_cudnn": False},
    {"reset_after": False, "use_bias": False, "go_backwards": True, "use_cudnn": False},
    {"return_sequences": True, "zero_output_for_mask": True, "implementation": 1,
     "activation": None}]


@pytest.mark.parametrize("masked", [pytest.param(False, marks=pytest.mark.deep), True],
                         ids=["plain", "masked"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: "-".join(each) or "usual")
def test_a_gru_computes_what_keras_computes(options, masked):
    theirs, mine = pair_of(lambda k: k.GRU(5, **options), 3, 6, 4)
    assert [w.name for w in mine.weights] == [w.name for w in theirs.weights]
    told: dict[str, Any] = {"mask": MASK} if masked else {}
    if masked and not options.get("unroll"):         # there Keras's first output would be 0
        told["initial_state"] = START[:1]
    assert_same(theirs(X, **told), mine(X, **told))


@pytest.mark.parametrize("reset_after", [pytest.param(True, marks=pytest.mark.deep), False])
def test_in_float64(reset_after):
    """(With another activation than Keras's tanh, whose result is float32.)"""
    theirs, mine = pair_of(lambda k: k.GRU(5, activation="relu", return_sequences=True,
                                           reset_after=reset_after, dtype="float64"), 3, 6, 4)
    assert_same(theirs(X.astype("float64"), mask=MASK), mine(X.astype("float64"), mask=MASK), 1e-10)


def reader(k: Any) -> Any:
    return k.Sequential([
        k.Input((6,), dtype="int32"), k.layers.Embedding(10, 4, mask_zero=True),
        k.layers.GRU(5, return_sequences=True, kernel_regularizer="l1", bias_constraint="non_neg",
                     activity_regularizer="l2"),
        k.layers.GRU(3, reset_after=False, recurrent_regularizer="l2"),
        k.layers.Dense(1, "sigmoid")])


@pytest.mark.deep
def test_five_steps_on_weighed_words_with_padding_across_files(tmp_path):
    train_across_files(reader, lambda k: {"optimizer": k.optimizers.SGD(0.1, momentum=0.9),
                                          "loss": "binary_crossentropy"},
                       WORDS, np.array([[0.0], [1.0], [1.0], [0.0]]), tmp_path,
                       sample_weight=WEIGHTS)


@pytest.mark.deep
def test_a_loss_at_every_step_leaves_the_padding_out(tmp_path):
    def tagger(k: Any) -> Any:
        return k.Sequential([
            k.Input((6,), dtype="int32"), k.layers.Embedding(10, 4, mask_zero=True),
            k.layers.RNN([k.layers.GRUCell(3, reset_after=False), k.layers.LSTMCell(2),
                          k.layers.SimpleRNNCell(4), k.layers.GRUCell(5)], return_sequences=True),
            k.layers.Dense(3, "softmax")])
    train_across_files(tagger, lambda k: {"optimizer": k.optimizers.Adam(0.02),
                                          "loss": k.losses.SparseCategoricalCrossentropy()},
                       WORDS, WORDS % 3, tmp_path, sample_weight=WEIGHTS[:, None] + 0 * WORDS)


def test_a_stateful_layer_goes_on_where_it_ended(tmp_path):
    theirs, mine = pair_of(lambda k: k.GRU(5, stateful=True, return_state=True), 3, 6, 4)
    theirs.reset_state()
    mine.reset_state()
    for _ in range(2):
        assert_same(theirs(X), mine(X))
    assert_same(theirs.states, mine.states)
    model = ours.Sequential([ours.Input((6, 4), batch_size=3), layers.GRU(5, stateful=True)])
    eager = [model(X).numpy() for _ in range(2)]
    model.layers[0].reset_state()
    for expected in eager:
        assert_same(expected, model.predict(X, batch_size=3, verbose=0), 1e-6)
    model.save(tmp_path / "model.keras")
    assert_same(eager[0], real_keras().models.load_model(tmp_path / "model.keras")(X))


def test_a_cell_by_itself():
    for reset_after in (True, False):
        theirs, mine = (k.GRUCell(5, reset_after=reset_after) for k in (
            real_keras().layers, layers))
        theirs(X[:, 0], START[:1])
        mine(X[:, 0], START[:1])
        mine.set_weights(theirs.get_weights())
        assert_same(theirs(X[:, 0], START[0]), mine(X[:, 0], START[0]))  # a state without a list
        (y, (h,)), (z, (i,)) = theirs(X[:, 0], START[:1]), mine(X[:, 0], START[:1])
        assert_same([y, h], [z, i])
        assert_same(theirs.get_initial_state(2), mine.get_initial_state(2), 0)


def by_hand(layer: Any, x: Any, given: Any, kept: Any) -> np.ndarray:
    """The definition, written out; three masks for the input, three for the last output."""
    W, U, b = (w.astype("float64") for w in layer.get_weights())
    b, β = b if layer.reset_after else (b, 0 * b)
    sigmoid, n = (lambda z: 1 / (1 + np.exp(-z))), layer.units
    h = np.zeros((len(x), n))
    for t in range(x.shape[1]):
        a = [(x[:, t] * given[k]) @ W[:, k * n:][:, :n] + b[k * n:][:n] for k in range(3)]
        u = [(h * kept[k]) @ U[:, k * n:][:, :n] + β[k * n:][:n] for k in range(3)]
        z, r = sigmoid(a[0] + u[0]), sigmoid(a[1] + u[1])
        proposed = r * u[2] if layer.reset_after else (r * h * kept[2]) @ U[:, 2 * n:]
        h = z * h + (1 - z) * np.tanh(a[2] + proposed)
    return h


def drawn(seeds: Any, rate: float, shape: tuple[int, int], count: int) -> list[np.ndarray]:
    return [dropout(np.ones(shape, "float32"), rate, seed=seeds).numpy() for _ in range(count)]


@pytest.mark.parametrize("reset_after", [True, False])
@pytest.mark.parametrize("unroll", [False, True])
def test_recurrent_dropout_has_masks_of_its_own_for_each_gate(unroll, reset_after):
    layer = layers.GRU(5, dropout=0.25, recurrent_dropout=0.5, seed=3, unroll=unroll,
                       reset_after=reset_after)
    layer(X)
    seeds = SeedGenerator(3)
    given, kept = drawn(seeds, 0.25, (3, 4), 3), drawn(seeds, 0.5, (3, 5), 3)
    assert np.allclose(layer(X, training=True).numpy(), by_hand(layer, X, given, kept), atol=1e-5)


@pytest.mark.parametrize("implementation", [1, 2])
def test_dropout_alone_shares_a_mask_unless_told(implementation):
    layer = layers.GRU(5, dropout=0.5, seed=7, implementation=implementation)
    layer(X)
    given = drawn(SeedGenerator(7), 0.5, (3, 4), 3)
    given = given if implementation == 1 else given[:1] * 3
    expected = by_hand(layer, X, given, [1] * 3)
    assert np.allclose(layer(X, training=True).numpy(), expected, atol=1e-5)
    assert np.allclose(layer(X).numpy(), by_hand(layer, X, [1] * 3, [1] * 3), atol=1e-5)
    everything = layers.GRU(5, dropout=1.0, recurrent_dropout=1.0)
    assert_same(everything(X), everything(X, training=True), 0)      # Keras's way


@given(cut=st.integers(1, 5), units=st.integers(1, 6), after=st.booleans())
def test_a_sequence_in_two_parts_ends_as_the_whole(cut, units, after):
    layer = layers.GRU(units, return_state=True, reset_after=after)
    _, h = layer(X[:, :cut])
    assert_same(layer(X), layer(X[:, cut:], initial_state=h), 1e-6)


@pytest.mark.parametrize("name", ["GRU", "GRUCell"])
def test_the_config_is_keras_s(name):
    how = {"units": 3, "dropout": 0.1, "seed": 4, "kernel_regularizer": "l2", "name": "memory",
           "recurrent_constraint": "unit_norm", "activation": "relu", "reset_after": False}
    how |= {"return_state": True, "go_backwards": True} if name == "GRU" else {}
    theirs, mine = (getattr(each, name)(**how) for each in (real_keras().layers, layers))
    assert_same_config(theirs, mine)


def test_names_and_kinds():
    layer = layers.GRU(2, name="memory")
    layer(X)
    assert isinstance(layer, layers.RNN)
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("memory/gru_cell/kernel", (4, 6)), ("memory/gru_cell/recurrent_kernel", (2, 6)),
        ("memory/gru_cell/bias", (2, 6))]
    assert layer.compute_output_shape((3, 6, 4)) == (3, 2)


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.GRU(0), ArgumentError, "GRU's units must be a whole number at least 1"),
    (lambda: layers.GRUCell(None), KindError, "GRUCell's units must be a whole number"),
    (lambda: layers.GRU(2, recurrent_dropout=1.5), ArgumentError, "at least 0 and at most 1"),
    (lambda: layers.GRU(2, use_cudnn="yes"), ArgumentError, "use_cudnn must be one of"),
    (lambda: layers.GRU(2, implementation=3), ArgumentError, "implementation must be one of 1, 2"),
    (lambda: layers.GRU(2, reset_befor=True), KindError, "no argument 'reset_befor'"),
    (lambda: layers.GRU(2)(np.ones((3, 4))), ShapeError, "needs 3 axes"),
    (lambda: layers.GRU(5, unroll=True)(ours.Input((None, 4))), ShapeError,
     r"known number of steps, but got shape \(None, None, 4\)"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


@pytest.mark.parametrize("body", [
    lambda x: layers.GRU(2, return_sequences=True, go_backwards=True)(layers.Masking()(x)),
    lambda x: layers.GRU(2, reset_after=False, dropout=0.3, recurrent_dropout=0.3, seed=1)(x),
    lambda x: layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(1)])(x)],
    ids=["after", "before", "stacked"])
def test_gradients_in_float64(body):
    assert_right_gradients(body)


@pytest.mark.parametrize("reset_after", [True, False])
def test_both_engines_train_alike(reset_after, monkeypatch):
    assert_engines_train_alike(lambda x: layers.GRU(3, reset_after=reset_after, dropout=0.2)(
        layers.Masking()(layers.ReLU()(layers.Reshape((4, 1))(x)))), monkeypatch)
