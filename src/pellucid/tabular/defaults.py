"""What a run uses where nobody chose: few rules, smooth in the rows n and the features d.

Each rule is a sentence that can be printed, and its numbers were measured on generated tables (see
``docs/decisions/0010-tabular-defaults.md``). The recipe is one network with a straight path: the
output adds a linear model of the inputs to the hidden layers' answer, both starting at zero, so a
table that hides no more than a line gets little more than a line.

>>> recipe("regression", rows=300, features=10).layers
'64 relu, dropout 0.5, 64 relu, dropout 0.5'
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from math import log2

from pellucid.core.errors import ArgumentError, unknown_name

CLASSES, NUMBERS = ("binary", "multiclass", "multilabel"), ("regression",)


@dataclass(frozen=True)
class Recipe:
    """Every setting of a training; ``reasons`` has a sentence for each."""

    layers: str
    skip: bool
    loss: str
    label_smoothing: float
    optimizer: str
    rate: float
    schedule: str
    l2: float
    decay: float
    batch_size: int
    epochs: int
    patience: int

    def reasons(self) -> dict[str, str]:
        """Why each setting has its value, one sentence a setting."""
        return {each.name: REASONS[each.name] for each in dataclasses.fields(self)}


REASONS = {
    "layers": "one hidden layer is enough for most tables; dropout keeps small ones from being "
              "learnt by heart",
    "skip": "a straight path from the inputs to the output learns what is linear, and the hidden "
            "layer only what is left",
    "loss": "the likelihood of the task: crossentropy for classes, squared error for numbers",
    "label_smoothing": "labels count as 90 % sure, so that few validation rows still show which "
                       "epoch is best",
    "optimizer": "Adam needs no rate of its own for each table",
    "rate": "three times Adam's usual rate: the outputs start at zero, and the best weights are "
            "kept in any case",
    "schedule": "the validation rows decide when to stop, so the rate need not fall",
    "l2": "grows with features per row, the share of a fit that is noise",
    "decay": "l2 does this, and shows in the validation loss that picks the epoch",
    "batch_size": "about the square root of the rows, a power of two from 16 to 256",
    "epochs": "more than is needed: early stopping ends the training",
    "patience": "the validation loss of few rows is noisy, so it gets many epochs to recover",
}


def recipe(task: str, rows: int, features: int, classes: int = 1) -> Recipe:
    """The settings for a table of so many training rows and encoded features.

    Args:
        task: binary, multiclass, multilabel or regression.
        rows: training rows n, without those for validation and test.
        features: columns d of the encoded matrix.
        classes: outputs of the network.

    Raises ``ArgumentError`` for an unknown task and for fewer than one row, feature or class.
    """
    if task not in (*CLASSES, *NUMBERS):
        raise unknown_name("task", task, (*CLASSES, *NUMBERS))
    for name, count in (("rows", rows), ("features", features), ("classes", classes)):
        if count < 1:
            raise ArgumentError(f"{name} must be at least 1", got=count)
    numbers = task in NUMBERS
    losses = {"multiclass": "sparse_categorical_crossentropy", "regression": "mean_squared_error"}
    units = _power_of_two(3 * rows**0.5, 64, 256)
    dropout = round(_between(0.2, 0.5 * (300 / rows) ** 0.75, 0.5), 2)
    patience = round(_between(8, 40 * (1000 / rows) ** 0.5, 40))
    return Recipe(
        layers=f"{units} relu, dropout {dropout:g}, {units} relu, dropout {dropout:g}",
        skip=True,
        loss=losses.get(task, "binary_crossentropy"),
        label_smoothing=0.0 if numbers else 0.1,
        optimizer="adam",
        rate=0.003,
        schedule="constant",
        l2=_two_digits(_between(1e-4, (0.3 if numbers else 0.03) * features / rows, 0.05)),
        decay=0.0,
        batch_size=_power_of_two(rows**0.5, 16, 256),
        epochs=8 * patience,
        patience=patience,
    )


def _between(least: float, value: float, most: float) -> float:
    return min(max(value, least), most)


def _power_of_two(value: float, least: int, most: int) -> int:
    return int(_between(least, 2 ** round(log2(value)), most))


def _two_digits(value: float) -> float:
    """Two digits are all that the measurements support, and all that anyone wants to read."""
    return float(f"{value:.2g}")
