"""Discretization against real Keras, in Plans, and on both engines; Pipeline."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import Model, Sequential, gradient_check, layers
from pellucid.core.errors import ArgumentError, DataError, KindError
from pellucid.core.serialization import deserialize, serialize
from pellucid.core.tensor import Tensor
from pellucid.data.pydataset import PyDataset
from pellucid.engines.native.extension import extension
from pellucid.layers import Discretization, Pipeline, Rescaling, TextVectorization
from pellucid.models import load_model
from tests.models.native_and_reference import assert_same, on, ran_natively, train_on_both
from tests.parity.oracle import live, real_keras

CUTS = [-1.0, 0.0, 0.25, 2.0]
DATA = np.random.default_rng(3).normal(size=(40, 3)).astype("float32")
WHOLE = np.array([[-3, 0], [1, 2], [2, 9]])


@live
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize(("x", "dtype"), [
    (DATA, "float32"), (DATA[:4, :1], "float32"), (DATA[:4, 0], "float64"), (WHOLE, "float32"),
    (np.float32([[*CUTS, np.nan, np.inf, -np.inf]]), "float32")])
def test_intervals_as_keras(x, dtype, mode):
    mine = Discretization(CUTS, output_mode=mode, dtype=dtype)
    theirs = real_keras().layers.Discretization(CUTS, output_mode=mode, dtype=dtype)
    output, expected = mine(x), theirs(x)
    assert (output.dtype, output.shape) == (str(expected.dtype), tuple(expected.shape))
    assert np.array_equal(output.numpy(), np.asarray(expected))
    assert mine.compute_output_shape(x.shape) == output.shape
    assert mine.get_config() | {"name": ""} == theirs.get_config() | {"name": ""}


@live
@pytest.mark.parametrize("epsilon", [0.1, 0.01, 0.002])
@pytest.mark.parametrize("bins", [2, 5, 30])
def test_learnt_boundaries_as_keras(bins, epsilon):
    theirs = real_keras().layers.Discretization(num_bins=bins, epsilon=epsilon)
    mine = Discretization(num_bins=bins, epsilon=epsilon)
    batches = np.random.default_rng(0).normal(size=(7, 60)).astype("float32")
    for batch in batches:                                # its adapt asks TensorFlow for a type
        theirs.update_state(batch)
    theirs.finalize_state()
    mine.adapt(iter(batches))
    np.testing.assert_allclose(mine.bin_boundaries, theirs.bin_boundaries, rtol=1e-6)


@given(st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=90),
       st.integers(1, 10))
def test_learnt_intervals_hold_equal_shares(values, bins):
    distinct = sorted(set(values))
    layer = Discretization(num_bins=bins)
    layer.adapt(np.array(distinct))
    assert layer.bin_boundaries == sorted(layer.bin_boundaries)
    assert len(layer.bin_boundaries) <= max(bins - 1, len(distinct) - 1)
    if len(distinct) >= bins:
        counts = np.bincount(layer(np.float32(distinct)).numpy(), minlength=bins)
        assert counts.max() - counts.min() <= 3          # of one more or less at either end


class Halves(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return DATA[index * 20:index * 20 + 20], np.zeros(20)


def test_adapt_takes_every_kind_of_data():
    whole = Discretization(num_bins=4)
    whole.adapt(DATA)
    for source in (DATA.tolist(), [DATA], iter([DATA]), ((DATA, None) for _ in range(1))):
        layer = Discretization(num_bins=4)
        layer.adapt(source)
        np.testing.assert_allclose(layer.bin_boundaries, whole.bin_boundaries, rtol=1e-6)
    parts = Discretization(num_bins=4)
    parts.adapt(Halves())
    np.testing.assert_allclose(parts.bin_boundaries, whole.bin_boundaries, atol=0.1)
    first = Discretization(num_bins=2)
    first.adapt(iter([[1.0, 2.0], [1000.0, 2000.0]]), steps=1)
    assert first.bin_boundaries == [1.0]


def test_config_keeps_what_was_learnt():
    layer = Discretization(num_bins=3)
    layer.adapt(DATA)
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert again.bin_boundaries == layer.bin_boundaries
    assert again.get_config() == layer.get_config()
    again.adapt(DATA * 2)                                # it may learn anew
    assert again.bin_boundaries != layer.bin_boundaries


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_both_engines_agree(mode):
    outputs = []
    for engine in ("native", "reference"):
        with on(engine):
            model = Sequential([layers.Input((3,)), Discretization(CUTS, output_mode=mode)])
            assert model.output_shape == (None, 3) if mode == "int" else (
                None, *((3,) if mode == "one_hot" else ()), 5)
            outputs.append(model.predict(DATA, verbose=0))
            assert ran_natively(model, "predict") is (engine == "native")
    assert np.array_equal(*outputs)


def _both():
    """A trained pipeline before intervals that learn nothing."""
    x = layers.Input((3,))
    smooth = Pipeline([Rescaling(0.5), layers.Dense(4, activation="tanh")])(x)
    cut = Discretization(CUTS, output_mode="count")(x)
    model = Model(x, layers.Dense(1)(layers.Concatenate()([smooth, cut])))
    model.compile("adam", "mse")
    return model


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
def test_both_engines_train_alike():
    assert_same(train_on_both(_both, DATA, DATA[:, :1], epochs=3), tolerance=1e-6)


def test_gradients_pass_by_intervals_and_through_pipelines():
    report = gradient_check(_both(), DATA[:6], DATA[:6, :1])
    assert report, str(report)
    assert report.error <= 1e-6


def test_in_a_trained_and_saved_model(tmp_path):
    cut = Discretization(num_bins=5, output_mode="count")
    cut.adapt(DATA)
    model = Sequential([layers.Input((3,)), cut, layers.Dense(1)])
    model.compile("sgd", "mse")
    losses = model.fit(DATA, DATA.max(axis=1), epochs=10, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    model.save(tmp_path / "model.keras")
    expected = model.predict(DATA, verbose=0)
    assert np.array_equal(load_model(tmp_path / "model.keras").predict(DATA, verbose=0), expected)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Discretization(), "either bin_boundaries or num_bins, but got bin_boundaries=None"),
    (lambda: Discretization([1.0], num_bins=2), "either bin_boundaries or num_bins"),
    (lambda: Discretization([2.0, 1.0]), r"the smallest first, but got \[2.0, 1.0\]"),
    (lambda: Discretization([[1.0]]), "the smallest first"),
    (lambda: Discretization(["a"]), "must be a list of numbers, but got"),
    (lambda: Discretization(num_bins=0), "num_bins must be a whole number at least 1, but got 0"),
    (lambda: Discretization(num_bins=2, epsilon=0), "epsilon must be above 0"),
    (lambda: Discretization([1.0], output_mode="onehot"), '[Dd]id you mean "one_hot"'),
    (lambda: Discretization([1.0], sparse=True), "no sparse output"),
    (lambda: Discretization(bins=3), "no argument 'bins'"),
])
def test_bad_arguments(make, message):
    with pytest.raises((ArgumentError, KindError), match=message):
        make()


def test_bad_data():
    with pytest.raises(ArgumentError, match=r"no boundaries yet.* Call adapt\(data\)"):
        Discretization(num_bins=3)(DATA)
    with pytest.raises(ArgumentError, match="nothing to adapt"):
        Discretization(CUTS).adapt(DATA)
    with pytest.raises(DataError, match="NaN or infinite"):
        Discretization(num_bins=3).adapt([1.0, np.nan])
    with pytest.raises(DataError, match="got no numbers"):
        Discretization(num_bins=3).adapt(np.zeros((0, 3)))
    with pytest.raises(KindError, match="needs numbers"):
        Discretization(num_bins=3).adapt(["a", "b"])


# Pipeline ------------------------------------------------------------------------------------


class Noted(layers.Layer):
    """Keeps what it was called with."""

    supports_masking = True

    def call(self, inputs, training=None, mask=None):
        self.seen = training, None if mask is None else mask.numpy().tolist()
        return inputs + 1


@live
def test_pipelines_hand_on_training_and_masks():
    noted = Noted()
    pipeline = Pipeline([layers.Masking(), noted])
    x = np.float32([[[0.0], [2.0]]])
    assert pipeline(x).numpy().tolist() == [[[1.0], [3.0]]]
    assert noted.seen == (True, [[False, True]])
    pipeline(x, training=False)
    assert noted.seen == (False, [[False, True]])
    keras = real_keras()
    theirs = keras.layers.Pipeline([keras.layers.Rescaling(2.0), keras.layers.Dense(2)])
    mine = Pipeline([Rescaling(2.0), layers.Dense(2)])
    theirs(x), mine(x)
    mine.set_weights(theirs.get_weights())
    np.testing.assert_allclose(mine(x).numpy(), np.asarray(theirs(x)), rtol=1e-6)
    written, expected = mine.get_config(), theirs.get_config()
    assert written.keys() == expected.keys()
    assert [each["class_name"] for each in written["layers"]] == [
        each["class_name"] for each in expected["layers"]]


@live
def test_files_go_both_ways(tmp_path):
    keras = real_keras()
    cut = keras.layers.Discretization(num_bins=3, output_mode="count")
    cut.update_state(DATA)
    cut.finalize_state()
    theirs = keras.Sequential([
        keras.Input((3,)),
        keras.layers.Pipeline([keras.layers.Rescaling(0.5), keras.layers.Dense(4)]), cut,
        keras.layers.Dense(1)])
    theirs.save(tmp_path / "theirs.keras")
    mine = load_model(tmp_path / "theirs.keras")
    mine.save(tmp_path / "mine.keras")
    again = keras.models.load_model(tmp_path / "mine.keras")
    expected = theirs.predict(DATA, verbose=0)
    np.testing.assert_allclose(mine.predict(DATA, verbose=0), expected, atol=1e-6)
    np.testing.assert_allclose(again.predict(DATA, verbose=0), expected, atol=1e-6)


def test_pipelines_hold_host_stages():
    pipeline = Pipeline([TextVectorization(vocabulary=["a", "b"]), layers.Embedding(4, 2)])
    assert [type(each).__name__ for each in pipeline.layers] == ["TextVectorization", "Embedding"]
    for texts in (["a b", "b"], np.array(["a b", "b"])):
        assert pipeline(texts).shape == (2, 2, 2)
    assert isinstance(pipeline(["a"]), Tensor)


def test_pipelines_train_and_are_written(tmp_path):
    model = Sequential([layers.Input((3,)), Pipeline([Rescaling(0.5), layers.Dense(4, "relu")]),
                        layers.Dense(1)])
    model.compile("adam", "mse")
    assert len(model.trainable_weights) == 4
    model.fit(DATA, DATA[:, 0], verbose=0)
    model.save(tmp_path / "model.keras")
    expected = model.predict(DATA, verbose=0)
    assert np.array_equal(load_model(tmp_path / "model.keras").predict(DATA, verbose=0), expected)


def test_bad_pipelines():
    with pytest.raises(ArgumentError, match=r"needs a list of layers, but got \[\]"):
        Pipeline([])
    with pytest.raises(ArgumentError, match="needs a list of layers"):
        Pipeline(Rescaling(2.0))
    with pytest.raises(KindError, match="made of layers, but got 'Rescaling' .a str. among"):
        Pipeline(["Rescaling"])
