"""SimpleRNN beside Keras's: values, masks, training, files, dropout, configs, gradients."""

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
    {}, {"return_sequences": True, "return_state": True, "go_backwards": True},
    {"unroll": True, "return_state": True, "use_bias": False},
    {"return_sequences": True, "zero_output_for_mask": True, "activation": "relu"}]


@pytest.mark.parametrize("masked", [pytest.param(False, marks=pytest.mark.deep), True],
                         ids=["plain", "masked"])
@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: "-".join(each) or "usual")
def test_a_simple_rnn_computes_what_keras_computes(options, masked):
    theirs, mine = pair_of(lambda k: k.SimpleRNN(5, **options), 3, 6, 4)
    assert [w.name for w in mine.weights] == [w.name for w in theirs.weights]
    told: dict[str, Any] = {"mask": MASK} if masked else {}
    if masked and not options.get("unroll"):         # there Keras's first output would be 0
        told["initial_state"] = START[:1]
    assert_same(theirs(X, **told), mine(X, **told))


def test_in_float64():
    """(With another activation than Keras's tanh, whose result is float32.)"""
    theirs, mine = pair_of(lambda k: k.SimpleRNN(5, activation="relu", return_sequences=True,
                                                 dtype="float64"), 3, 6, 4)
    assert_same(theirs(X.astype("float64"), mask=MASK), mine(X.astype("float64"), mask=MASK), 1e-10)


def reader(k: Any) -> Any:
    return k.Sequential([
        k.Input((6,), dtype="int32"), k.layers.Embedding(10, 4, mask_zero=True),
        k.layers.SimpleRNN(5, return_sequences=True, kernel_regularizer="l2"),
        k.layers.SimpleRNN(3, recurrent_constraint="unit_norm", go_backwards=True),
        k.layers.Dense(1, "sigmoid")])


def test_five_steps_on_weighed_words_with_padding_across_files(tmp_path):
    train_across_files(reader, lambda k: {"optimizer": k.optimizers.Adam(0.01),
                                          "loss": "binary_crossentropy"},
                       WORDS, np.array([[0.0], [1.0], [1.0], [0.0]]), tmp_path,
                       sample_weight=WEIGHTS)


def test_a_penalty_on_the_output_counts():
    """(Keras takes this one and forgets it.)"""
    layer = layers.SimpleRNN(2, activity_regularizer="l1")
    y = layer(X).numpy()
    assert float(layer.losses[0]) == pytest.approx(0.01 * np.abs(y).sum() / 3, rel=1e-5)


def test_a_stateful_layer_goes_on_where_it_ended():
    theirs, mine = pair_of(lambda k: k.SimpleRNN(5, stateful=True, return_state=True), 3, 6, 4)
    theirs.reset_state()
    mine.reset_state()
    for _ in range(2):
        assert_same(theirs(X), mine(X))
    assert_same(theirs.states, mine.states)


def test_a_cell_by_itself():
    theirs, mine = real_keras().layers.SimpleRNNCell(5), layers.SimpleRNNCell(5)
    theirs(X[:, 0], START[:1])
    mine(X[:, 0], START[:1])
    mine.set_weights(theirs.get_weights())
    (y, (h,)), (z, (i,)) = theirs(X[:, 0], START[:1]), mine(X[:, 0], START[:1])
    assert_same([y, h], [z, i])
    assert_same(theirs(X[:, 0], START[0]), mine(X[:, 0], START[0]))      # a state without a list
    assert_same(theirs.get_initial_state(2), mine.get_initial_state(2), 0)
    assert (theirs.state_size, theirs.output_size) == (mine.state_size, mine.output_size) == (5, 5)
    layer = layers.RNN(mine, return_state=True)
    assert_same(real_keras().layers.RNN(theirs, return_state=True)(X, mask=MASK),
                layer(X, mask=MASK))


def by_hand(layer: Any, x: Any, given: Any, kept: Any) -> np.ndarray:
    W, U, b = layer.get_weights()
    h = np.zeros((len(x), layer.units))
    for t in range(x.shape[1]):
        h = np.tanh((x[:, t] * given) @ W + (h * kept) @ U + b)
    return h


def test_dropout_leaves_out_the_same_at_all_steps():
    layer = layers.SimpleRNN(5, dropout=0.5, recurrent_dropout=0.25, seed=7)
    layer(X)
    seeds = SeedGenerator(7)
    given, kept = (dropout(np.ones(shape, "float32"), rate, seed=seeds).numpy()
                   for shape, rate in (((3, 4), 0.5), ((3, 5), 0.25)))
    expected = by_hand(layer, X, given, kept)
    assert np.allclose(layer(X, training=True).numpy(), expected, atol=1e-5)
    assert not np.allclose(layer(X, training=True).numpy(), expected, atol=1e-2)   # drawn anew
    assert np.allclose(layer(X).numpy(), by_hand(layer, X, 1, 1), atol=1e-5)


@pytest.mark.parametrize("rates", [{"dropout": 1.0}, {"recurrent_dropout": 1.0}], ids=str)
def test_dropout_of_everything_is_that_of_keras(rates):
    theirs, mine = pair_of(lambda k: k.SimpleRNN(5, **rates), 3, 6, 4)
    assert_same(theirs(X, training=True), mine(X, training=True))
    assert np.abs(mine(X, training=True).numpy() - mine(X).numpy()).max() > 1e-3


@given(cut=st.integers(1, 5), units=st.integers(1, 6), seed=st.integers(0, 99))
def test_a_sequence_in_two_parts_ends_as_the_whole(cut, units, seed):
    layer = layers.SimpleRNN(units, return_state=True, seed=seed)
    x = np.random.default_rng(seed).normal(size=(2, 6, 3)).astype("float32")
    _, h = layer(x[:, :cut])
    assert_same(layer(x), layer(x[:, cut:], initial_state=h), 1e-6)


@pytest.mark.parametrize("name", ["SimpleRNN", "SimpleRNNCell"])
def test_the_config_is_keras_s(name):
    """But for the seed of the layer, which Keras forgets to write (and reads)."""
    how = {"units": 3, "dropout": 0.1, "kernel_regularizer": "l2", "activation": "relu",
           "recurrent_constraint": "unit_norm", "name": "memory"}
    how |= {"return_state": True, "go_backwards": True} if name == "SimpleRNN" else {"seed": 4}
    theirs, mine = (getattr(k.layers, name)(**how) for k in (real_keras(), ours))
    assert_same_config(theirs, mine, frozenset({"seed"} if name == "SimpleRNN" else ()))
    kept = layers.SimpleRNN(3, dropout=0.5, seed=4)
    assert layers.SimpleRNN.from_config(kept.get_config()).cell.seed == 4



def test_names_and_kinds():
    layer = layers.SimpleRNN(2, name="memory", trainable=False)
    layer(X)
    assert isinstance(layer, layers.RNN)
    assert [w.path for w in layer.weights] == [
        f"memory/simple_rnn_cell/{name}" for name in ("kernel", "recurrent_kernel", "bias")]
    assert not layer.trainable_weights
    assert layer.compute_output_shape((3, 6, 4)) == (3, 2)


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.SimpleRNN(0), ArgumentError, "units must be a whole number at least 1"),
    (lambda: layers.SimpleRNN("5"), KindError, "a whole number at least 1, but got '5'"),
    (lambda: layers.SimpleRNNCell(2, dropout=-0.1), ArgumentError, "dropout must be at least 0"),
    (lambda: layers.SimpleRNN(2, recurent_dropout=0.1), KindError,
     "no argument 'recurent_dropout'.*recurrent_dropout"),
    (lambda: layers.SimpleRNN(2)(np.ones((3, 4))), ShapeError, "needs 3 axes"),
    (lambda: layers.SimpleRNN(5)(X, initial_state=START), ArgumentError, "1 initial state"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_gradients_in_float64():
    assert_right_gradients(lambda x: layers.SimpleRNN(2, return_sequences=True, dropout=0.3,
                                                      recurrent_dropout=0.3, seed=1)(
        layers.Masking()(x)))


def test_both_engines_train_alike(monkeypatch):
    assert_engines_train_alike(lambda x: layers.SimpleRNN(3, return_sequences=True, unroll=False)(
        layers.Masking()(layers.ReLU()(layers.Reshape((4, 1))(x)))), monkeypatch)
