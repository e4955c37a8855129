"""Every public class with arguments of its own, and how the simplest one of it is made."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from pellucid import (
    callbacks,
    constraints,
    initializers,
    layers,
    losses,
    metrics,
    optimizers,
    regularizers,
    schedules,
)

FAMILIES = {"layers": layers, "losses": losses, "metrics": metrics, "optimizers": optimizers,
            "schedules": schedules, "initializers": initializers, "regularizers": regularizers,
            "constraints": constraints, "callbacks": callbacks}
# what is told by others, and never made by a person
NOT_MADE = {"Operation", "CallbackList", "InputSpec"}


def public_classes() -> dict[str, type]:
    """"layers.Dense" → the class, each under the first of its names."""
    found: dict[str, type] = {}
    for family, module in FAMILIES.items():
        for name in dir(module):
            thing = getattr(module, name)
            ours = inspect.isclass(thing) and thing.__module__.startswith(module.__name__)
            if ours and name[0].isupper() and name not in NOT_MADE and thing not in found.values():
                found[f"{family}.{thing.__name__}"] = thing
    return found


CLASSES = public_classes()

# the arguments that have no default, by name
NEEDED: dict[str, Any] = {
    "units": 3, "filters": 2, "kernel_size": 2, "pool_size": 2, "output_size": 2, "rate": 0.25,
    "target_shape": (2, 2), "dims": (2, 1), "n": 2, "axes": 1, "equation": "ab,bc->ac",
    "output_shape": 3, "activation": "relu", "input_dim": 5, "output_dim": 2, "num_heads": 2,
    "key_dim": 2, "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1,
    "function": np.abs, "num_bins": 3, "num_tokens": 3, "scale": 2.0, "stddev": 0.25,
    "initial_learning_rate": 0.1, "decay_steps": 10, "first_decay_steps": 10, "decay_rate": 0.5,
    "boundaries": [1.0], "values": [0.5, 0.25], "default_optimizer": "sgd", "num_classes": 2,
    "target_class_ids": [0], "specificity": 0.5, "sensitivity": 0.5, "recall": 0.5,
    "precision": 0.5, "fn": "mse", "schedule": abs, "filename": "log.csv",
    "filepath": "best.keras", "backup_dir": "kept", "rank": 1, "layers": [],
}
# where a name means something else
OF_CLASS: dict[str, dict[str, Any]] = {
    "layers.Wrapper": {"layer": lambda: layers.Dense(2)},
    "layers.TimeDistributed": {"layer": lambda: layers.Dense(2)},
    "layers.SpectralNormalization": {"layer": lambda: layers.Dense(2)},
    "layers.Bidirectional": {"layer": lambda: layers.GRU(2)},
    "layers.RNN": {"cell": lambda: layers.LSTMCell(2)},
    "layers.StackedRNNCells": {"cells": lambda: [layers.LSTMCell(2)]},
    "layers.Input": {"shape": (2,)}, "layers.InputLayer": {"shape": (2,)},
    "losses.LossFunctionWrapper": {"fn": losses.mean_squared_error},
    "metrics.MeanMetricWrapper": {"fn": losses.mean_squared_error},
    "layers.Discretization": {"num_bins": 3}, "optimizers.Optimizer": {"learning_rate": 0.1},
    "optimizers.OptimizerMap": {"default_optimizer": lambda: optimizers.SGD()},
    "optimizers.MultiOptimizer": {"optimizer_map": lambda: optimizers.OptimizerMap(
        optimizers.SGD())},
    "layers.Pipeline": {"layers": lambda: [layers.Rescaling(0.5)]},
}
# what must be left out for another argument to be looked at
INSTEAD: dict[str, dict[str, Any]] = {"batch_shape": {"shape": None}}


def needed(name: str) -> dict[str, Any]:
    """The arguments without which the class cannot be made."""
    own = {key: each() if inspect.isfunction(each) and each.__name__ == "<lambda>" else each
           for key, each in OF_CLASS.get(name, {}).items()}
    for key, parameter in inspect.signature(CLASSES[name]).parameters.items():
        if parameter.default is parameter.empty and key not in own and parameter.kind not in (
                parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            own[key] = NEEDED[key]
    return own


def make(name: str, /, **arguments: Any) -> Any:
    """One of the class, with these arguments beside the needed ones."""
    return CLASSES[name](**{**needed(name), **arguments})


def arguments_of(name: str) -> dict[str, inspect.Parameter]:
    """The arguments that a person may give by name."""
    return {key: each for key, each in inspect.signature(CLASSES[name]).parameters.items()
            if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)}
