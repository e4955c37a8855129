"""What the layers and weights of a model are called in its record: short, and each name once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pellucid.models.model import Model


def about_layers(model: Any, calls: list[Any]) -> list[dict[str, Any]]:
    """Of each call ``(layer, output, ...)``: name, class, activation, shape of a row, its weights.

    A name is the layer's own; where several layers share it, with the names of the models around
    it; at the second call of one layer with " (2)" behind it. ``weights`` are places in the
    model's list of weights.
    """
    paths = dict(_paths(model, ""))
    shared = Counter(layer.name for layer in {id(call[0]): call[0] for call in calls}.values())
    places = {id(each): k for k, each in enumerate(model.weights)}
    times: Counter[str] = Counter()
    found = []
    for layer, output, *_ in calls:
        name = str(paths.get(id(layer), layer.name) if shared[layer.name] > 1 else layer.name)
        times[name] += 1
        activation = getattr(layer, "activation", None)
        found.append({
            "name": name if times[name] == 1 else f"{name} ({times[name]})",
            "kind": type(layer).__name__,
            "activation": None if activation is None else getattr(
                activation, "name", getattr(activation, "__name__", type(activation).__name__)),
            "shape": list(output.shape[1:]),
            "weights": [places[id(each)] for each in layer.weights if id(each) in places]})
    return found


def about_weights(model: Any) -> list[dict[str, Any]]:
    """Of each weight: its name (the path without the model's own), shape, whether it is trained.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1, name="out")])
    >>> [each["name"] for each in about_weights(model)]
    ['out/kernel', 'out/bias']
    """
    trainable = {id(each) for each in model.trainable_variables}
    times: Counter[str] = Counter()
    found = []
    for each in model.weights:
        name = each.path.removeprefix(f"{model.name}/")
        times[name] += 1
        found.append({"name": name if times[name] == 1 else f"{name} ({times[name]})",
                      "shape": list(each.shape), "trainable": id(each) in trainable})
    return found


def _paths(model: Any, before: str) -> Iterator[tuple[int, str]]:
    """The id of each layer within a model, and its name behind those of the models around it."""
    for layer in model.layers:
        path = f"{before}{layer.name}"
        yield id(layer), path
        if isinstance(layer, Model):
            yield from _paths(layer, f"{path}/")
