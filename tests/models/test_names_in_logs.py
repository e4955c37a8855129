"""What the numbers of a training are called, and in which order `evaluate` gives them: as Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.parity.oracle import keras_marks, twins

pytestmark = keras_marks

X = np.random.default_rng(0).normal(size=(16, 4)).astype("float32")
Y, W = X[:, :1], np.abs(X[:, 0])
HEADS = ("priority", "department")
TO_BOTH = {"priority": Y, "department": Y}


def one(k: Any) -> Any:
    return k.Sequential([k.Input((4,)), k.layers.Dense(1)])


def two(k: Any, as_dict: bool = True) -> Any:
    x = k.Input((4,))
    heads = [k.layers.Dense(1, name=name)(x) for name in HEADS]
    return k.Model(x, dict(zip(HEADS, heads, strict=True)) if as_dict else heads)


def row_of(k: Any) -> Any:
    return two(k, as_dict=False)


CASES: dict[str, Any] = {
    "weighted and plain": (one, Y, {"loss": "mse", "metrics": ["mae"],
                                    "weighted_metrics": ["mae", "mse"]}),
    "dict": (two, TO_BOTH, {"loss": {"priority": "mse", "department": "mae"}}),
    "dict with metrics": (two, TO_BOTH, {
        "loss": {"priority": "mse", "department": "mae"},
        "metrics": {"department": ["mse"]},
        "weighted_metrics": {"department": ["mse"], "priority": ["mae"]}}),
    "no loss of the first": (row_of, [Y, Y], {"loss": [None, "mse"]}),
    "no loss but a metric": (row_of, [Y, Y], {"loss": ["mse", None],
                                              "metrics": [["mae"], ["mae"]]}),
    "list": (row_of, [Y, Y], {"loss": ["mse", "mae"], "metrics": [["mae"], ["mse"]]}),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore:No gradient reaches:pellucid.PellucidWarning")
@pytest.mark.filterwarnings("ignore:Gradients do not exist:UserWarning")
def test_names_and_order_are_those_of_keras(case):
    build, y, compiled = CASES[case]
    pair = twins(build)
    rows, logs, names = [], [], []
    for model in pair:
        model.compile("sgd", **compiled)
        given = {} if build is not one else {"sample_weight": W}
        rows.append(np.atleast_1d(model.evaluate(X, y, verbose=0, **given)))
        logs.append(model.evaluate(X, y, verbose=0, return_dict=True, **given))
        steps = model.train_on_batch(X, y, return_dict=True, **given)
        names.append((set(model.fit(X, y, verbose=0, **given).history), set(steps)))
    assert logs[0].keys() == logs[1].keys()
    assert names[0] == names[1]
    if "weighted_metrics" not in compiled:               # Keras's row has one of those twice
        np.testing.assert_allclose(rows[0], rows[1], rtol=1e-5)
    for key, value in logs[0].items():
        assert logs[1][key] == pytest.approx(value, rel=1e-5)
