"""Progbar beside Keras's, and what is printed where logs were asked for."""

import logging

import numpy as np
import pytest

from pellucid import Sequential, config, layers
from pellucid.callbacks import EarlyStopping
from pellucid.callbacks.console_line import line
from pellucid.core.errors import ArgumentError
from pellucid.utils import Progbar
from tests.callbacks.test_progress import connect  # noqa: F401 (a fixture)
from tests.parity.oracle import live, real_keras


@live
@pytest.mark.parametrize("how", [
    {}, {"stateful_metrics": ["last"]}, {"stateless_metrics": ["mean"]}])
@pytest.mark.parametrize("target", [5, None])
def test_what_is_shown_is_what_keras_shows(how, target, capsys):
    mine = Progbar(target, verbose=0, **how)
    theirs = real_keras().utils.Progbar(target, verbose=0, **how)
    for current, values in ((1, [("mean", 4.0), ("last", 1.0)]), (3, [("mean", 1.0)]),
                            (3, [("last", 3.0)]), (4, [("mean", np.array([1.0, 3.0]))])):
        for each in (mine, theirs):
            each.update(current, values)
        shown = {name: np.mean(total) / max(1, count)
                 for name, (total, count) in theirs._values.items()}
        assert mine.means() == pytest.approx(shown)
    for each in (mine, theirs):
        each.add(1, [("mean", 0.5)])
        each.update(5, [("last", 0.25)], finalize=True)
    assert mine.means() == pytest.approx({
        name: np.mean(total) / max(1, count) for name, (total, count) in theirs._values.items()})
    assert capsys.readouterr().out == ""


def test_in_a_terminal_it_is_drawn_anew(connect):  # noqa: F811
    screen = connect()
    bar = Progbar(4, width=8, interval=0.0)
    for step in range(4):
        bar.add(1, [("loss", 1.0 - step / 4)])
        if step == 1:
            assert screen.shown()[-1].startswith("2/4 ━━━━──── - 0:0")
            assert screen.shown()[-1].endswith("/step - loss: 0.875")
    (shown, rest) = screen.shown()
    assert rest == ""
    assert shown.startswith("4/4 ━━━━━━━━ - ")
    assert shown.endswith("/step - loss: 0.25")
    assert line.width == 0


def test_without_a_target_it_counts(connect):  # noqa: F811
    screen = connect()
    bar = Progbar(None, interval=0.0, unit_name="page")
    bar.update(7)
    assert screen.shown()[-1].startswith("7/unknown - ")
    bar.update(9, finalize=True)
    assert screen.shown()[0].endswith("/page")


def test_elsewhere_only_the_end_is_printed(capsys):
    for verbose in (1, 2):
        bar = Progbar(12, verbose=verbose)
        for _ in range(12):
            bar.add(1)
        (row,) = capsys.readouterr().out.splitlines()
        assert row.startswith("12/12 ")
    Progbar(2, interval=1e9, verbose=1).update(1)
    assert capsys.readouterr().out == ""


def test_both_lists_are_refused():
    with pytest.raises(ArgumentError, match="stateful_metrics or stateless_metrics, not both"):
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


@pytest.fixture
def logged():
    config.disable_interactive_logging()
    yield
    config.enable_interactive_logging()


@pytest.mark.usefixtures("logged")
def test_logs_instead_of_a_console(capsys, caplog):
    model = Sequential([layers.Input((2,)), layers.Dense(1)], name="small")
    model.compile("sgd", "mse")
    stop = EarlyStopping("loss", patience=0, min_delta=1e9, verbose=1)
    with caplog.at_level(logging.INFO, "pellucid"):
        model.fit(np.ones((4, 2)), np.ones(4), epochs=9, verbose=1, callbacks=[stop])
        model.summary()
    assert capsys.readouterr().out == ""
    told = [each.getMessage() for each in caplog.records if each.name == "pellucid"]
    assert any(each.startswith("Epoch 1/9") and "loss:" in each for each in told)
    assert any("early stopping" in each for each in told)
    assert 'Model: "small"' in told[-1]
