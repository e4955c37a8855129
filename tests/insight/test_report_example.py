"""The report's explained row: the way is that of `predict`, and the model stays as it was."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError
from pellucid.insight.explain import explain
from pellucid.insight.report import example as explained
from pellucid.insight.report.page import page
from pellucid.insight.report.run import Run
from pellucid.insight.report.sections.example import answered, example
from pellucid.insight.report.telling import as_run
from pellucid.tabular.config import Config
from pellucid.tabular.job import Outcome, resolved, train
from pellucid.tabular.network import training_target
from pellucid.tabular.preparation import prepare
from tests.insight.reading import Element, read

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")
TITLE = "One row explained"


@cache
def trained(source: str) -> tuple[Outcome, Run]:
    config = Config(source=source, layers="6 relu, batchnorm, dropout 0.5, 4 tanh", epochs=2)
    outcome = train(resolved(prepare(config)))
    return outcome, as_run(outcome, "pellucid train", None)


def told(run: Run) -> Element:
    """The section alone."""
    return read(str(example(run))).section(TITLE)


def test_the_page_has_the_section():
    titles = [each.text for each in read(page(trained("iris")[1])).all("h2")]
    assert titles.index(TITLE) == titles.index("Its surest mistakes") + 1


@pytest.mark.parametrize("source", ["iris", "moons", "discs", "diabetes"])
def test_the_way_ends_at_the_answer_of_the_model(source):
    outcome, run = trained(source)
    assert run.example is not None
    place = run.example.place
    x, y = (each[place:place + 1] for each in outcome.prepared.part("test"))
    target = outcome.prepared.encoder.target
    wanted = y if target.task == "regression" else training_target(
        target, y, outcome.prepared.config)
    with explained.predicting(outcome.model):
        steps = explain(outcome.model, x, wanted, level="layer").of("forward")
    np.testing.assert_allclose(np.ravel(steps[-1].value), outcome.answers[place], rtol=1e-4,
                               atol=1e-6)


@pytest.mark.parametrize("source", ["iris", "moons", "discs", "diabetes"])
def test_the_section_tells_the_row_and_folds_its_way(source):
    _, run = trained(source)
    root = told(run)
    assert answered(run, run.example.place).replace("\u00a0", " ") in root.text
    folded = root.all("details")[0]
    assert "open" not in folded.attributes
    assert folded.all("math")
    assert folded.all("h3")[0].text == "From the row to the answer"
    assert "http" not in run.example.derivation


def test_the_row_is_the_surest_mistake():
    outcome, run = trained("iris")
    wrong = np.flatnonzero(run.y_true != run.y_pred)
    sure = outcome.answers[wrong].max(axis=1)
    assert run.example.place == wrong[sure.argmax()]


def test_of_numbers_it_is_the_largest_error():
    _, run = trained("diabetes")
    assert run.example.place == np.abs(run.y_true - run.y_pred).argmax()
    assert answered(run, run.example.place).startswith("has progression ")


def test_the_model_stays_as_it_was():
    outcome, _ = trained("iris")
    layers = {type(each).__name__: each for each in outcome.model.layers}
    with explained.predicting(outcome.model):
        assert layers["Dropout"].rate == 0
        assert not layers["BatchNormalization"].trainable
    assert layers["Dropout"].rate == 0.5
    assert layers["BatchNormalization"].trainable
    np.testing.assert_array_equal(
        np.asarray(outcome.model.predict(outcome.prepared.part("test")[0], verbose=0)),
        outcome.answers)


def test_a_way_that_cannot_be_derived_is_said(monkeypatch):
    outcome, _ = trained("iris")

    def fail(*_, **__):
        raise ArgumentError("this model is <b>odd</b>")
    monkeypatch.setattr(explained, "explain", fail)
    root = told(as_run(outcome, "", None))
    assert "Its way cannot be derived: this model is <b>odd</b>." in root.text
    assert not root.all("details")
