"""pellucid: neural networks that you can see through, with Keras's names.

>>> import pellucid
>>> model = pellucid.Sequential([pellucid.Input((4,)), pellucid.layers.Dense(1)])
>>> model.count_params()
5

Everything is imported when it is first used, so ``import pellucid`` costs what NumPy costs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from pellucid.core.exports import TOP

__version__ = "0.1.0"

MODULES = ("activations", "callbacks", "config", "constraints", "data", "initializers",
           "insight", "keras", "layers", "losses", "metrics", "models", "ops", "optimizers",
           "perceptron", "random", "regularizers", "saving", "schedules", "sklearn", "tf", "tree",
           "utils")

NAMES = TOP | {
    "GradientTape": "core.tape", "PellucidError": "core.errors", "PellucidWarning": "core.errors",
    "Tensor": "core.tensor", "card": "insight.cards", "cards": "insight.cards",
    "explain": "insight.explain.descent", "gradient_check": "models.doors",
    "graph": "insight.graph", "load_model": "models", "output_advice": "data.output_advice",
    "set_random_seed": "random",
}

if TYPE_CHECKING:
    from pellucid import (
        activations,
        callbacks,
        config,
        constraints,
        data,
        initializers,
        insight,
        keras,
        layers,
        losses,
        metrics,
        models,
        ops,
        optimizers,
        perceptron,
        random,
        regularizers,
        saving,
        schedules,
        sklearn,
        tf,
        tree,
        utils,
    )
    from pellucid.core.errors import PellucidError, PellucidWarning
    from pellucid.core.tape import GradientTape
    from pellucid.core.tensor import Tensor
    from pellucid.core.variable import Variable
    from pellucid.data.output_advice import output_advice
    from pellucid.initializers import Initializer
    from pellucid.insight.cards import card, cards
    from pellucid.insight.explain.descent import explain
    from pellucid.insight.graph import graph
    from pellucid.layers import Input, InputSpec, Layer
    from pellucid.layers.dtype_policy import DTypePolicy
    from pellucid.layers.symbolic import KerasTensor
    from pellucid.losses import Loss
    from pellucid.metrics import Metric
    from pellucid.models import Functional, Model, Sequential, load_model
    from pellucid.models.doors import gradient_check
    from pellucid.optimizers import Optimizer
    from pellucid.random import set_random_seed
    from pellucid.regularizers import Regularizer

__all__ = ["__version__", *MODULES, *NAMES]                               # pyright: ignore


def __getattr__(name: str) -> Any:
    if name in MODULES:
        return importlib.import_module(f"pellucid.{name}")
    if name in NAMES:
        return getattr(importlib.import_module(f"pellucid.{NAMES[name]}"), name)
    from pellucid.core.errors import nearest
    hint = nearest(name, __all__)
    raise AttributeError(f"pellucid has no {name!r}" + (f": {hint}" if hint else ""))


def __dir__() -> list[str]:
    return sorted(__all__)
