"""Writes preprocessing.json; needs TensorFlow, see README.md."""

import itertools
import json
from pathlib import Path

import keras
import numpy as np
import tensorflow

WORDS = [["A"], ["B"], ["C"], ["D"], ["E"], [""], ["é"], ["日本語"], ["x" * 40], ["y" * 70]]
LETTERS, NUMBERS = [["A", "B"], ["C", ""]], [[3, -7], [0, 2**40]]
TEXTS = ["The cat sat.", "THE   dog-sat, on\tthe cat!", "",
         "Éa $5 it's_ok [x] \\ `~", "cat cat cat",
         " a\u00a0b \x0bc\r\nd "]
SMALL = ["the", "cat", "sat", "dogsat", "the cat", "cat cat", "a", "c"]
cases, windows = [], []


def text(each):
    return each.decode() if isinstance(each, bytes) else str(each)


def record(kind, data, adapt=None, **config):
    case = {"layer": kind, "config": config, "adapt": adapt, "data": data}
    cases.append(case)
    try:
        layer = getattr(keras.layers, kind)(**config)
        if adapt is not None:
            layer.adapt(np.array(adapt))
        given = tuple(map(np.array, data)) if kind == "HashedCrossing" else np.array(data)
        output = np.asarray(layer(given))
    except Exception as error:                           # whatever it refuses is recorded too
        case["error"] = type(error).__name__
        return
    if output.dtype == object:                           # ragged: no array in Keras either
        cases.pop()
        return
    case |= {"output": output.tolist(), "dtype": output.dtype.name, "shape": list(output.shape)}
    if hasattr(layer, "get_vocabulary"):
        case["vocabulary"] = [text(each) for each in layer.get_vocabulary()]
    if adapt is not None and hasattr(layer, "bin_boundaries"):
        case["boundaries"] = layer.bin_boundaries


for how in ({"num_bins": 3}, {"num_bins": 1}, {"num_bins": 2**30}, {"num_bins": 3, "salt": 133},
            {"num_bins": 10, "salt": [133, 137]}, {"num_bins": 3, "mask_value": ""},
            {"num_bins": 1, "mask_value": ""}, {"num_bins": 7, "mask_value": "A", "salt": 9},
            {"num_bins": 5, "dtype": "int32"}, {"num_bins": 5, "dtype": "float32"}):
    record("Hashing", WORDS, **how)
for mode, data in itertools.product(
        ("int", "one_hot", "multi_hot", "count"),
        (LETTERS, NUMBERS, ["A", "B", "C"], "A", 5, WORDS[:3], [[1.9, -1.9, 0.2]], [[LETTERS[0]]])):
    record("Hashing", data, num_bins=4, output_mode=mode)
for mask, data in ((0, NUMBERS), (3, NUMBERS), (1, [[1.0, 1.5]]), ("", NUMBERS), (0, LETTERS)):
    record("Hashing", data, num_bins=4, mask_value=mask)

FIVE = [["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]]
for mode, n in itertools.product(("int", "one_hot"), (5, 2**20)):
    if n == 5 or mode == "int":
        record("HashedCrossing", FIVE, num_bins=n, output_mode=mode)
        record("HashedCrossing", [[[each] for each in column] for column in FIVE], num_bins=n,
               output_mode=mode)
        record("HashedCrossing", ["A", 101], num_bins=n, output_mode=mode)
        record("HashedCrossing", [*FIVE, ["p", "q", "r", "s", "é" * 20]], num_bins=n,
               output_mode=mode)
record("HashedCrossing", [[-5, 0, 2**40], [1, 2, 3]], num_bins=1000)
record("HashedCrossing", [["A"], [1.5]], num_bins=3)
record("HashedCrossing", [["A", "B"], [1]], num_bins=3)
record("HashedCrossing", [[["A", "B"]], [["A", "B"]]], num_bins=3)
record("HashedCrossing", [["A"]], num_bins=3)

MODES = ("int", "one_hot", "multi_hot", "count")
for standard, split, ngrams in itertools.product(
        ("lower_and_strip_punctuation", "lower", "strip_punctuation", None),
        ("whitespace", "character"), (None, 2, (2,), (3, 1))):
    for data in (TEXTS, [[each] for each in TEXTS]):
        record("TextVectorization", data, vocabulary=SMALL, standardize=standard, split=split,
               ngrams=ngrams)
for mode, data, (split, ngrams) in itertools.product(
        MODES, (TEXTS, [[each] for each in TEXTS[:3]], "the cat",
                [["the", "cat"], ["a", ""]], ["cat"],
                [[["the cat"], ["a"]]]),
        (("whitespace", None), (None, None), (None, 2), ("whitespace", 2))):
    record("TextVectorization", data, vocabulary=SMALL, output_mode=mode, split=split,
           ngrams=ngrams)
for length, split, data in itertools.product(
        (0, 1, 3, 9), ("whitespace", None), (TEXTS,
                                             [["the", "cat"], ["a", "q"]], [[["a"], ["the cat"]]])):
    record("TextVectorization", data, vocabulary=SMALL, split=split, output_sequence_length=length)
for mode, (most, pad), split in itertools.product(
        ("int", "multi_hot", "count", "tf_idf"),
        ((None, False), (4, False), (4, True), (30, True)), ("whitespace", "character", None)):
    record("TextVectorization", TEXTS, adapt=TEXTS, output_mode=mode, max_tokens=most,
           pad_to_max_tokens=pad, split=split)
record("TextVectorization", TEXTS, adapt=TEXTS, output_mode="tf_idf", ngrams=2)
record("TextVectorization", TEXTS, adapt=[[each] for each in TEXTS], output_mode="tf_idf")
record("TextVectorization", TEXTS, vocabulary=["cat", "sat"], idf_weights=[0.5, 2.0],
       output_mode="tf-idf")
for bad in ({"output_sequence_length": 3, "output_mode": "count"}, {"ngrams": "2"},
            {"standardize": "upper"}, {"split": "comma"}, {"max_tokens": 2},
            {"vocabulary": ["cat", "cat"]}, {"vocabulary": ["cat", ""]}):
    record("TextVectorization", TEXTS, **{"vocabulary": SMALL, **bad})

series = np.random.default_rng(0).normal(size=(1000,)).astype("float32").round(3)
for n, epsilon in ((2, 0.01), (4, 0.01), (10, 0.01), (3, 0.1), (7, 0.001)):
    for data in (series, series[:5], np.arange(100.0), np.repeat([1.0, 5.0], 200)):
        record("Discretization", [[-9.0, 0.0, 0.5, 99.0]], adapt=data.tolist(), num_bins=n,
               epsilon=epsilon)
for mode, data in itertools.product(
        MODES, ([[-1.5, 1.0], [3.4, 0.5]], [[0.0], [9.0]], [0.5, 1.5], 0.5, [[1, 2], [0, -4]])):
    record("Discretization", data, bin_boundaries=[0.0, 1.0, 2.0], output_mode=mode)

for n, how in ((99, {"sequence_length": 10, "sequence_stride": 3, "sampling_rate": 2}),
               (20, {"sequence_length": 4}), (20, {"sequence_length": 4, "batch_size": 5}),
               (20, {"sequence_length": 3, "batch_size": None, "sequence_stride": 4}),
               (30, {"sequence_length": 3, "start_index": 4, "end_index": 20, "batch_size": 6})):
    for shift in (None, 0, 3):
        data = np.arange(n)
        targets = None if shift is None else data[shift:] * 10
        found = keras.utils.timeseries_dataset_from_array(data, targets, **how)
        windows.append({"steps": n, "shift": shift, "how": how, "batches": [
            [np.asarray(part).tolist() for part in (each if shift is not None else (each,))]
            for each in found]})

versions = {"keras": keras.__version__, "tensorflow": tensorflow.__version__,
            "backend": keras.backend.backend()}
lines, series = (",\n".join(json.dumps(case) for case in each) for each in (cases, windows))
Path(__file__).with_name("preprocessing.json").write_text(
    f'{{"recorded_with": {json.dumps(versions)},\n"cases": [\n{lines}\n],\n'
    f'"windows": [\n{series}\n]}}\n')
