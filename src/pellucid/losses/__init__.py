"""Losses: how wrong predictions are, as one number. Names and defaults as in Keras 3.

Each formula stands once, as a function of ``y_true`` and ``y_pred`` that gives one loss per
sample; a class of the same name adds weights, masks and reduction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pellucid.core import serialization
from pellucid.core.errors import KindError, unknown_name, user_line
from pellucid.losses.base import FormulaLoss, Loss, LossFunctionWrapper
from pellucid.losses.classification import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    check_class_labels,
    sparse_categorical_crossentropy,
)
from pellucid.losses.distribution import (
    Dice,
    KLDivergence,
    Poisson,
    Tversky,
    dice,
    kl_divergence,
    poisson,
    tversky,
)
from pellucid.losses.margin import (
    CategoricalHinge,
    Hinge,
    SquaredHinge,
    categorical_hinge,
    hinge,
    squared_hinge,
)
from pellucid.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)

FUNCTIONS: dict[str, Callable[..., Any]] = {each.__name__: each for each in (
    binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy,
    categorical_focal_crossentropy, categorical_hinge, cosine_similarity, dice, hinge, huber,
    kl_divergence, log_cosh, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_error, mean_squared_logarithmic_error, poisson, sparse_categorical_crossentropy,
    squared_hinge, tversky)}
_SHORT = {"bce": binary_crossentropy, "kld": kl_divergence, "mae": mean_absolute_error,
          "mape": mean_absolute_percentage_error, "mse": mean_squared_error,
          "msle": mean_squared_logarithmic_error}
ALIASES: dict[str, Callable[..., Any]] = _SHORT | {
    name.upper(): function for name, function in _SHORT.items()}

serialization.BUILT_IN.setdefault("functions", {}).update(FUNCTIONS)


def get(identifier: Any) -> Any:
    """The loss that a name, a config, a function or a `Loss` stands for; None stays None.

    The name of a function gives the function, the name of a class an object of it. Raises
    ArgumentError for an unknown name and KindError for what cannot be called.

    >>> get("mse")
    <op mean_squared_error>
    >>> get("MeanSquaredError")
    MeanSquaredError()
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = _by_name(identifier)
    else:
        found = deserialize(identifier) if isinstance(identifier, dict) else identifier
    if not callable(found):
        raise KindError("a loss is a name, a function of (y_true, y_pred), or a Loss",
                        got=identifier, where=user_line())
    return found() if inspect.isclass(found) else found


def _by_name(name: str) -> Any:
    classes = serialization.BUILT_IN["keras.losses"]
    own = serialization.find_custom(name)
    found = own if own is not None else (
        FUNCTIONS.get(name) or ALIASES.get(name) or classes.get(name))
    if found is None:
        raise unknown_name("loss", name, [*FUNCTIONS, *ALIASES, *classes])
    return found


def serialize(loss: Any) -> Any:
    """The loss as plain data: the name of a built-in function, or class and config."""
    return serialization.serialize(loss)


def deserialize(name: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The loss that `serialize` wrote."""
    with serialization.custom_object_scope(custom_objects):
        return get(name) if isinstance(name, str) else serialization.deserialize(name)
