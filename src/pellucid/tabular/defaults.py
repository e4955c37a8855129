"""What a run uses where nobody chose: few rules, smooth in the rows n and the features d.

Each rule is a sentence that can be printed, and its numbers were measured on generated tables, on
none that people know (``docs/decisions/0010-tabular-defaults.md``). The network adds a linear model
of its inputs to the answer of two hidden layers, and both start at zero, so a table that holds no
more than a line gets little more than a line:

    hidden  h = relu(x W₁ + b₁), dropout, h' = relu(h W₂ + b₂), dropout
    output  h' V + c + x U,      U = V = 0 at the start

The penalty λ Σ w² is part of the validation loss that picks the epoch, which makes the choice
prefer the simpler network where few validation rows cannot tell.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from math import log2

from pellucid.core.errors import ArgumentError, unknown_name
from pellucid.data.output_advice import output_advice

LOSSES = {task: str(output_advice(task).loss)
          for task in ("binary", "multiclass", "multilabel", "regression")}

REASONS = {
    "layers": "two hidden layers, wider for more rows; dropout, most for few rows, keeps them from "
              "being learnt by heart",
    "skip": "a straight path from inputs to outputs learns what is linear, so the hidden layers "
            "only add what is not",
    "loss": "the likelihood of the task: crossentropy for classes, squared error for numbers",
    "label_smoothing": "labels count as 90 % sure: the loss of a few validation rows then isn't "
                       "ruled by the one that is far wrong",
    "optimizer": "Adam finds the step size of each weight itself",
    "rate": "three times Adam's usual rate, which few rows need to arrive within the epochs",
    "schedule": "the rate need not fall, because the weights of the best epoch are kept",
    "l2": "grows with features per row, the share of a fit that is noise; ten times larger for "
          "numbers than for classes",
    "decay": "the penalty l2 takes its place, and shows in the loss that picks the epoch",
    "batch_size": "the power of two nearest the square root of the rows, from 16 to 256",
    "epochs": "eight times the patience, more than is mostly needed: early stopping ends it",
    "patience": "an epoch of few rows is a short step, so few rows wait for more epochs",
}


@dataclass(frozen=True)
class Recipe:
    """Every setting of a training that a table's size decides; ``reasons`` has why."""

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
        """One sentence for each setting that says why it has its value.

        >>> recipe("binary", rows=300, features=10).reasons()["batch_size"]
        'the power of two nearest the square root of the rows, from 16 to 256'
        """
        return {each.name: REASONS[each.name] for each in dataclasses.fields(self)}


def recipe(task: str, rows: int, features: int, classes: int = 1) -> Recipe:
    """The settings for a table of n training rows and d encoded features.

        units = 3 √n in 64 … 256             dropout  = ½ (300 / n)^¾ in 0.2 … 0.5
        batch = √n   in 16 … 256             patience = 40 √(1000 / n) in 8 … 40
        λ = 0.03 d / n, for numbers 0.3 d / n, in 0.0001 … 0.05

    Args:
        task: binary, multiclass, multilabel or regression.
        rows: training rows, without those for validation and test.
        features: columns of the encoded matrix.
        classes: outputs of the network; no rule has needed them yet.

    Raises ``ArgumentError`` for an unknown task and for fewer than one row or feature.

    >>> recipe("regression", rows=300, features=10).layers
    '64 relu, dropout 0.5, 64 relu, dropout 0.5'
    >>> recipe("multiclass", rows=30_000, features=10, classes=7).layers
    '256 relu, dropout 0.2, 256 relu, dropout 0.2'
    """
    if task not in LOSSES:
        raise unknown_name("task", task, LOSSES)
    for name, count in (("rows", rows), ("features", features)):
        if count < 1:
            raise ArgumentError(f"{name} must be at least 1", got=count)
    n, d, numbers = rows, features, task == "regression"
    units = _power_of_two(3 * n**0.5, 64, 256)
    dropout = _two_digits(_between(0.2, (300 / n) ** 0.75 / 2, 0.5))
    patience = round(_between(8, 40 * (1000 / n) ** 0.5, 40))
    return Recipe(
        layers=", ".join(2 * [f"{units} relu, dropout {dropout:g}"]),
        skip=True,
        loss=LOSSES[task],
        label_smoothing=0.0 if numbers else 0.1,
        optimizer="adam",
        rate=0.003,
        schedule="constant",
        l2=_two_digits(_between(1e-4, (0.3 if numbers else 0.03) * d / n, 0.05)),
        decay=0.0,
        batch_size=_power_of_two(n**0.5, 16, 256),
        epochs=8 * patience,
        patience=patience,
    )


def _between(least: float, value: float, most: float) -> float:
    return min(max(value, least), most)


def _power_of_two(value: float, least: int, most: int) -> int:
    return int(_between(least, 2 ** round(log2(value)), most))


def _two_digits(value: float) -> float:
    """The measurements support no more, and nobody wants to read more."""
    return float(f"{value:.2g}")
