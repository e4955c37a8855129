"""Intersection over union: how well the regions that a model marks cover the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms import (
    argmax,
    broadcast_to,
    cast,
    eye,
    greater_equal,
    less,
    logical_and,
    not_equal,
    reshape,
    sum,
    take,
    where,
)
from pellucid.atoms.shaping import scatter_add
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, ShapeError, advise, user_line
from pellucid.core.fields import field
from pellucid.core.settings import epsilon, floatx
from pellucid.core.tensor import convert
from pellucid.metrics.base import Metric

CLASSES = "how many classes there are"
TARGETS = "the classes whose mean is given"
IGNORED = "a label that marks places to leave out"
NUMBERED_TRUE = "whether labels are class numbers; else the largest of `axis` is meant"
NUMBERED_PRED = "whether predictions are class numbers; else the largest of `axis` is meant"
AXIS = "the axis of the scores"


class Overlap(Metric):
    """A table of how often class i was called class j, and the shares that follow from it."""

    _direction = "up"

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype or "int")
        self.num_classes, self.target_class_ids = 2, []  # fields of the classes below
        self.ignore_class: int | None = None
        self.sparse_y_true, self.sparse_y_pred, self.axis = True, True, -1

    def settle(self) -> None:
        """Check the classes, and make the table: rows are true classes, columns predicted ones."""
        self.target_class_ids = self._checked(self.target_class_ids)
        n = self.num_classes
        self.total_cm = self.add_variable((n, n), dtype=self.dtype, name="total_confusion_matrix")

    def _checked(self, classes: Any) -> list[int]:
        owner = type(self).__name__
        if not isinstance(classes, Sequence) or isinstance(classes, str) or not classes:
            raise KindError(f"{owner}'s target_class_ids must be a list of class numbers",
                            got=classes, where=user_line())
        for each in classes:
            if each not in range(self.num_classes):
                raise ArgumentError(f"{owner}'s target_class_ids must be whole numbers from 0 to "
                                    f"{self.num_classes - 1}", got=each, where=user_line())
        return [int(each) for each in classes]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y = y_true if self.sparse_y_true else argmax(convert(y_true), axis=self.axis)
        p = y_pred if self.sparse_y_pred else argmax(convert(y_pred), axis=self.axis)
        y, p = (reshape(convert(each, self.dtype), shape=(-1,)) for each in (y, p))
        if y.shape != p.shape:
            raise ShapeError(f"{self.name} needs as many labels as predictions", where=user_line(),
                             got=f"{y.shape[0]} labels and {p.shape[0]} predictions")
        counts, n = self._inside(y, p), self.num_classes
        w = where(counts, self._weight(sample_weight, y.shape), 0)
        place = where(counts, cast(y, dtype="int32") * n + cast(p, dtype="int32"), 0)
        self.total_cm.assign_add(reshape(scatter_add(w, place, axis=0, size=n * n), shape=(n, n)))

    def _inside(self, y: Any, p: Any) -> Any:
        """Where both are classes, and the label is not the one to ignore."""
        n = self.num_classes
        both = logical_and(logical_and(greater_equal(y, 0), less(y, n)),
                           logical_and(greater_equal(p, 0), less(p, n)))
        return both if self.ignore_class is None else logical_and(
            both, not_equal(y, self.ignore_class))

    def _weight(self, sample_weight: Any, shape: tuple[int, ...]) -> Any:
        if sample_weight is None:
            return broadcast_to(convert(1, self.dtype), shape=shape)
        given = str(getattr(sample_weight, "dtype", ""))
        if dtypes.is_float(given) and not dtypes.is_float(self.dtype):
            advise(f"{self.name} counts in {self.dtype}, so sample weights lose what stands behind "
                   "the point. Give the metric dtype=\"float32\", or whole weights")
        weight = convert(sample_weight, self.dtype)
        weight = weight if not weight.shape else reshape(weight, shape=(-1,))
        return broadcast_to(weight, shape=shape)

    def result(self) -> Any:
        table = self.total_cm.value
        hits = sum(table * eye(self.num_classes, dtype=table.dtype), axis=0)
        either = sum(table, axis=0) + sum(table, axis=1) - hits
        hits, either = (cast(take(each, np.asarray(self.target_class_ids), axis=0), dtype=floatx())
                        for each in (hits, either))
        there = either > 1e-9                            # classes that occur at all
        share = where(there, hits / (either + epsilon()), 0)
        return sum(share) / (sum(cast(there, dtype=floatx())) + epsilon())


class MeanOverlap(Overlap):
    """The mean over all classes."""

    def settle(self) -> None:
        self.target_class_ids = list(range(self.num_classes))
        super().settle()


class IoU(Overlap):
    r"""The mean overlap of some classes, of those that occur.

    .. math:: M = \frac{\mathrm{TP}}{\mathrm{TP} + \mathrm{FP} + \mathrm{FN}}

    Labels and predictions are class numbers of any one shape; what is no class from 0 to
    ``num_classes`` - 1 is left out. Counts are whole numbers unless ``dtype`` is a float's.

    >>> round(float(IoU(2, [0])([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333

    Use: segmentation: how well some classes are found.
    Pros: blind to the background; small regions count as large ones.
    Cons: strict at borders; a class that is missed altogether is only a 0.
    Source: P. Jaccard (1901).
    """

    num_classes: int = field(at_least=1, whole=True, help=CLASSES)
    target_class_ids: Any = field(help=TARGETS)
    ignore_class: int | None = field(None, whole=True, help=IGNORED)
    sparse_y_true: bool = field(True, help=NUMBERED_TRUE)
    sparse_y_pred: bool = field(True, help=NUMBERED_PRED)
    axis: int = field(-1, help=AXIS)


class BinaryIoU(Overlap):
    """`IoU` for yes and no: scores of at least ``threshold`` mean class 1.

    >>> round(float(BinaryIoU(threshold=0.3)([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
    0.3333

    Use: segmentation into yes and no.
    Pros: blind to the background.
    Cons: depends on the threshold; strict at borders.
    Source: P. Jaccard (1901).
    """

    target_class_ids: Any = field((0, 1), help=TARGETS)
    threshold: float = field(0.5, help="scores of at least this mean yes")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        yes = greater_equal(convert(y_pred, floatx()), self.threshold)
        super().update_state(y_true, yes, sample_weight)


class MeanIoU(MeanOverlap):
    """`IoU` of all classes that occur, averaged.

    >>> round(float(MeanIoU(2)([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333

    Use: segmentation into several classes, all of which count alike.
    Pros: rare classes count as frequent ones.
    Cons: one rare class can pull it down; strict at borders.
    Source: P. Jaccard (1901).
    """

    num_classes: int = field(at_least=1, whole=True, help=CLASSES)
    ignore_class: int | None = field(None, whole=True, help=IGNORED)
    sparse_y_true: bool = field(True, help=NUMBERED_TRUE)
    sparse_y_pred: bool = field(True, help=NUMBERED_PRED)
    axis: int = field(-1, help=AXIS)


class OneHotIoU(Overlap):
    """`IoU` for one-hot labels and scores of classes: the largest is meant.

    >>> round(float(OneHotIoU(2, [0])([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]])), 4)
    0.5

    Use: segmentation with one-hot labels: how well some classes are found.
    Pros: blind to the background.
    Cons: strict at borders; one-hot labels take room.
    Source: P. Jaccard (1901).
    """

    num_classes: int = field(at_least=1, whole=True, help=CLASSES)
    target_class_ids: Any = field(help=TARGETS)
    ignore_class: int | None = field(None, whole=True, help=IGNORED)
    sparse_y_pred: bool = field(False, help=NUMBERED_PRED)
    axis: int = field(-1, help=AXIS)

    def settle(self) -> None:
        self.sparse_y_true = False
        super().settle()


class OneHotMeanIoU(MeanOverlap):
    """`IoU` of all classes, averaged, for one-hot labels and scores: the largest is meant.

    >>> round(float(OneHotMeanIoU(2)([[1, 0], [0, 1]], [[0.9, 0.1], [0.6, 0.4]])), 4)
    0.25

    Use: segmentation with one-hot labels, all classes counting alike.
    Pros: rare classes count as frequent ones.
    Cons: strict at borders; one-hot labels take room.
    Source: P. Jaccard (1901).
    """

    num_classes: int = field(at_least=1, whole=True, help=CLASSES)
    ignore_class: int | None = field(None, whole=True, help=IGNORED)
    sparse_y_pred: bool = field(False, help=NUMBERED_PRED)
    axis: int = field(-1, help=AXIS)

    def settle(self) -> None:
        self.sparse_y_true = False
        super().settle()
