"""From one loss per sample to one number: weights, masks, and Keras's ways to reduce."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import cast, equal, sum, where
from pellucid.core.errors import ShapeError, unknown_name, user_line
from pellucid.core.tensor import convert
from pellucid.losses.pairing import same_rank

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")


def standardize_reduction(reduction: str | None) -> str | None:
    """The reduction itself; raises ArgumentError unless it is None or one of `REDUCTIONS`."""
    if reduction is not None and reduction not in REDUCTIONS:
        raise unknown_name("reduction", reduction, REDUCTIONS)
    return reduction


def reduce_weighted_values(values: Any, sample_weight: Any = None, mask: Any = None,
                           reduction: str | None = "sum_over_batch_size",
                           dtype: Any = None) -> Any:
    """Weigh the losses of the samples, leave out what the mask leaves out, and reduce."""
    values = convert(values, dtype)
    weight = apply_mask(sample_weight, mask, values.dtype, reduction)
    if weight is not None:
        values, weight = same_rank(values, cast(convert(weight), dtype=values.dtype))
        _check_weight(weight.shape, values.shape)
        values = values * weight
    return _reduced(values, weight, standardize_reduction(reduction))


def apply_mask(sample_weight: Any, mask: Any, dtype: str, reduction: str | None) -> Any:
    """The weight of each sample, 0 where the mask is False.

    For a mean the others weigh total / valid, so that the mean is one over the valid samples.
    """
    if mask is None:
        return sample_weight
    mask = convert(mask)
    weight = cast(mask, dtype=dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        weight = where(mask, divide_no_nan(float(mask.size), sum(weight)), 0)
    if sample_weight is None:
        return weight
    weight, given = same_rank(weight, cast(convert(sample_weight), dtype=dtype))
    return given * weight


def _reduced(values: Any, weight: Any, reduction: str | None) -> Any:
    if reduction in (None, "none") or values.shape in ((), (0,)):
        return values
    total = sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weight is not None:
        return divide_no_nan(total, sum(weight))
    return divide_no_nan(total, float(values.size))


def divide_no_nan(a: Any, b: Any) -> Any:
    """a / b, and 0 where b is 0."""
    empty = equal(b, 0)
    return where(empty, 0, a / where(empty, 1, b))


def _check_weight(weight: tuple[int, ...], values: tuple[int, ...]) -> None:
    pairs = zip(reversed(weight), reversed(values), strict=False)
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        one_each = (values[0], *[1] * (len(values) - 1))
        hint = (f"for one weight per sample give them the shape {one_each}"
                if weight == values[:1] else "give one weight per sample")
        raise ShapeError(f"sample_weight must fit the losses, of shape {tuple(values)}",
                         got=f"shape {tuple(weight)}", where=user_line(), hint=hint)
