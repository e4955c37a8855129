"""Metrics that are counts of right and wrong answers, or shares of them."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.core.fields import field
from pellucid.core.kinds import NUMBERS
from pellucid.metrics.base import Metric
from pellucid.metrics.confusion import (
    LOWEST,
    SHARES,
    Confusion,
    checked_thresholds,
    confusion,
    share,
)

THRESHOLDS: Any = field(None, kind=NUMBERS, help="a number or a list of numbers from 0 to 1; ŷ "
                        "above it means yes")
CLASS_ID: Any = field(None, help="look at this class only")


class CountingMetric(Metric):
    """A metric over counts at thresholds: ``counted`` names those that it keeps."""

    counted: ClassVar[tuple[str, ...]] = Confusion._fields

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.thresholds: Any = None                      # fields of the classes below
        self.top_k: int | None = None
        self.class_id: int | None = None

    def settle(self) -> None:
        """The thresholds as a list, and one count per threshold for each name in ``counted``."""
        self.init_thresholds = self.thresholds
        self.thresholds = checked_thresholds(
            self.thresholds, 0.5 if self.top_k is None else LOWEST)
        self.make_counts()

    def make_counts(self) -> None:
        """The variables."""
        for name in self.counted:
            setattr(self, name, self.add_variable((len(self.thresholds),), name=name))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        counts = confusion(y_true, y_pred, self.thresholds, self.dtype, sample_weight,
                           self.top_k, self.class_id)
        for name in self.counted:
            getattr(self, name).assign_add(getattr(counts, name))

    def single(self, values: Any) -> Any:
        """The one number, if there is one threshold."""
        return values[0] if len(self.thresholds) == 1 else values

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        config = super().get_config()
        return {**config, "thresholds": self.init_thresholds} if "thresholds" in config else config


class Count(CountingMetric):
    """One of the four counts, and nothing else.

    Pros: plain numbers, from which every share follows.
    Cons: says little without the other three; depends on the threshold.
    """

    thresholds: Any = THRESHOLDS

    def result(self) -> Any:
        return self.single(getattr(self, self.counted[0]).value)


class TruePositives(Count):
    """How many were answered yes, rightly (weighted).

    >>> float(TruePositives()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    1.0

    Use: counts of a confusion table.
    """

    counted = ("true_positives",)


class FalsePositives(Count):
    """How many were answered yes, wrongly (weighted).

    >>> float(FalsePositives()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    1.0

    Use: counts of a confusion table: the false alarms.
    """

    counted = ("false_positives",)


class TrueNegatives(Count):
    """How many were answered no, rightly (weighted).

    >>> float(TrueNegatives()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    1.0

    Use: counts of a confusion table.
    """

    counted = ("true_negatives",)


class FalseNegatives(Count):
    """How many were answered no, wrongly (weighted).

    >>> float(FalseNegatives()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    1.0

    Use: counts of a confusion table: the misses.
    """

    counted = ("false_negatives",)


class Share(CountingMetric):
    """One count beside another of which it is a part: ``wanted`` is its name in `SHARES`."""

    _direction = "up"
    wanted: ClassVar[str]
    thresholds: Any = THRESHOLDS
    top_k: int | None = field(None, whole=True, at_least=1,
                              help="only the k largest scores of a row may mean yes")
    class_id: int | None = CLASS_ID

    def result(self) -> Any:
        return self.single(share(self, self.wanted))


class Precision(Share):
    r"""Of what was answered yes, the share that is.

    .. math:: P = \frac{\mathrm{TP}}{\mathrm{TP} + \mathrm{FP}}

    >>> float(Precision()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    0.5

    Use: where false alarms are dear, as in a spam filter.
    Pros: blind to the many true noes.
    Cons: one sure yes alone makes it 1: look at recall as well; depends on the threshold.
    """

    wanted, counted = "precision", SHARES["precision"]


class Recall(Share):
    r"""Of what is yes, the share that was answered so.

    .. math:: R = \frac{\mathrm{TP}}{\mathrm{TP} + \mathrm{FN}}

    >>> float(Recall()([1, 1, 0, 0], [0.9, 0.4, 0.8, 0.1]))
    0.5

    Use: where misses are dear, as in a test for a disease.
    Pros: blind to the many true noes.
    Cons: always saying yes makes it 1: look at precision as well; depends on the threshold.
    """

    wanted, counted = "recall", SHARES["recall"]
