"""Hashing, HashedCrossing, TextVectorization and what Discretization learns, as Keras answers.

Keras 3.15.1 needs TensorFlow for all of them, so its answers are recorded, with the versions, in
recorded/preprocessing.json.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    KindError,
    PellucidError,
    ShapeError,
    TracingError,
)
from pellucid.core.serialization import deserialize, serialize
from pellucid.layers import HashedCrossing, Hashing, TextVectorization

RECORDED = json.loads((Path(__file__).parent / "recorded" / "preprocessing.json").read_text())
CASES = RECORDED["cases"]
TEXTS = ["The cat sat.", "the dog sat, on THE cat!"]


def _given(case):
    if case["layer"] == "HashedCrossing":
        return tuple(map(np.array, case["data"]))
    return np.array(case["data"])


def _rank(case):
    return np.ndim(np.asarray(case["data"], dtype=object))


def _differs_on_purpose(case):
    """Rows of rows: Keras's code reduces axis 1, its documentation says the last axis.

    And a single word or number: some modes of Keras break off with an IndexError.
    """
    if "error" in case:
        return _rank(case) == 0
    mode = case["config"].get("output_mode")
    return mode in ("multi_hot", "count") and _rank(case) > 2


def _made(case):
    layer = getattr(layers, case["layer"])(**case["config"])
    if case["adapt"] is not None:
        layer.adapt(np.array(case["adapt"]))
    return layer


def test_the_record_says_what_it_was_made_with():
    assert RECORDED["recorded_with"]["keras"] == "3.15.1"
    assert len(CASES) > 250


@pytest.mark.parametrize("index", [i for i, case in enumerate(CASES) if "error" not in case
                                   and not _differs_on_purpose(case)])
def test_values_of_keras(index):
    case = CASES[index]
    layer = _made(case)
    output = layer(_given(case))
    assert list(output.shape) == case["shape"]
    assert output.dtype == case["dtype"]
    np.testing.assert_allclose(output.numpy(), case["output"], rtol=1e-6)
    if "vocabulary" in case:
        assert layer.get_vocabulary() == case["vocabulary"]
        assert layer.vocabulary_size() == len(case["vocabulary"])
    if "boundaries" in case:
        np.testing.assert_allclose(layer.bin_boundaries, case["boundaries"], rtol=1e-6)


@pytest.mark.parametrize("index", [i for i, case in enumerate(CASES) if "error" in case
                                   and not _differs_on_purpose(case)])
def test_what_keras_refuses(index):
    case = CASES[index]
    with pytest.raises(PellucidError):
        _made(case)(_given(case))


@pytest.mark.parametrize("index", range(0, len(CASES), 9))
def test_config_makes_an_equal_layer(index):
    case = CASES[index]
    if "error" in case:
        return
    layer = _made(case)
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert type(again) is type(layer)
    assert again(_given(case)).numpy().tolist() == layer(_given(case)).numpy().tolist()
    assert again.get_config() == layer.get_config()


@pytest.mark.keras
@pytest.mark.parametrize("name", ["Hashing", "HashedCrossing", "TextVectorization",
                                  "Discretization", "Pipeline"])
def test_arguments_and_defaults(name):
    import inspect
    keras = pytest.importorskip("keras")
    mine = inspect.signature(getattr(layers, name)).parameters
    other = [each for each in inspect.signature(getattr(keras.layers, name)).parameters.values()
             if each.kind is not each.VAR_KEYWORD and each.name not in ("name", "dtype")]
    assert list(mine)[:len(other)] == [each.name for each in other]
    for each in other:
        assert mine[each.name].default == each.default, each


def test_config_has_the_entries_of_keras():
    policy = {"module": "keras", "class_name": "DTypePolicy", "registered_name": None}
    assert Hashing(3, salt=7, name="h").get_config() == {
        "name": "h", "trainable": True, "dtype": policy | {"config": {"name": "int64"}},
        "num_bins": 3, "salt": [7, 7], "mask_value": None, "output_mode": "int", "sparse": False}
    assert HashedCrossing(3, output_mode="one_hot", name="c").get_config() == {
        "num_bins": 3, "output_mode": "one_hot", "sparse": False, "name": "c", "dtype": "float32"}
    assert TextVectorization(vocabulary=["a"], ngrams=(1, 2), name="t").get_config() == {
        "name": "t", "trainable": True, "dtype": policy | {"config": {"name": "float32"}},
        "max_tokens": None, "standardize": "lower_and_strip_punctuation", "split": "whitespace",
        "ngrams": (1, 2), "output_mode": "int", "output_sequence_length": None,
        "pad_to_max_tokens": False, "sparse": False, "ragged": False, "vocabulary": ["a"],
        "idf_weights": None, "encoding": "utf-8", "vocabulary_size": 3}


@ours.saving.register_keras_serializable("tests")
def shouted(texts):
    return np.char.upper(texts)


@ours.saving.register_keras_serializable("tests")
def at_commas(texts):
    return [text.split(",") for text in texts]


def test_own_functions_standardize_and_split():
    registered = ours.saving.get_custom_objects()
    registered |= {"tests>shouted": shouted, "tests>at_commas": at_commas}
    layer = TextVectorization(standardize=shouted, split=at_commas, vocabulary=["A", "B C"])
    expected = [[3, 2, 1], [2, 0, 0]]
    assert layer(["b c,a,d", "a"]).numpy().tolist() == expected
    assert layer(np.array([[b"b c,a,d"], [b"a"]])).numpy().tolist() == expected
    again = deserialize(json.loads(json.dumps(serialize(layer))))
    assert again(["b c,a,d", "a"]).numpy().tolist() == expected


def test_rank_3_reduces_the_last_axis():
    layer = TextVectorization(vocabulary=["a", "b"], split=None, output_mode="count")
    assert layer([[["a", "b"], ["a", "z"]]]).numpy().tolist() == [[[0, 1, 1], [1, 1, 0]]]


def test_single_texts():
    assert Hashing(4, output_mode="one_hot")("A").numpy().tolist() == [[1, 0, 0, 0]]
    layer = TextVectorization(vocabulary=["the", "the cat"], split=None, ngrams=2)
    assert layer("the cat").numpy().tolist() == [3]


def test_own_functions_must_keep_the_texts():
    with pytest.raises(ShapeError, match=r"must keep the shape \(2,\), but got \(1,\)"):
        TextVectorization(standardize=lambda texts: texts[:1], vocabulary=["a"])(TEXTS)
    with pytest.raises(ShapeError, match="for each of the 2 texts, but got 1 lists"):
        TextVectorization(split=lambda texts: [["a"]], vocabulary=["a"])(TEXTS)


@pytest.mark.parametrize("mode", ["int", "count", "tf_idf"])
def test_batches_teach_what_the_whole_teaches(mode):
    whole, parts, columns = (TextVectorization(output_mode=mode) for _ in range(3))
    whole.adapt(TEXTS)
    parts.adapt(iter([TEXTS[:1], TEXTS[1:]]))
    columns.adapt(np.array(TEXTS)[:, None])
    for other in (parts, columns):
        assert other.get_vocabulary() == whole.get_vocabulary()
        assert np.array_equal(other(TEXTS).numpy(), whole(TEXTS).numpy())
    first = TextVectorization()
    first.adapt((each for each in (["one"], ["two"])), steps=1)
    assert first.get_vocabulary() == ["", "[UNK]", "one"]


def test_vocabulary_set_and_read():
    layer = TextVectorization(output_mode="tf_idf")
    layer.set_vocabulary(["cat", "sat"], [1.0, 3.0])
    assert layer.vocabulary_size() == 3
    assert layer.get_vocabulary(include_special_tokens=False) == ["cat", "sat"]
    assert layer(["cat cat dog"]).numpy().tolist() == [[2.0, 2.0, 0.0]]


def test_large_vocabularies_need_no_table_of_words_by_places():
    words = [f"w{i}" for i in range(20_000)]
    layer = TextVectorization(vocabulary=words, output_mode="count")
    counts = layer([" ".join(words[:2000])] * 20).numpy()
    assert counts.shape == (20, 20_001)
    assert counts.sum() == 40_000


@pytest.mark.parametrize(("mode", "split", "shape"), [
    ("int", "whitespace", (2,)), ("int", None, (2, 5)), ("count", "whitespace", (2,)),
    ("multi_hot", "whitespace", (2, 1)), ("count", None, (2, 5)), ("tf_idf", "whitespace", (2,))])
def test_output_shapes_of_texts_are_foretold(mode, split, shape):
    layer = TextVectorization(output_mode=mode, split=split, output_sequence_length=5
                              if mode == "int" else None)
    layer.adapt(["a b c"])
    assert layer(np.full(shape, "a b")).shape == layer.compute_output_shape(shape)


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(), (3,), (3, 1), (3, 2), (2, 3, 4)])
def test_output_shapes_of_hashes_are_foretold(shape, mode):
    layer = Hashing(5, output_mode=mode)
    expected = layer(np.full(shape, "a")).shape
    if shape or mode == "int":
        assert layer.compute_output_shape(shape) == expected
    if mode in ("int", "one_hot") and len(shape) < 3 and shape[1:] in ((), (1,)):
        crossing = HashedCrossing(5, output_mode=mode)
        assert crossing.compute_output_shape([shape, shape]) == crossing(
            [np.full(shape, "a"), np.full(shape, 3)]).shape


def test_numbers_of_texts_train_an_embedding():
    vectorize = TextVectorization(output_sequence_length=4)
    vectorize.adapt(TEXTS)
    model = ours.Sequential([
        layers.Input((4,), dtype="int64"), layers.Embedding(vectorize.vocabulary_size(), 3),
        layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("adam", "mse")
    losses = model.fit(vectorize(TEXTS), np.array([0.0, 1.0]), epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_hashes_of_many_kinds_of_columns():
    pandas = pytest.importorskip("pandas")
    plain = Hashing(7)(["red", "green"]).numpy().tolist()
    assert Hashing(7)(np.array([b"red", b"green"])).numpy().tolist() == plain
    assert Hashing(7)(pandas.Series(["red", "green"])).numpy().tolist() == plain
    masked = Hashing(7, mask_value="red")
    assert masked(np.array([b"red"])).numpy().tolist() == masked(["red"]).numpy().tolist() == [0]


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Hashing(), "needs num_bins: buckets"),
    (lambda: Hashing(0), "num_bins must be a whole number at least 1, but got 0"),
    (lambda: Hashing("5"), "num_bins must be a whole number"),
    (lambda: Hashing(3, output_mode="tf_idf"), "output_mode must be one of 'int'"),
    (lambda: Hashing(3, salt="x"), "whole number, or two, but got 'x'"),
    (lambda: Hashing(3, salt=[1, 2, 3]), "whole number, or two"),
    (lambda: Hashing(3, dtype="float32"), 'needs dtype="int64"'),
    (lambda: Hashing(3, sparse=True, output_mode="count"), "no sparse output"),
    (lambda: Hashing(3, mask_valeu=""), '[Dd]id you mean "mask_value"'),
    (lambda: HashedCrossing(0), "num_bins must be a whole number at least 1"),
    (lambda: HashedCrossing(3, output_mode="count"), "output_mode must be one of"),
    (lambda: HashedCrossing(3, sparse=True), "no sparse output"),
    (lambda: HashedCrossing(3, bins=3), "no argument 'bins'"),
    (lambda: TextVectorization(1), "max_tokens must be a whole number above 1"),
    (lambda: TextVectorization(standardize="lowr"), '[Dd]id you mean "lower"'),
    (lambda: TextVectorization(standardize=3), "a name, a function or None, but got 3"),
    (lambda: TextVectorization(split="charactr"), '[Dd]id you mean "character"'),
    (lambda: TextVectorization(ngrams=0), "ngrams must be a whole number at least 1"),
    (lambda: TextVectorization(ngrams=(1, 0)), "ngrams must be a whole number at least 1"),
    (lambda: TextVectorization(ngrams="2"), "ngrams must be a whole number at least 1"),
    (lambda: TextVectorization(output_mode="tfidf"), '[Dd]id you mean "tf_idf"'),
    (lambda: TextVectorization(output_sequence_length=-1), "must be a whole number at least 0"),
    (lambda: TextVectorization(output_sequence_length=3, output_mode="count"),
     'output_sequence_length needs output_mode="int"'),
    (lambda: TextVectorization(ragged=True), "no ragged output, but got ragged=True"),
    (lambda: TextVectorization(sparse=True, output_mode="count"), "no sparse output"),
    (lambda: TextVectorization(vocabulary=["a"], idf_weights=[1.0]), 'output_mode="tf_idf"'),
    (lambda: TextVectorization(vocabulary=["a", "a"]), "'a' more than once"),
    (lambda: TextVectorization(pad_to_max_tokens=True), "needs max_tokens"),
    (lambda: TextVectorization(tokens=5), "no argument 'tokens'"),
])
def test_bad_arguments(make, message):
    with pytest.raises((ArgumentError, KindError), match=message):
        make()


def test_bad_data():
    with pytest.raises(KindError, match="needs words or numbers, but got booleans"):
        Hashing(3)([True])
    with pytest.raises(KindError, match="of the kind of its mask_value, ''"):
        Hashing(3, mask_value="")([1, 2])
    with pytest.raises(DataError, match="missing value"):
        Hashing(3)(np.array(["a", None], object))
    with pytest.raises(ArgumentError, match="at least two features, but got a ndarray"):
        HashedCrossing(3)(np.array(["a"]))
    with pytest.raises(ShapeError, match=r"of one shape, but got \(2,\) and \(1,\)"):
        HashedCrossing(3)((["a", "b"], [1]))
    with pytest.raises(ShapeError, match="of one shape"):
        HashedCrossing(3).compute_output_shape([(2,), (3,)])
    with pytest.raises(ShapeError, match=r"\(\), \(batch,\) or \(batch, 1\), but got \(1, 2\)"):
        HashedCrossing(3)(([["a", "b"]], [[1, 2]]))
    with pytest.raises(KindError, match="words or whole numbers, but got float64 values"):
        HashedCrossing(3)((["a"], [1.5]))
    with pytest.raises(ShapeError, match="splits texts of shape"):
        TextVectorization(vocabulary=["a"])([["a", "b"]])
    with pytest.raises(KindError, match="needs strings, but got float64 values"):
        TextVectorization(vocabulary=["a"])([1.5])
    with pytest.raises(ArgumentError, match="no vocabulary yet"):
        TextVectorization(output_mode="count")(TEXTS)
    with pytest.raises(ArgumentError, match="nothing to adapt"):
        TextVectorization(vocabulary=["a"]).adapt(TEXTS)
    with pytest.raises(DataError, match="found no words"):
        TextVectorization().adapt(["!", ""])


def test_a_model_file_cannot_have_other_files_read():
    data = serialize(TextVectorization(vocabulary=["a"]))
    data["config"]["vocabulary"] = "secret.txt"
    with pytest.raises(ArgumentError, match="never allowed to have other files of yours read"):
        deserialize(data)


@pytest.mark.parametrize(("layer", "usage"), [
    (TextVectorization(vocabulary=["a"]), r"x = vectorize\(texts\)"),
    (Hashing(3), r"x = hashing\(words\)")])
def test_in_a_plan_they_say_what_to_do(layer, usage):
    with pytest.raises(TracingError, match=usage):
        layer(layers.Dense(1)(layers.Input((1,))))


def test_a_crossing_in_a_plan_says_what_to_do():
    with pytest.raises(TracingError, match=r"x = crossing\(\(days, hours\)\)"):
        HashedCrossing(3)([layers.Input((1,)), layers.Input((1,))])
