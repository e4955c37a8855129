"""The model of a run: scaling, hidden layers, an output that fits the task, and its training form.

Numbers are standardised inside the model, so a saved model of numeric columns reads raw values in
Keras too. A regression's targets are standardised for the training only: the loss is then near 1
at the start whatever the unit, which is what rates, decay and Huber's δ are chosen for. The
finished model gets one more layer, the inverse ``Normalization``, that turns the answers back into
the target's units; it shares the trained layers and the optimizer with the network in training.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pellucid import losses, optimizers
from pellucid.core.errors import ArgumentError
from pellucid.data.target import Target
from pellucid.layers import BatchNormalization, Dense, Dropout, Input, Normalization
from pellucid.models import Sequential
from pellucid.tabular.config import Config
from pellucid.tabular.layers import Hidden, read_layers

OUTPUTS = {"binary": "sigmoid", "multiclass": "softmax", "multilabel": "sigmoid",
           "regression": "linear"}
LOSSES = {"binary": "binary_crossentropy", "multiclass": "sparse_categorical_crossentropy",
          "multilabel": "binary_crossentropy", "regression": "mean_squared_error"}
METRICS = {"regression": ["mean_absolute_error"]}
