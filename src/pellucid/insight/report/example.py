"""One row of a run on its way through the model: the numbers of the forward pass."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.core.errors import PellucidError
from pellucid.insight.explain import explain
from pellucid.insight.report.outcome import confident_mistakes, largest_errors
from pellucid.insight.report.run import Example, Run
from pellucid.layers import BatchNormalization, Dropout
from pellucid.tabular.job import Outcome
from pellucid.tabular.network import training_target

DIGITS = 4


def example_of(outcome: Outcome, run: Run) -> Example | None:
    """The row to explain: the surest mistake, the largest error, or the first test row."""
    if not len(run.y_true):
        return None
    place = next((each.place for each in confident_mistakes(run, most=1)), None)
    if place is None and run.task == "regression":
        place = largest_errors(run, most=1)[0][0]
    place = place or 0
    x, y = (each[place:place + 1] for each in outcome.prepared.part("test"))
    try:
        return Example(place, forward_pass(outcome, x, y))
    except PellucidError as error:
        return Example(place, note=f"Its way cannot be derived: {error}")
    except Exception as error:           # a finished training is not lost for want of an example
        return Example(place, note=f"Its way was not derived, for a slip of pellucid's: {error!r}")


def forward_pass(outcome: Outcome, x: np.ndarray, y: np.ndarray) -> str:
    """The derivation of the answer for ``x`` as HTML: each layer's formula, and what comes out."""
    config, target = outcome.prepared.config, outcome.prepared.encoder.target
    wanted = y if target.task == "regression" else training_target(target, y, config)
    with predicting(outcome.model):
        told = explain(outcome.model, x, wanted, level="layer", digits=DIGITS)
    return replace(told, steps=told.of("forward"), title="From the row to the answer").to_html()


@contextlib.contextmanager
def predicting(model: Any) -> Iterator[None]:
    """Let a training step compute what `predict` does: nothing dropped, averages as they were."""
    layers = model._flatten_layers()
    dropouts = [(each, each.rate) for each in layers if isinstance(each, Dropout)]
    averages = [(each, each.trainable) for each in layers if isinstance(each, BatchNormalization)]
    try:
        for each, _ in dropouts:
            each.rate = 0.0
        for each, _ in averages:
            each.trainable = False                       # such a layer takes the averages it has
        yield
    finally:
        for each, rate in dropouts:
            each.rate = rate
        for each, trainable in averages:
            each.trainable = trainable
