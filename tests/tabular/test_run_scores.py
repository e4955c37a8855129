"""The scores are those of scikit-learn, and the trivial answer's too."""

import numpy as np
import pytest
from sklearn import metrics
from sklearn.dummy import DummyClassifier, DummyRegressor

from pellucid.data.target import Target
from pellucid.tabular.scores import baseline_scores, scores

DRAW = np.random.default_rng(8)


def fitted(task, y, classes=()):
    names = ("y",) if y.ndim == 1 else tuple(f"y{i}" for i in range(y.shape[1]))
    columns = dict(zip(names, y.reshape(len(y), -1).T, strict=True))
    return Target.fit(names, task, columns, classes)


def test_several_classes():
    y, p = np.repeat([0, 1, 2], [30, 50, 20]), DRAW.dirichlet(np.ones(3), 100)
    target = fitted("multiclass", y, (("0", "1", "2"),))
    assert scores(target, y, p) == pytest.approx({
        "accuracy": metrics.accuracy_score(y, p.argmax(axis=1)),
        "log_loss": metrics.log_loss(y, p)}, abs=1e-5)
    trivial = DummyClassifier(strategy="prior").fit(y, y).predict_proba(y)
    assert baseline_scores(target, y) == pytest.approx(
        {"accuracy": 0.5, "log_loss": metrics.log_loss(y, trivial)}, abs=1e-5)


def test_two_classes():
    y = np.repeat([0, 1], [70, 30])
    p = np.clip(0.3 * y + 0.5 * DRAW.random(100), 0, 1)
    target = fitted("binary", y, (("0", "1"),))
    found = scores(target, y[:, None], p[:, None])
    assert found["accuracy"] == pytest.approx(metrics.accuracy_score(y, p > 0.5))
    assert found["auc"] == pytest.approx(metrics.roc_auc_score(y, p), abs=2e-3)
    assert found["log_loss"] == pytest.approx(metrics.log_loss(y, p), abs=1e-5)
    assert baseline_scores(target, y[:, None])["auc"] == pytest.approx(0.5)
    assert baseline_scores(target, y[:, None])["accuracy"] == pytest.approx(0.7)


def test_labels():
    y, p = (DRAW.random((50, 3)) < 0.3).astype(int), DRAW.random((50, 3))
    target = fitted("multilabel", y, (("0", "1"),) * 3)
    assert scores(target, y, p)["accuracy"] == pytest.approx(((p > 0.5) == y).mean())


@pytest.mark.parametrize("mean", [0.0, 1e7])
def test_numbers(mean):
    y = DRAW.normal(mean, 5, 200)
    answers = y + DRAW.normal(0, 2, 200)
    target = fitted("regression", y)
    assert scores(target, y[:, None], answers[:, None]) == pytest.approx({
        "r2": metrics.r2_score(y, answers), "mae": metrics.mean_absolute_error(y, answers),
        "rmse": metrics.root_mean_squared_error(y, answers)}, rel=1e-4)
    trivial = DummyRegressor().fit(y, y).predict(y)
    found = baseline_scores(target, y[:, None])
    assert found["r2"] == pytest.approx(0, abs=1e-5)
    assert found["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, trivial), rel=1e-4)


def test_several_numbers_are_named():
    y = DRAW.normal(size=(30, 2))
    found = scores(fitted("regression", y), y, y + 1)
    assert list(found) == ["r2", "rmse of y0", "mae of y0", "rmse of y1", "mae of y1"]
    assert found["rmse of y1"] == pytest.approx(1)
