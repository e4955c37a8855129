"""Bidirectional beside Keras's: merges, masks, states, own ways back, files, gradients."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.layers.recurrence import (
    MASK,
    RNG,
    START,
    WEIGHTS,
    WORDS,
    X,
    assert_engines_train_alike,
    assert_right_gradients,
    assert_same,
    pair_of,
    paths,
    train_across_files,
)
from tests.parity.oracle import keras_marks, real_keras

pytestmark = keras_marks

KINDS = ("LSTM", "GRU", "SimpleRNN")
MERGES = ("concat", "sum", "mul", "ave", None)
ALL = list(itertools.product(KINDS, MERGES, [False, True], [False, True], [False, True]))
USUAL = [("LSTM", "concat", False, True, False), ("LSTM", None, True, True, True),
         ("GRU", "sum", True, True, True), ("SimpleRNN", "mul", True, False, True),
         ("SimpleRNN", "ave", False, False, True)]


@pytest.mark.parametrize("kind, merge, sequences, states, masked", [
    *USUAL, *(pytest.param(*each, marks=pytest.mark.deep) for each in ALL if each not in USUAL)])
def test_two_directions_are_those_of_keras(kind, merge, sequences, states, masked):
    theirs, mine = pair_of(lambda k: k.Bidirectional(
        getattr(k, kind)(5, return_sequences=sequences, return_state=states), merge), 3, 6, 4)
    assert paths(mine) == paths(theirs)
    start = (START if kind == "LSTM" else START[:1]) * 2
    told = {"mask": MASK, "initial_state": start} if masked else {}
    y, z = theirs(X, **told), mine(X, **told)
    assert type(y) is type(z) or merge is not None
    assert_same(y, z)


def test_in_float64():
    theirs, mine = pair_of(lambda k: k.Bidirectional(k.GRU(
        5, activation="relu", dtype="float64"), dtype="float64"), 3, 6, 4)
    assert_same(theirs(X.astype("float64"), mask=MASK), mine(X.astype("float64"), mask=MASK), 1e-10)


def other_way(k: Any) -> Any:
    return k.Bidirectional(k.LSTM(5, return_sequences=True, name="there"), "sum",
                           backward_layer=k.GRU(5, go_backwards=True, return_sequences=True,
                                                activation="relu", name="back"))


def test_the_way_back_may_be_another_layer():
    theirs, mine = pair_of(other_way, 3, 6, 4)
    assert paths(mine) == paths(theirs)
    assert_same(theirs(X, mask=MASK), mine(X, mask=MASK))
    assert mine.backward_layer.name == "back"
    assert (mine(X, mask=MASK)._keras_mask.numpy() == MASK).all()
    swapped = layers.Bidirectional(layers.GRU(5, go_backwards=True), None,
                                   backward_layer=layers.GRU(5))
    back, there = swapped(X)
    assert_same(swapped.forward_layer(X), back, 0)
    assert_same(swapped.backward_layer(X), there, 0)


def reader(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((6,), dtype="int32"), la.Embedding(10, 4, mask_zero=True),
        la.Bidirectional(la.LSTM(3, return_sequences=True, kernel_regularizer="l2"),
                         activity_regularizer="l2"),
        la.Bidirectional(la.SimpleRNN(3), merge_mode="ave"), la.Dense(1, "sigmoid")])


@pytest.mark.deep
def test_five_steps_on_weighed_words_with_padding_across_files(tmp_path):
    train_across_files(reader, lambda k: {"optimizer": k.optimizers.Adam(0.01),
                                          "loss": "binary_crossentropy"},
                       WORDS, np.array([[0.0], [1.0], [1.0], [0.0]]), tmp_path,
                       sample_weight=WEIGHTS)


def graph(k: Any) -> Any:
    """Both outputs apart, states that start the next layer, and an unknown number of steps."""
    la = k.layers
    x = k.Input((None, 4))
    y, z, *states = la.Bidirectional(la.GRU(3, return_sequences=True, return_state=True),
                                     merge_mode=None)(x)
    again = la.Bidirectional(la.GRU(3, return_sequences=True),
                             backward_layer=la.GRU(3, reset_after=False, go_backwards=True,
                                                   return_sequences=True))
    return k.Model(x, la.Dense(2)(again(la.Concatenate()([y, z]), initial_state=states)))


@pytest.mark.deep
def test_a_graph_of_both_directions_across_files(tmp_path):
    theirs, mine = train_across_files(graph, lambda k: {"optimizer": "sgd", "loss": "mse"},
                                      X, X[..., :2], tmp_path)
    assert mine.output_shape == theirs.output_shape == (None, None, 2)
    assert_same(mine(X), mine.predict(X, verbose=0), 1e-6)


def test_a_stateful_layer_goes_on_where_it_ended(tmp_path):
    theirs, mine = pair_of(lambda k: k.Bidirectional(k.LSTM(5, stateful=True)), 3, 6, 4)
    theirs.reset_state()
    mine.reset_state()
    for _ in range(2):
        assert_same(theirs(X), mine(X))
    assert_same(theirs.states, mine.states)
    mine.reset_states()
    assert all((state.numpy() == 0).all() for state in mine.states)
    model = ours.Sequential([ours.Input((6, 4), batch_size=3),
                             layers.Bidirectional(layers.GRU(2, stateful=True))])
    eager = [model(X).numpy() for _ in range(2)]
    model.layers[0].reset_state()
    for expected in eager:
        assert_same(expected, model.predict(X, batch_size=3, verbose=0), 1e-6)
    model.save(tmp_path / "model.keras")
    assert_same(eager[0], real_keras().models.load_model(tmp_path / "model.keras")(X))
    assert_same(eager[0], ours.models.load_model(tmp_path / "model.keras")(X), 1e-6)
    assert layers.Bidirectional(layers.GRU(2)).states is None


def test_own_cells_and_functions_need_no_registering():
    def halved(x):
        return x * 0.5

    class Adder(layers.Layer):
        state_size = 4

        def call(self, inputs, states):
            return states[0] + inputs, [states[0] + inputs]

    both = layers.Bidirectional(layers.RNN(Adder(), return_sequences=True), merge_mode=None)
    there, back = both(X)
    assert np.allclose(there.numpy(), np.cumsum(X, 1), atol=1e-5)
    assert np.allclose(back.numpy(), np.cumsum(X[:, ::-1], 1)[:, ::-1], atol=1e-5)
    plain = layers.Bidirectional(layers.SimpleRNN(2, activation=halved))
    assert plain.forward_layer.cell.activation is plain.backward_layer.cell.activation is halved
    assert np.isfinite(plain(X).numpy()).all()


@given(merge=st.sampled_from(["concat", "sum", "mul", "ave"]), units=st.integers(1, 4))
def test_a_mirrored_sequence_gives_the_mirrored_output_with_the_ways_exchanged(merge, units):
    both = layers.Bidirectional(layers.GRU(units, return_sequences=True), merge)
    y = both(X).numpy()
    weights = both.get_weights()
    both.set_weights(weights[len(weights) // 2:] + weights[:len(weights) // 2])
    z = both(X[:, ::-1]).numpy()[:, ::-1]
    z = np.concatenate([z[..., units:], z[..., :units]], -1) if merge == "concat" else z
    assert np.allclose(y, z, atol=1e-6)


def test_first_weights():
    rng = np.random.default_rng(1)
    first = [rng.normal(size=shape).astype("float32") for shape in
             [(4, 5), (5, 5), (5,), (4, 5), (5, 5), (5,)]]
    both = layers.Bidirectional(layers.SimpleRNN(5), weights=first)
    both(X)
    assert all((a == b).all() for a, b in zip(first, both.get_weights(), strict=True))
    assert "weights" not in both.get_config()


def written(config: Any) -> Any:
    """A config without what Keras notes of layers that are built, and without empty penalties."""
    if not isinstance(config, dict):
        return config
    return {key: written(value) for key, value in config.items()
            if key not in ("build_config", "activity_regularizer") and (key, value) != (
                "seed", None)}


@pytest.mark.parametrize("make", [
    lambda k: k.Bidirectional(k.LSTM(3, return_sequences=True, name="memory"), name="both"),
    lambda k: k.Bidirectional(k.RNN(k.GRUCell(3, name="cell"), name="any"), None, name="both"),
    lambda k: k.Bidirectional(k.SimpleRNN(3, name="there"), "mul", name="both",
                              backward_layer=k.GRU(3, go_backwards=True, name="back"))],
    ids=["LSTM", "cell", "two kinds"])
def test_the_config_is_keras_s(make):
    theirs, mine = make(real_keras().layers), make(layers)
    config = mine.get_config()
    assert written(config) == written(theirs.get_config())
    assert type(mine).from_config(config).get_config() == config
    assert written(type(mine).from_config(theirs.get_config()).get_config()) == written(config)
    assert written(type(theirs).from_config(config).get_config()) == written(config)


def test_freezing_and_penalties_reach_both_directions():
    both = layers.Bidirectional(layers.LSTM(2, kernel_regularizer="l2"))
    both(X)
    assert len(both.losses) == 2
    assert len(both.trainable_weights) == 6
    both.trainable = False
    assert not both.trainable_weights
    assert both.compute_output_shape((3, 6, 4)) == (3, 4)


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.Bidirectional(5), ArgumentError, "layer must be a layer, but got 5"),
    (lambda: layers.Bidirectional(layers.LSTM), ArgumentError, r"the class LSTM.*LSTM\(\.\.\.\)"),
    (lambda: layers.Bidirectional(layers.Dense(2)), ArgumentError,
     'needs a recurrent layer, but got Dense "dense" without go_backwards, stateful'),
    (lambda: layers.Bidirectional(layers.LSTM(2), backward_layer="x"), ArgumentError,
     "backward_layer must be a layer"),
    (lambda: layers.Bidirectional(layers.LSTM(2), "max"), ArgumentError, "merge_mode must be one"),
    (lambda: layers.Bidirectional(layers.LSTM(2), backward_layer=layers.LSTM(2)), ArgumentError,
     "different directions, but got go_backwards=False in both"),
    (lambda: layers.Bidirectional(layers.LSTM(2), backward_layer=layers.LSTM(
        2, go_backwards=True, return_sequences=True)), ArgumentError,
     "the same return_sequences, but got False and True"),
    (lambda: layers.Bidirectional(layers.LSTM(2), merge="sum"), KindError, "no argument 'merge'"),
    (lambda: layers.Bidirectional(), KindError, "Bidirectional needs layer"),
    (lambda: layers.Bidirectional(layers.LSTM(2))(X[0]), ShapeError, "needs 3 axes"),
    (lambda: layers.Bidirectional(layers.LSTM(2)).reset_state(), ArgumentError, "stateful=True"),
    (lambda: layers.Bidirectional(layers.LSTM(5))(X, initial_state=START), ArgumentError,
     "2 initial states, but got 1|got 1"),
    (lambda: layers.Bidirectional(layers.GRU(5, unroll=True))(ours.Input((None, 4))), ShapeError,
     "known number of steps"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


@pytest.mark.deep
@pytest.mark.parametrize("body", [
    lambda x: layers.Bidirectional(layers.GRU(1, return_sequences=True))(layers.Masking()(x)),
    lambda x: layers.Bidirectional(layers.SimpleRNN(2, dropout=0.3, seed=2), "mul")(x)],
    ids=["masked", "product"])
def test_gradients_in_float64(body):
    assert_right_gradients(body)


def test_both_engines_train_alike(monkeypatch):
    assert_engines_train_alike(lambda x: layers.Bidirectional(
        layers.GRU(2, return_sequences=True, dropout=0.2))(layers.Masking()(
            layers.ReLU()(layers.Reshape((4, 1))(x)))), monkeypatch)


def test_random_masks_of_both_directions_differ():
    both = layers.Bidirectional(layers.SimpleRNN(4, dropout=0.5, activation=None), None)
    x = RNG.normal(size=(3, 1, 40)).astype("float32")
    both(x)
    both.set_weights(both.get_weights()[:3] * 2)
    there, back = both(x, training=True)
    assert np.abs(there.numpy() - back.numpy()).max() > 1e-3
    assert_same(*both(x), 1e-6)                          # one step: nothing else is different
