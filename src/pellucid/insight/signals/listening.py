"""Listening to a model: what each of its layers gives while it runs."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from pellucid.core.recording import recording
from pellucid.layers.base import Layer
from pellucid.models.model import Model


def layers_within(model: Any) -> list[Layer]:
    """The layers of a model in its order; a model inside it stands there as its own layers.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> inner = Sequential([Input((3,)), Dense(2, name="a"), Dense(2, name="b")])
    >>> [each.name for each in layers_within(Sequential([Input((3,)), inner, Dense(1, name="c")]))]
    ['a', 'b', 'c']
    """
    found = [layer for each in model.layers
             for layer in (layers_within(each) if isinstance(each, Model) else [each])]
    return list({id(each): each for each in found}.values())


@contextlib.contextmanager
def listening(model: Any) -> Iterator[list[tuple[Layer, Any]]]:
    """Inside the ``with``, note what each layer gives: pairs (layer, output), in order of calls.

    The list fills as the model is called, step by step (``model(x)``; `fit` and `predict` run
    compiled and are not heard). A layer that is called twice stands there twice. In a trace all
    layers are heard but those inside a loop, whose outputs belong to the loop. Afterwards the
    layers are as they were.

    >>> import numpy as np
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((3,)), Dense(2, name="hidden"), Dense(1, name="last")])
    >>> with listening(model) as heard:
    ...     y = model(np.ones((5, 3)))
    >>> [(layer.name, output.shape) for layer, output in heard]
    [('hidden', (5, 2)), ('last', (5, 1))]
    """
    heard: list[tuple[Layer, Any]] = []
    layers = layers_within(model)
    before = [vars(layer).get("call") for layer in layers]      # of a layer that is heard already
    for layer in layers:
        vars(layer)["call"] = _noted(layer, heard)
    try:
        yield heard
    finally:
        for layer, call in zip(layers, before, strict=True):
            del vars(layer)["call"]
            if call is not None:
                vars(layer)["call"] = call


def _noted(layer: Layer, heard: list[tuple[Layer, Any]]) -> Callable[..., Any]:
    """``layer.call``, which also writes down what it gives."""
    call, trace = layer.call, recording.trace

    @functools.wraps(call)                              # its parameters are asked for by name
    def noted(*args: Any, **kwargs: Any) -> Any:
        output = call(*args, **kwargs)
        if recording.trace is trace:
            heard.append((layer, output))
        return output

    return noted
