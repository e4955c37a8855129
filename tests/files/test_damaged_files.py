"""Files that are missing, damaged, hostile or of another kind: one sentence, and nothing done."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from pellucid import keras
from pellucid.core.errors import ArgumentError, FileError, PellucidError, ShapeError
from pellucid.files import keras_archive


@pytest.fixture
def model() -> Any:
    made = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="only")])
    made.compile("sgd", "mse")
    return made


@pytest.fixture
def path(model, tmp_path) -> Path:
    model.save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def load(path: Any) -> Any:
    return keras.models.load_model(path)


def rewrite(path: Path, name: str, change: Callable[[bytes], bytes | None]) -> None:
    """Put the changed bytes of one member in its place (None: leave it out)."""
    with zipfile.ZipFile(path) as old:
        members = {each: old.read(each) for each in old.namelist()}
    with zipfile.ZipFile(path, "w") as new:
        for each, data in members.items():
            written = change(data) if each == name else data
            if written is not None:
                new.writestr(each, written)


def with_weights(path: Path, change: Callable[[h5py.File], Any]) -> None:
    def edit(data: bytes) -> bytes:
        buffer = io.BytesIO(data)
        with h5py.File(buffer, "r+") as file:
            change(file)
        return buffer.getvalue()
    rewrite(path, "model.weights.h5", edit)


def with_config(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    def edit(data: bytes) -> bytes:
        config = json.loads(data)
        change(config)
        return json.dumps(config).encode()
    rewrite(path, "config.json", edit)


def test_no_such_file(tmp_path):
    with pytest.raises(FileError, match=r"there is no model file '.*none\.keras'"):
        load(tmp_path / "none.keras")


def test_another_suffix(model, tmp_path):
    for act in (model.save, load):
        with pytest.raises(ArgumentError, match=r"must end in \.keras, but got .*model\.h5"):
            act(tmp_path / "model.h5")
    with pytest.raises(ArgumentError, match=r"must end in \.weights\.h5"):
        model.save_weights(tmp_path / "weights.npz")


def test_an_existing_file_is_kept_if_asked(model, path):
    before = path.read_bytes()
    with pytest.raises(FileError, match="exists already.*overwrite=True"):
        model.save(path, overwrite=False)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"PK\x03\x04" + b"\0" * 60])
def test_what_is_no_zip(content, tmp_path):
    (tmp_path / "bad.keras").write_bytes(content)
    with pytest.raises(FileError, match=r"is no \.keras file"):
        load(tmp_path / "bad.keras")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file(share, path):
    whole = path.read_bytes()
    path.write_bytes(whole[:int(len(whole) * share)])
    with pytest.raises(FileError, match=r"is no \.keras file|damaged"):
        load(path)


@pytest.mark.parametrize("place", [0.2, 0.4, 0.6, 0.8])
def test_flipped_bytes_are_noticed(place, path):
    """Every member has a checksum in the zip."""
    data = bytearray(path.read_bytes())
    for i in range(40):
        data[int(len(data) * place) + i] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(PellucidError):
        load(path)


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5"])
def test_a_missing_member(member, path):
    rewrite(path, member, lambda data: None)
    with pytest.raises(FileError, match=f"lacks {member}"):
        load(path)


@pytest.mark.parametrize("text, told", [
    (b"{", "config.json in .* is damaged"), (b"[1, 2]", "must be a JSON object"),
    (b"\xff\xfe", "damaged"), (b"[" * 100_000, "damaged"), (b"{}", "holds no model")])
def test_a_config_that_is_none(text, told, path):
    rewrite(path, "config.json", lambda data: text)
    with pytest.raises(FileError, match=told):
        load(path)


def test_an_unknown_class_is_named_and_nothing_is_imported(path):
    def change(config: dict[str, Any]) -> None:
        config["config"]["layers"][1].update(
            {"module": "os", "class_name": "system", "registered_name": "os>system"})
    with_config(path, change)
    with pytest.raises(ArgumentError, match=r"'system' is neither built in nor registered"):
        load(path)
    with_config(path, lambda config: config["config"]["layers"][1].update(
        {"module": "keras.layers", "class_name": "Dens", "registered_name": None}))
    with pytest.raises(ArgumentError, match='Did you mean "Dense"'):
        load(path)


def test_arguments_that_no_layer_takes(path):
    with_config(path, lambda config: config["config"]["layers"][1]["config"].update(units=-3))
    with pytest.raises(PellucidError, match="units must be .* at least 1, but got -3"):
        load(path)


def test_an_endless_graph(tmp_path):
    inputs = keras.Input((3,), name="in")
    keras.Model(inputs, keras.layers.Dense(1, name="a")(inputs)).save(tmp_path / "g.keras")

    def change(config: dict[str, Any]) -> None:
        node = config["config"]["layers"][1]["inbound_nodes"][0]
        node["args"][0]["config"]["keras_history"] = ["a", 0, 0]
    with_config(tmp_path / "g.keras", change)
    with pytest.raises(FileError, match="wait for each other"):
        load(tmp_path / "g.keras")


KERNEL = "layers/dense/vars/0"


def replaced(file: h5py.File, make: Callable[[], Any]) -> None:
    del file[KERNEL]
    make()


@pytest.mark.parametrize("kind, told", [
    ("missing", "has 2 weights, but got 1"), ("soft link", "a link to elsewhere"),
    ("outside link", "a link to elsewhere"), ("other shape", r"has shape \(3, 2\), but got \(2,"),
    ("huge shape", r"has shape \(3, 2\), but got \(1000000"), ("text", "must hold numbers"),
    ("group", "not stored in the file itself"), ("outside data", "not stored in the file itself")])
def test_weights_that_cannot_be_trusted(kind, told, path, tmp_path):
    def change(file: h5py.File) -> None:
        if kind == "missing":
            del file[KERNEL]
        elif kind == "soft link":
            file["elsewhere"] = np.ones((3, 2), "float32")
            replaced(file, lambda: file.__setitem__(KERNEL, h5py.SoftLink("/elsewhere")))
        elif kind == "outside link":
            replaced(file, lambda: file.__setitem__(KERNEL, h5py.ExternalLink("o.h5", "/x")))
        elif kind == "other shape":
            replaced(file, lambda: file.create_dataset(KERNEL, data=np.ones((2, 3))))
        elif kind == "huge shape":
            replaced(file, lambda: file.create_dataset(
                KERNEL, shape=(10**6, 10**6), dtype="f8", chunks=(1000, 1000)))
        elif kind == "text":
            replaced(file, lambda: file.create_dataset(KERNEL, data=np.full((3, 2), b"x")))
        elif kind == "group":
            replaced(file, lambda: file.create_group(KERNEL))
        else:
            replaced(file, lambda: file.create_dataset(
                KERNEL, shape=(3, 2), dtype="f4", external=[(str(tmp_path / "raw"), 0, 24)]))
    with_weights(path, change)
    with pytest.raises((FileError, ShapeError), match=told):
        load(path)


def test_weights_of_a_layer_that_are_not_there(path):
    with_weights(path, lambda file: file.__delitem__("layers/dense"))
    with pytest.raises(FileError, match="holds no weights for layers/dense"):
        load(path)


def test_weights_that_are_no_hdf5(path):
    rewrite(path, "model.weights.h5", lambda data: b"no such thing")
    with pytest.raises(FileError, match="the weights in .* are damaged"):
        load(path)


def test_an_optimizer_of_another_size_is_left_alone_aloud(path, model):
    x = np.ones((4, 3))
    model.compile("adam", "mse")
    model.fit(x, x[:, :2], verbose=0)
    model.save(path)
    with_weights(path, lambda file: file.__delitem__("optimizer/vars/5"))
    with pytest.raises(PellucidError, match="5"):
        load(path)


def test_weights_of_another_model(model, tmp_path):
    model.save_weights(tmp_path / "w.weights.h5")
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    before = other.get_weights()
    with pytest.raises(ShapeError, match=r"kernel has shape \(4, 2\), but got \(3, 2\)"):
        other.load_weights(tmp_path / "w.weights.h5")
    other.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    assert all((a == b).all() for a, b in zip(before, other.get_weights(), strict=True))
    with pytest.raises(FileError, match="there is no weights file"):
        other.load_weights(tmp_path / "none.weights.h5")
    with pytest.raises(ArgumentError, match="no weights yet"):
        keras.Sequential([keras.layers.Dense(2)]).load_weights(tmp_path / "w.weights.h5")


def test_a_member_that_swells_is_refused(path, monkeypatch):
    """A zip bomb: many zeros in a small file (the limit is lowered from a gigabyte)."""
    monkeypatch.setattr(keras_archive, "LARGE", 2**20)
    with zipfile.ZipFile(path) as old:
        config = old.read("config.json")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("config.json", config)
        new.writestr("model.weights.h5", b"\0" * (2**20 + 1))
    with pytest.raises(FileError, match="swells to .* refused"):
        load(path)
