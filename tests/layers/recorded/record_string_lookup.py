"""Writes string_lookup.json; needs TensorFlow, see README.md."""

import itertools
import json
from pathlib import Path

import keras
import numpy as np
import tensorflow

ABCD, NUMBERS = ["a", "b", "c", "d"], [12, 36, 1138, 42]
ROWS, LINE, COLUMN = [["a", "c", "d"], ["d", "z", "b"]], ["a", "z", "d", "d"], [["a"], ["z"], ["d"]]
NUMBER_ROWS = [[12, 1138, 42], [42, 1000, 36]]
SEEN = ["b", "a", "b", "c", "zz", "a", "b", "é"]
DOCUMENTS = [["a", "b"], ["a", "a"], ["c", "c"]]
MODES = ("int", "one_hot", "multi_hot", "count")
# words of every length that the hash treats in a way of its own
WORDS = [*(f"word{i}" for i in range(40)), "", "é", "日本語", "0123456789abcdef", "hello world",
         *("x" * n for n in (7, 9, 17, 33, 65, 130)),
         *("y" * n for n in (15, 16, 31, 32, 63, 64, 127, 128, 129, 200))]
cases = []


def plain(values):
    return [each if isinstance(each, str) else int(each) for each in values]


def text(each):
    return each.decode() if isinstance(each, bytes) else str(each)


def record(kind, data, adapt=None, **config):
    case = {"layer": kind, "config": config, "adapt": adapt, "data": data}
    cases.append(case)
    try:
        layer = getattr(keras.layers, kind)(**config)
        if adapt is not None:
            layer.adapt(np.array(adapt))
        output = np.asarray(layer(np.array(data)))
    except Exception as error:                           # whatever it refuses is recorded too
        case["error"] = type(error).__name__
        return
    words = output.dtype.kind in "OS"
    values = np.vectorize(text, otypes=[object])(output) if words else output
    case |= {"output": values.tolist(), "dtype": "string" if words else output.dtype.name,
             "shape": list(output.shape)}
    if hasattr(layer, "get_vocabulary") and layer.vocabulary_size() < 500:
        case |= {"vocabulary": plain(layer.get_vocabulary()),
                 "vocabulary_plain": plain(layer.get_vocabulary(include_special_tokens=False)),
                 "vocabulary_size": int(layer.vocabulary_size())}


for mode, mask, oov in itertools.product(MODES, (None, "", "a"), (1, 2, 3)):
    vocabulary = [each for each in ABCD if each != mask]
    for data in (ROWS, LINE, COLUMN, [["", "a", "q"]]):
        record("StringLookup", data, vocabulary=vocabulary, output_mode=mode, mask_token=mask,
               num_oov_indices=oov)
for mode, mask, oov in itertools.product(MODES, (None, 0, 12), (1, 2, 3)):
    vocabulary = [each for each in NUMBERS if each != mask]
    for data in (NUMBER_ROWS, [[12], [-7], [0]]):
        record("IntegerLookup", data, vocabulary=vocabulary, output_mode=mode, mask_token=mask,
               num_oov_indices=oov)
for how in ({"num_oov_indices": 10}, {"num_oov_indices": 1009},
            {"num_oov_indices": 10, "salt": [3, 4]}, {"num_oov_indices": 7, "salt": 5}):
    record("StringLookup", WORDS, vocabulary=ABCD, **how)
for data, how in (
        (["a", "b"], {"num_oov_indices": 0}), (["a", "q"], {"num_oov_indices": 0}),
        (["a", "b", ""], {"num_oov_indices": 0, "mask_token": ""}),
        (ROWS, {"vocabulary": ["[UNK]", *ABCD]}),
        (ROWS, {"vocabulary": ["", "[UNK]", *ABCD], "mask_token": ""}),
        (ROWS, {"vocabulary": [*ABCD, "[UNK]"]}),
        ([[1, 2]], {"vocabulary": [*ABCD, "[UNK]"], "invert": True}),
        (ROWS, {"vocabulary": [*ABCD, ""], "mask_token": ""}),
        (ROWS, {"vocabulary": ["a", "a"]}), (ROWS, {"vocabulary": []}), (ROWS, {"max_tokens": 3}),
        ([[1, 3, 4], [4, 0, 2]], {"invert": True}),
        ([[0, 1, 2], [5, 9, 3]], {"invert": True, "mask_token": ""}),
        ([[0, 1, 2], [5, 9, 3]], {"invert": True, "num_oov_indices": 2, "oov_token": "??"}),
        ([[0]], {"invert": True, "output_mode": "count"}),
        (ROWS, {"idf_weights": [1, 2, 3, 4]}), ("a", {}), ("a", {"output_mode": "one_hot"}),
        ("a", {"output_mode": "multi_hot"}), (ROWS, {"output_mode": "tf_idf"})):
    record("StringLookup", data, **{"vocabulary": ABCD, **how})
for mode, (most, pad), mask in itertools.product(
        MODES, ((None, False), (3, False), (3, True), (10, False), (10, True)), (None, "a")):
    record("StringLookup", [["a", "b"], ["q", "c"]], adapt=SEEN, output_mode=mode, max_tokens=most,
           pad_to_max_tokens=pad, mask_token=mask)
record("StringLookup", [["a", "b"]], adapt=[["a", "b"], ["b", "[UNK]"]])
for words, weights in ((ABCD, [.25, .75, .6, .4]), (["[UNK]", *ABCD], [.9, .25, .75, .6, .4])):
    record("StringLookup", [["a", "c", "d", "d"], ["d", "z", "b", "z"]], output_mode="tf_idf",
           vocabulary=words, idf_weights=weights)
for how in ({}, {"max_tokens": 6, "pad_to_max_tokens": True}):
    record("StringLookup", [["a", "c"], ["q", "b"]], adapt=DOCUMENTS, output_mode="tf_idf", **how)
for mode in MODES[1:]:
    record("StringLookup", [[["a", "b"], ["c", "z"]]] * 2, vocabulary=ABCD, output_mode=mode)
for how in ({}, {"oov_method": "farmhash"}, {"oov_method": "farmhash", "salt": 9}):
    record("IntegerLookup", [100, 301, 702, 1100, 1700, 2000, -5, 0, 10],
           vocabulary=[10, 20, 30], num_oov_indices=4, **how)
record("IntegerLookup", [12, 5], vocabulary=NUMBERS, num_oov_indices=0)
record("IntegerLookup", [[1, 3, 4], [4, 0, 2]], vocabulary=NUMBERS, invert=True)
record("IntegerLookup", [[1, 3, 4], [5, 0, 2]], vocabulary=NUMBERS, invert=True, mask_token=0)
record("IntegerLookup", NUMBER_ROWS, adapt=NUMBER_ROWS)
record("IntegerLookup", NUMBER_ROWS, adapt=[[1, 2, 0], [2, 3, 0], [-1, -1, -1]], mask_token=0,
       max_tokens=4)
record("IntegerLookup", NUMBER_ROWS, vocabulary=[-1, *NUMBERS])
for mode in MODES[1:]:
    for data in ([[0, 1], [2, 2], [3, 1]], [0, 1, 2], [[0], [3]], 2):
        record("CategoryEncoding", data, num_tokens=4, output_mode=mode)
    for data in ([[0, 3]], [[0, -1]]):
        record("CategoryEncoding", data, num_tokens=3, output_mode=mode)

versions = {"keras": keras.__version__, "tensorflow": tensorflow.__version__,
            "backend": keras.backend.backend()}
lines = ",\n".join(json.dumps(case) for case in cases)
Path(__file__).with_name("string_lookup.json").write_text(
    f'{{"recorded_with": {json.dumps(versions)},\n"cases": [\n{lines}\n]}}\n')
