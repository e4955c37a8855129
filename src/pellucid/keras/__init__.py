"""Keras's face: `from pellucid import keras`, and code written for Keras goes on as before."""

from __future__ import annotations

import importlib
from typing import Any

from pellucid.core.exports import KERAS_VERSION, TOP

SUBMODULES = ("activations", "backend", "callbacks", "config", "constraints", "dtype_policies",
              "initializers", "layers", "losses", "metrics", "mixed_precision", "models", "ops",
              "optimizers", "preprocessing", "random", "regularizers", "saving", "tree", "utils")
__version__ = KERAS_VERSION       # what code that asks for Keras's version wants to know
__all__ = ["__version__", "version", *SUBMODULES, *TOP]                 # pyright: ignore


def version() -> str:
    """Of which version of Keras these are the names."""
    return __version__


def __getattr__(name: str) -> Any:
    if name in SUBMODULES:
        return importlib.import_module(f"pellucid.keras.{name}")
    if name in TOP:
        return getattr(importlib.import_module(f"pellucid.{TOP[name]}"), name)
    raise AttributeError(f"pellucid.keras has no {name!r}; docs/parity.md says what of Keras is "
                         "not here, and why")


def __dir__() -> list[str]:
    return sorted(__all__)
