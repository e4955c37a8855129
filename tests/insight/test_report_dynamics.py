"""The report's section on what happened inside the training."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pellucid.callbacks import LambdaCallback
from pellucid.insight.plots.idle_units import idle_units
from pellucid.insight.recording import Record, Recorder
from pellucid.insight.report.page import page
from pellucid.insight.report.run import Run
from pellucid.insight.report.sections.dynamics import (
    dynamics,
    of_gradients,
    of_steps,
    of_units,
)
from pellucid.layers import Dense, Input
from pellucid.models import Sequential
from tests.insight.reading import Element, read
from tests.insight.sample_runs import classes

pytest.importorskip("matplotlib")
TITLE = "Inside the training"


def recorded(*layers, rate: float = 0.01, epochs: int = 4, spoil=None) -> Record:
    model = Sequential([Input((3,)), *layers])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = rate
    recorder = Recorder(frames=16, rows=32, weights=False)
    extra = [LambdaCallback(on_epoch_end=lambda epoch, logs: spoil(model))] if spoil else []
    x = np.random.default_rng(0).normal(size=(32, 3))
    model.fit(x, x[:, :1], epochs=epochs, verbose=0, callbacks=[*extra, recorder])
    return recorder.record


@cache
def healthy() -> Record:
    return recorded(Dense(4, "tanh", name="hidden"), Dense(1, name="out"))


def run(record: Record | None) -> Run:
    return replace(classes(3, 30), dynamics=record)


def section(record: Record | None) -> Element:
    return read(str(dynamics(run(record)))).section(TITLE)


def test_the_page_has_the_section():
    titles = [each.text for each in read(page(run(healthy()))).all("h2")]
    assert titles.index(TITLE) == titles.index("How it learned") + 1


def test_a_healthy_training_shows_gradients_and_steps():
    root = section(healthy())
    assert [each.text for each in root.all("h3")] == [
        "How much gradient reaches each layer", "How far a step moves the weights"]
    assert len(root.all("svg")) == 2
    assert "5 looks at the network" in root.text
    assert "no layer had more than 5.0 % of its units dead" in root.text


def test_the_sentences_say_what_the_record_says():
    record = healthy()
    first, last = (record.layer(name) for name in ("hidden", "out"))
    ratio = first.gradient_norm[-1] / last.gradient_norm[-1]
    said = of_gradients(record)
    assert said.startswith("At the end hidden gets ")
    assert float(said.split("gets ")[1].split(" ")[0]) == pytest.approx(ratio, rel=0.06)
    steps = sorted(100 * each.update[-1] for each in (first, last))
    told = of_steps(record).replace("\u00a0", " ")
    assert [float(each) for each in told.replace("%", "").split() if each[0].isdigit()
            ] == pytest.approx(steps, abs=0.06)
    assert of_units(record) == ""


def test_a_vanishing_gradient_and_dead_units_are_said():
    deep = recorded(*(Dense(4, "sigmoid", name=f"s{i}") for i in range(6)), Dense(1, name="out"))
    assert of_gradients(deep).endswith("it vanishes on its way back.")

    def spoil(model):
        model.get_layer("hidden").bias.assign(np.full(4, -99.0))
    dead = recorded(Dense(4, "relu", name="hidden"), Dense(1, name="out"), spoil=spoil)
    assert of_units(dead).replace("\u00a0", " ") == (
        "At the end 100 % of hidden give 0 on every row.")
    assert of_gradients(dead) == "At the end hidden gets 0 times the gradient of out: " \
        "it vanishes on its way back."
    titles = [each.text for each in section(dead).all("h3")]
    assert titles[-1] == "Units that no longer listen"


def test_a_run_without_record_or_with_one_look_has_no_such_section():
    assert dynamics(run(None)) is None
    one = recorded(Dense(1, name="out"), epochs=1)
    assert dynamics(run(one)) is not None
    assert dynamics(run(replace(one, epochs=one.epochs[:1]))) is None


def test_a_network_of_one_layer_and_one_that_was_not_trained():
    assert of_gradients(recorded(Dense(1, name="out"))) == "The network has one trained layer."
    frozen = Dense(4, "tanh", name="hidden", trainable=False)
    assert "How far" in section(recorded(frozen, Dense(1, name="out"))).text


def test_a_name_is_no_markup():
    nasty = recorded(Dense(4, "tanh", name="<b>hidden"), Dense(1, name="out"))
    assert not section(nasty).all("b")


def test_a_linear_unit_that_gives_0_is_not_dead():
    zeros = recorded(Dense(4, "relu", name="hidden"),
                     Dense(1, name="out", kernel_initializer="zeros"))
    assert zeros.layer("out").dead[0] == 1
    (axes,) = idle_units(zeros).axes
    assert [line.get_label() for line in axes.get_lines()] == ["hidden"]
