"""Metrics: figures about predictions, kept over batches. Names and defaults as in Keras 3."""

from __future__ import annotations

from typing import Any

from pellucid.core import serialization
from pellucid.core.identifiers import Identifiers
from pellucid.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from pellucid.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from pellucid.metrics.base import Metric
from pellucid.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from pellucid.metrics.counting import (
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from pellucid.metrics.curve import AUC
from pellucid.metrics.f_score import F1Score, FBetaScore
from pellucid.metrics.overlap import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from pellucid.metrics.probability import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    Hinge,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from pellucid.metrics.reduction import Mean, MeanMetricWrapper, Sum
from pellucid.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
    cosine_similarity,
)
from pellucid.metrics.tradeoffs import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)

_functions = (accuracy, binary_accuracy, categorical_accuracy, concordance_correlation,
              pearson_correlation, sparse_categorical_accuracy, sparse_top_k_categorical_accuracy,
              top_k_categorical_accuracy)
serialization.BUILT_IN.setdefault("functions", {}).update(
    {each.__name__: each for each in _functions})

_SHORT = {"bce": BinaryCrossentropy, "mse": MeanSquaredError, "mae": MeanAbsoluteError,
          "mape": MeanAbsolutePercentageError, "msle": MeanSquaredLogarithmicError}
_identifiers = Identifiers("keras.metrics", "metric", **_SHORT,
                           **{name.upper(): each for name, each in _SHORT.items()})
deserialize = _identifiers.deserialize


def get(identifier: Any) -> Any:
    """The metric that a name, a config, a class, a function or a `Metric` stands for.

    None stays None, and a function stays a function (`MeanMetricWrapper` makes a metric of it).
    ``"accuracy"`` means `Accuracy`, exact equality: which accuracy fits a model, `compile` finds.
    Raises ArgumentError for an unknown name and KindError for what cannot be called.

    >>> get("mse").name
    'mean_squared_error'
    """
    return _identifiers.get(identifier)


def serialize(metric: Any) -> Any:
    """The metric as plain data.

    >>> serialize(Mean())["class_name"]
    'Mean'
    """
    return serialization.serialize(metric)
