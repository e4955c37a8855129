"""pad_sequences, windows over a series, parts of a data set, and pictures."""

import builtins
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import Sequential, config, layers, utils
from pellucid.core.errors import ArgumentError, DataError, KindError, MissingExtra, ShapeError
from pellucid.data.pydataset import PyDataset
from tests.parity.oracle import live, real_keras

RECORDED = json.loads((Path(__file__).parents[1] / "layers" / "recorded"
                       / "preprocessing.json").read_text())["windows"]
ENDS = st.sampled_from(["pre", "post"])


@live
@given(st.lists(st.lists(st.integers(-9, 9), max_size=6), min_size=1, max_size=5),
       st.none() | st.integers(1, 7), ENDS, ENDS, st.sampled_from(["int32", "float32", object]),
       st.integers(-2, 2))
def test_padding_as_keras(sequences, length, padding, truncating, dtype, value):
    how = {"maxlen": length, "padding": padding, "truncating": truncating, "dtype": dtype,
           "value": value}
    mine = utils.pad_sequences(sequences, **how)
    theirs = real_keras().utils.pad_sequences(sequences, **how)
    assert (mine.dtype, mine.shape) == (theirs.dtype, theirs.shape)
    assert np.array_equal(mine, theirs)


@live
def test_padding_of_vectors_and_words_as_keras():
    vectors = [np.ones((2, 3)), np.zeros((0, 3)), np.full((4, 3), 2.0)]
    for sequences, how in ((vectors, {"maxlen": 3, "dtype": "float32"}),
                           ([["a", "b"], ["c"]], {"dtype": object, "value": "-"}),
                           ([["a", "b"], ["cd"]], {"dtype": "<U2", "value": "-"})):
        assert np.array_equal(utils.pad_sequences(sequences, **how),
                              real_keras().utils.pad_sequences(sequences, **how))


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: utils.pad_sequences([[1]], padding="per"), ArgumentError, '[Dd]id you mean "pre"'),
    (lambda: utils.pad_sequences([[1]], truncating="end"), ArgumentError, "way of truncating"),
    (lambda: utils.pad_sequences(3), KindError, "must be a list, but got a int"),
    (lambda: utils.pad_sequences([[1], 2]), KindError, "but got 2 as number 1"),
    (lambda: utils.pad_sequences([[[1, 2]], [[1]]]), ShapeError, r"\(1,\) in sequence 1"),
    (lambda: utils.pad_sequences([[1]], value="a"), ArgumentError, "dtype=object holds strings")])
def test_bad_sequences(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_no_sequences_are_no_rows():
    assert utils.pad_sequences([]).shape == (0, 0)


# windows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", range(len(RECORDED)))
def test_windows_as_keras(index):
    case = RECORDED[index]
    data = np.arange(case["steps"])
    targets = None if case["shift"] is None else data[case["shift"]:] * 10
    found = utils.timeseries_dataset_from_array(data, targets, **case["how"])
    batches = [each if isinstance(each, tuple) else (each,) for each in found]
    assert [[part.tolist() for part in batch] for batch in batches] == case["batches"]


def test_windows_in_another_order_are_the_same_windows():
    data = np.arange(50)
    how = {"sequence_length": 3, "batch_size": 7, "shuffle": True}
    one, same, other = (utils.timeseries_dataset_from_array(data, data * 2, seed=seed, **how)
                        for seed in (1, 1, 2))
    firsts = [np.concatenate([y for _, y in each]) for each in (one, same, other)]
    assert firsts[0].tolist() == firsts[1].tolist() != firsts[2].tolist()
    assert sorted(firsts[2]) == (2 * np.arange(48)).tolist()
    for x, y in one:
        assert np.array_equal(x[:, 0] * 2, y)
    with pytest.raises(IndexError):
        one[len(one)]


def test_windows_train_a_model():
    series = np.sin(np.arange(200.0)).astype("float32")[:, None]
    ahead = utils.timeseries_dataset_from_array(series[:-5], series[5:], 5, batch_size=32)
    model = Sequential([layers.Input((5, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    losses = model.fit(ahead, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(("how", "message"), [
    ({"sequence_length": 20}, "10 steps are too few for a window of 20"),
    ({"sequence_length": 0}, "sequence_length must be at least 1"),
    ({"sequence_length": 2, "batch_size": 0}, "batch_size must be at least 1"),
    ({"sequence_length": 2, "sampling_rate": 0}, "sampling_rate must be above 0"),
    ({"sequence_length": 2, "sequence_stride": 10}, "sequence_stride must be above 0 and below"),
    ({"sequence_length": 2, "start_index": 10}, "start_index must be at least 0 and below the 10"),
    ({"sequence_length": 2, "start_index": 4, "end_index": 4}, r"above start_index \(4\)"),
    ({"sequence_length": 2, "end_index": 10}, "end_index must be above"),
    ({"sequence_length": 2, "format": "torch"}, 'must be "tf" or "grain"')])
def test_bad_windows(how, message):
    with pytest.raises(ArgumentError, match=message):
        utils.timeseries_dataset_from_array(np.arange(10), None, **how)


# two parts -----------------------------------------------------------------------------------


class Numbers(PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = np.arange(10)[index * 4:index * 4 + 4]
        return {"x": rows}, rows * 2


def test_parts_are_of_the_kind_of_the_whole():
    x, y = np.arange(10), np.arange(10) * 2
    left, right = utils.split_dataset(x, right_size=3)
    assert (left.tolist(), right.tolist()) == (list(range(7)), [7, 8, 9])
    (a, b), (c, d) = utils.split_dataset([x, y], 0.25, shuffle=True, seed=1)
    assert (len(a), len(c)) == (2, 8)
    assert np.array_equal(np.concatenate([a, c]) * 2, np.concatenate([b, d]))
    assert sorted([*a, *c]) == list(range(10))
    left, right = utils.split_dataset(Numbers(), 6)
    assert [each[0]["x"].tolist() for each in left] == [[0, 1, 2, 3], [4, 5]]
    assert [each[1].tolist() for each in right] == [[12, 14, 16, 18]]


@live
@pytest.mark.parametrize("sizes", [(0.3, None), (None, 0.3), (3, None), (None, 3), (2, 5),
                                   (0.2, 0.5), (0.2, 5), (7, 3), (0.5, 0.5), (None, None), (0, 0),
                                   (10, None), (None, 0), (1.0, None), (0.6, 0.6), (8, 3),
                                   (0.01, None),
                                   (-1, None), (5.5, None), ("3", None)])
def test_sizes_and_order_as_keras(sizes):
    utilities = pytest.importorskip("keras.src.utils.dataset_utils")
    import random
    rows = np.arange(10)
    try:
        if sizes == (None, None):
            raise ValueError                             # its public function says so before
        left, right = utilities._rescale_dataset_split_sizes(*sizes, 10)
    except (ValueError, TypeError):
        with pytest.raises((ArgumentError, KindError)):
            utils.split_dataset(rows, *sizes)
        return
    order = list(rows)
    random.seed(5)
    random.shuffle(order)
    mine = utils.split_dataset(rows, *sizes, shuffle=True, seed=5)
    assert [each.tolist() for each in mine] == [order[:left], order[-right:]]


@pytest.mark.parametrize(("data", "error"), [
    ([], DataError), ([[1, 2]], KindError), ("text", KindError), (3, KindError),
    ((np.ones(3), np.ones(4)), DataError)])
def test_bad_data_sets(data, error):
    with pytest.raises(error):
        utils.split_dataset(data, 0.5)


def test_older_places_hold_the_same_names():
    from pellucid.keras.preprocessing import sequence, timeseries_dataset_from_array
    from pellucid.keras.preprocessing.image import img_to_array
    assert sequence.pad_sequences is utils.pad_sequences
    assert ours().preprocessing.image.img_to_array is img_to_array is utils.img_to_array
    assert timeseries_dataset_from_array is utils.timeseries_dataset_from_array


def test_pack_and_unpack_are_there():
    assert utils.unpack_x_y_sample_weight(utils.pack_x_y_sample_weight(1, 2)) == (1, 2, None)
    assert utils.Sequence is utils.PyDataset


# pictures ------------------------------------------------------------------------------------


PICTURE = np.random.default_rng(0).normal(size=(4, 5, 3))


@live
@pytest.mark.parametrize("how", [
    {}, {"scale": False}, {"dtype": "float64"}, {"data_format": "channels_last"},
    {"data_format": "channels_first"}])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pictures_as_keras(channels, how):
    pytest.importorskip("PIL")
    x = np.repeat(PICTURE[..., :1], channels, axis=2) * [[np.arange(1, channels + 1)]]
    x = x.transpose(2, 0, 1) if how.get("data_format") == "channels_first" else x
    x = x if how.get("scale", True) else np.abs(x) * 90
    mine, theirs = (each.utils.array_to_img(x, **how) for each in (ours(), real_keras()))
    assert (mine.mode, mine.size) == (theirs.mode, theirs.size)
    assert np.array_equal(np.asarray(mine), np.asarray(theirs))
    back = {name: value for name, value in how.items() if name != "scale"}
    first, other = (each.utils.img_to_array(mine, **back) for each in (ours(), real_keras()))
    assert (first.dtype, first.shape) == (other.dtype, other.shape)
    assert np.array_equal(first, other)


def ours():
    from pellucid import keras
    return keras


@live
def test_deep_and_flat_pictures_as_keras():
    pytest.importorskip("PIL")
    deep = np.array([[[0.0], [1000.0]]])
    mine, theirs = (each.utils.array_to_img(deep, scale=False) for each in (ours(), real_keras()))
    assert mine.mode == theirs.mode == "I"
    assert np.array_equal(np.asarray(mine), np.asarray(theirs))
    grey = ours().utils.array_to_img(np.zeros((2, 2, 1)))
    assert np.asarray(grey).max() == 0


def test_pictures_honour_the_data_format():
    config.set_image_data_format("channels_first")
    try:
        assert utils.img_to_array(np.zeros((4, 5))).shape == (1, 4, 5)
        assert utils.array_to_img(np.zeros((3, 4, 5))).size == (5, 4)
    finally:
        config.set_image_data_format("channels_last")


def test_bad_pictures(monkeypatch):
    for shape in ((4, 5), (4, 5, 2), (1, 4, 5, 3)):
        with pytest.raises(ShapeError, match="1, 3 or 4 channels"):
            utils.array_to_img(np.zeros(shape))
    with pytest.raises(ShapeError, match=r"has the shape \(height, width\)"):
        utils.img_to_array(np.zeros(3))
    with pytest.raises(ArgumentError, match='[Dd]id you mean "channels_last"'):
        utils.img_to_array(np.zeros((2, 2)), data_format="channel_last")
    found = builtins.__import__
    monkeypatch.setattr("importlib.import_module", lambda name: found("no_such_" + name))
    with pytest.raises(MissingExtra, match=r'needs Pillow.*pip install "pellucid\[plot\]"'):
        utils.array_to_img(np.zeros((2, 2, 3)))
