"""How targets and predictions are laid side by side before they are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import cast, expand_dims, squeeze
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.tensor import convert


def paired(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Both as tensors of y_pred's dtype and of one rank; raises ShapeError if they do not fit.

    A y_true of shape (batch,) beside a y_pred of shape (batch, 1) is never broadcast to
    (batch, batch): it becomes (batch, 1).
    """
    y_true, y_pred = same_rank(*tensors(y_true, y_pred))
    if hasattr(y_pred, "shape"):
        _check_broadcast(y_true.shape, y_pred.shape)
    return y_true, y_pred


def tensors(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Both as tensors of y_pred's dtype; symbols and other kinds of values pass unchanged."""
    if any(getattr(type(each), "space", None) is not None for each in (y_true, y_pred)):
        return y_true, y_pred
    y_pred = convert(y_pred)
    return cast(convert(y_true), dtype=y_pred.dtype), y_pred


def same_rank(a: Any, b: Any, expand_rank_1: bool = True) -> tuple[Any, Any]:
    """Drop or add a last axis of length 1 where the ranks differ by exactly one."""
    if not hasattr(a, "shape") or not hasattr(b, "shape"):
        return a, b
    if len(a.shape) == len(b.shape) + 1 and a.shape[-1] == 1:
        if len(b.shape) == 1 and expand_rank_1:
            return a, expand_dims(b, axis=-1)
        return squeeze(a, axis=-1), b
    if len(b.shape) == len(a.shape) + 1 and b.shape[-1] == 1:
        if len(a.shape) == 1 and expand_rank_1:
            return expand_dims(a, axis=-1), b
        return a, squeeze(b, axis=-1)
    return a, b


def check_equal(y_true: Any, y_pred: Any, hint: str | None = None) -> None:
    """Raise ShapeError unless both have one shape."""
    if hasattr(y_pred, "shape") and tuple(y_true.shape) != tuple(y_pred.shape):
        raise ShapeError(f"y_true must have the shape of y_pred, {tuple(y_pred.shape)}",
                         got=f"shape {tuple(y_true.shape)}", where=user_line(), hint=hint)


def check_one_hot(y_true: Any, y_pred: Any) -> None:
    """Raise ShapeError for class numbers, where each class has a column of its own in y_pred."""
    columns = len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1:] != (1,)
    if y_true.shape and y_pred.shape[-1:] != (1,) and not columns:
        check_equal(y_true, y_pred, "labels that are class numbers become one-hot by "
                    f"to_categorical(y, {y_pred.shape[-1]})")


def _check_broadcast(y_true: tuple[int, ...], y_pred: tuple[int, ...]) -> None:
    try:
        np.broadcast_shapes(y_true, y_pred)
    except ValueError:
        raise ShapeError("y_true and y_pred must have one shape",
                         got=f"y_true of shape {tuple(y_true)} and y_pred of shape "
                             f"{tuple(y_pred)}", where=user_line(),
                         hint="give the last layer as many units as y has columns") from None
