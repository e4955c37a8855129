"""Where a run goes, and what is refused before the training begins."""

import pytest

from pellucid.core.errors import FileError
from pellucid.tabular.folder import find_model, run_folder


def test_runs_are_numbered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(run_folder(None, "iris")) == "runs/iris-1"
    for name in ("iris-1", "iris-9", "iris-x", "wine-30", "iris-2-7"):
        (tmp_path / "runs" / name).mkdir(parents=True)
    assert str(run_folder(None, "iris")) == "runs/iris-10"
    assert not (tmp_path / "runs" / "iris-10").exists()


def test_folder_with_content_is_refused_unless_forced(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(FileError, match="must be empty.*--force"):
        run_folder(str(tmp_path), "iris")
    assert run_folder(str(tmp_path), "iris", force=True) == tmp_path


def test_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="is a file"):
        run_folder(str(tmp_path / "file"), "iris")
    with pytest.raises(FileError, match="cannot be made"):
        run_folder(str(tmp_path / "file" / "run"), "iris")


def test_model_is_a_file_or_a_run_folder(tmp_path):
    with pytest.raises(FileError, match="no model.keras in it"):
        find_model(str(tmp_path))
    with pytest.raises(FileError, match="there is no model"):
        find_model(str(tmp_path / "a.keras"))
    (tmp_path / "model.keras").write_text("")
    assert find_model(str(tmp_path)) == find_model(str(tmp_path / "model.keras"))
