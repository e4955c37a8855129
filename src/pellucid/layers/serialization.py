"""Layers to plain data and back."""

from __future__ import annotations

from typing import Any

from pellucid.core import serialization
from pellucid.core.errors import KindError, user_line
from pellucid.layers.base import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """A layer as plain data (JSON): its class and its config, without its weights.

    >>> from pellucid.layers import Dense
    >>> serialize(Dense(3))["config"]["units"]
    3
    """
    return serialization.serialize(layer)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Layer:
    """The layer that `serialize` wrote; own classes are registered, or in ``custom_objects``.

    Raises ArgumentError for a class that is in no table and KindError for what is no layer.

    >>> from pellucid.layers import Dense
    >>> deserialize(serialize(Dense(3))).units
    3
    """
    made = serialization.deserialize(config, custom_objects)
    if not isinstance(made, Layer):
        raise KindError("layers.deserialize needs the config of a layer", got=f"{config!r:.80}",
                        where=user_line())
    return made
