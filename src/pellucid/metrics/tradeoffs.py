"""The best of one share that can be had while another is at least a given value."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from pellucid.atoms import max, where
from pellucid.core.fields import field
from pellucid.metrics.confusion import share
from pellucid.metrics.counting import CLASS_ID, CountingMetric

NUM_THRESHOLDS: Any = field(200, whole=True, at_least=1, help="how many thresholds are tried")


class Tradeoff(CountingMetric):
    """The largest ``wanted`` share over all thresholds at which ``held`` is at least its value.

    Pros: the threshold is found, not chosen.
    Cons: thresholds on a grid: exact only to its step.
    """

    _direction = "up"
    wanted: ClassVar[str]
    held: ClassVar[str]

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.num_thresholds = 200                        # a field of the classes below

    def settle(self) -> None:
        """Thresholds 0, 1/(n-1), …, 1 (a single one is ½), and all four counts at each."""
        n = self.num_thresholds
        self.thresholds = np.linspace(0, 1, n).tolist() if n > 1 else [0.5]
        self.make_counts()

    def result(self) -> Any:
        enough = share(self, self.held) >= getattr(self, self.held)
        return max(where(enough, share(self, self.wanted), 0))


class SensitivityAtSpecificity(Tradeoff):
    """The best sensitivity TP / (TP + FN) where TN / (TN + FP) is at least ``specificity``.

    >>> float(SensitivityAtSpecificity(0.5)([0, 0, 1, 1], [0.0, 0.3, 0.2, 0.9]))
    1.0

    Use: tests of which the share of false alarms is given.
    """

    wanted, held = "sensitivity", "specificity"
    specificity: float = field(at_least=0, at_most=1, help="the least specificity")
    num_thresholds: int = NUM_THRESHOLDS
    class_id: int | None = CLASS_ID


class SpecificityAtSensitivity(Tradeoff):
    """The best specificity TN / (TN + FP) where TP / (TP + FN) is at least ``sensitivity``.

    >>> float(SpecificityAtSensitivity(0.5)([0, 0, 1, 1], [0.0, 0.3, 0.2, 0.9]))
    1.0

    Use: tests of which the share of misses is given.
    """

    wanted, held = "specificity", "sensitivity"
    sensitivity: float = field(at_least=0, at_most=1, help="the least sensitivity")
    num_thresholds: int = NUM_THRESHOLDS
    class_id: int | None = CLASS_ID


class PrecisionAtRecall(Tradeoff):
    """The best precision TP / (TP + FP) where TP / (TP + FN) is at least ``recall``.

    >>> float(PrecisionAtRecall(0.5)([0, 0, 1, 1], [0.0, 0.3, 0.2, 0.9]))
    1.0

    Use: searches that must find a given share.
    """

    wanted, held = "precision", "recall"
    recall: float = field(at_least=0, at_most=1, help="the least recall")
    num_thresholds: int = NUM_THRESHOLDS
    class_id: int | None = CLASS_ID


class RecallAtPrecision(Tradeoff):
    """The best recall TP / (TP + FN) where TP / (TP + FP) is at least ``precision``.

    >>> float(RecallAtPrecision(0.9)([0, 0, 1, 1], [0.0, 0.3, 0.2, 0.9]))
    0.5

    Use: alarms of which a given share must be true.
    """

    wanted, held = "recall", "precision"
    precision: float = field(at_least=0, at_most=1, help="the least precision")
    num_thresholds: int = NUM_THRESHOLDS
    class_id: int | None = CLASS_ID
