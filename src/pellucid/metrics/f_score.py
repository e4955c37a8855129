"""F-scores: precision and recall in one number."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import abs, cast, max, mean, sum
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert
from pellucid.metrics.base import Metric

AVERAGES = (None, "micro", "macro", "weighted")


class FScore(Metric):
    """The weighted harmonic mean of precision and recall, from counts per class."""

    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.average: str | None = None                  # fields of the classes below
        self.beta, self.threshold = 1.0, None
        self._built = False                              # until the number of classes is known

    def _build(self, true: tuple[int, ...], pred: tuple[int, ...]) -> None:
        if len(pred) != 2 or len(true) != 2:
            raise ShapeError(f"{type(self).__name__} needs targets and predictions of shape "
                             "(batch, classes)", got=f"shapes {tuple(true)} and {tuple(pred)}",
                             where=user_line(), hint="labels that are class numbers become one-hot "
                             f"by to_categorical(y, {pred[-1]})" if len(true) < len(pred) == 2
                             else None)
        shape = () if self.average == "micro" else (pred[-1],)
        self.true_positives = self.add_variable(shape, name="true_positives")
        self.false_positives = self.add_variable(shape, name="false_positives")
        self.false_negatives = self.add_variable(shape, name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, name="intermediate_weights")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y, p = convert(y_true, self.dtype), convert(y_pred, self.dtype)
        if not self._built:
            self._build(y.shape, p.shape)
        if self.threshold is None:
            yes = (p >= max(p, axis=-1, keepdims=True)) & (abs(p) > 1e-9)
        else:
            yes = p > self.threshold
        p = cast(yes, dtype=self.dtype)
        w = 1 if sample_weight is None else convert(sample_weight, self.dtype)[:, None]
        axis = None if self.average == "micro" else 0
        self.true_positives.assign_add(sum(y * p * w, axis=axis))
        self.false_positives.assign_add(sum((1 - y) * p * w, axis=axis))
        self.false_negatives.assign_add(sum(y * (1 - p) * w, axis=axis))
        self.intermediate_weights.assign_add(sum(y * w, axis=axis))

    def result(self) -> Any:
        tp = self.true_positives.value
        precision = tp / (tp + self.false_positives + epsilon())
        recall = tp / (tp + self.false_negatives + epsilon())
        square = self.beta ** 2
        score = (1 + square) * (precision * recall / (square * precision + recall + epsilon()))
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            return sum(score * weights / (sum(weights) + epsilon()))
        return score if self.average is None else mean(score)


class FBetaScore(FScore):
    r"""The weighted harmonic mean of precision P and recall R.

    .. math:: F = \frac{(1 + β^2) P R}{β^2 P + R}

    Targets and predictions have shape (batch, classes). Without ``threshold`` the largest score
    of a row means yes. ``average``: None gives a score per class, ``"macro"`` their mean,
    ``"weighted"`` their mean weighted by how many samples a class has, ``"micro"`` one score over
    all counts.

    >>> scores = FBetaScore(beta=2.0)([[0, 1], [1, 0]], [[0.2, 0.8], [0.7, 0.3]])
    >>> scores.numpy().round(4).tolist()
    [1.0, 1.0]

    Use: few yeses, where misses and false alarms cost differently.
    Pros: one number from precision and recall; blind to the many true noes.
    Cons: depends on the threshold; β has to be chosen.
    Source: C. van Rijsbergen, "Information retrieval" (1979).
    """

    usual_name = "fbeta_score"
    average: str | None = field(None, one_of=AVERAGES, help="how the classes are joined")
    beta: float = field(1.0, above=0, symbol="β", help="recall counts β times as much as precision")
    threshold: float | None = field(None, above=0, at_most=1, help="above it, a score means yes")


class F1Score(FScore):
    r"""The harmonic mean of precision P and recall R, :math:`F = 2 P R / (P + R)`.

    >>> scores = F1Score()([[0, 1], [1, 0]], [[0.2, 0.8], [0.7, 0.3]])
    >>> scores.numpy().round(4).tolist()
    [1.0, 1.0]

    Use: few yeses, where misses and false alarms cost alike.
    Pros: one number from precision and recall; blind to the many true noes.
    Cons: depends on the threshold; hides which of both is bad.
    Source: C. van Rijsbergen, "Information retrieval" (1979).
    """

    usual_name = "f1_score"
    average: str | None = field(None, one_of=AVERAGES, help="how the classes are joined")
    threshold: float | None = field(None, above=0, at_most=1, help="above it, a score means yes")
