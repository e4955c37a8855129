"""TensorBoard: what the event files hold, read back by a reader of their own."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import callbacks, optimizers
from pellucid.callbacks.event_file import EventFile, checksum, masked, png
from pellucid.core.errors import ArgumentError, FileError, KindError
from pellucid.layers import Dense, Embedding, Flatten, Input
from pellucid.models import Sequential

X = np.random.default_rng(1).normal(size=(20, 3)).astype("float32")
Y = X[:, :1] * 2 - 1


# a reader of records and of protocol buffers


def records(path: Path) -> list[bytes]:
    """The records of a file, their checksums tested."""
    data, found = path.read_bytes(), []
    while data:
        (length,), (check,) = struct.unpack("<Q", data[:8]), struct.unpack("<I", data[8:12])
        assert check == masked(checksum(data[:8]))
        record, (check,) = data[12:12 + length], struct.unpack("<I", data[12 + length:16 + length])
        assert check == masked(checksum(record))
        found.append(record)
        data = data[16 + length:]
    return found


def number(data: bytes) -> tuple[int, bytes]:
    total = shift = 0
    while True:
        total |= (data[0] & 127) << shift
        more, data, shift = data[0] & 128, data[1:], shift + 7
        if not more:
            return total, data


def fields(data: bytes) -> dict[int, Any]:
    """The last value of each field of a message."""
    found: dict[int, Any] = {}
    while data:
        key, data = number(data)
        if key & 7 == 0:
            found[key >> 3], data = number(data)
        elif key & 7 == 2:
            length, data = number(data)
            found[key >> 3], data = data[:length], data[length:]
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[key & 7]
            found[key >> 3], data = struct.unpack(form, data[:size])[0], data[size:]
    return found


def events(folder: Path) -> list[tuple[str, int, dict[int, Any]]]:
    """(Tag, step, value) of everything in the one file of a folder."""
    (path,) = folder.glob("events.out.tfevents.*")
    first, *rest = (fields(each) for each in records(path))
    assert first[3] == b"brain.Event:2"
    assert all(each[1] > 1.6e9 for each in (first, *rest))           # a time of day
    values = [(fields(fields(each[5])[1]), each.get(2, 0)) for each in rest]
    return [(value[1].decode(), step, value) for value, step in values]


def figures(folder: Path) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for tag, step, value in events(folder):
        if 2 in value:
            found.setdefault(tag, {})[step] = value[2]
    return found


def test_the_format():
    assert checksum(b"123456789") == 0xE3069283                      # RFC 3720
    shades = np.arange(12, dtype=np.uint8).reshape(3, 4)
    data = png(shades)
    assert struct.unpack(">II", data[16:24]) == (4, 3)
    start = data.index(b"IDAT") + 4
    rows = np.frombuffer(zlib.decompress(data[start:]), np.uint8).reshape(3, 5)
    np.testing.assert_array_equal(rows[:, 1:], shades)


def test_a_histogram_counts_everything(tmp_path):
    values = np.append(np.random.default_rng(0).normal(size=1000), [np.nan, np.inf])
    file = EventFile(tmp_path)
    file.histogram("weights", values, step=3)
    file.histogram("nothing", [np.nan], step=3)
    file.flush()
    ((tag, step, value),) = events(tmp_path)
    told, finite = fields(value[5]), values[:1000]
    assert (tag, step, told[3]) == ("weights", 3, 1000)
    assert (told[1], told[2]) == (finite.min(), finite.max())
    assert told[4] == pytest.approx(finite.sum())
    assert told[5] == pytest.approx((finite ** 2).sum())
    limits, counts = (np.frombuffer(told[i]) for i in (6, 7))
    np.testing.assert_array_equal(np.cumsum(counts), [(finite <= each).sum() for each in limits])


def model() -> Any:
    made = Sequential([Input((3,)), Dense(4, "tanh", name="low"), Dense(1, name="top")])
    made.compile(optimizers.SGD(0.1), "mse", metrics=["mae"])
    return made


def test_figures_of_each_epoch_are_those_of_the_history(tmp_path):
    board = callbacks.TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    made = model()
    history = made.fit(X, Y, epochs=3, validation_split=0.2, verbose=0, callbacks=[board]).history
    train, held_out = figures(tmp_path / "train"), figures(tmp_path / "validation")
    for name in ("loss", "mae"):
        assert list(train[f"epoch_{name}"].values()) == pytest.approx(history[name])
        assert list(held_out[f"epoch_{name}"].values()) == pytest.approx(history[f"val_{name}"])
    assert train["epoch_learning_rate"] == dict.fromkeys(range(3), pytest.approx(0.1))
    assert list(held_out["evaluation_loss_vs_iterations"]) == [1, 2, 3]
    assert not any(tag.startswith("batch") for tag in train)
    tags = [(tag, step) for tag, step, _ in events(tmp_path / "train")]
    for weight in ("low/kernel", "low/bias"):
        for what in ("histogram", "image"):
            assert [step for tag, step in tags if tag.endswith(f"{weight}/{what}")] == [0, 2]
    (graph,) = [value for tag, _, value in events(tmp_path / "train") if tag == "keras"]
    assert json.loads(fields(graph[8])[8]) == json.loads(made.to_json())
    assert fields(fields(graph[9])[1])[1] == b"graph_keras_model"


@pytest.mark.parametrize(("freq", "steps"), [("batch", [1, 2, 3, 4, 5, 6]), (2, [2, 4, 6])])
def test_figures_of_batches(freq, steps, tmp_path):
    board = callbacks.TensorBoard(tmp_path, update_freq=freq, write_steps_per_second=True,
                                  write_graph=False)
    history = model().fit(X, Y, epochs=2, batch_size=8, verbose=0, callbacks=[board]).history
    train = figures(tmp_path / "train")
    assert list(train["batch_loss"]) == steps
    assert train["batch_loss"][6] == pytest.approx(history["loss"][1])
    for name in ("batch_steps_per_second", "epoch_steps_per_second"):
        assert all(speed > 0 for speed in train[name].values())
    assert not (tmp_path / "validation").exists()


def test_rates_of_several_optimizers_and_evaluate_alone(tmp_path):
    made = model()
    made.compile(optimizers.MultiOptimizer(optimizers.OptimizerMap(
        optimizers.SGD(0.5, name="rest"), {"low/.*": optimizers.Adam(0.25, name="low")})), "mse")
    made.fit(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path / "fit")])
    train = figures(tmp_path / "fit" / "train")
    assert train["epoch_learning_rate_rest"][0] == 0.5
    assert train["epoch_learning_rate_low"][0] == 0.25
    loss = made.evaluate(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path / "alone")])
    alone = figures(tmp_path / "alone" / "validation")
    assert alone["evaluation_loss_vs_iterations"][1] == pytest.approx(loss)


def test_embeddings_for_the_projector(tmp_path):
    made = Sequential([Input((2,), dtype="int32"), Embedding(5, 3, name="words"), Flatten(),
                       Dense(1)])
    made.compile("sgd", "mse")
    board = callbacks.TensorBoard(tmp_path, embeddings_freq=1,
                                  embeddings_metadata={"words": "labels.tsv"})
    made.fit(np.arange(20).reshape(10, 2) % 5, np.ones((10, 1), "float32"), verbose=0,
             callbacks=[board])
    config = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "words.tsv"' in config
    assert 'metadata_path: "labels.tsv"' in config
    np.testing.assert_allclose(np.loadtxt(tmp_path / "words.tsv"), made.layers[0].get_weights()[0],
                               rtol=1e-6)
    board.embeddings_metadata = {"wrods": "labels.tsv"}
    with pytest.raises(ArgumentError, match='embedding layers, but got wrods.*"words"'):
        made.fit(np.ones((2, 2), "int32"), np.ones((2, 1)), verbose=0, callbacks=[board])


@pytest.mark.parametrize(("options", "told"), [
    ({"update_freq": 0}, 'update_freq must be "epoch", "batch" or a number'),
    ({"histogram_freq": -1}, "histogram_freq must be a whole number at least 0"),
    ({"profile_batch": 2}, r"profile_batch must be 0.*fit\(profile=True\)"),
    ({"log_dri": "x"}, 'has no argument .log_dri.*"log_dir"')])
def test_arguments_without_meaning(options, told):
    with pytest.raises((ArgumentError, KindError), match=told):
        callbacks.TensorBoard(**options)


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "taken").write_text("a file")
    board = callbacks.TensorBoard(tmp_path / "taken")
    with pytest.raises(FileError, match="TensorBoard cannot write to"):
        model().fit(X, Y, verbose=0, callbacks=[board])
