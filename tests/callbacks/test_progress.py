"""The progress bar in a terminal, in a file, in a notebook, and when training breaks off."""

import io
import re
import sys

import numpy as np
import pytest

from pellucid import Sequential, layers
from pellucid.callbacks import CallbackList, LambdaCallback, ProgressBar, console_line
from pellucid.callbacks import progress as progress_module
from pellucid.callbacks.console_line import line, say

X = np.ones((12, 2))


class Terminal(io.StringIO):
    """A terminal that keeps what it was sent, and can say what it shows in the end."""

    encoding = "utf-8"

    def isatty(self):
        return True

    def shown(self):
        rows = []
        for row in self.getvalue().split("\n"):
            seen = ""
            for piece in row.split("\r"):
                seen = piece + seen[len(piece):]
            rows.append(seen.rstrip())
        return rows


@pytest.fixture
def connect(monkeypatch):
    """A function that makes standard output a terminal (pytest takes it back after set-up)."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(progress_module, "INTERVAL", 0.0)

    def connected():
        stream = Terminal()
        monkeypatch.setattr(sys, "stdout", stream)
        return stream

    yield connected
    line.width = 0


@pytest.fixture(scope="module")
def model():
    made = Sequential([layers.Input((2,)), layers.Dense(1)])
    made.compile("sgd", "mse", metrics=["mae"])
    return made


def matches(text, epoch):
    figures = text.split(" - ")
    return figures[0] == f"Epoch {epoch}/2" and re.fullmatch(r"[\d.]+ m?s", figures[1]) and {
        each.split(":")[0] for each in figures[2:]} == {"loss", "mae"}


def test_a_file_gets_one_line_per_epoch(model, capsys):
    for verbose in ("auto", 1, 2, True):
        model.fit(X, X[:, :1], epochs=2, verbose=verbose)
        text = capsys.readouterr().out
        assert "\r" not in text
        first, second = text.splitlines()
        assert matches(first, 1)
        assert matches(second, 2)


@pytest.mark.parametrize("verbose", [0, False])
def test_silence(model, capsys, verbose):
    model.fit(X, X[:, :1], epochs=2, verbose=verbose)
    model.evaluate(X, X[:, :1], verbose=verbose)
    model.predict(X, verbose=verbose)
    assert capsys.readouterr().out == ""


def test_evaluate_and_predict_in_a_file(model, capsys):
    model.evaluate(X, X[:, :1], batch_size=4)
    assert re.fullmatch(r"3/3 - [\d.]+ ms - .*loss: [\d.e-]+.*\n", capsys.readouterr().out)
    model.predict(X)
    assert capsys.readouterr().out == ""
    model.predict(X, verbose=2, batch_size=4)
    assert re.fullmatch(r"3/3 - [\d.]+ ms\n", capsys.readouterr().out)


def test_the_bar_grows(model, connect):
    terminal = connect()
    model.fit(((X[:4], X[:4, :1]) for _ in range(3)), steps_per_epoch=3)     # batch by batch
    assert "━" * 6 + "─" * 14 + " 1/3" in terminal.getvalue()


def test_a_terminal_shows_a_bar_and_is_left_with_lines(model, connect):
    terminal = connect()
    model.fit(X, X[:, :1], epochs=2, batch_size=4, validation_data=(X, X[:, :1]))
    drawn = terminal.getvalue()
    assert "━" * 20 + " 3/3 validating" in drawn
    assert "left" in drawn
    rows = terminal.shown()
    assert rows[0].startswith("Epoch 1/2 - ")
    assert "val_loss: " in rows[0]
    assert rows[1].startswith("Epoch 2/2 - ")
    assert rows[2:] == [""]


def test_evaluate_and_predict_in_a_terminal(model, connect):
    terminal = connect()
    model.evaluate(X, X[:, :1], batch_size=4)
    model.predict(X, batch_size=4)
    assert "2/3" in terminal.getvalue()
    rows = terminal.shown()
    assert rows[0].startswith("3/3 - ")
    assert rows[1:] == [""]


def test_steps_of_unknown_number(model, connect):
    terminal = connect()
    model.fit(((X, X[:, :1]) for _ in range(3)), epochs=1)
    assert "2 steps" in terminal.getvalue()


def test_at_most_ten_drawings_a_second(connect, monkeypatch):
    terminal = connect()
    monkeypatch.setattr(progress_module, "INTERVAL", 0.1)
    bar, now = ProgressBar(1), [0.0]
    monkeypatch.setattr(progress_module.time, "perf_counter", lambda: now[0])
    bar.set_params({"epochs": 1, "steps": 1000})
    bar.on_epoch_begin(0)
    for batch in range(1000):
        now[0] += 0.001
        bar.on_train_batch_end(batch, {"loss": 1.0})
    assert 8 <= terminal.getvalue().count("\r") <= 10
    line.end()


def test_a_sentence_comes_above_the_bar(connect):
    terminal = connect()
    bar = ProgressBar(1)
    bar.set_params({"epochs": 1, "steps": 4})
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0, {"loss": 1.0})
    say("Something happened.")
    bar.on_train_batch_end(1, {"loss": 1.0})
    bar.close()
    rows = terminal.shown()
    assert rows[0] == "Something happened."
    assert "2/4" in rows[1]
    assert rows[2:] == [""]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_nothing_is_left_behind_when_training_breaks_off(model, connect, stop):
    terminal = connect()
    def fail(batch, logs):
        if batch == 1:
            raise stop

    with pytest.raises(stop):
        model.fit(X, X[:, :1], batch_size=4, callbacks=[LambdaCallback(on_train_batch_end=fail)])
    assert line.width == 0
    assert terminal.getvalue().endswith("\n")


def test_a_long_line_is_cut_and_never_wraps(connect, monkeypatch):
    terminal = connect()
    monkeypatch.setenv("COLUMNS", "30")
    line.draw("x" * 100)
    line.draw("x" * 100)
    monkeypatch.setenv("COLUMNS", "20")
    line.draw("made narrower")
    assert len(terminal.getvalue().rpartition("\r")[2]) == 19
    line.draw("short")
    line.end()
    assert terminal.getvalue().rpartition("\r")[2].rstrip() == "short"
    assert max(len(each) for each in re.split(r"[\r\n]", terminal.getvalue())) == 29


def test_plain_signs_where_the_console_has_no_others(connect, monkeypatch):
    terminal = connect()
    terminal.encoding = "ascii"
    bar = ProgressBar(1)
    bar.set_params({"epochs": 1, "steps": 2})
    bar.on_epoch_begin(0)
    bar.on_train_batch_end(0, {})
    bar.close()
    assert "=" * 10 + "." * 10 in terminal.getvalue()


def test_a_notebook_can_redraw_and_a_dumb_terminal_cannot(connect, monkeypatch):
    connect()
    monkeypatch.setenv("TERM", "dumb")
    assert not console_line.can_redraw()
    monkeypatch.setattr(Terminal, "__module__", "ipykernel.iostream")
    assert console_line.can_redraw()


def test_without_a_bar_no_batch_is_heard():
    assert not CallbackList([ProgressBar("auto")]).hears("on_train_batch_end")
