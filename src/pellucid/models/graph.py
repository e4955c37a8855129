"""The graph of a functional model: calls of layers in an order in which they can run."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pellucid.atoms import cast, expand_dims, squeeze
from pellucid.core import nest
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.tensor import Tensor
from pellucid.layers.calling import calling
from pellucid.layers.input_layer import Input
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.symbolic import KerasTensor, Node
from pellucid.models.host_part import HostPart


def node_of(tensor: KerasTensor) -> Node:
    """The call of a layer that made a symbolic tensor."""
    if tensor._keras_history is None:
        raise ArgumentError(f"the symbolic tensor {tensor.name!r} comes from no Input")
    layer, place, _ = tensor._keras_history
    return layer._inbound_nodes[place]


def _entering(value: Any, symbol: KerasTensor) -> Any:
    """A value in the dtype of its Input; a last axis of length 1 is added or dropped to fit."""
    if isinstance(value, np.ndarray):                    # words, which no tensor holds
        fits, shape = value.ndim - symbol.ndim, value.shape
        return (value[..., None] if fits == -1 and symbol.shape[-1] == 1
                else value[..., 0] if fits == 1 and shape[-1] == 1 else value)
    if not isinstance(value, Tensor) or symbol.dtype == "string":
        return value
    mask = getattr(value, "_keras_mask", None)
    if value.dtype != symbol.dtype:
        value = cast(value, dtype=symbol.dtype)
    if value.ndim == symbol.ndim - 1 and symbol.shape[-1] == 1:
        value = expand_dims(value, axis=-1)
    elif value.ndim == symbol.ndim + 1 and value.shape[-1] == 1:
        value = squeeze(value, axis=-1)
    if mask is not None:
        value._keras_mask = mask
    return value


def _filled(given: Any, values: dict[int, Any]) -> Any:
    """An argument that a layer was drawn with, with values in the place of symbols."""
    if isinstance(given, KerasTensor):
        return values[id(given)]
    return nest.map_structure(lambda each: _filled(each, values), given) if nest.is_nested(
        given) else given


class Graph:
    """From symbolic inputs to symbolic outputs, through every node between."""

    host: HostPart | None = None                         # what runs before the Plan,
    rest: Graph | None = None                            # and the graph of all else

    def __init__(self, inputs: Any, outputs: Any, amid: bool = False) -> None:
        self.inputs, self.outputs = inputs, outputs
        for each in [*nest.flatten(inputs), *nest.flatten(outputs)]:
            if not isinstance(each, KerasTensor):
                raise KindError("a functional model goes from Inputs to what layers make of them",
                                got=type(each).__name__, hint="start with x = Input(shape=...)")
        self.nodes = self._in_order()
        if not amid and any(node_of(each).inputs for each in nest.flatten(inputs)):
            self._start_anew()
        self.layers = self._by_depth()
        for name, count in Counter(layer.name for layer in self.layers).items():
            if count > 1:
                raise ArgumentError(f"two layers of the model are called {name!r}",
                                    hint="give each its own name=")
        if not amid and any(isinstance(node.layer, HostStage) for node in self.nodes):
            self.host = HostPart(nest.flatten(self.inputs), nest.flatten(self.outputs), self.nodes)
            self.rest = Graph(self.host.seams, self.outputs, amid=True)

    @property
    def compiled(self) -> Graph:
        """The part that goes into a Plan: all of it, unless it begins with host stages."""
        return self.rest or self

    def encode(self, inputs: Any) -> Any:
        """The inputs of that part, for inputs of the whole."""
        if self.host is None or self.host.holds(inputs):
            return inputs
        symbols = nest.flatten(self.inputs)
        return self.host.encode({id(symbol): _entering(value, symbol) for symbol, value in
                                 zip(symbols, self._leaves(inputs), strict=True)})

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: the nodes first, each after those it depends on."""
        return {"nodes": self.nodes} | {key: each for key, each in vars(self).items()
                                        if key != "_met"}

    def calls(self) -> dict[int, list[Node]]:
        """The calls of each layer, by the layer's ``id``, in the order in which they run."""
        found: dict[int, list[Node]] = {id(layer): [] for layer in self.layers}
        for node in self.nodes:
            found[id(node.layer)].append(node)
        return found

    def and_then(self, outputs: Any) -> Graph:
        """The graph with one more layer behind it, which was called on its outputs just now: a
        chain that grows is not walked through again for every layer.
        """
        leaves, given = nest.flatten(outputs), nest.flatten(self.outputs)
        node = node_of(leaves[0])
        follows = list(map(id, node.inputs)) == list(map(id, given)) and all(
            node_of(each) is node for each in leaves)
        if not follows or self.host is not None or isinstance(node.layer, HostStage):
            return Graph(self.inputs, outputs)
        longer = copy.copy(self)
        longer.outputs, longer.nodes = outputs, [*self.nodes, node]
        longer.layers = [*self.layers, node.layer]
        return longer

    def _start_anew(self) -> None:
        """Inputs amid another graph give way to Inputs of its own; the layers are called again."""
        fresh = nest.map_structure(
            lambda each: Input(batch_shape=each.shape, dtype=each.dtype) if node_of(each).inputs
            else each, self.inputs)
        self.outputs, self.inputs = self.run(fresh), fresh
        self.nodes = self._in_order()

    def _in_order(self) -> list[Node]:
        """Every node after those it depends on."""
        order: list[Node] = []
        self._met: dict[Node, int] = {}                  # when the walk from the outputs met it
        starts = {id(each) for each in nest.flatten(self.inputs)}

        def visit(tensor: KerasTensor) -> Iterator[KerasTensor]:
            node = node_of(tensor)
            if node in self._met:
                return
            self._met[node] = len(self._met)
            if id(tensor) not in starts:
                if not node.inputs:
                    raise ArgumentError(f"the outputs depend on {tensor.name!r}, which is not "
                                        "among the inputs", hint="add it to inputs=")
                yield from node.inputs
            order.append(node)

        for each in [*nest.flatten(self.outputs), *nest.flatten(self.inputs)]:
            visits = [visit(each)]                       # a thousand layers are no deep recursion
            while visits:
                if (deeper := next(visits[-1], None)) is None:
                    visits.pop()
                else:
                    visits.append(visit(deeper))
        return order

    def _by_depth(self) -> list[Any]:
        """The layers in Keras's order, on which names in files depend: the farthest from the
        outputs first, equally far ones as the walk from the outputs met them."""
        depth: dict[Node, int] = {}
        of_layer: dict[int, int] = {}
        for node in reversed(self.nodes):
            far = max(depth.get(node, 0), of_layer.get(id(node.layer), 0))
            depth[node] = of_layer[id(node.layer)] = far
            for each in node.inputs:
                before = node_of(each)
                depth[before] = max(depth.get(before, 0), far + 1)
        met = sorted(self.nodes, key=lambda node: self._met[node])
        layers = list({id(node.layer): node.layer for node in met}.values())
        return sorted(layers, key=lambda layer: -of_layer[id(layer)])

    def run(self, inputs: Any, call: Callable[..., Any] | None = None) -> Any:
        """The outputs for given inputs, node by node; ``call(layer, …)`` is how, if not plainly."""
        if self.host is not None and self.host.holds(inputs):
            return self.compiled.run(inputs, call)
        values = {id(symbol): _entering(value, symbol) for symbol, value in
                  zip(nest.flatten(self.inputs), self._leaves(inputs), strict=True)}
        for node in self.nodes:
            if all(id(each) in values for each in node.outputs):
                continue                                 # an input of the model

            kwargs = {name: _filled(each, values) for name, each in node.kwargs.items()}
            if calling.training is not None:             # as in Keras, which writes into its files
                kwargs.pop("training", None)             # what each call was drawn with
            args = tuple(_filled(each, values) for each in node.args)
            outputs = (node.layer(*args, **kwargs) if call is None
                       else call(node.layer, *args, **kwargs))
            values.update((id(symbol), each) for symbol, each in
                          zip(node.outputs, nest.flatten(outputs), strict=True))
        return nest.pack(self.outputs, [values[id(each)] for each in nest.flatten(self.outputs)])

    def _leaves(self, inputs: Any) -> list[Any]:
        """The input values in the order of the symbolic inputs; a dict is matched by name."""
        symbols = nest.flatten(self.inputs)
        if isinstance(inputs, dict) and not isinstance(self.inputs, dict):
            missing = [each.name for each in symbols if each.name not in inputs]
            if missing:
                raise ArgumentError(f"the model needs inputs {[each.name for each in symbols]}",
                                    got=f"a dict with {sorted(inputs)}")
            return [inputs[each.name] for each in symbols]
        leaves = nest.flatten(inputs)
        if isinstance(inputs, dict):
            leaves = nest.flatten([inputs[key] for key in sorted(self.inputs) if key in inputs])
        if len(leaves) != len(symbols):
            raise ArgumentError(f"the model needs {len(symbols)} inputs", got=f"{len(leaves)}")
        return leaves


def chain_of(layers: Sequence[Any], before: Graph | None = None) -> Graph:
    """The graph of layers one after the other, the first of them an Input.

    Where ``before`` is the graph of all but the last, that one alone is called.
    """
    if before is not None and len(before.layers) == len(layers) - 1:
        return before.and_then(layers[-1](before.outputs))
    x = start = layers[0].output
    for layer in layers[1:]:
        x = layer(x)
    return Graph(start, x)
