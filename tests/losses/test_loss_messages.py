"""What losses say when they cannot be computed, and users' own losses."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import losses
from pellucid.core.errors import ArgumentError, DataError, KindError, ShapeError
from pellucid.core.tensor import Tensor
from pellucid.engines.trace import Traced
from pellucid.losses import Loss, LossFunctionWrapper


@pytest.mark.parametrize("labels, got", [([0, 3], "3 in row 1"), ([-1, 0], "-1 in row 0"),
                                         ([0, 0.5], "0.5 in row 1")])
def test_labels_that_are_no_class_numbers(labels, got):
    loss = losses.SparseCategoricalCrossentropy()
    with pytest.raises(DataError, match=f"whole numbers from 0 to 2.*3 classes.*{got}"):
        loss(np.array(labels), np.full((2, 3), 1 / 3))


def test_ignored_labels_may_be_anything():
    loss = losses.SparseCategoricalCrossentropy(ignore_class=255)
    assert float(loss([0, 255], np.full((2, 2), 0.5))) == pytest.approx(np.log(2))


@pytest.mark.parametrize("loss, true, pred, text", [
    ("MeanSquaredError", (4, 2), (4, 3), r"\(4, 2\).*\(4, 3\)"),
    ("BinaryCrossentropy", (4, 2), (4, 3), r"\(4, 2\).*\(4, 3\)"),
    ("CategoricalCrossentropy", (4,), (4, 3), "sparse_categorical_crossentropy"),
    ("SparseCategoricalCrossentropy", (4, 3), (4, 3), "One-hot labels go with"),
    ("SparseCategoricalCrossentropy", (5,), (4, 3), r"shape \(4,\).*shape \(5,\)")])
def test_shapes_that_do_not_fit(loss, true, pred, text):
    with pytest.raises(ShapeError, match=text):
        losses.get(loss)(np.zeros(true), np.full(pred, 0.5))
    with pytest.raises(ShapeError, match=text):
        Traced(losses.get(loss))(np.zeros(true), np.full(pred, 0.5))


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="'average' is not a known reduction"):
        losses.MeanSquaredError(reduction="average")
    with pytest.raises(ArgumentError, match=r"delta must be above 0, but got -1\.0"):
        losses.Huber(delta=-1.0)
    with pytest.raises(ArgumentError, match="label_smoothing"):
        losses.BinaryCrossentropy(label_smoothing=1.5)
    with pytest.raises(ArgumentError, match=r'did you mean "mse"\?|Did you mean "mse"\?'):
        losses.get("msee")
    with pytest.raises(KindError, match="loss"):
        losses.get(3)
    with pytest.raises(KindError, match="has no argument 'detla'"):
        losses.Huber(detla=2.0)


def test_own_loss_in_the_protocol_of_keras():
    class Cubic(Loss):
        def __init__(self, factor=1.0, name="cubic"):
            super().__init__(name=name)
            self.factor = factor

        def call(self, y_true, y_pred):
            return self.factor * abs(y_true - y_pred) ** 3

    loss = Cubic(factor=2.0)
    assert loss.get_config() == {"factor": 2.0}
    assert Cubic.from_config(loss.get_config()).factor == 2.0
    y, p = np.zeros(2, "float32"), np.array([1.0, 2.0], "float32")
    assert float(loss(y, p)) == float(Traced(loss)(y, p)) == 9.0
    assert float(loss(y, p, [1.0, 0.0])) == 1.0

    class Plain(Loss):
        def call(self, y_true, y_pred):
            return abs(y_true - y_pred)

    assert Plain().get_config() == {"name": "plain", "reduction": "sum_over_batch_size"}


def test_own_function():
    def off(y_true, y_pred, by=1.0):
        return by * abs(y_true - y_pred)

    loss = LossFunctionWrapper(losses.get(off), name="off", by=2.0)
    assert float(loss(np.zeros((2, 1)), np.ones(2))) == 2.0          # brought to one rank
    assert loss.get_config()["by"] == 2.0


def test_a_nest_of_targets_and_predictions():
    class Both(Loss):
        def call(self, y_true, y_pred):
            return abs(y_true["a"] - y_pred["a"]) + abs(y_true["b"] - y_pred["b"])

    y = {"a": np.zeros(2), "b": np.zeros(2)}
    p = {"a": np.ones(2), "b": np.ones(2)}
    assert float(Both()(y, p)) == 2.0


def test_the_dtype_of_wide_predictions_is_kept():
    assert losses.MeanSquaredError()(np.zeros(2), np.ones(2)).dtype == "float64"
    assert losses.MeanSquaredError()(np.zeros(2), np.ones(2, "float32")).dtype == "float32"
    assert losses.MeanSquaredError(dtype="float32")(np.zeros(2), np.ones(2)).dtype == "float32"
    assert losses.MeanSquaredError().dtype == "float32"


def test_a_score_of_minus_infinity_is_a_class_that_cannot_be():
    z = Tensor(np.array([[0.0, -np.inf, 0.0]]))
    loss = losses.categorical_crossentropy([[1.0, 0.0, 0.0]], z, from_logits=True)
    assert float(loss) == pytest.approx(np.log(2))
