"""Losses that a few wrong labels cannot spoil."""

from __future__ import annotations

from pellucid.atoms import cast, one_hot, squeeze, sum
from pellucid.core.fields import field
from pellucid.core.op import op
from pellucid.core.tensor import convert
from pellucid.losses.base import FormulaLoss
from pellucid.losses.classification import check_class_labels


@op(symbol="GCE")
def categorical_generalized_cross_entropy(y_true, y_pred, q):
    """(1 - p^q) / q, with p the probability of the right class.

    Between crossentropy (q → 0) and the absolute error (q = 1): a label that seems very unlikely
    costs at most 1/q. Labels are class numbers of shape ``(…)`` or ``(…, 1)``, ŷ ``(…, C) → (…)``.
    Raises DataError for a label that is no class number.

    >>> categorical_generalized_cross_entropy([0], [[0.25, 0.75]], 0.5).tolist()
    [1.0]

    Source: Z. Zhang, M. Sabuncu, "Generalized cross entropy loss" (2018).
    """
    y, p = convert(y_true), convert(y_pred)
    if len(y.shape) == len(p.shape) and y.shape[-1] == 1:
        y = squeeze(y, axis=-1)
    check_class_labels(y, p.shape[-1])
    right = one_hot(cast(y, dtype="int32"), p.shape[-1], dtype=p.dtype)
    return (1 - sum(p * right, axis=-1) ** q) / q


class CategoricalGeneralizedCrossEntropy(FormulaLoss):
    """:math:`L = (1 - p^q) / q`, p the probability of the right class: for unsure labels.

    >>> float(CategoricalGeneralizedCrossEntropy()([0], [[0.25, 0.75]]))
    1.0

    Use: class numbers of which some are wrong.
    Pros: a wrong label costs at most 1/q; between crossentropy (q → 0) and the absolute error (q =
    1).
    Cons: learns more slowly than crossentropy; q has to be chosen.
    Source: Z. Zhang, M. Sabuncu, "Generalized cross entropy loss" (2018).
    """

    formula = categorical_generalized_cross_entropy
    usual_name = "categorical_generalized_cross_entropy"
    q: float = field(0.5, above=0, below=1, symbol="q", help="how little unlikely labels count")
