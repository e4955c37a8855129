"""Losses for classes: minus the logarithm of the probability given to the right one."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.activations import log_sigmoid, log_softmax, sigmoid, softmax
from pellucid.atoms import (
    cast,
    clip,
    exp,
    expand_dims,
    log,
    mean,
    not_equal,
    one_hot,
    squeeze,
    sum,
    where,
)
from pellucid.atoms.samples import uniform
from pellucid.core.errors import DataError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import NUMBERS
from pellucid.core.op import op
from pellucid.core.settings import epsilon
from pellucid.core.tensor import Tensor, convert
from pellucid.losses.base import FormulaLoss
from pellucid.losses.pairing import check_equal, paired, tensors

PAIR = [uniform(0.1, 0.9), uniform(0.1, 0.9)]


@op(symbol="BCE", samples=PAIR)
def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """The mean of -(y log p + (1 - y) log(1 - p)), for yes-or-no answers.

    With ``from_logits`` ŷ is a score z and p = σ(z), exact for any z; otherwise ŷ is p, kept
    within [ε, 1 - ε]. ``label_smoothing`` s moves labels to y (1 - s) + s/2. ``(…, n) → (…)``.

    >>> round(float(binary_crossentropy([1.0], [0.9])), 6)
    0.105361
    """
    y, p = paired(y_true, y_pred)
    check_equal(y, p)
    y = smoothed(y, label_smoothing, 2)
    return mean(_binary(y, p, from_logits), axis=axis)


def smoothed(y, s, classes=None):
    """Labels that are a little unsure: y (1 - s) + s / classes (as many as y has unless told)."""
    return y * (1 - s) + s / (classes or y.shape[-1]) if s else y


def _binary(y, p, from_logits=False):
    """-(y log p + (1 - y) log(1 - p)), number by number; 1 - σ(z) is σ(-z)."""
    if from_logits:
        return -(y * log_sigmoid(p) + (1 - y) * log_sigmoid(-p))
    p = clip(p, epsilon(), 1 - epsilon())
    return -(y * log(p) + (1 - y) * log(1 - p))


@op(symbol="CCE", samples=PAIR)
def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0, axis=-1):
    """-Σ y log p over the classes, for one-hot labels (or label probabilities).

    With ``from_logits`` ŷ are scores and p their softmax, exact for any scores; otherwise ŷ are
    probabilities, divided by their sum and kept within [ε, 1 - ε]. ``label_smoothing`` s moves
    labels to y (1 - s) + s / classes. ``(…, classes) → (…)``.

    >>> round(float(categorical_crossentropy([1.0, 0.0, 0.0], [0.8, 0.1, 0.1])), 4)
    0.2231
    """
    y, p = tensors(y_true, y_pred)
    check_equal(y, p, "labels that are class numbers go with sparse_categorical_crossentropy")
    y = smoothed(y, label_smoothing)
    log_p = log_probabilities(p, from_logits, axis)
    return -sum(where(y == 0, 0, y * log_p), axis=axis)          # 0 · log 0 is 0


def log_probabilities(p, from_logits=False, axis=-1):
    """log p of each class, from scores or from probabilities."""
    if from_logits:
        return log_softmax(p, axis=axis)
    return log(clip(p / sum(p, axis=axis, keepdims=True), epsilon(), 1 - epsilon()))


@op(symbol="SCCE")
def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None, axis=-1):
    """-log p of the right class, for labels that are class numbers 0 … C - 1.

    ŷ as in `categorical_crossentropy`. Samples labelled ``ignore_class`` cost 0 and leave no mark
    on a mean. Labels of shape ``(…)`` or ``(…, 1)``, ŷ ``(…, C) → (…)``. Raises DataError for a
    label that is no class number.

    >>> round(float(sparse_categorical_crossentropy(1, [0.4, 0.5, 0.1])), 4)
    0.6931
    """
    y, p = convert(y_true), convert(y_pred)
    if len(y.shape) == len(p.shape) and y.shape[axis] == 1:
        y = squeeze(y, axis=axis)
    classes = p.shape[axis]
    _check_places(y.shape, p.shape, axis)
    valid = None if ignore_class is None else not_equal(y, ignore_class)
    if valid is not None:
        y = where(valid, y, 0)
        p = where(expand_dims(valid, axis=axis), p, 0)
    check_class_labels(y, classes)
    right = one_hot(cast(y, dtype="int32"), classes, axis=axis, dtype=p.dtype)
    losses = categorical_crossentropy(right, p, from_logits=from_logits, axis=axis)
    if valid is not None:
        losses = where(valid, losses, 0)
        losses._keras_mask = valid
    return losses


def _check_places(labels: tuple[int, ...], scores: tuple[int, ...], axis: int) -> None:
    places = tuple(n for i, n in enumerate(scores) if i != axis % len(scores))
    if tuple(labels) != places:
        raise ShapeError(f"labels for scores of shape {tuple(scores)} must have shape {places}",
                         got=f"shape {tuple(labels)}", where=user_line(),
                         hint="one-hot labels go with categorical_crossentropy")


def check_class_labels(labels: Any, classes: int) -> None:
    """Raise DataError for a label that is no whole number from 0 to classes - 1.

    Labels of which only the shape is known (in a trace) pass.

    >>> check_class_labels(np.array([0, 1, 2]), classes=3)
    """
    values = labels.value if isinstance(labels, Tensor) else labels
    if not isinstance(values, np.ndarray):
        return
    wrong = (values < 0) | (values >= classes) | (values != np.floor(values))
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        at = f"row {place[0]}" if len(place) == 1 else f"place {place}"
        raise DataError(f"class labels must be whole numbers from 0 to {classes - 1}, because the "
                        f"predictions have {classes} classes",
                        got=f"{values[place]:g} in {at}", where=user_line(),
                        hint="give the last layer as many units as there are classes, and number "
                             "the classes from 0")


@op(symbol="BFCE", samples=PAIR)
def binary_focal_crossentropy(y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0,
                              from_logits=False, label_smoothing=0.0, axis=-1):
    """Binary crossentropy in which easy samples count little: (1 - p_t)^γ · BCE, averaged.

    p_t = y p + (1 - y)(1 - p) is the probability of the right answer. With
    ``apply_class_balancing`` each term weighs y α + (1 - y)(1 - α). ``(…, n) → (…)``.

    >>> round(float(binary_focal_crossentropy([1.0], [0.5])), 6)
    0.173287

    Source: T.-Y. Lin et al., "Focal loss for dense object detection", 2017.
    """
    y, p = tensors(y_true, y_pred)
    check_equal(y, p)
    y = smoothed(y, label_smoothing, 2)
    p = sigmoid(p) if from_logits else p
    right = y * p + (1 - y) * (1 - p)
    losses = (1 - right) ** gamma * _binary(y, p)
    if apply_class_balancing:
        losses = (y * alpha + (1 - y) * (1 - alpha)) * losses
    return mean(losses, axis=axis)


@op(symbol="CFCE", samples=PAIR)
def categorical_focal_crossentropy(y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False,
                                   label_smoothing=0.0, axis=-1):
    """Categorical crossentropy in which easy samples count little: -Σ α (1 - p)^γ y log p.

    ``(…, classes) → (…)``.

    >>> round(float(categorical_focal_crossentropy([1.0, 0.0], [0.5, 0.5])), 6)
    0.043322

    Source: T.-Y. Lin et al., "Focal loss for dense object detection", 2017.
    """
    y, p = tensors(y_true, y_pred)
    check_equal(y, p)
    y = smoothed(y, label_smoothing)
    log_p = log_probabilities(softmax(p, axis=axis) if from_logits else p, axis=axis)
    return -sum(alpha * (1 - exp(log_p)) ** gamma * y * log_p, axis=axis)


class BinaryCrossentropy(FormulaLoss):
    """-(y log p + (1 - y) log(1 - p)), for yes-or-no answers.

    >>> round(float(BinaryCrossentropy()([[1.0]], [[0.9]])), 6)
    0.105361

    Use: yes-or-no answers and several labels at once: sigmoid outputs, or scores with
    ``from_logits=True``.
    Pros: the negative log-likelihood, so outputs become honest probabilities; with a sigmoid its
    gradient is p - y, which never fades while the answer is wrong.
    Cons: sure mistakes cost without bound, so wrong labels hurt; probabilities are clipped at ε
    unless scores are given.
    Source: I. Good, "Rational decisions" (1952).
    """

    formula, usual_name = binary_crossentropy, "binary_crossentropy"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards ½")
    axis: int = field(-1, help="the axis over which the mean is taken")


class CategoricalCrossentropy(FormulaLoss):
    """-Σ y log p over the classes, for one-hot labels.

    >>> round(float(CategoricalCrossentropy()([[1.0, 0.0, 0.0]], [[0.8, 0.1, 0.1]])), 4)
    0.2231

    Use: one of k classes with one-hot labels: a softmax output, or scores with
    ``from_logits=True``.
    Pros: the negative log-likelihood; with softmax its gradient by the scores is p - y.
    Cons: one-hot labels take room (see `SparseCategoricalCrossentropy`); wrong labels hurt:
    ``label_smoothing`` helps.
    Source: J. Bridle (1990).
    """

    formula, usual_name = categorical_crossentropy, "categorical_crossentropy"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards 1 / classes")
    axis: int = field(-1, help="the axis of the classes")


class SparseCategoricalCrossentropy(FormulaLoss):
    r"""-log p of the right class, :math:`L = -\log p_y`, for labels that are class numbers.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.4, 0.5, 0.1]])), 4)
    0.6931

    Use: one of k classes with class numbers as labels.
    Pros: as categorical crossentropy, without the one-hot vectors; ``ignore_class`` leaves out
    padding.
    Cons: no soft or smoothed labels; a label must be a whole number below k.
    Source: J. Bridle (1990).
    """

    formula, usual_name = sparse_categorical_crossentropy, "sparse_categorical_crossentropy"
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    ignore_class: int | None = field(None, help="a label that marks samples to leave out")
    axis: int = field(-1, help="the axis of the classes")


class BinaryFocalCrossentropy(FormulaLoss):
    r"""Binary crossentropy in which easy samples count little: :math:`L = (1 - p_t)^γ \cdot BCE`.

    >>> round(float(BinaryFocalCrossentropy()([[1.0]], [[0.5]])), 6)
    0.173287

    Use: yes-or-no answers of which few are yes, as in detection.
    Pros: easy samples count little, so the many easy ones do not drown the few hard ones.
    Cons: outputs are no honest probabilities any more; two more numbers to choose.
    """

    formula, usual_name = binary_focal_crossentropy, "binary_focal_crossentropy"
    apply_class_balancing: bool = field(False, help="whether classes are weighed by α")
    alpha: float = field(0.25, at_least=0, at_most=1, symbol="α", help="the weight of class 1")
    gamma: float = field(2.0, at_least=0, symbol="γ", help="how little easy samples count")
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards ½")
    axis: int = field(-1, help="the axis over which the mean is taken")


class CategoricalFocalCrossentropy(FormulaLoss):
    r"""Categorical crossentropy in which easy samples count little.

    .. math:: L = -\sum α (1 - p)^γ y \log p

    >>> round(float(CategoricalFocalCrossentropy()([[1.0, 0.0]], [[0.5, 0.5]])), 6)
    0.043322

    Use: classes of very different frequency.
    Pros: easy samples count little; α weighs classes.
    Cons: outputs are no honest probabilities any more; two more numbers to choose.
    Source: T.-Y. Lin et al., "Focal loss for dense object detection", 2017.
    """

    formula, usual_name = categorical_focal_crossentropy, "categorical_focal_crossentropy"
    alpha: Any = field(0.25, kind=NUMBERS, symbol="α", help="weight of the loss, or of each class")
    gamma: float = field(2.0, at_least=0, symbol="γ", help="how little easy samples count")
    from_logits: bool = field(False, help="whether predictions are scores, not probabilities")
    label_smoothing: float = field(0.0, at_least=0, at_most=1, symbol="s",
                                   help="how far labels move towards 1 / classes")
    axis: int = field(-1, help="the axis of the classes")
