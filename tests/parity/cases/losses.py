"""Losses, as classes with weights and as functions; and activations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.parity.cases.inputs import (
    CHANCES,
    CLASS,
    CLASSES,
    ONE_HOT,
    ROWS,
    SCORES,
    TARGETS,
    WEIGHT,
    YES,
    X,
    Y,
    drawn,
)
from tests.parity.judge import Case, built, constant, of

TRUE, YES_OR_NO, RIGHT = constant(TARGETS), constant(YES), constant(ONE_HOT)
SHARES, COUNTS = constant(CHANCES[::-1]), constant(np.arange(ROWS * CLASSES).reshape(ROWS, -1) % 4)
LETTERS = np.array([[1, 2, 1], [3, 1, 0]], "int32")      # 0 fills up
SOUNDS, DIRECTIONS = drawn(2, 5, 4), drawn(ROWS, 3)

FUNCTIONS: dict[str, list[Case]] = {
    "binary_crossentropy": [of(YES_OR_NO, CHANCES), of(
        YES_OR_NO, SCORES, from_logits=True, label_smoothing=0.1)],
    "binary_focal_crossentropy": [of(YES_OR_NO, CHANCES), of(
        YES_OR_NO, SCORES, from_logits=True, apply_class_balancing=True, gamma=3.0)],
    "categorical_crossentropy": [of(RIGHT, CHANCES), of(RIGHT, SCORES, from_logits=True)],
    "categorical_focal_crossentropy": [of(RIGHT, CHANCES), of(RIGHT, SCORES, from_logits=True)],
    "categorical_generalized_cross_entropy": [of(CLASS, CHANCES, q=0.5)],
    "categorical_hinge": [of(RIGHT, SCORES)],
    "circle": [of(CLASS, DIRECTIONS / np.linalg.norm(DIRECTIONS, axis=1, keepdims=True))],
    "cosine_similarity": [of(TRUE, SCORES), of(TRUE, SCORES, axis=0)],
    "ctc": [of(LETTERS, SOUNDS)],
    "dice": [of(YES_OR_NO, CHANCES), of(YES_OR_NO, CHANCES, axis=1)],
    "hinge": [of(YES_OR_NO, SCORES)], "huber": [of(TRUE, SCORES), of(TRUE, SCORES, delta=0.5)],
    "kl_divergence": [of(SHARES, CHANCES)], "log_cosh": [of(TRUE, SCORES)],
    "mean_absolute_error": [of(TRUE, SCORES)],
    "mean_absolute_percentage_error": [of(TRUE, SCORES)],
    "mean_squared_error": [of(TRUE, SCORES)],
    "mean_squared_logarithmic_error": [of(TRUE, SCORES + 3.0)],
    "poisson": [of(COUNTS, CHANCES)],
    "sparse_categorical_crossentropy": [of(CLASS, CHANCES), of(
        CLASS, SCORES, from_logits=True, ignore_class=1)],
    "squared_hinge": [of(YES_OR_NO, SCORES)],
    "tversky": [of(YES_OR_NO, CHANCES, alpha=0.3, beta=0.7)],
}
CLASSES_OF_LOSSES: dict[str, list[Case]] = {
    name: [built(options, y, p), built({**options, "reduction": "sum"}, y, p, WEIGHTS_OF),
           built({**options, "reduction": "none"}, y, p, WEIGHTS_OF)]
    for WEIGHTS_OF in [constant(WEIGHT)] for name, options, y, p in [
        ("BinaryCrossentropy", {"label_smoothing": 0.1}, YES_OR_NO, CHANCES),
        ("BinaryFocalCrossentropy", {"gamma": 3.0}, YES_OR_NO, CHANCES),
        ("CategoricalCrossentropy", {"from_logits": True}, RIGHT, SCORES),
        ("CategoricalFocalCrossentropy", {"alpha": 0.5}, RIGHT, CHANCES),
        ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, CLASS, CHANCES),
        ("CategoricalHinge", {}, RIGHT, SCORES), ("CosineSimilarity", {}, TRUE, SCORES),
        ("Hinge", {}, YES_OR_NO, SCORES), ("Huber", {"delta": 0.5}, TRUE, SCORES),
        ("KLDivergence", {}, SHARES, CHANCES), ("LogCosh", {}, TRUE, SCORES),
        ("MeanAbsoluteError", {}, TRUE, SCORES),
        ("MeanAbsolutePercentageError", {}, TRUE, SCORES), ("MeanSquaredError", {}, TRUE, SCORES),
        ("MeanSquaredLogarithmicError", {}, TRUE, SCORES + 3.0), ("Poisson", {}, COUNTS, CHANCES),
        ("SparseCategoricalCrossentropy", {"from_logits": True}, CLASS, SCORES),
        ("SquaredHinge", {}, YES_OR_NO, SCORES)]}
# these see a batch as a whole, or rows of their own kind
CLASSES_OF_LOSSES |= {
    "CTC": [built({}, LETTERS, SOUNDS), built({"reduction": "sum"}, LETTERS, SOUNDS,
                                              constant([0.5, 2.0]))],
    "Circle": [built({"gamma": 8.0, "margin": 0.2}, CLASS, DIRECTIONS)],
    "Dice": [built({}, YES_OR_NO, CHANCES), built({"axis": (1,)}, YES_OR_NO, CHANCES)],
    "Tversky": [built({"alpha": 0.3, "beta": 0.7}, YES_OR_NO, CHANCES)],
}

ACTIVATIONS: dict[str, list[Case]] = {name: [of(X)] for name in (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_swish",
    "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6",
    "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink")}
ACTIVATIONS["tanh"] = [of(X, close=1e-6)]                # XLA's float64 of it is an approximation
ACTIVATIONS |= {"glu": [of(np.concatenate([X, Y], 1))], "threshold": [of(X, 0.5, 0.25)]}
ACTIVATIONS["gelu"].append(of(X, approximate=True))
ACTIVATIONS["relu"].append(of(X, negative_slope=0.1, max_value=1.0, threshold=0.2))
ACTIVATIONS["softmax"].append(of(X, axis=0))

MEANS = 1e-6                                             # Keras takes means of float64 in float32

CASES: dict[str, list[Case]] = {
    **{f"losses.{name}": [replace(each, close=MEANS) for each in cases]
       for name, cases in {**FUNCTIONS, **CLASSES_OF_LOSSES}.items()},
    **{f"activations.{name}": cases for name, cases in ACTIVATIONS.items()},
}
