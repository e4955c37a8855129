"""What is written on a node: the layer's own arguments, its parameters, what it shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.core.field import MISSING
from pellucid.core.names import snake_case
from pellucid.core.tensor import Tensor
from pellucid.insight.graph.record import Edge, Node, Shape
from pellucid.insight.graph.watching import Call, opens
from pellucid.insight.report.markup import count
from pellucid.layers.base import Layer
from pellucid.layers.operation import Operation

UNSAID = frozenset({"data_format", "seed", "implementation", "unroll", "use_cudnn", "dtype"})


def nodes_of(calls: Sequence[Call], shapes: Sequence[Sequence[Shape]], *,
             values: bool = False, gradients: Any = None, each_op: bool = False) -> list[Node]:
    """A node for each call, with the numbers that are known."""
    times = Counter(id(each.thing) for each in calls if each.role == "layer")
    seen: Counter[int] = Counter()
    nodes = []
    for call, shape in zip(calls, shapes, strict=True):
        seen[id(call.thing)] += 1
        place = f"in {call.within[-1]}" if call.role == "op" and call.within else ""
        nodes.append(Node(
            name_of(call), kind_of(call), call.role,
            detail=detail_of(call.thing) if call.role == "layer" else place if each_op else "",
            shapes=tuple(shape), parameters=_parameters(call, first=seen[id(call.thing)] == 1),
            values=tuple(np.asarray(each) for each in call.outputs) if values else (),
            gradients=tuple(_gradient(each, gradients) for each in call.outputs)
            if gradients is not None else (),
            notes=_notes(call, seen[id(call.thing)], times[id(call.thing)]), within=call.within))
    return distinct(nodes)


def edges_of(calls: Sequence[Call]) -> list[Edge]:
    """From the makers of what each call was given to the call, in the order of its operands."""
    place = {id(each): i for i, each in enumerate(calls)}
    return [Edge(place[id(each)], i) for i, call in enumerate(calls)
            for each in _each_once(call.sources) if id(each) in place]


def _each_once(calls: list[Call]) -> list[Call]:
    return list({id(each): each for each in calls}.values())


def distinct(nodes: list[Node]) -> list[Node]:
    """Ops that have one name get numbers: ``add``, ``add_1``; a layer keeps its own."""
    used: Counter[str] = Counter()
    taken = {each.name for each in nodes if each.role == "layer"}
    named = []
    for node in nodes:
        name = node.name
        while node.role != "layer" and (used[name] or (name in taken and name == node.name)):
            name = f"{node.name}_{used[node.name]}" if used[node.name] else f"{node.name}_1"
            used[node.name] += 1
        used[name] += 1
        named.append(replace(node, name=name) if name != node.name else node)
    return named


def name_of(call: Call) -> str:
    """The name of a layer, of an op, of an input or a weight."""
    if call.role == "layer":
        return call.thing.name
    return call.thing.name if call.role == "op" else str(call.thing)


def kind_of(call: Call) -> str:
    """The class of a layer; of an op inside a layer, that layer."""
    if call.role == "layer":
        return "op" if isinstance(call.thing, Operation) else type(call.thing).__name__
    return call.role


def detail_of(layer: Any) -> str:
    """A layer's arguments that must be given or are not as usual: ``units 3, tanh``."""
    said = []
    for name, field in getattr(type(layer), "fields", {}).items():
        value = getattr(layer, name, None)
        if name == "activation":
            word = str(getattr(value, "__name__", ""))
            said += [word] if word not in ("", "linear") else []
        elif name not in UNSAID and _plain(value) and (
                field.default is MISSING or not _usual(value, field.default)):
            word = name.replace("_", " ")
            said.append(f"no {word.removeprefix('use ')}" if value is False else
                        word if value is True else f"{word} {written(value)}")
    inner = getattr(layer, "layer", None) or getattr(layer, "forward_layer", None)
    if isinstance(inner, Layer):                         # of a wrapper
        said.insert(0, f"{type(inner).__name__} of {detail_of(inner)}")
    if opens(layer):
        said.append(count(len(layer._flatten_layers()) - 1, "layer") + " inside")
    return ", ".join(said)


def _plain(value: Any) -> bool:
    each = value if isinstance(value, tuple) else (value,)
    return bool(each) and all(isinstance(one, bool | int | float | str) for one in each)


def _usual(value: Any, default: Any) -> bool:
    if default is None:                     # the class chose it from its other arguments
        return True
    return value == default or (isinstance(value, tuple) and all(e == default for e in value))


def written(value: Any) -> str:
    """An argument: ``3×3`` for a tuple."""
    return "×".join(map(written, value)) if isinstance(value, tuple) else (
        f"{value:g}" if isinstance(value, float) else str(value))


def _parameters(call: Call, first: bool) -> int | None:
    """The weights of a layer, where it is used first; None for what has none."""
    if call.role != "layer" or not first or not call.thing.weights:
        return None
    return sum(each.size for each in call.thing.weights)


def _notes(call: Call, nth: int, times: int) -> tuple[str, ...]:
    if call.role == "layer" and times > 1:
        same = ", the same weights" if call.thing.weights else ""
        return (f"used {times} times: call {nth}{same}",)
    return ()


def _gradient(value: Any, gradients: dict[Tensor, Tensor]) -> np.ndarray | None:
    """The gradient that reached a value, or None."""
    if not isinstance(value, Tensor) or value not in gradients:
        return None
    return np.asarray(gradients[value])


def title_of(model: Any) -> str:
    """What the whole picture shows: ``Sequential "xor"``."""
    return getattr(model, "label", None) or snake_case(type(model).__name__)
