"""Keras's face: `from pellucid import keras`, and code written for Keras goes on as before."""

from __future__ import annotations

import importlib
from typing import Any

import pellucid

SUBMODULES = ("activations", "backend", "callbacks", "config", "constraints", "initializers",
              "layers", "losses", "metrics", "models", "ops", "optimizers", "random",
              "regularizers", "saving", "tree", "utils")
NAMES = ("DTypePolicy", "Functional", "Initializer", "Input", "InputSpec", "KerasTensor", "Layer",
         "Loss", "Metric", "Model", "Optimizer", "Regularizer", "Sequential", "Variable")

__version__ = pellucid.__version__
__all__ = ["__version__", *SUBMODULES, *NAMES]                            # pyright: ignore


def __getattr__(name: str) -> Any:
    if name in SUBMODULES:
        return importlib.import_module(f"pellucid.keras.{name}")
    if name in NAMES:
        return getattr(pellucid, name)
    raise AttributeError(f"pellucid.keras has no {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
