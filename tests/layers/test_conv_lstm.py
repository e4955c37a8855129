"""Convolutional LSTMs beside Keras's: every rank and format, masks, training, files, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.layers.conv_lstm import ConvLSTMCell
from pellucid.random import SeedGenerator, dropout
from tests.layers.recurrence import (
    MASK,
    WEIGHTS,
    assert_engines_train_alike,
    assert_right_gradients,
    assert_same,
    assert_same_config,
    pair_of,
    paths,
    train_across_files,
)
from tests.parity.oracle import keras_marks, real_keras

pytestmark = keras_marks

RNG = np.random.default_rng(12)
SPACE = {1: (7,), 2: (5, 6), 3: (4, 3, 4)}
LAST, FIRST = "channels_last", "channels_first"
CASES: list[tuple[int, str, dict[str, Any]]] = [
    (2, FIRST, {"strides": (1, 2), "padding": "same", "go_backwards": True}),
    (3, LAST, {"kernel_size": (2, 3, 1), "activation": "relu", "return_sequences": True})]
MORE: list[tuple[int, str, dict[str, Any]]] = [
    (rank, order, options) for rank in (1, 2, 3) for order in (LAST, FIRST) for options in (
        {}, {"strides": 2, "return_state": True}, {"strides": 2, "padding": "same"},
        {"dilation_rate": 2, "kernel_size": 2},
        {"go_backwards": True, "return_sequences": True, "return_state": True},
        {"unroll": True, "padding": "same"}, {"use_bias": False})]


def films(rank: int, order: str = LAST, batch: int = 3, steps: int = 4) -> np.ndarray:
    x = RNG.normal(size=(batch, steps, *SPACE[rank], 2)).astype("float32")
    return np.moveaxis(x, -1, 2) if order == FIRST else x


def layer_of(k: Any, rank: int, order: str = LAST, **options: Any) -> Any:
    options = {"filters": 3, "kernel_size": 3, "data_format": order, **options}
    return getattr(k, f"ConvLSTM{rank}D")(**options)


@pytest.mark.deep
@pytest.mark.parametrize("rank, order, options", [
    *CASES, *(pytest.param(*each, marks=pytest.mark.deep) for each in MORE)], ids=str)
def test_a_convolutional_lstm_computes_what_keras_computes(rank, order, options):
    x = films(rank, order)
    theirs, mine = pair_of(lambda k: layer_of(k, rank, order, **options), *x.shape)
    assert paths(mine) == paths(theirs)
    y = mine(x)
    assert_same(theirs(x), y)
    assert np.abs((y[0] if isinstance(y, tuple) else y).numpy()).max() > 1e-2
    shapes = mine.compute_output_shape(x.shape)
    assert shapes == theirs.compute_output_shape(x.shape)


def test_states_that_are_given_and_float64():
    x = films(1).astype("float64")
    theirs, mine = pair_of(lambda k: layer_of(k, 1, activation="relu", return_state=True,
                                              dtype="float64"), *x.shape)
    start = [RNG.normal(size=(3, 5, 3)) for _ in range(2)]
    assert_same(theirs(x, initial_state=start), mine(x, initial_state=start), 1e-10)


@pytest.mark.parametrize("how", [{"return_sequences": True}, pytest.param(
    {"go_backwards": True}, marks=pytest.mark.deep)], ids=str)
def test_a_masked_step_leaves_the_state_as_it_is(how):
    """Keras has masks right only where all steps are written out; the first there is never 0."""
    mask = MASK[:2, :4] | (np.arange(4) == 0) | (np.arange(4) == 3)
    x = films(2, batch=2)
    theirs, mine = pair_of(lambda k: layer_of(k, 2, return_state=True, unroll=True, **how),
                           *x.shape)
    expected = theirs(x, mask=real_keras().ops.convert_to_tensor(mask))
    assert_same(expected, mine(x, mask=mask))
    looped = layer_of(layers, 2, return_state=True, **how)
    looped(x)
    looped.set_weights(mine.get_weights())
    assert_same(expected, looped(x, mask=mask))
    zeroed = layer_of(layers, 2, return_sequences=True, zero_output_for_mask=True)
    y = zeroed(x, mask=mask)
    assert (y.numpy()[~mask] == 0).all()
    assert (y._keras_mask.numpy() == mask).all()


def model_of(k: Any) -> Any:
    la = k.layers
    return k.Sequential([
        k.Input((None, 5, 6, 2)),
        la.ConvLSTM2D(3, 3, padding="same", return_sequences=True, kernel_regularizer="l2"),
        la.ConvLSTM2D(2, (2, 3), strides=2, recurrent_constraint="unit_norm",
                      recurrent_activation="hard_sigmoid"), la.Flatten(), la.Dense(1)])


@pytest.mark.deep
def test_five_steps_on_weighed_films_across_files(tmp_path):
    x = films(2, batch=4)
    theirs, mine = train_across_files(
        model_of, lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": "mse"}, x,
        x[:, 0, 0, 0, :1], tmp_path, sample_weight=WEIGHTS)
    assert [layer.output.shape for layer in mine.layers] == [
        layer.output.shape for layer in theirs.layers]
    assert_same(mine(x), mine.predict(x, verbose=0), 1e-6)


def masked(k: Any) -> Any:
    """A mask that is an input of the model; Keras has it right only unrolled."""
    la = k.layers
    rows, mask = k.Input((3, 7, 2)), k.Input((3,), dtype="bool")
    h = la.ConvLSTM1D(2, 3, unroll=True, strides=2)(rows, mask=mask)
    return k.Model([rows, mask], la.Dense(1)(la.Flatten()(h)))


@pytest.mark.deep
def test_five_steps_with_masks_across_files(tmp_path):
    x, mask = films(1, steps=3), MASK[:, :3] | (np.arange(3) == 0)
    train_across_files(masked, lambda k: {"optimizer": k.optimizers.SGD(0.1), "loss": "mse"},
                       [x, mask], x[:, 0, 0, :1], tmp_path, sample_weight=WEIGHTS[:3])


def test_a_stateful_layer_goes_on_where_it_ended(tmp_path):
    x = films(1)
    theirs, mine = pair_of(lambda k: layer_of(k, 1, stateful=True), *x.shape)
    theirs.reset_state()
    mine.reset_state()
    for _ in range(2):
        assert_same(theirs(x), mine(x))
    assert_same(theirs.states, mine.states)
    model = ours.Sequential([ours.Input(x.shape[1:], batch_size=3),
                             layer_of(layers, 1, stateful=True)])
    eager = [model(x).numpy() for _ in range(2)]
    model.layers[0].reset_state()
    for expected in eager:
        assert_same(expected, model.predict(x, batch_size=3, verbose=0), 1e-6)
    model.save(tmp_path / "model.keras")
    assert_same(eager[0], real_keras().models.load_model(tmp_path / "model.keras")(x))


def test_dropout_is_one_image_of_zeros_for_each_gate():
    x = films(2)
    layer = layer_of(layers, 2, dropout=0.5, recurrent_dropout=0.25, seed=3, return_state=True)
    layer(x)
    W, U, b = (np.split(w, 4, -1) for w in layer.get_weights())
    seeds = SeedGenerator(3)
    given, kept = ([dropout(np.ones(shape, "float32"), rate, seed=seeds).numpy() for _ in range(4)]
                   for shape, rate in (((3, 5, 6, 2), 0.5), ((3, 3, 4, 3), 0.25)))
    h = c = np.zeros((3, 3, 4, 3))
    for t in range(4):
        i, f, g, o = (conv(x[:, t] * given[k], W[k]) + conv(np.pad(
            h * kept[k], ((0, 0), (1, 1), (1, 1), (0, 0))), U[k]) + b[k] for k in range(4))
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    _, mine, memory = layer(x, training=True)
    assert np.allclose(mine.numpy(), h, atol=1e-5)
    assert np.allclose(memory.numpy(), c, atol=1e-5)


def conv(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    seen = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[:2], (1, 2))
    return np.einsum("nhwcij,ijcf->nhwf", seen, kernel)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


@given(n=st.integers(1, 5), size=st.integers(1, 3), seed=st.integers(0, 9))
def test_with_a_window_of_one_cell_every_place_is_an_lstm_of_its_own(n, size, seed):
    x = np.random.default_rng(seed).normal(size=(2, 3, n, size)).astype("float32")
    images, rows = layers.ConvLSTM1D(2, 1), layers.LSTM(2)
    y = images(x).numpy()
    rows(x[:, :, 0])
    rows.set_weights([w.reshape(w.shape[-2:]) if w.ndim == 3 else w for w in images.get_weights()])
    for place in range(n):
        assert np.allclose(y[:, place], rows(x[:, :, place]).numpy(), atol=1e-5)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_config_is_keras_s(rank):
    how = {"filters": 3, "kernel_size": 2, "strides": 2, "padding": "same", "name": "memory",
           "data_format": "channels_first", "dropout": 0.1, "recurrent_dropout": 0.2, "seed": 4,
           "kernel_regularizer": "l2", "return_state": True, "unit_forget_bias": False}
    theirs, mine = (getattr(k.layers, f"ConvLSTM{rank}D")(**how) for k in (real_keras(), ours))
    assert_same_config(theirs, mine)
    cell = mine.cell.get_config()
    assert set(cell) == set(theirs.cell.get_config()) | {"rank"}
    assert ConvLSTMCell.from_config(cell).get_config() == cell


def test_names_kinds_and_first_weights():
    layer = layers.ConvLSTM2D(2, 3, name="memory")
    layer(films(2))
    assert isinstance(layer, layers.RNN)
    assert [(w.path, w.shape) for w in layer.weights] == [
        ("memory/conv_lstm_cell/kernel", (3, 3, 2, 8)),
        ("memory/conv_lstm_cell/recurrent_kernel", (3, 3, 2, 8)),
        ("memory/conv_lstm_cell/bias", (8,))]
    assert layer.weights[2].numpy().tolist() == [0, 0, 1, 1, 0, 0, 0, 0]


def test_a_cell_by_itself_in_a_graph():
    x, h, c = (ours.Input(shape) for shape in ((4, 4, 1), (3, 3, 2), (3, 3, 2)))
    y, states = ConvLSTMCell(2, 2, rank=2)(x, [h, c])
    assert [each.shape for each in (y, *states)] == [(None, 3, 3, 2)] * 3


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.ConvLSTM2D(0, 3), ArgumentError, "filters must be a whole number at least 1"),
    (lambda: layers.ConvLSTM2D(2, (3, 3, 3)), ArgumentError,
     "kernel_size must be a whole number or 2 of them"),
    (lambda: layers.ConvLSTM1D(2, 3, strides=0), ArgumentError,
     "strides must be a whole number, at least 1"),
    (lambda: layers.ConvLSTM2D(2, 3, padding="causal"), ArgumentError, "padding must be one of"),
    (lambda: layers.ConvLSTM2D(2, 3, data_format="last"), ArgumentError, "data_format must be one"),
    (lambda: layers.ConvLSTM2D(2, 3, strides=2, dilation_rate=2), ArgumentError,
     "strides or a dilation_rate above 1, not both"),
    (lambda: layers.ConvLSTM2D(2, 3, dropout=2), ArgumentError, "dropout must be at least 0"),
    (lambda: layers.ConvLSTM2D(2), KindError, "needs kernel_size"),
    (lambda: layers.ConvLSTM2D(2, 3, filter=1), KindError, "no argument 'filter'.*filters"),
    (lambda: layers.ConvLSTM2D(2, 3)(films(1)), ShapeError, "needs 5 axes"),
    (lambda: layers.ConvLSTM2D(2, 6)(films(2)), ShapeError, "at least 6 cells"),
    (lambda: layers.ConvLSTM2D(2, 3)(ours.Input((None, None, 6, 2))), ShapeError,
     "a known number of places"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_a_layer_knows_the_images_it_was_built_for():
    layer = layers.ConvLSTM2D(2, 3)
    layer(films(2))
    layer(films(2, batch=2, steps=3))
    with pytest.raises(ShapeError, match=r'ConvLSTM2D "conv.*needs shape \(None, None, 5, 6, 2\)'):
        layer(films(2)[:, :, :4])


@pytest.mark.deep
@pytest.mark.parametrize("rank, how", [
    (1, {"strides": 2, "go_backwards": True, "return_sequences": True}),
    (1, {"kernel_size": 2, "dropout": 0.3, "recurrent_dropout": 0.3, "seed": 1})], ids=str)
def test_gradients_in_float64(rank, how):
    assert_right_gradients(lambda x: layer_of(layers, rank, filters=1, **how)(x),
                           films(rank, batch=2, steps=2).astype("float64"))


def test_both_engines_train_alike(monkeypatch):
    assert_engines_train_alike(lambda x: layers.ConvLSTM2D(2, 2, padding="same", dropout=0.2)(
        layers.Reshape((2, 2, 2, 1))(layers.Dense(8)(x))), monkeypatch)
