"""Normalization and Rescaling against real Keras."""

import json

import numpy as np
import pytest

from pellucid import Sequential, layers
from pellucid.core.errors import ArgumentError, DataError, KindError, PellucidWarning, ShapeError
from pellucid.core.serialization import deserialize, serialize
from pellucid.data.pydataset import PyDataset
from pellucid.layers import Normalization, Rescaling
from pellucid.models import load_model

keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.keras,
              pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

DATA = np.random.default_rng(1).normal([3.0, -100.0, 0.01], [2.0, 30.0, 1e-3], (50, 3))
IMAGES = np.random.default_rng(2).normal(5.0, 2.0, (6, 4, 3, 2)).astype("float32")


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize(("axis", "data"), [
    (-1, DATA), (1, DATA), ((1,), DATA), (None, DATA), ((0, 1), DATA[:2]), (-1, DATA[:, 0]),
    (None, DATA[:, 0]), (-1, IMAGES), ((1, -1), IMAGES), ([3, 1], IMAGES), (None, IMAGES)])
def test_adapt_as_keras(axis, data, invert):
    data = data.astype("float32")
    ours, theirs = Normalization(axis, invert=invert), keras.layers.Normalization(
        axis, invert=invert)
    ours.adapt(data)
    theirs.adapt(data)
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        assert (mine.name, mine.dtype, mine.shape, mine.trainable) == (
            other.name, str(other.dtype), tuple(other.shape), other.trainable)
        np.testing.assert_allclose(mine.numpy(), np.asarray(other), rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(ours(data).numpy(), np.asarray(theirs(data)), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(ours.mean.numpy(), np.asarray(theirs.mean), rtol=1e-5, atol=1e-5)
    assert ours.get_build_config() == {"input_shape": tuple(
        theirs.get_build_config()["input_shape"])}


@pytest.mark.parametrize(("options", "data"), [
    ({"mean": 3.0, "variance": 4.0}, DATA),
    ({"mean": [1.0, 2.0, 3.0], "variance": [4.0, 9.0, 0.0]}, DATA),
    ({"axis": None, "mean": 1.0, "variance": 0.25}, DATA),
    ({"axis": (1, 3), "mean": [1.0, 2.0], "variance": [4.0, 9.0]}, IMAGES),
    ({"axis": (1, 3), "mean": np.ones((4, 2)), "variance": np.full((4, 2), 2.0)}, IMAGES),
    ({"mean": 3.0, "variance": 4.0, "invert": True}, DATA)])
def test_given_moments_as_keras(options, data):
    data = data.astype("float32")
    ours, theirs = Normalization(**options), keras.layers.Normalization(**options)
    np.testing.assert_allclose(ours(data).numpy(), np.asarray(theirs(data)), rtol=1e-5)
    assert ours.weights == []
    for key in ("axis", "mean", "variance", "invert"):
        written = json.loads(json.dumps(keras.saving.serialize_keras_object(theirs)))
        assert ours.get_config()[key] == written["config"][key]


def test_the_config_is_that_of_keras():
    ours, theirs = Normalization(name="n"), keras.layers.Normalization(name="n")
    ours.adapt(DATA)
    theirs.adapt(DATA)
    written = json.loads(json.dumps(serialize(Sequential([layers.Input((3,)), ours]))))
    expected = json.loads(json.dumps(keras.saving.serialize_keras_object(
        keras.Sequential([keras.Input((3,)), theirs]))))
    entry, other = written["config"]["layers"][1], expected["config"]["layers"][1]
    other["config"]["dtype"].pop("shared_object_id", None)
    assert entry == other


class Halves(PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        return DATA[index * 20:index * 30 + 20], np.zeros(20 + index * 10)


def test_batches_give_what_the_whole_gives():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    whole = Normalization()
    whole.adapt(DATA)
    sources = [
        [DATA[:7], DATA[7:]], iter([DATA[:49], DATA[49:]]), Halves(), DATA.tolist(),
        ((DATA[i:i + 9], None) for i in range(0, 50, 9)), pandas.DataFrame(DATA),
        polars.DataFrame(DATA)]
    for source in sources:
        layer = Normalization()
        layer.adapt(source)
        for mine, other in zip(layer.weights, whole.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-6)


def test_large_offsets_keep_their_variance():
    layer = Normalization()
    layer.adapt(np.array([[1e8], [1e8 + 2]]) for _ in range(3))
    assert layer.adapt_variance.numpy().tolist() == [1.0]


def test_a_constant_feature_becomes_zero():
    layer = Normalization()
    layer.adapt(np.array([[5.0, 1.0], [5.0, 3.0]]))
    assert layer(np.array([[5.0, 3.0]])).numpy().tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("eagerly", [False, True])
def test_in_a_trained_and_saved_model(tmp_path, eagerly):
    normal = Normalization()
    normal.adapt(DATA)
    model = Sequential([layers.Input((3,)), normal, Rescaling(2.0, offset=1.0), layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=eagerly)
    before = [each.numpy() for each in normal.weights]
    model.fit(DATA, DATA[:, :1], epochs=2, verbose=0)
    for old, new in zip(before, normal.weights, strict=True):
        assert np.array_equal(old, new.numpy())
    path = tmp_path / "model.keras"
    model.save(path)
    expected = model.predict(DATA, verbose=0)
    assert np.array_equal(load_model(path).predict(DATA, verbose=0), expected)
    theirs = keras.models.load_model(path, compile=False)
    np.testing.assert_allclose(theirs.predict(DATA, verbose=0), expected, rtol=1e-4, atol=1e-4)


def test_a_file_of_keras_loads_here(tmp_path):
    normal = keras.layers.Normalization(axis=(1,))
    normal.adapt(DATA.astype("float32"))
    given = keras.layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 4.0, 9.0], invert=True)
    theirs = keras.Sequential([
        keras.Input((3,)), normal, given, keras.layers.Rescaling(np.array([1.0, 2.0, 3.0]), 0.5)])
    path = tmp_path / "model.keras"
    theirs.save(path)
    ours = load_model(path)
    np.testing.assert_allclose(ours.predict(DATA, verbose=0), theirs.predict(DATA, verbose=0),
                               rtol=1e-4, atol=1e-4)


def test_adapting_again_changes_a_traced_model():
    normal = Normalization()
    normal.adapt(DATA)
    model = Sequential([layers.Input((3,)), normal])
    first = model.predict(DATA, verbose=0)
    normal.adapt(DATA * 2)
    np.testing.assert_allclose(model.predict(DATA * 2, verbose=0), first, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("scale", "offset"), [
    (1 / 255, 0.0), (2, -1), ([1.0, 2.0], 0.5), (np.array([1.0, 2.0]), np.array([3.0, 4.0]))])
def test_rescaling_as_keras(scale, offset):
    pixels = np.arange(12, dtype="uint8").reshape(6, 2)
    ours, theirs = Rescaling(scale, offset), keras.layers.Rescaling(scale, offset)
    np.testing.assert_allclose(ours(pixels).numpy(), np.asarray(theirs(pixels)), rtol=1e-6)
    assert ours(pixels).dtype == "float32"
    again = deserialize(json.loads(json.dumps(serialize(ours))))
    assert np.array_equal(again(pixels).numpy(), ours(pixels).numpy())
    written = keras.saving.serialize_keras_object(theirs)["config"]
    assert serialize(ours)["config"]["scale"] == written["scale"]
    assert serialize(ours)["config"]["offset"] == written["offset"]


@pytest.mark.parametrize(("act", "error", "message"), [
    (lambda: Normalization(mean=1.0), ArgumentError, "both mean and variance, or neither"),
    (lambda: Normalization(mean=[1.0], variance=1.0), ShapeError, "the same shape"),
    (lambda: Normalization(axis=None, mean=[1.0], variance=[1.0]), ShapeError, "at most 0 axes"),
    (lambda: Normalization(mean=0.0, variance=-1.0), ArgumentError, "variance must be at least 0"),
    (lambda: Normalization(axis=2)(DATA), ShapeError, "normalizes axis"),
    (lambda: Normalization()(layers.Input((None,))), ShapeError, "needs to know the size of axis"),
    (lambda: Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(DATA), ShapeError,
     "has a mean of shape"),
    (lambda: Normalization(mean=0.0, variance=1.0).adapt(DATA), ArgumentError,
     "nothing to adapt"),
    (lambda: Normalization().adapt(iter([])), DataError, "no batch at all"),
    (lambda: Normalization().adapt(np.zeros((0, 3))), DataError, "no rows"),
    (lambda: Normalization().adapt([DATA, DATA[:, :2]]), ShapeError, "was built for shape"),
    (lambda: Normalization().adapt(np.array([["a"]])), KindError, "needs numbers"),
    (lambda: Normalization().adapt(3 + 2j), KindError, "needs an array, a frame"),
    (lambda: Normalization().adapt([DATA, "x"]), KindError, "batches that are arrays"),
    (lambda: Rescaling("big"), KindError, "must be a number"),
    (lambda: Rescaling(), KindError, "Rescaling needs scale"),
])
def test_bad_arguments_and_data(act, error, message):
    with pytest.raises(error, match=message):
        act()


def test_nan_in_the_data_warns():
    layer = Normalization()
    with pytest.warns(PellucidWarning, match="found NaN"):
        layer.adapt(np.array([[1.0, np.nan], [2.0, 3.0]]))
    assert np.isfinite(layer.adapt_mean.numpy()).tolist() == [True, False]
