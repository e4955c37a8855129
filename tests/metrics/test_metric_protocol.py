"""Metrics as state: users' own ones, merging, stateless use, messages, traced steps."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import metrics
from pellucid.atoms import max as largest
from pellucid.atoms import maximum
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning, ShapeError
from pellucid.core.fields import field
from pellucid.engines.trace import Traced
from pellucid.metrics import Metric


class Largest(Metric):
    """As a user writes it for Keras."""

    def __init__(self, name="largest", **kwargs):
        super().__init__(name=name, **kwargs)
        self.top = self.add_weight(name="top", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.top.assign(maximum(self.top, largest(y_pred)))

    def result(self):
        return self.top


def test_own_metric_eager_and_traced():
    for wrap in (lambda f: f, Traced):
        metric = Largest()
        step = wrap(metric.update_state)
        for p in ([1.0, 5.0], [2.0, 3.0]):
            step(np.zeros(2, "float32"), np.array(p, "float32"))
        assert float(metric.result()) == 5.0
        metric.reset_state()
        assert float(metric.result()) == 0.0
    assert metric.variables == [metric.top]
    assert not metric.top.trainable
    assert metric.top.path == "largest/top"
    assert Largest.from_config(metric.get_config()).name == "largest"


def test_own_metric_with_fields_and_inner_metrics():
    class Ratio(Metric):
        power: float = field(1.0, above=0)

        def settle(self):
            self.above, self.below = metrics.Sum(), metrics.Sum()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.above.update_state(y_pred)
            self.below.update_state(y_true)

        def result(self):
            return (self.above.result() / self.below.result()) ** self.power

    metric = Ratio(power=2.0)
    assert float(metric([1.0, 1.0], [2.0, 4.0])) == 9.0
    assert len(metric.variables) == 2
    assert metric.get_config() == {"name": "ratio", "dtype": "float32", "power": 2.0}
    metric.reset_state()
    assert float(metric.above.total) == 0


def test_an_update_and_the_result_in_one_plan():
    metric = metrics.AUC()
    both = Traced(lambda y, p: metric(y, p))
    y, p = np.array([0, 0, 1, 1]), np.array([0, 0.5, 0.3, 0.9], "float32")
    assert float(both(y, p)) == pytest.approx(0.75)
    assert len(both.compiled) == 1
    both(y, p)
    assert float(metric.true_positives[0]) == 4


def test_merge():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 2, 40), rng.uniform(size=40)
    whole, parts = metrics.AUC(), [metrics.AUC() for _ in range(3)]
    whole.update_state(y, p)
    for part, rows in zip(parts, np.array_split(np.arange(40), 3), strict=True):
        part.update_state(y[rows], p[rows])
    parts[0].merge_state(parts[1:])
    assert float(parts[0].result()) == pytest.approx(float(whole.result()))


def test_stateless():
    metric = metrics.Mean()
    metric.update_state([10.0])
    state = metric.stateless_reset_state()
    for value in (1.0, 2.0):
        state = metric.stateless_update_state(state, [value])
    assert float(metric.stateless_result(state)) == 1.5
    assert float(metric.result()) == 10.0
    with pytest.raises(ArgumentError, match="has 2 variables"):
        metric.stateless_result(state[:1])


def test_an_empty_mean_is_zero():
    assert float(metrics.Mean().result()) == 0
    assert float(metrics.Precision().result()) == 0


def test_reset_forgets_nan():
    metric = metrics.Mean()
    assert np.isnan(float(metric([np.nan])))
    metric.reset_state()
    assert float(metric([2.0])) == 2.0


def test_own_function():
    def off(y_true, y_pred):
        return abs(y_true - y_pred)

    metric = metrics.MeanMetricWrapper(off, name="off")
    assert not hasattr(metric, "_direction")
    assert float(metric(np.zeros(2), np.array([1.0, 3.0]))) == 2.0
    assert metrics.MeanMetricWrapper(metrics.mean_squared_error)._direction == "down"


def test_messages():
    with pytest.raises(ArgumentError, match=r'Did you mean "precision"\?'):
        metrics.get("precison")
    with pytest.raises(KindError, match="metric"):
        metrics.get(3)
    with pytest.raises(ArgumentError, match="thresholds must be from 0 to 1, but got 1.5"):
        metrics.Precision(thresholds=1.5)
    with pytest.raises(ArgumentError, match="curve must be one of"):
        metrics.AUC(curve="ROCK")
    with pytest.raises(ArgumentError, match="num_labels goes with multi_label"):
        metrics.AUC(num_labels=3)
    with pytest.raises(ShapeError, match="R2Score needs"):
        metrics.R2Score()(np.zeros(3), np.zeros(3))
    with pytest.raises(ShapeError, match="F1Score needs"):
        metrics.F1Score()(np.zeros(3), np.zeros(3))
    with pytest.raises(ShapeError, match="class_id needs"):
        metrics.Recall(class_id=1)(np.zeros(3), np.zeros(3))
    with pytest.raises(ShapeError, match="multi_label needs"):
        metrics.AUC(multi_label=True)(np.zeros(3), np.zeros(3))
    with pytest.raises(ShapeError, match="sparse_categorical_accuracy"):
        metrics.CategoricalAccuracy()(np.zeros(3), np.zeros((3, 2)))
    with pytest.warns(PellucidWarning, match="too few samples"):
        metrics.R2Score(num_regressors=5)(np.arange(3.0)[:, None], np.zeros((3, 1)))

    class Forgetful(Metric):
        def __init__(self):
            self.total = self.add_variable((), name="total")

    with pytest.raises(ArgumentError, match=r"must call super\(\).__init__\(\)"):
        Forgetful()
