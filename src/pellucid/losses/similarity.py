"""Losses that compare the rows of a batch with each other: like labels near, unlike ones far."""

from __future__ import annotations

from typing import Any

from pellucid.activations import softplus
from pellucid.atoms import (
    cast,
    equal,
    eye,
    logical_and,
    logical_not,
    logsumexp,
    matmul,
    maximum,
    reshape,
    transpose,
    where,
)
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.op import op
from pellucid.core.tensor import convert
from pellucid.losses.base import FormulaLoss

FAR = -1e30                          # what a pair that does not count adds to a sum of exponentials


@op(symbol="circle")
def circle(y_true, y_pred, ref_labels=None, ref_embeddings=None, remove_diagonal=True, gamma=80,
           margin=0.4):
    """ζ(log Σ exp(-γ α⁺ (m - d⁺)) + log Σ exp(γ α⁻ (1 - m - d⁻))), for each row of ŷ.

    d = max(1 - cosine, 0) is how far a row is from a row of ``ref_embeddings`` (by default ŷ
    itself): d⁺ where the labels are equal, d⁻ where they differ. Pairs that are far from where
    they should be weigh most: α⁺ = m + d⁺, α⁻ = 1 + m - d⁻, at least 0; ζ is softplus. Rows of ŷ
    must have length 1. A row that no other is like, or unlike, costs 0 and leaves no mark on a
    mean. With ``remove_diagonal`` row i is not its own like. ``(batch), (batch, n) → (batch)``.

    >>> near, far = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    >>> bool((circle([0, 0, 1], near) < circle([0, 0, 1], far)).numpy()[:2].all())
    True

    Source: Y. Sun et al., "Circle loss" (2020).
    """
    rows, p = _labels(y_true), convert(y_pred)
    columns = rows if ref_labels is None else _labels(ref_labels)
    others = p if ref_embeddings is None else convert(ref_embeddings, p.dtype)
    _check(rows, p)
    _check(columns, others)
    d = maximum(1 - matmul(p, transpose(others)), 0)
    like = equal(reshape(rows, shape=(-1, 1)), reshape(columns, shape=(1, -1)))
    unlike = logical_not(like)
    if remove_diagonal:
        like = logical_and(like, logical_not(eye(*d.shape, dtype="bool")))
    pull = -gamma * maximum(margin + d, 0) * (margin - d)
    push = gamma * maximum(1 + margin - d, 0) * (1 - margin - d)
    losses = softplus(logsumexp(where(like, pull, FAR), axis=1)
                      + logsumexp(where(unlike, push, FAR), axis=1))
    losses._keras_mask = losses > 0
    return losses


def _labels(labels: Any) -> Any:
    return reshape(cast(convert(labels), dtype="int32"), shape=(-1,))


def _check(labels: Any, embeddings: Any) -> None:
    if len(embeddings.shape) != 2 or labels.shape != embeddings.shape[:1]:
        raise ShapeError("circle needs a label for each row of a matrix of embeddings",
                         got=f"labels of shape {tuple(labels.shape)} and embeddings of shape "
                             f"{tuple(embeddings.shape)}", where=user_line())


class Circle(FormulaLoss):
    r"""Rows with one label should be near each other, others far, and the worst pairs count most.

    .. math:: L = ζ(\log \sum e^{-γ α^+ (m - d^+)} + \log \sum e^{γ α^- (1 - m - d^-)})

    Labels are whole numbers; the model should end in `UnitNormalization`.

    >>> rows = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    >>> bool(Circle()([0, 0, 1], rows) < Circle()([0, 1, 0], rows))
    True

    Use: embeddings of faces, products and the like: equal labels near each other, others far.
    Pros: the worst pairs count most; one loss for pairs and for classes.
    Cons: needs several samples of a label in each batch; γ and the margin have to be chosen.
    Source: Y. Sun et al., "Circle loss" (2020).
    """

    formula, usual_name = circle, "circle"
    gamma: float = field(80.0, above=0, symbol="γ", help="how steep the loss is")
    margin: float = field(0.4, at_least=0, at_most=1, symbol="m", help="how near is near enough")
    remove_diagonal: bool = field(True, help="whether a row is left out of its own likes")
