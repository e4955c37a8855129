"""Every metric on the native engine: the reference engine's state, batch after batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, metrics
from pellucid.engines.native import NativePlan
from pellucid.engines.native.extension import extension
from pellucid.engines.trace import Traced
from tests.metrics import test_metrics_against_keras as older
from tests.metrics import test_newer_metrics as newer

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

CASES: list[tuple[str, dict[str, Any], Any, Any]] = [*older.CASES, *newer.CASES]
# what other metrics are made of; they have no update of their own to run
BASES = {"Metric", "MeanMetricWrapper"}
BATCHES = slice(0, 5), slice(5, 10), slice(10, 12)


def states(engine: str, metric: Any, batches: Any) -> list[np.ndarray]:
    """The metric's variables after some batches on one engine."""
    step = Traced(metric.update_state, engine=engine)
    for batch in batches:
        step(*batch)
    on_native = [isinstance(each.run, NativePlan) for each in step.compiled.values()]
    assert on_native
    assert all(each is (engine == "native") for each in on_native)
    return [each.array for each in metric.variables]


def assert_states_agree(make: Any, batches: Any) -> None:
    """Sums in float32, which the engines take in an order of their own."""
    ours, theirs = (states(engine, make(), batches) for engine in ("native", "reference"))
    assert len(ours) == len(theirs) > 0
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-6 * max(1, np.abs(b).max(initial=0)))
        assert a.dtype == b.dtype


@pytest.mark.parametrize("name, options, y, p", CASES, ids=[
    f"{i}-{name}" for i, (name, *_) in enumerate(CASES)])
def test_a_metric_of_targets_and_predictions(name, options, y, p):
    assert_states_agree(lambda: getattr(metrics, name)(**options),
                        [(y[rows], p[rows]) for rows in BATCHES])


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_metric_of_values(name, weighted):
    x = np.random.default_rng(2).normal(size=(12, 3)).astype("float32")
    assert_states_agree(getattr(metrics, name), [
        (x[rows], np.abs(x[rows, 0])) if weighted else (x[rows],) for rows in BATCHES])


def test_every_metric_is_tried():
    classes = {name for name, row in vars(keras.metrics).items()
               if isinstance(row, type) and issubclass(row, metrics.Metric)}
    tried = {name for name, *_ in CASES} | {"Mean", "Sum"}
    assert classes - tried == BASES
