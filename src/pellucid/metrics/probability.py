"""Metrics of predicted probabilities and of margins: the losses, averaged over all samples."""

from __future__ import annotations

from typing import Any

from pellucid import losses
from pellucid.core.fields import field
from pellucid.metrics.reduction import FormulaMetric


class KLDivergence(FormulaMetric):
    """The mean of Σ y log(y / ŷ).

    >>> float(KLDivergence()([[0.5, 0.5]], [[0.5, 0.5]]))
    0.0

    Use: outputs that are distributions, beside another loss.
    Pros: 0 only where both agree.
    Cons: no upper end, and not symmetric: hard to read.
    Source: S. Kullback and R. Leibler, "On information and sufficiency" (1951).
    """

    formula, usual_name, _direction = losses.kl_divergence, "kl_divergence", "down"


class Poisson(FormulaMetric):
    """The mean of ŷ - y log ŷ.

    >>> round(float(Poisson()([[1.0]], [[1.0]])), 6)
    1.0

    Use: counts, beside another loss.
    Pros: large counts may vary more.
    Cons: hard to read: its least value is not 0.
    """

    formula, usual_name, _direction = losses.poisson, "poisson", "down"


class BinaryCrossentropy(FormulaMetric):
    """The mean of -(y log p + (1 - y) log(1 - p)).

    >>> round(float(BinaryCrossentropy()([[1.0]], [[0.9]])), 6)
    0.105361

    Use: yes-or-no probabilities: whether they are honest.
    Pros: sure mistakes count most.
    Cons: no upper end; hard to read: compare it with that of the mean answer.
    """

    formula, usual_name, _direction = losses.binary_crossentropy, "binary_crossentropy", "down"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards ½")

    def __init__(self, name: str | None = "binary_crossentropy", dtype: Any = None,
                 from_logits: bool = False, label_smoothing: float = 0) -> None:
        super().__init__(name, dtype)
        self._take(from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(FormulaMetric):
    """The mean of -Σ y log p over the classes, for one-hot labels.

    >>> round(float(CategoricalCrossentropy()([[1.0, 0.0, 0.0]], [[0.8, 0.1, 0.1]])), 4)
    0.2231

    Use: probabilities of k classes, one-hot labels: whether they are honest.
    Pros: sure mistakes count most.
    Cons: no upper end; log k is what guessing gives.
    """

    formula = losses.categorical_crossentropy
    usual_name, _direction = "categorical_crossentropy", "down"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards 1 / classes")
    axis: int = field(-1, help="the axis of the classes")

    def __init__(self, name: str | None = "categorical_crossentropy", dtype: Any = None,
                 from_logits: bool = False, label_smoothing: float = 0, axis: int = -1) -> None:
        super().__init__(name, dtype)
        self._take(from_logits=from_logits, label_smoothing=label_smoothing, axis=axis)


class SparseCategoricalCrossentropy(FormulaMetric):
    r"""The mean of :math:`M = -\log p_y` of the right class, for labels that are class numbers.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.4, 0.5, 0.1]])), 4)
    0.6931

    Use: probabilities of k classes, class numbers as labels: whether they are honest.
    Pros: sure mistakes count most.
    Cons: no upper end; log k is what guessing gives.
    """

    formula = losses.sparse_categorical_crossentropy
    usual_name, _direction = "sparse_categorical_crossentropy", "down"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    ignore_class: int | None = field(None, help="a label that marks samples to leave out")
    axis: int = field(-1, help="the axis of the classes")

    def __init__(self, name: str | None = "sparse_categorical_crossentropy", dtype: Any = None,
                 from_logits: bool = False, ignore_class: int | None = None,
                 axis: int = -1) -> None:
        super().__init__(name, dtype)
        self._take(from_logits=from_logits, ignore_class=ignore_class, axis=axis)


class Hinge(FormulaMetric):
    """The mean of max(1 - y ŷ, 0).

    >>> float(Hinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
    0.75

    Use: linear outputs for two classes, beside another loss.
    Pros: 0 where all is right by a margin.
    Cons: depends on the scale of the outputs.
    """

    formula, usual_name, _direction = losses.hinge, "hinge", "down"


class SquaredHinge(FormulaMetric):
    """The mean of max(1 - y ŷ, 0)².

    >>> float(SquaredHinge()([[1.0], [-1.0]], [[2.0], [0.5]]))
    1.125

    Use: linear outputs for two classes, beside another loss.
    Pros: 0 where all is right by a margin.
    Cons: depends on the scale of the outputs; outliers decide much.
    """

    formula, usual_name, _direction = losses.squared_hinge, "squared_hinge", "down"


class CategoricalHinge(FormulaMetric):
    """The mean of max(1 + the best wrong score - the right score, 0).

    >>> float(CategoricalHinge()([[0.0, 1.0]], [[0.5, 2.0]]))
    0.0

    Use: scores of k classes, beside another loss.
    Pros: 0 where the right class leads by 1 everywhere.
    Cons: depends on the scale of the scores.
    """

    formula, usual_name, _direction = losses.categorical_hinge, "categorical_hinge", "down"
