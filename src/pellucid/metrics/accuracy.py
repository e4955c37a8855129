"""Accuracies: the share of predictions that are right."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import any, argmax, cast, equal, expand_dims, one_hot, reshape, sum, where
from pellucid.core.fields import field
from pellucid.core.settings import floatx
from pellucid.core.tensor import convert
from pellucid.losses.pairing import check_equal, paired, same_rank
from pellucid.metrics.reduction import FormulaMetric


def accuracy(y_true, y_pred):
    """1 where ŷ equals y, else 0. Any shape → the same shape.

    >>> accuracy([1, 2], [1, 3]).numpy().tolist()
    [1.0, 0.0]
    """
    return cast(equal(*paired(y_true, y_pred)), dtype=floatx())


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where ŷ > threshold answers y (0 or 1) rightly, else 0. Any shape → the same shape.

    >>> binary_accuracy([1, 0], [0.9, 0.6]).numpy().tolist()
    [1.0, 0.0]
    """
    y, p = same_rank(convert(y_true), convert(y_pred))
    return cast(equal(y, cast(p > threshold, dtype=y.dtype)), dtype=floatx())


def categorical_accuracy(y_true, y_pred):
    """1 where the largest score stands at the 1 of the one-hot label. ``(…, classes) → (…)``.

    >>> categorical_accuracy([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]).numpy().tolist()
    [1.0, 0.0]
    """
    y, p = convert(y_true), convert(y_pred)
    check_equal(y, p, "labels that are class numbers go with sparse_categorical_accuracy")
    return cast(equal(argmax(y, axis=-1), argmax(p, axis=-1)), dtype=floatx())


def sparse_categorical_accuracy(y_true, y_pred):
    """1 where the largest score stands at the label's place. ``(…), (…, classes) → (…)``.

    >>> sparse_categorical_accuracy([1, 0], [[0.2, 0.8], [0.3, 0.7]]).numpy().tolist()
    [1.0, 0.0]
    """
    y, p = class_numbers(y_true, y_pred)
    return cast(equal(y, argmax(p, axis=-1)), dtype=floatx())


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 where the right class (one-hot) is among the k largest scores. ``(…, classes) → (…)``.

    >>> top_k_categorical_accuracy([[0, 1, 0]], [[0.5, 0.3, 0.2]], k=2).numpy().tolist()
    [1.0]
    """
    return sparse_top_k_categorical_accuracy(argmax(convert(y_true), axis=-1), y_pred, k)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5, from_sorted_ids=False):
    """1 where the right class is among the k largest scores, else 0. ``(…), (…, classes) → (…)``.

    That is, where fewer than k scores are larger than the right one. With ``from_sorted_ids``
    y_pred holds class numbers, the best first.

    >>> sparse_top_k_categorical_accuracy([2], [[0.5, 0.3, 0.2]], k=2).numpy().tolist()
    [0.0]
    """
    y, p = class_numbers(y_true, y_pred)
    if from_sorted_ids:
        return cast(any(equal(expand_dims(y, axis=-1), p[..., :k]), axis=-1), dtype=floatx())
    right = one_hot(cast(y, dtype="int32"), p.shape[-1], dtype="bool")
    score = sum(where(right, p, 0), axis=-1, keepdims=True)
    larger = sum(cast(p > score, dtype="int32"), axis=-1)
    return cast(larger < k, dtype=floatx())


def class_numbers(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Labels of shape (…) for scores of shape (…, classes); a last axis of length 1 is dropped."""
    y, p = convert(y_true), convert(y_pred)
    if len(y.shape) == len(p.shape) and y.shape[-1] == 1:
        y = reshape(y, shape=y.shape[:-1])
    if len(p.shape) == len(y.shape) + 1:
        check_equal(y, p[..., 0], "one-hot labels go with categorical_accuracy")
    return y, p


class Accuracy(FormulaMetric):
    r"""The share of predictions that equal the targets: :math:`M = \frac{1}{n} \sum [ŷ = y]`.

    >>> float(Accuracy()([1, 2, 3], [1, 2, 0]).numpy().round(4))
    0.666700005531311

    Use: predictions that are answers already, such as class numbers.
    Pros: everybody understands it.
    Cons: probabilities are hardly ever equal to labels: take the accuracy that fits the output.
    """

    formula, usual_name, _direction = accuracy, "accuracy", "up"


class BinaryAccuracy(FormulaMetric):
    r"""The share of yes-or-no answers that are right: :math:`M = \frac{1}{n} \sum [(ŷ > θ) = y]`.

    >>> float(BinaryAccuracy()([1, 0], [0.9, 0.6]))
    0.5

    Use: yes-or-no answers of which about half are yes.
    Pros: everybody understands it.
    Cons: with 1 % yes, always saying no is 99 % right; depends on the threshold.
    """

    formula, usual_name, _direction = binary_accuracy, "binary_accuracy", "up"
    threshold: float = field(0.5, help="above it, the answer is yes")

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None,
                 threshold: float = 0.5) -> None:
        super().__init__(name, dtype)
        self._take(threshold=threshold)


class CategoricalAccuracy(FormulaMetric):
    r"""The share of samples whose largest score is the right one, for one-hot labels.

    .. math:: M = \frac{1}{n} \sum [\operatorname{argmax} ŷ = \operatorname{argmax} y]

    >>> float(CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]))
    0.5

    Use: one of k classes with one-hot labels, classes about equally frequent.
    Pros: everybody understands it.
    Cons: blind to how sure an answer is; a frequent class decides it.
    """

    formula, usual_name, _direction = categorical_accuracy, "categorical_accuracy", "up"


class SparseCategoricalAccuracy(FormulaMetric):
    r"""The share of samples whose largest score is the right one, for class numbers.

    .. math:: M = \frac{1}{n} \sum [\operatorname{argmax} ŷ = y]

    >>> float(SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.3, 0.7]]))
    0.5

    Use: one of k classes with class numbers, classes about equally frequent.
    Pros: everybody understands it.
    Cons: blind to how sure an answer is; a frequent class decides it.
    """

    formula, usual_name = sparse_categorical_accuracy, "sparse_categorical_accuracy"
    _direction = "up"


class TopKCategoricalAccuracy(FormulaMetric):
    """The share of samples whose right class is among the k largest scores, for one-hot labels.

    >>> float(TopKCategoricalAccuracy(k=1)([[0, 1], [1, 0]], [[0.2, 0.8], [0.3, 0.7]]))
    0.5

    Use: very many classes of which several are near each other, with one-hot labels.
    Pros: fair where two answers would be right.
    Cons: flatters: k guesses for each sample.
    """

    formula, usual_name = top_k_categorical_accuracy, "top_k_categorical_accuracy"
    _direction = "up"
    k: int = field(5, whole=True, at_least=1, symbol="k", help="how many scores count as right")


class SparseTopKCategoricalAccuracy(FormulaMetric):
    """The share of samples whose right class is among the k largest scores, for class numbers.

    >>> float(SparseTopKCategoricalAccuracy(k=1)([1, 0], [[0.2, 0.8], [0.3, 0.7]]))
    0.5

    Use: very many classes of which several are near each other, with class numbers.
    Pros: fair where two answers would be right.
    Cons: flatters: k guesses for each sample.
    """

    formula, usual_name = sparse_top_k_categorical_accuracy, "sparse_top_k_categorical_accuracy"
    _direction = "up"
    k: int = field(5, whole=True, at_least=1, symbol="k", help="how many scores count as right")
    from_sorted_ids: bool = field(False, help="whether predictions are class numbers, best first")
