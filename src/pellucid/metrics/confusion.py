"""Counts of right and wrong answers at thresholds, and what follows from them.

The formulas are sums over samples, without sorting: they cost the same in every trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.atoms import (
    broadcast_to,
    cast,
    ceil,
    clip,
    cumsum,
    expand_dims,
    flip,
    maximum,
    reshape,
    sum,
    where,
)
from pellucid.atoms.shaping import scatter_add
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert
from pellucid.losses.pairing import check_one_hot, same_rank
from pellucid.losses.reduction import divide_no_nan

LOWEST = -1e10                       # below every score: what top_k leaves out


class Confusion(NamedTuple):
    """Weighted counts per threshold: ``positives`` were answered yes, ``true`` rightly so."""

    true_positives: Any
    false_positives: Any
    true_negatives: Any
    false_negatives: Any


SHARES = {"precision": ("true_positives", "false_positives"),     # name: (part, rest)
          "recall": ("true_positives", "false_negatives"),
          "sensitivity": ("true_positives", "false_negatives"),
          "specificity": ("true_negatives", "false_positives"),
          "fall_out": ("false_positives", "true_negatives")}


def share(counts: Any, name: str) -> Any:
    """part / (part + rest) at each threshold, and 0 where both are 0; ``counts`` has them by name.

    >>> float(share(Confusion(3.0, 1.0, 0.0, 0.0), "precision"))
    0.75
    """
    part, rest = (getattr(counts, each) for each in SHARES[name])
    return divide_no_nan(part, part + rest)


def confusion(y_true: Any, y_pred: Any, thresholds: Sequence[float], dtype: str,
              sample_weight: Any = None, top_k: int | None = None, class_id: int | None = None,
              per_label: bool = False, label_weights: Any = None) -> Confusion:
    """Count the answers "yes where ŷ > threshold": ``(…) → (thresholds)``.

    With ``per_label``, ``(batch, labels) → (thresholds, labels)``.
    """
    p, y = same_rank(convert(y_pred, dtype), convert(y_true, dtype))
    check_one_hot(y, p)
    w = _weight(sample_weight, y, dtype)
    p = among_top(p, top_k) if top_k is not None else p
    if class_id is not None:
        if len(p.shape) < 2:
            raise ShapeError("class_id needs predictions of shape (batch, classes)",
                             got=f"shape {tuple(p.shape)}", where=user_line())
        y, p = y[..., class_id, None], p[..., class_id, None]
    w = broadcast_to(w, shape=p.shape)
    w = w if label_weights is None else w * convert(label_weights, dtype)
    y = cast(cast(broadcast_to(y, shape=p.shape), dtype="bool"), dtype=dtype)
    if not per_label:
        p, y, w = (reshape(each, shape=(-1,)) for each in (p, y, w))
    yes, no = y * w, (1 - y) * w
    tp, fp = (sums_above(p, each, thresholds) for each in (yes, no))
    return Confusion(tp, fp, sum(no, axis=0) - fp, sum(yes, axis=0) - tp)


def _weight(sample_weight: Any, y: Any, dtype: str) -> Any:
    if sample_weight is None:
        return convert(1.0, dtype)
    weight = expand_dims(convert(sample_weight, dtype), axis=-1)
    return same_rank(y, weight, expand_rank_1=False)[1]


def sums_above(p: Any, values: Any, thresholds: Sequence[float]) -> Any:
    """Σ of the values where p > θ, for each threshold θ, over the first axis.

    Evenly spaced thresholds 0, 1/(n-1), …, 1 need one pass: p falls into bucket
    ⌈p (n - 1)⌉ - 1, and what is above a threshold is the sum of its bucket and those above.
    """
    n = len(thresholds)
    if not evenly_spaced(thresholds):
        levels = convert(np.asarray(thresholds), p.dtype)
        levels = reshape(levels, shape=(n,) + (1,) * len(p.shape))
        return sum(where(p > levels, values, 0), axis=1)
    bucket = ceil(clip(p, 0, 1) * float(n - 1)) - 1
    if thresholds[0] >= 0:                               # else p = 0 lies above the first
        values = where(bucket < 0, 0, values)
    bucket = cast(maximum(bucket, 0), dtype="int32")
    if len(p.shape) > 1:                                 # one row of buckets for each label
        labels = p.shape[-1]
        bucket = reshape(bucket * labels + np.arange(labels, dtype="int32"), shape=(-1,))
        sums = scatter_add(reshape(values, shape=(-1,)), bucket, axis=0, size=n * labels)
        sums = reshape(sums, shape=(n, labels))
    else:
        sums = scatter_add(values, bucket, axis=0, size=n)
    return flip(cumsum(flip(sums, axis=0), axis=0), axis=0)


def evenly_spaced(thresholds: Sequence[float]) -> bool:
    """Whether thresholds are 0, 1/(n-1), …, 1, up to ε."""
    n = len(thresholds)
    return n >= 3 and np.allclose(thresholds, np.arange(n) / (n - 1), atol=epsilon())


def among_top(x: Any, k: int) -> Any:
    """The k largest scores of each row (of equal ones, the first); the others become very low."""
    place = np.arange(x.shape[-1])
    other, own = expand_dims(x, axis=-2), expand_dims(x, axis=-1)
    ahead = (other > own) | ((other == own) & (place[None, :] < place[:, None]))
    return where(sum(cast(ahead, dtype="int32"), axis=-1) < k, x, LOWEST)


def checked_thresholds(thresholds: Any, default: float) -> list[float]:
    """Thresholds as a list; raises ArgumentError for one outside [0, 1]."""
    given = [default] if thresholds is None else list(np.atleast_1d(np.asarray(thresholds, float)))
    if thresholds is not None:
        for each in given:
            if not 0 <= each <= 1:
                raise ArgumentError("thresholds must be from 0 to 1", got=f"{each:g}",
                                    where=user_line())
    return [float(each) for each in given]
