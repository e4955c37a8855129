"""A model may be tried out and is left as it was."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from pellucid.core import nest
from pellucid.layers.tracking import unique
from pellucid.random.seed import restore_stream, stream_state


@contextlib.contextmanager
def unchanged(model: Any) -> Iterator[None]:
    """Whatever is done to a model inside the ``with``, afterwards it is as it was before.

    Weights, averages, random generators, the optimizer's state and rate, and what metrics have
    counted come back, and so does the default stream of random numbers. Weights and state that do
    not exist yet cannot: build the model first.

    >>> import numpy as np
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1)])
    >>> before = model.get_weights()[0]
    >>> with unchanged(model):
    ...     model.set_weights([np.ones((2, 1)), np.ones(1)])
    >>> bool((model.get_weights()[0] == before).all())
    True
    """
    counted = [each for metric in model.metrics for each in metric.variables]
    state = [] if model.optimizer is None else model.optimizer.variables
    kept = [each for layer in model._flatten_layers() for each in nest.flatten(
        getattr(layer, "states", None) or [])]           # of recurrent layers that keep theirs
    variables = unique([*model.variables, *state, *counted, *kept])
    values = [each.numpy() for each in variables]
    stream, stopped = stream_state(), model.stop_training
    try:
        yield
    finally:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        restore_stream(stream)
        model.stop_training = stopped
        model._clear_losses()
