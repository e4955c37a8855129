"""Losses: how wrong predictions are, as one number. Names and defaults as in Keras 3.

Each formula stands once, as a function of ``y_true`` and ``y_pred`` that gives one loss per
sample; a class of the same name adds weights, masks and reduction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.core import serialization
from pellucid.core.identifiers import Identifiers
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
from pellucid.losses.ctc import CTC, ctc
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
    PerceptronLoss,
    SquaredHinge,
    categorical_hinge,
    hinge,
    perceptron_loss,
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
from pellucid.losses.robust import (
    CategoricalGeneralizedCrossEntropy,
    categorical_generalized_cross_entropy,
)
from pellucid.losses.similarity import Circle, circle

FUNCTIONS: dict[str, Any] = {each.__name__: each for each in (
    binary_crossentropy, binary_focal_crossentropy, categorical_crossentropy,
    categorical_focal_crossentropy, categorical_generalized_cross_entropy, categorical_hinge,
    circle, cosine_similarity, ctc, dice, hinge, huber,
    kl_divergence, log_cosh, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_error, mean_squared_logarithmic_error, perceptron_loss, poisson,
    sparse_categorical_crossentropy, squared_hinge, tversky)}

serialization.BUILT_IN.setdefault("functions", {}).update(FUNCTIONS)

_SHORT = {"bce": binary_crossentropy, "kld": kl_divergence, "mae": mean_absolute_error,
          "mape": mean_absolute_percentage_error, "mse": mean_squared_error,
          "msle": mean_squared_logarithmic_error}
_identifiers = Identifiers("keras.losses", "loss", **FUNCTIONS, **_SHORT,
                           **{name.upper(): function for name, function in _SHORT.items()})
deserialize = _identifiers.deserialize


def get(identifier: Any) -> Any:
    """The loss that a name, a config, a class, a function or a `Loss` stands for; None stays None.

    The name of a function gives the function, the name of a class an object of it. Raises
    ArgumentError for an unknown name and KindError for what cannot be called.

    >>> get("mse")
    <op mean_squared_error>
    >>> get("MeanSquaredError")
    MeanSquaredError()
    """
    return _identifiers.get(identifier)


def serialize(loss: Any) -> Any:
    """The loss as plain data: the name of a built-in function, or class and config.

    >>> serialize(get("mse"))
    'mean_squared_error'
    """
    return serialization.serialize(loss)
