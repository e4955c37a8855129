"""What only a real process shows: Ctrl-C, a terminal, a pipe, what is imported."""

from __future__ import annotations

import csv
import json
import os
import pty
import signal
import subprocess
import sys

import pytest

from pellucid.tabular.folder import FILES

MAIN = [sys.executable, "-c", "from pellucid.cli import main; main()"]
ENDLESS = ["--epochs", "1000000", "--patience", "1000000", "--layers", "8 relu", "--out", "run"]


def start(folder, *words, **how):
    environment = os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "80"}
    return subprocess.Popen([*MAIN, *words], cwd=folder, env=environment, text=True, **how)


def test_ctrl_c_keeps_the_best_model_and_the_history(folder):
    process = start(folder, "train", "moons", *ENDLESS, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    told = []
    for line in process.stdout:
        told.append(line)
        if line.startswith("Epoch 10:"):
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == ""
    assert "Stopped by Ctrl-C in epoch" in rest
    assert "test rows" in rest
    run = folder / "run"
    with (run / "history.csv").open() as file:
        losses = [float(line["val_loss"]) for line in csv.DictReader(file)]
    metrics = json.loads((run / "metrics.json").read_text())
    assert len(losses) == metrics["epochs"] >= 10
    assert metrics["best_epoch"] == losses.index(min(losses)) + 1
    assert f"the weights are of epoch {metrics['best_epoch']}" in rest
    assert (run / "report.html").exists()
    again = subprocess.run([*MAIN, "evaluate", "run"], cwd=folder, capture_output=True, text=True,
                           check=True)
    assert f"{metrics['model']['accuracy']:.4f}" in again.stdout


def test_ctrl_c_again_and_again_still_leaves_a_whole_folder(folder):
    process = start(folder, "train", "moons", *ENDLESS, stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    for line in process.stdout:
        if line.startswith("Epoch 2:"):
            break
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        if "Writing" in (line := process.stdout.readline()):
            assert "Ctrl-C waits" in line
        if line.startswith("Run "):
            break
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert errors == ""
    assert sorted(path.name for path in (folder / "run").iterdir()) == sorted(FILES)


def test_terminal_has_a_live_bar(folder):
    ours, theirs = pty.openpty()
    process = start(folder, "train", "moons", "--epochs", "5", "--out", "run", stdin=theirs,
                    stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:                                             # Linux: the other end has closed
        pass
    os.close(ours)
    text = seen.decode()
    assert process.wait(60) == 0, text
    assert "\x1b[" in text
    assert "Epoch 5/5" in text
    assert "val loss" in text


def test_pipe_that_closes_early_is_no_traceback(folder):
    assert subprocess.run([*MAIN, "train", "moons", "--epochs", "1", "--out", "run"], cwd=folder,
                          capture_output=True, check=False).returncode == 0
    (folder / "rows.csv").write_text("x1,x2\n" + "0.5,0.25\n" * 20_000)
    process = start(folder, "predict", "run", "rows.csv", stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE)
    assert process.stdout.readline().startswith("row,predicted")
    process.stdout.close()
    errors = process.stderr.read()
    process.wait(60)
    process.stderr.close()
    assert errors == ""
    assert process.returncode == 141                        # as of any tool that head cuts short


def test_help_imports_nothing_heavy():
    heavy = "numpy h5py polars sklearn matplotlib pandas pellucid.layers pellucid.insight"
    program = ("import sys\nsys.argv = ['pellucid', '--help']\n"
               "from pellucid.cli import main\n"
               "try:\n    main()\nexcept SystemExit:\n    pass\n"
               f"print([name for name in '{heavy}'.split() if name in sys.modules])")
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                            check=True)
    assert result.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(("library", "words", "extra"), [
    ("polars", ("train", "houses.csv", "--target", "price"), "data"),
    ("sklearn", ("train", "digits"), "data"),
])
def test_missing_extra_is_a_sentence_with_the_command(refused, table, monkeypatch, library, words,
                                                      extra):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(sys.modules, f"{library}.datasets", None)
    assert f'pip install "pellucid[{extra}]"' in refused(*words)


def test_base_install_trains_on_a_generated_set_without_a_report(pellucid, folder, monkeypatch):
    for library in ("polars", "sklearn", "matplotlib", "matplotlib.figure", "tomli_w"):
        monkeypatch.setitem(sys.modules, library, None)
    result = pellucid("train", "moons", "--epochs", "1", "--out", "run")
    assert result.exit_code == 0, result.output
    assert "no report.html" in result.stdout
    assert 'pip install "pellucid[plot]"' in result.stdout
    assert pellucid("predict", "run", "moons", "--out", "answers.csv").exit_code == 0
    assert not (folder / "run" / "report.html").exists()


def test_ctrl_c_before_the_training_exits_130(pellucid, monkeypatch):
    from pellucid.tabular import preparation

    def interrupted(config):
        raise KeyboardInterrupt

    monkeypatch.setattr(preparation, "prepare", interrupted)
    result = pellucid("train", "moons")
    assert result.exit_code == 130
    assert "Stopped by Ctrl-C" in result.stderr


def test_error_of_the_system_is_a_sentence(refused, monkeypatch):
    from pellucid.tabular import preparation

    def full(config):
        raise OSError(28, "No space left on device", "runs/moons-1/model.keras")

    monkeypatch.setattr(preparation, "prepare", full)
    assert refused("train", "moons") == \
        "Error: runs/moons-1/model.keras: No space left on device."
