"""A file is there whole or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pellucid import keras
from pellucid.core.errors import ArgumentError, FileError
from pellucid.files import keras_archive
from pellucid.files.atomic import replacing

SAVES_FOREVER = """
import sys
import numpy as np
from pellucid import keras
model = keras.Sequential([keras.Input((200,)), keras.layers.Dense(2000), keras.layers.Dense(10)])
path, value = sys.argv[1], 0.0
while True:
    value += 1.0
    model.set_weights([np.full(w.shape, value, "float32") for w in model.weights])
    model.save(path)
    print(value, flush=True)
"""


def saver(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SAVES_FOREVER, str(path)], text=True,
                            stdout=subprocess.PIPE)


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.parametrize("pause", [0.0, 0.004, 0.009, 0.017])
def test_killed_while_saving_the_old_file_is_whole(pause, tmp_path):
    """SIGKILL at any moment: the file holds one save, whole, and never a mixture."""
    path = tmp_path / "model.keras"
    process = saver(path)
    assert process.stdout is not None
    with process.stdout:
        saved = float(process.stdout.readline())
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        process.wait()
    model = keras.models.load_model(path)
    values = {float(v) for w in model.get_weights() for v in np.unique(w)}
    assert len(values) == 1
    assert values.pop() >= saved


def test_an_error_in_the_middle_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "model.keras"
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save(path)
    before = path.read_bytes()
    written: list[str] = []

    def half(self: Any, name: str, data: Any, *_: Any, **__: Any) -> None:
        written.append(name)
        self.fp.write(b"half")
        if name == "model.weights.h5":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", half)
    with pytest.raises(FileError, match="could not be written .No space left.*unharmed"):
        model.save(path)
    monkeypatch.undo()
    assert written[-1] == "model.weights.h5"
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.keras"]               # no draft is left


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_other_exceptions_pass_through_and_clean_up(error, tmp_path):
    (tmp_path / "notes.txt").write_text("old")
    def write() -> None:
        with replacing(tmp_path / "notes.txt", "w") as file:
            file.write("new")
            raise error

    with pytest.raises(error):
        write()
    assert (tmp_path / "notes.txt").read_text() == "old"
    assert os.listdir(tmp_path) == ["notes.txt"]


def test_what_replaces_is_all_there(tmp_path):
    with replacing(tmp_path / "notes.txt", "w", encoding="utf-8") as file:
        file.write("ψ")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "ψ"


def test_places_that_cannot_be_written(tmp_path):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(FileError, match="the folder '.*none' does not exist"):
        model.save(tmp_path / "none" / "model.keras")
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(FileError, match="is a folder, not a file"):
        model.save(tmp_path / "folder.keras")


def test_a_model_without_weights_cannot_be_saved(tmp_path):
    with pytest.raises(ArgumentError, match="no weights yet, so there is nothing to save"):
        keras.Sequential([keras.layers.Dense(2)]).save(tmp_path / "m.keras")
    assert os.listdir(tmp_path) == []


def test_what_cannot_be_written_as_data_is_said_before_writing(tmp_path):
    model = keras.Sequential([keras.Input((3,)),
                              keras.layers.Dense(2, activation=lambda x: x * 2)])
    with pytest.raises(TypeError, match="a lambda cannot be written to a file"):
        model.save(tmp_path / "m.keras")
    assert os.listdir(tmp_path) == []


def test_an_archive_keeps_its_extra_member(tmp_path):
    archive = keras_archive.Archive({"a": 1}, b"weights", {"columns": ["x", "ψ"]})
    keras_archive.write(tmp_path / "a.keras", archive)
    assert keras_archive.read(tmp_path / "a.keras") == archive
    keras_archive.write(tmp_path / "b.keras", archive._replace(extra={}))
    assert keras_archive.read(tmp_path / "b.keras").extra == {}


def test_registered_functions_and_classes_come_back(tmp_path):
    @keras.saving.register_keras_serializable("mine")
    def doubled(x: Any) -> Any:
        return 2 * x

    @keras.saving.register_keras_serializable("mine")
    class Shift(keras.layers.Layer):
        def __init__(self, by: float = 1.0, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.by = by

        def call(self, inputs: Any) -> Any:
            return inputs + self.by

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation=doubled),
                              Shift(by=2.5)])                    # its config comes from __init__
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    x = np.ones((2, 3))
    assert (again.predict(x, verbose=0) == model.predict(x, verbose=0)).all()
    assert again.layers[1].by == 2.5


def test_a_model_from_json_and_a_clone():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="relu")])
    again = keras.models.model_from_json(model.to_json())
    clone = keras.models.clone_model(model)
    for each in (again, clone):
        assert [type(layer) for layer in each.layers] == [type(layer) for layer in model.layers]
        assert each.get_weights()[0].shape == (3, 2)
        assert each.weights[0] is not model.weights[0]
