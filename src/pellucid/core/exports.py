"""The public names that stand at the top, and where each lives; nothing is imported here."""

from __future__ import annotations

KERAS_VERSION = "3.15.1"          # the Keras whose names, defaults and file format stand here

TOP = {
    "DTypePolicy": "layers.dtype_policy", "Functional": "models", "Initializer": "initializers",
    "Input": "layers", "InputSpec": "layers", "KerasTensor": "layers.symbolic", "Layer": "layers",
    "Loss": "losses", "Metric": "metrics", "Model": "models", "Optimizer": "optimizers",
    "Regularizer": "regularizers", "Sequential": "models", "Variable": "core.variable",
}
