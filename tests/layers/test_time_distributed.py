"""TimeDistributed beside Keras's: layers of every kind at every step, masks, files, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from tests.layers.recurrence import (
    MASK,
    RNG,
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

FILM = RNG.normal(size=(3, 4, 6, 5, 2)).astype("float32")
CLIPS = RNG.normal(size=(3, 2, 5, 4)).astype("float32")
CLIP_MASK = np.array([[[1, 1, 1, 1, 1], [1, 1, 0, 1, 0]], [[1, 0, 1, 1, 0], [0, 0, 0, 0, 0]],
                      [[0, 1, 1, 1, 1], [1, 0, 0, 0, 0]]], bool)


@pytest.mark.parametrize("make, x", [
    (lambda k: k.TimeDistributed(k.Dense(5, activation="tanh")), X),
    (lambda k: k.TimeDistributed(k.Conv2D(3, 3, padding="same")), FILM),
    (lambda k: k.TimeDistributed(k.TimeDistributed(k.Dense(2))), CLIPS),
    (lambda k: k.TimeDistributed(k.Flatten()), FILM),
    pytest.param(lambda k: k.TimeDistributed(k.Conv2D(2, 2, data_format="channels_first")),
                 np.moveaxis(FILM, -1, 2), marks=pytest.mark.deep),
    pytest.param(lambda k: k.TimeDistributed(k.LSTM(3, go_backwards=True)), CLIPS,
                 marks=pytest.mark.deep),
    pytest.param(lambda k: k.TimeDistributed(k.Bidirectional(k.GRU(2, return_sequences=True))),
                 CLIPS, marks=pytest.mark.deep)],
    ids=["Dense", "Conv2D", "twice", "Flatten", "first", "LSTM", "Bidirectional"])
def test_each_step_is_what_keras_makes_of_it(make, x):
    theirs, mine = pair_of(make, *x.shape)
    assert paths(mine) == paths(theirs)
    assert_same(theirs(x), mine(x))
    assert mine.compute_output_shape(x.shape) == tuple(theirs.compute_output_shape(x.shape))
    steps = [mine.layer(x[:, t]).numpy() for t in range(x.shape[1])]
    assert_same(np.stack(steps, 1), mine(x), 1e-6)


def test_in_float64():
    theirs, mine = pair_of(lambda k: k.TimeDistributed(k.Dense(5, dtype="float64"),
                                                       dtype="float64"), 3, 6, 4)
    assert_same(theirs(X.astype("float64")), mine(X.astype("float64")), 1e-10)


def test_a_layer_that_knows_masks_is_given_that_of_its_step():
    keras = real_keras()
    theirs, mine = pair_of(lambda k: k.TimeDistributed(k.LSTM(3, zero_output_for_mask=True)),
                           *CLIPS.shape)
    y = mine(CLIPS, mask=CLIP_MASK)
    assert_same(theirs(CLIPS, mask=keras.ops.convert_to_tensor(CLIP_MASK)), y)
    assert_same(mine.layer(CLIPS[:, 1], mask=CLIP_MASK[:, 1]), y[:, 1], 1e-6)
    assert np.abs(y.numpy() - mine(CLIPS).numpy()).max() > 1e-3


def test_the_mask_travels_on():
    for said in ({"mask": MASK}, {}):
        x = layers.Masking()(np.where(MASK[..., None], X, 0)) if not said else X
        y = layers.TimeDistributed(layers.Dense(2))(x, **said)
        assert (y._keras_mask.numpy() == MASK).all()
    assert getattr(layers.TimeDistributed(layers.Dense(2))(X), "_keras_mask", None) is None


@pytest.mark.parametrize("masked", [False, True])
def test_moving_averages_move_at_every_step(masked):
    keras = real_keras()
    theirs, mine = pair_of(lambda k: k.TimeDistributed(k.BatchNormalization(momentum=0.5)),
                           *X.shape)
    for layer in (theirs, mine):
        layer.set_weights([np.abs(w) + 0.1 for w in layer.get_weights()])
    mask = MASK | (np.arange(3) == 0)[:, None]
    told = [{"mask": keras.ops.convert_to_tensor(mask)}, {"mask": mask}] if masked else [{}, {}]
    y, z = (layer(X, training=True, **each)
            for layer, each in zip((theirs, mine), told, strict=True))
    assert_same(y, z, 1e-4)
    assert_same(theirs.get_weights(), mine.get_weights())
    assert_same(theirs(X), mine(X))


def test_what_is_drawn_at_random_is_drawn_anew_at_each_step():
    layer = layers.TimeDistributed(layers.Dropout(0.5, seed=1))
    y = layer(np.ones((2, 5, 40)), training=True).numpy()
    assert set(np.unique(y)) == {0.0, 2.0}
    assert len({y[:, t].tobytes() for t in range(5)}) == 5
    assert (layer(np.ones((2, 5, 40))).numpy() == 1).all()
    model = ours.Sequential([ours.Input((5, 40)), layers.Dense(40), layer])
    before = layer.layer.seed_generator.state.numpy().copy()
    model.compile("sgd", "mse")
    model.train_on_batch(np.ones((2, 5, 40)), np.ones((2, 5, 40)))
    assert (layer.layer.seed_generator.state.numpy() != before).any()


class Penal(layers.Layer):
    """Adds a penalty of its own at each call, and holds a layer that has one as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = layers.Dense(2, kernel_initializer="ones", activity_regularizer="l1")

    def build(self, input_shape: Any) -> None:
        self.inner.build(input_shape)
        self.inner.built = True

    def call(self, inputs: Any) -> Any:
        self.add_loss(ops.sum(inputs))
        return self.inner(inputs)


def test_penalties_of_all_steps_add_up():
    x = np.abs(X)
    layer = layers.TimeDistributed(Penal())
    for run in (layer, layer):                           # of the last call only
        run(x)
        own, inner = sorted(float(each) for each in layer.losses)
        assert own == pytest.approx(0.01 * 2 * x.sum() / 3, rel=1e-5)
        assert inner == pytest.approx(x.sum(), rel=1e-5)
    model = ours.Sequential([ours.Input((6, 4)), layer])
    model.compile("sgd", "mse")
    loss = model.train_on_batch(x, model.predict(x, verbose=0), return_dict=True)["loss"]
    assert loss == pytest.approx(own + inner, rel=1e-5)
    theirs, mine = pair_of(lambda k: k.TimeDistributed(k.Dense(2, activity_regularizer="l1")),
                           3, 6, 4)
    theirs(X), mine(X)
    assert len(theirs.losses) == len(mine.losses) == 0   # Keras's way: it asks call, not __call__


def film(k: Any) -> Any:
    """Frames with a normalization in between, and an unknown number of them."""
    la = k.layers
    x = k.Input((None, 6, 5, 2))
    h = la.TimeDistributed(la.Conv2D(3, 3, kernel_regularizer="l2"))(x)
    h = la.TimeDistributed(la.BatchNormalization())(h)
    h = la.TimeDistributed(k.Sequential([k.Input((4, 3, 3)), la.GlobalAveragePooling2D(),
                                         la.Dense(4, "relu")]), name="frames")(h)
    return k.Model(x, la.Dense(1)(la.LSTM(3)(h)))


@pytest.mark.deep
def test_five_steps_on_weighed_films_across_files(tmp_path):
    theirs, mine = train_across_files(
        film, lambda k: {"optimizer": k.optimizers.SGD(0.05), "loss": "mse"}, FILM,
        FILM[:, 0, 0, 0, :1], tmp_path, sample_weight=np.array([1.0, 0.5, 2.0], "float32"))
    assert mine.layers[1].output.shape == theirs.layers[1].output.shape == (None, None, 4, 3, 3)


def tagger(k: Any) -> Any:
    la = k.layers
    return k.Sequential([k.Input((6, 4)), la.Masking(-1.0), la.GRU(3, return_sequences=True),
                         la.TimeDistributed(la.Dense(2, kernel_constraint="non_neg"))])


@pytest.mark.deep
def test_five_steps_with_masks_and_weights_across_files(tmp_path):
    x = np.where(MASK[..., None], X, np.float32(-1))
    train_across_files(tagger, lambda k: {"optimizer": k.optimizers.Adam(0.01), "loss": "mse"},
                       x, X[..., :2], tmp_path, sample_weight=np.abs(X[..., 3]))


@given(steps=st.integers(1, 5), units=st.integers(1, 4), batch=st.integers(1, 3))
def test_a_dense_layer_needs_no_wrapper(steps, units, batch):
    x = np.random.default_rng(steps).normal(size=(batch, steps, 3)).astype("float32")
    plain, wrapped = layers.Dense(units), layers.TimeDistributed(layers.Dense(units))
    plain(x), wrapped(x)
    wrapped.set_weights(plain.get_weights())
    assert_same(plain(x), wrapped(x), 1e-6)


def test_the_config_is_keras_s():
    theirs, mine = (k.TimeDistributed(k.Dense(3, name="dense"), name="each", trainable=False)
                    for k in (real_keras().layers, layers))
    config, expected = mine.get_config(), theirs.get_config()
    assert set(config) == set(expected)
    assert config["layer"]["class_name"] == expected["layer"]["class_name"]
    assert type(mine).from_config(expected).get_config() == config
    assert type(theirs).from_config({**config}).layer.units == 3
    assert isinstance(mine, layers.Wrapper)


def test_own_wrappers(tmp_path):
    def residual(k: Any) -> Any:
        class Residual(k.layers.Wrapper):
            def call(self, inputs):
                return inputs + self.layer(inputs)
        return Residual
    keras = real_keras()
    theirs, mine = (residual(k)(k.layers.Dense(4, name="dense"), name="r") for k in (keras, ours))
    theirs(X), mine(X)
    mine.set_weights(theirs.get_weights())
    assert_same(theirs(X), mine(X))
    assert paths(mine) == paths(theirs)
    assert set(mine.get_config()) == set(theirs.get_config())
    model = ours.Sequential([ours.Input((6, 4)), mine])
    model.save(tmp_path / "model.keras")
    again = ours.models.load_model(tmp_path / "model.keras",
                                   custom_objects={"Residual": type(mine)})
    assert_same(mine(X), again(X), 1e-6)


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.TimeDistributed("dense"), ArgumentError, "layer must be a layer.*'dense'"),
    (lambda: layers.TimeDistributed(layers.Dense), ArgumentError, "the class Dense.*Dense"),
    (lambda: layers.Wrapper(None), ArgumentError, "Wrapper's layer must be a layer"),
    (lambda: layers.TimeDistributed(), KindError, "TimeDistributed needs layer"),
    (lambda: layers.TimeDistributed(layers.Dense(2), steps=2), KindError, "no argument 'steps'"),
    (lambda: layers.TimeDistributed(layers.Dense(2))(X[0]), ShapeError, "at least 3 axes"),
    (lambda: layers.TimeDistributed(layers.Dense(2))(X, mask=MASK[:, :4]), ShapeError,
     r"a mask that begins with \(3, 6\).*\(3, 4\)"),
    (lambda: layers.TimeDistributed(layers.Dense(2))(X, mask=MASK[0]), ShapeError, "begins with"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_gradients_in_float64():
    assert_right_gradients(lambda x: layers.TimeDistributed(layers.Dropout(0.3, seed=1))(
        layers.TimeDistributed(layers.BatchNormalization())(
            layers.TimeDistributed(layers.Dense(2, "tanh"))(x))))


def test_both_engines_train_alike(monkeypatch):
    assert_engines_train_alike(lambda x: layers.TimeDistributed(layers.BatchNormalization())(
        layers.TimeDistributed(layers.Dropout(0.2))(layers.TimeDistributed(layers.Conv1D(2, 2))(
            layers.Reshape((2, 4, 1))(layers.Dense(8)(x))))), monkeypatch)
