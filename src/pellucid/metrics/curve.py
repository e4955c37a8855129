"""The area under a curve that thresholds trace out, from counts at 200 of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.activations import sigmoid
from pellucid.atoms import equal, log, maximum, mean, minimum, sum, where
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import NUMBERS
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert
from pellucid.losses.reduction import divide_no_nan
from pellucid.metrics.base import Metric
from pellucid.metrics.confusion import Confusion, checked_thresholds, confusion, share


class AUC(Metric):
    """The area under the ROC curve (or the precision-recall curve): 1 perfect, ROC ½ by chance.

    ROC: the true against the false positive rate; ``curve="PR"``: precision against recall;
    ``"PRGAIN"``: their gains over chance. The curve is known at ``num_thresholds`` thresholds (or
    at ``thresholds``); between them it is interpolated, or bounded from below (``"minoring"``) or
    above (``"majoring"``). ``multi_label`` averages over the columns, with ``label_weights``.

    >>> round(float(AUC()([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])), 6)
    0.75

    Use: yes-or-no scores, before a threshold is chosen.
    Pros: needs no threshold; the chance that a yes is scored above a no.
    Cons: blind to honest probabilities; with few yeses the ROC curve flatters: take ``curve="PR"``.
    Source: J. Davis and M. Goadrich, 2006 (interpolation of precision); P. Flach and M. Kull,
    2015 (gains).
    """

    _direction = "up"
    num_thresholds: int = field(200, whole=True, at_least=2, help="how many thresholds")
    curve: str = field("ROC", one_of=("ROC", "PR", "PRGAIN", "roc", "pr", "prgain"),
                       help="which curve")
    summation_method: str = field(
        "interpolation", one_of=("interpolation", "majoring", "minoring", "Interpolation",
                                 "Majoring", "Minoring"),
        help="how the area between two thresholds is taken")
    thresholds: Any = field(None, kind=NUMBERS, help="the thresholds themselves, from 0 to 1")
    multi_label: bool = field(False, help="whether each column is a label of its own")
    num_labels: int | None = field(None, whole=True, at_least=1, help="how many labels")
    label_weights: Any = field(None, kind=NUMBERS, help="a weight for each label")
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")

    def settle(self) -> None:
        """The thresholds, with one below 0 and one above 1, and the four counts at each."""
        self.curve, self.summation_method = self.curve.upper(), self.summation_method.lower()
        self.init_thresholds = self.thresholds
        inner = np.linspace(0, 1, self.num_thresholds)[1:-1].tolist()
        if self.thresholds is not None:
            inner = sorted(checked_thresholds(self.thresholds, 0.5))
            self.num_thresholds = len(inner) + 2
        self.thresholds = [-epsilon(), *inner, 1 + epsilon()]
        if self.num_labels and not self.multi_label:
            raise ArgumentError("num_labels goes with multi_label=True", where=user_line())
        self._built = False
        if self.num_labels or not self.multi_label:
            self._build(self.num_labels)

    def _build(self, labels: int | None) -> None:
        shape = (self.num_thresholds,) if labels is None else (self.num_thresholds, labels)
        for name in Confusion._fields:
            setattr(self, name, self.add_variable(shape, name=name))
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        p = convert(y_pred, self.dtype)
        if self.multi_label and len(p.shape) != 2:
            raise ShapeError("AUC with multi_label needs predictions of shape (batch, labels)",
                             got=f"shape {tuple(p.shape)}", where=user_line())
        if not self._built:
            self._build(p.shape[1])
        counts = confusion(
            y_true, sigmoid(p) if self.from_logits else p, self.thresholds, self.dtype,
            sample_weight, per_label=self.multi_label,
            label_weights=None if self.multi_label else self.label_weights)
        for name in Confusion._fields:
            getattr(self, name).assign_add(getattr(counts, name))

    def result(self) -> Any:
        counts = Confusion(*(getattr(self, name).value for name in Confusion._fields))
        if (self.curve, self.summation_method) == ("PR", "interpolation"):
            return self._over_labels(interpolated_precision(counts))
        x, y = CURVES[self.curve](counts)
        join = {"interpolation": lambda a, b: (a + b) / 2, "minoring": minimum,
                "majoring": maximum}[self.summation_method]
        return self._over_labels((x[:-1] - x[1:]) * join(y[:-1], y[1:]))

    def _over_labels(self, strips: Any) -> Any:
        """The sum of the strips; for several labels the (weighted) mean of their sums."""
        if not self.multi_label:
            return sum(strips)
        areas = sum(strips, axis=0)
        if self.label_weights is None:
            return mean(areas)
        weights = convert(self.label_weights, self.dtype)
        return divide_no_nan(sum(areas * weights), sum(weights))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


def roc(counts: Confusion) -> tuple[Any, Any]:
    """The false and the true positive rate."""
    return share(counts, "fall_out"), share(counts, "recall")


def precision_recall(counts: Confusion) -> tuple[Any, Any]:
    """Recall and precision."""
    return share(counts, "recall"), share(counts, "precision")


def gains(counts: Confusion) -> tuple[Any, Any]:
    """Recall and precision measured from chance: 1 - (P/N) FN/TP and 1 - (P/N) FP/TP."""
    tp, fp, tn, fn = counts
    odds, none = divide_no_nan(tp + fn, tn + fp), equal(tp, 0)
    recall_gain = where(none, 0, 1 - odds * divide_no_nan(fn, tp))
    precision_gain = where(none, 1, 1 - odds * divide_no_nan(fp, tp))
    return maximum(recall_gain, 0), precision_gain


CURVES = {"ROC": roc, "PR": precision_recall, "PRGAIN": gains}


def interpolated_precision(counts: Confusion) -> Any:
    """The strips under the precision-recall curve, if TP grows linearly with P = TP + FP.

    With slope s = ΔTP / ΔP and intercept c = TP - s P, precision is s + c / P, and a strip is
    s (ΔTP + c log(P₁ / P₀)) / (TP + FN).
    """
    tp, fp, _, fn = counts
    p = tp + fp
    rise, run = tp[:-1] - tp[1:], p[:-1] - p[1:]
    slope = divide_no_nan(rise, maximum(run, 0))
    intercept = tp[1:] - slope * p[1:]
    both = (p[:-1] > 0) & (p[1:] > 0)
    ratio = where(both, divide_no_nan(p[:-1], maximum(p[1:], 0)), 1)
    return divide_no_nan(slope * (rise + intercept * log(ratio)), maximum(tp[1:] + fn[1:], 0))
