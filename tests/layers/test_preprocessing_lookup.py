"""StringLookup, IntegerLookup and CategoryEncoding against values recorded from Keras.

Keras 3.15.1 needs TensorFlow for the lookups, so its answers are recorded, with the versions, in
recorded/string_lookup.json.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from pellucid import layers
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    FileError,
    KindError,
    PellucidError,
    TracingError,
)
from pellucid.core.serialization import deserialize, serialize
from pellucid.layers import CategoryEncoding, IntegerLookup, StringLookup

RECORDED = json.loads((Path(__file__).parent / "recorded" / "string_lookup.json").read_text())
CASES = RECORDED["cases"]


def _rank(data):
    return np.ndim(np.asarray(data, dtype=object))


def _differs_on_purpose(case):
    """Inputs of rank 3: Keras's code reduces axis 1, its documentation says the last axis."""
    return _rank(case["data"]) > 2 and case["config"].get("output_mode") in ("multi_hot", "count")


def _made(case):
    layer = getattr(layers, case["layer"])(**case["config"])
    if case["adapt"] is not None:
        layer.adapt(np.array(case["adapt"]))
    return layer


def test_the_record_says_what_it_was_made_with():
    assert RECORDED["recorded_with"]["keras"] == "3.15.1"
    assert len(CASES) > 300


@pytest.mark.parametrize("index", [i for i, case in enumerate(CASES) if "error" not in case
                                   and not _differs_on_purpose(case)])
def test_values_of_keras(index):
    case = CASES[index]
    layer = _made(case)
    output = layer(np.array(case["data"]))
    array = np.asarray(output)
    assert list(array.shape) == case["shape"]
    if case["dtype"] == "string":
        assert array.tolist() == case["output"]
    else:
        assert array.dtype.name == case["dtype"]
        np.testing.assert_allclose(array, case["output"], rtol=1e-6)
    if "vocabulary" in case:
        assert layer.get_vocabulary() == case["vocabulary"]
        assert layer.get_vocabulary(include_special_tokens=False) == case["vocabulary_plain"]
        assert layer.vocabulary_size() == case["vocabulary_size"]


@pytest.mark.parametrize("index", [i for i, case in enumerate(CASES) if "error" in case])
def test_what_keras_refuses(index):
    case = CASES[index]
    if case["layer"] == "CategoryEncoding":              # only TensorFlow's bincount refuses -1
        array = _made(case)(np.array(case["data"])).numpy()
        assert array.tolist() == [[1, 0, 0]]
        return
    with pytest.raises(PellucidError):
        _made(case)(np.array(case["data"]))


@pytest.mark.parametrize("index", range(0, len(CASES), 7))
def test_config_makes_an_equal_layer(index):
    case = CASES[index]
    if "error" in case:
        return
    layer = _made(case)
    data = np.array(case["data"])
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert type(again) is type(layer)
    assert np.asarray(again(data)).tolist() == np.asarray(layer(data)).tolist()
    assert again.get_config() == layer.get_config()


def test_config_has_the_entries_of_keras():
    config = StringLookup(vocabulary=["a", "b"], mask_token="", name="words").get_config()
    assert config == {
        "name": "words", "trainable": True, "invert": False, "max_tokens": None,
        "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
                  "registered_name": None},
        "num_oov_indices": 1, "oov_token": "[UNK]", "mask_token": "", "output_mode": "int",
        "sparse": False, "pad_to_max_tokens": False, "idf_weights": None,
        "vocabulary": ["a", "b"], "vocabulary_size": 4, "oov_method": "floormod", "salt": None,
        "encoding": "utf-8"}
    config = CategoryEncoding(3).get_config()
    assert {key: config[key] for key in config if key not in ("name", "dtype")} == {
        "trainable": True, "num_tokens": 3, "output_mode": "multi_hot"}


@pytest.mark.keras
@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "CategoryEncoding",
                                  "Normalization", "Rescaling"])
def test_arguments_and_defaults(name):
    import inspect
    keras = pytest.importorskip("keras")
    mine = inspect.signature(getattr(layers, name)).parameters
    other = [each for each in inspect.signature(getattr(keras.layers, name)).parameters.values()
             if each.kind is not each.VAR_KEYWORD and each.name != "name"]
    assert list(mine)[:len(other)] == [each.name for each in other]
    for each in other:
        same = mine[each.name].default == each.default
        required = each.default is each.empty or name == "CategoryEncoding"   # None is refused
        assert same or required, each


def test_rank_3_reduces_the_last_axis():
    words = [[["a", "b"], ["a", "z"]]]
    out = StringLookup(vocabulary=["a", "b"], output_mode="count")(np.array(words))
    assert out.numpy().tolist() == [[[0, 1, 1], [1, 1, 0]]]


def test_strings_of_every_kind_of_array():
    lookup = StringLookup(vocabulary=["red", "blé"])
    expected = [1, 2, 0]
    assert lookup(["red", "blé", "x"]).numpy().tolist() == expected
    assert lookup(np.array(["red", "blé", "x"], object)).numpy().tolist() == expected
    assert lookup(np.array([b"red", "blé".encode(), b"x"])).numpy().tolist() == expected


def test_columns_of_frames():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    lookup = StringLookup()
    lookup.adapt(polars.Series(["b", "a", "b"]))
    assert lookup.get_vocabulary() == ["[UNK]", "b", "a"]
    assert lookup(pandas.Series(["a", "b"])).numpy().tolist() == [2, 1]
    assert lookup(pandas.DataFrame({"x": ["a", "z"]})).numpy().tolist() == [[2], [0]]


def test_adapt_on_batches_equals_adapt_on_all():
    words = np.random.default_rng(0).choice(list("abcdef"), 60, p=[.3, .25, .2, .15, .07, .03])
    whole, parts = StringLookup(), StringLookup()
    whole.adapt(words)
    parts.adapt(words[i:i + 7] for i in range(0, 60, 7))
    assert parts.get_vocabulary() == whole.get_vocabulary()
    first = StringLookup()
    first.adapt((batch for batch in (["a", "b"], ["c"])), steps=1)
    assert sorted(first.get_vocabulary()[1:]) == ["a", "b"]


def test_vocabulary_from_a_file_of_the_user(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("red\nblé\n", encoding="utf-8")
    assert StringLookup(vocabulary=str(path))(["blé"]).numpy().tolist() == [2]
    assert StringLookup(vocabulary=str(path)).get_config()["vocabulary"] == ["red", "blé"]
    with pytest.raises(FileError, match="cannot be read"):
        StringLookup(vocabulary=str(tmp_path / "none.txt"))
    with pytest.raises(DataError, match="whole numbers"):
        IntegerLookup(vocabulary=str(path))


def test_a_model_file_cannot_have_other_files_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("word")
    data = serialize(StringLookup(vocabulary=["a"]))
    data["config"]["vocabulary"] = str(secret)
    with pytest.raises(ArgumentError, match="never allowed to have other files of yours read"):
        deserialize(data)


@pytest.mark.parametrize("shape", [(5,), (5, 1), (5, 3), (2, 3, 4)])
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
def test_output_shapes_are_foretold(shape, mode):
    lookup = StringLookup(vocabulary=["a", "b"], output_mode=mode, max_tokens=7,
                          pad_to_max_tokens=len(shape) == 2)
    assert lookup(np.full(shape, "a")).shape == lookup.compute_output_shape(shape)


def test_large_numbers_stay_whole():
    assert IntegerLookup(vocabulary=[2**40])([2**40, 2**40 + 2**32]).numpy().tolist() == [1, 0]


@pytest.mark.parametrize(("make", "message"), [
    (lambda: StringLookup(max_tokens=1), "max_tokens must be a whole number above 1"),
    (lambda: StringLookup(num_oov_indices=-1), "num_oov_indices must be a whole number at least 0"),
    (lambda: StringLookup(output_mode="one_hto"), 'Did you mean "one_hot"'),
    (lambda: StringLookup(pad_to_max_tokens=True), "needs max_tokens"),
    (lambda: StringLookup(invert=True, output_mode="count"), 'needs output_mode="int"'),
    (lambda: StringLookup(vocabulary=["a"], idf_weights=[1.0]), 'need output_mode="tf_idf"'),
    (lambda: StringLookup(vocabulary=["a"], output_mode="tf_idf"), "needs idf_weights"),
    (lambda: StringLookup(vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[1.0]),
     "each of the 2 entries"),
    (lambda: StringLookup(sparse=True, output_mode="count"), "no sparse output"),
    (lambda: StringLookup(salt="x"), "whole number, or two"),
    (lambda: IntegerLookup(salt=3), 'needs oov_method="farmhash"'),
    (lambda: IntegerLookup(oov_method="md5"), "must be one of 'floormod', 'farmhash'"),
    (lambda: IntegerLookup(vocabulary_dtype="int32"), "must be one of 'int64'"),
    (lambda: StringLookup(vocabulary=[]), "at least one word"),
    (lambda: StringLookup(vocabulary=["a", "b", "a"]), "'a' more than once"),
    (lambda: StringLookup(vocabulary=["a", ""], mask_token=""), "'' is reserved"),
    (lambda: StringLookup(vocabulary=["a", "[UNK]"], invert=True), "reserved"),
    (lambda: StringLookup(vocabulary=["a", "b"], max_tokens=2), "2 entries .max_tokens."),
    (lambda: CategoryEncoding(0), "num_tokens must be a whole number at least 1"),
    (lambda: CategoryEncoding(2, output_mode="int"), "output_mode must be one of"),
    (lambda: CategoryEncoding(2, sparse=True), "no sparse output"),
])
def test_bad_arguments(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_bad_data():
    lookup = StringLookup(vocabulary=["a"], num_oov_indices=0)
    with pytest.raises(DataError, match="does not know 'b'"):
        lookup(["a", "b"])
    with pytest.raises(DataError, match="missing value"):
        StringLookup(vocabulary=["a"])(np.array(["a", None], object))
    with pytest.raises(KindError, match="needs strings"):
        lookup([1.5])
    with pytest.raises(KindError, match="needs strings, but got 3"):
        lookup(np.array(["a", 3], object))
    with pytest.raises(KindError, match="needs whole numbers"):
        IntegerLookup(vocabulary=[1])(["a"])
    with pytest.raises(KindError, match="whole numbers into words"):
        StringLookup(vocabulary=["a"], invert=True)([0.5])
    with pytest.raises(ArgumentError, match="no vocabulary yet"):
        StringLookup(output_mode="count")(["a"])
    with pytest.raises(ArgumentError, match="nothing to adapt"):
        lookup.adapt(["a"])
    with pytest.raises(DataError, match="found no words"):
        StringLookup().adapt(["[UNK]"])
    with pytest.raises(DataError, match="no batch at all"):
        StringLookup().adapt(iter([]))
    with pytest.raises(KindError, match="needs an array, a frame"):
        StringLookup().adapt(object())
    with pytest.raises(ArgumentError, match='count_weights need output_mode="count"'):
        CategoryEncoding(3)([[1]], count_weights=[[1.0]])
    with pytest.raises(KindError, match="booleans"):
        CategoryEncoding(3)([[True]])


def test_strings_in_a_plan_say_what_to_do():
    lookup = StringLookup(vocabulary=["a"])
    with pytest.raises(TracingError, match=r"x = lookup\(words\)"):
        lookup(layers.Input((1,)))

    class Inside(layers.Layer):
        def call(self, x):
            return IntegerLookup(vocabulary=[1])(x)

    with pytest.raises(TracingError, match="cannot be a part of a Plan"):
        Inside()(layers.Input((1,), dtype="int32"))


def test_count_weights_and_plans():
    from pellucid import Sequential
    encoding = CategoryEncoding(3, output_mode="count")
    data = np.array([[0, 2], [1, 1]])
    weighted = encoding(data, count_weights=[[0.5, 2.0], [1.0, 3.0]])
    assert weighted.numpy().tolist() == [[0.5, 0, 2], [0, 4, 0]]
    model = Sequential([layers.Input((2,), dtype="int32"), encoding])
    assert model.output_shape == (None, 3)
    assert model.predict(data, verbose=0).tolist() == [[1, 0, 1], [0, 2, 0]]
    one_hot = Sequential([layers.Input((1,), dtype="int32"), CategoryEncoding(3, "one_hot")])
    assert one_hot.output_shape == (None, 3)
