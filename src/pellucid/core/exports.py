"""The public names that stand at the top, and where each lives; nothing is imported here."""

from __future__ import annotations

from pellucid.core.errors import nearest

KERAS_VERSION = "3.15.1"          # the Keras whose names, defaults and file format stand here

TOP = {
    "DTypePolicy": "layers.dtype_policy", "Functional": "models", "Initializer": "initializers",
    "Input": "layers", "InputSpec": "layers", "KerasTensor": "layers.symbolic", "Layer": "layers",
    "Loss": "losses", "Metric": "metrics", "Model": "models", "Optimizer": "optimizers",
    "Regularizer": "regularizers", "Sequential": "models", "Variable": "core.variable",
}


def not_here(module: str, name: str, known: list[str]) -> AttributeError:
    """The error for a name of Keras's that this version does not have, or that is misspelt."""
    hint = nearest(name, known)
    return AttributeError(f"{module} has no {name!r} in this version" + (
        f": {hint}" if hint else "; docs/catalogue.md says what is there and what is to come"))


def backend() -> str:
    """The name of the engine behind Keras's names here.

    >>> backend()
    'pellucid'
    """
    return "pellucid"
