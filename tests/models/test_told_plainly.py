"""Messages that name the class, the argument and the cure, in place of what lies beneath them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.core.errors import KindError, ShapeError
from pellucid.keras import Input, Sequential, layers, metrics

X, LABELS = np.ones((32, 4), "float32"), np.arange(32) % 3


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None]], ids=["rank 1", "a column"])
@pytest.mark.parametrize("metric", [
    metrics.Precision(), metrics.AUC(), metrics.AUC(multi_label=True, num_labels=3),
    metrics.TruePositives(), metrics.PrecisionAtRecall(0.5)], ids=lambda each: each.name)
def test_class_numbers_where_one_hot_labels_belong(metric: Any, labels: np.ndarray):
    model = Sequential([Input((4,)), layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=[metric])
    with pytest.raises(ShapeError, match=r"class numbers become one-hot by to_categorical\(y, 3\)"):
        model.fit(X, labels, verbose=0)


def test_one_hot_labels_and_single_outputs_are_counted_as_ever():
    precision = metrics.Precision()
    precision.update_state(np.eye(3)[LABELS], np.eye(3)[LABELS])
    precision.update_state(np.array([0, 1]), np.array([[0.1], [0.9]]))
    precision.update_state(np.array([[0], [1]]), np.array([0.1, 0.9]))
    assert float(precision.result()) == 1


def test_f1_says_the_same():
    with pytest.raises(ShapeError, match=r"\(batch, classes\).*to_categorical\(y, 3\)"):
        metrics.F1Score().update_state(LABELS, np.eye(3)[LABELS])


def test_three_rows_of_three_classes_do_not_broadcast():
    with pytest.raises(ShapeError, match="to_categorical"):
        metrics.Precision().update_state(np.array([0, 1, 2]), np.eye(3))


@pytest.mark.parametrize("make, told", [
    (lambda: layers.Conv2D(3), "^Conv2D needs kernel_size"),
    (lambda: layers.Conv1DTranspose(3), "^Conv1DTranspose needs kernel_size"),
    (lambda: layers.MultiHeadAttention(2, 3)(np.ones((1, 2, 3))),
     r"missing a required argument: 'value'.* It takes query, value, key"),
    (lambda: layers.Dense(2)(X, foo=1), "unexpected keyword argument 'foo'.* It takes inputs"),
])
def test_calls_without_an_argument(make: Any, told: str):
    with pytest.raises(KindError, match=told) as caught:
        make()
    assert "Any" not in str(caught.value).split(", at ")[0]


def test_the_layers_in_the_place_of_the_loss():
    from pellucid.sklearn import MLPRegressor
    with pytest.raises(KindError, match=r"loss first.*hidden_layer_sizes=\(5,\)"):
        MLPRegressor((5,)).fit(X, LABELS)
