"""The graph of a functional model as plain data, in Keras's form, and back."""

from __future__ import annotations

from typing import Any

from pellucid.core import nest
from pellucid.core.errors import FileError
from pellucid.core.serialization import deserialize, serialize
from pellucid.core.tensor import Tensor
from pellucid.layers.building import serialize_layer
from pellucid.layers.symbolic import KerasTensor, Node
from pellucid.models.graph import Graph
from pellucid.models.keras_nodes import node_from_config


def graph_config(graph: Graph) -> dict[str, Any]:
    """Layers with the calls that were made of them, and where data come in and go out."""
    calls = graph.calls()
    places = _places(graph, calls)
    layers = []
    for layer in graph.layers:
        entry = serialize_layer(layer)
        entry["name"] = layer.name
        entry["inbound_nodes"] = [
            {"args": [_data(each, places) for each in node.args],
             "kwargs": {key: _data(each, places) for key, each in node.kwargs.items()}}
            for node in calls[id(layer)] if node.inputs]
        layers.append(entry)
    return {"layers": layers, "input_layers": _ends(graph.inputs, places),
            "output_layers": _ends(graph.outputs, places)}


def _own_calls(layer: Any) -> int:
    """Keras counts a functional model's calls from 1 where it names the ends of a graph."""
    return int(getattr(layer, "_graph", None) is not None and not hasattr(layer, "_chain"))


def _places(graph: Graph, calls: dict[int, list[Node]]) -> dict[int, list[Any]]:
    """Where each symbolic tensor comes from: [layer, call of the layer, output of the call]."""
    found: dict[int, list[Any]] = {}
    for layer in graph.layers:
        for i, node in enumerate(calls[id(layer)]):
            for j, output in enumerate(node.outputs):
                found[id(output)] = [layer.name, i, j]
    return found


def _data(value: Any, places: dict[int, list[Any]]) -> Any:
    if isinstance(value, KerasTensor):
        return {"class_name": "__keras_tensor__",
                "config": {"shape": list(value.shape), "dtype": value.dtype,
                           "keras_history": places[id(value)]}}
    if isinstance(value, list):
        return [_data(each, places) for each in value]
    if isinstance(value, tuple):
        return {"class_name": "__tuple__", "items": [_data(each, places) for each in value]}
    if isinstance(value, dict):
        return {key: _data(each, places) for key, each in value.items()}
    if isinstance(value, Tensor):                        # a constant that stands in the graph
        return serialize(value.numpy())
    return serialize(value)


def _ends(symbols: Any, places: dict[int, list[Any]]) -> Any:
    if isinstance(symbols, KerasTensor):
        name, call, output = places[id(symbols)]
        assert symbols._keras_history is not None
        return [name, call + _own_calls(symbols._keras_history[0]), output]
    if isinstance(symbols, dict):
        return {key: _ends(each, places) for key, each in symbols.items()}
    return [_ends(each, places) for each in symbols]


def graph_from_config(config: dict[str, Any], custom_objects: Any = None) -> tuple[Any, Any]:
    """Symbolic inputs and outputs of the graph that `graph_config` wrote."""
    layers = {entry["name"]: node_from_config(entry) or deserialize(entry, custom_objects)
              for entry in config["layers"]}
    made: dict[tuple[str, int], list[KerasTensor]] = {
        (entry["name"], 0): [layers[entry["name"]].output] for entry in config["layers"]
        if not entry["inbound_nodes"]}
    waiting = [(entry["name"], i, call) for entry in config["layers"]
               for i, call in enumerate(entry["inbound_nodes"])]
    while waiting:
        later = []
        for name, i, call in waiting:
            if all(tuple(place[:2]) in made for place in _needs(call)):
                args = [_value(each, made) for each in call.get("args", ())]
                kwargs = {key: _value(each, made)
                          for key, each in (call.get("kwargs") or {}).items()}
                made[name, i] = nest.flatten(layers[name](*args, **kwargs))
            else:
                later.append((name, i, call))
        if len(later) == len(waiting):
            raise FileError("the model's graph is damaged: its layers wait for each other",
                            got=f"layer {later[0][0]!r} without its input")
        waiting = later
    ends = ({(name, call + _own_calls(layers[name])): outputs
             for (name, call), outputs in made.items()})
    return _symbols(config["input_layers"], ends), _symbols(config["output_layers"], ends)


def _needs(data: Any) -> list[Any]:
    """Every place in the data of a call that another call must have filled."""
    if isinstance(data, dict):
        if data.get("class_name") == "__keras_tensor__":
            return [data["config"]["keras_history"]]
        return [place for each in data.values() for place in _needs(each)]
    if isinstance(data, list):
        return [place for each in data for place in _needs(each)]
    return []


def _value(data: Any, made: dict[tuple[str, int], list[KerasTensor]]) -> Any:
    if isinstance(data, dict):
        if data.get("class_name") == "__keras_tensor__":
            name, call, output = data["config"]["keras_history"]
            return made[name, call][output]
        if data.get("class_name") == "__tuple__":
            return tuple(_value(each, made) for each in data["items"])
        if "class_name" not in data:
            return {key: _value(each, made) for key, each in data.items()}
    if isinstance(data, list):
        return [_value(each, made) for each in data]
    return deserialize(data)


def _symbols(places: Any, made: dict[tuple[str, int], list[KerasTensor]]) -> Any:
    if isinstance(places, dict):
        return {key: _symbols(each, made) for key, each in places.items()}
    if len(places) == 3 and isinstance(places[0], str) and isinstance(places[1], int):
        name, call, output = places
        return made[name, call][output]
    return [_symbols(each, made) for each in places]
