"""What of a model runs on the host, before the Plan: the layers that turn words into numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import TracingError
from pellucid.data.batches import Batch
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.symbolic import KerasTensor


class HostPart:
    """The calls of host stages in a graph, which come first, and what crosses to the rest.

    ``seams`` are the symbolic tensors that the rest of the graph begins with, by name: what host
    stages give, and the inputs that reach no host stage. A dict of arrays with these names is an
    *encoded* input. ``fixed`` says whether their sizes are known but for the batch: then all rows
    are encoded at once, else batch by batch, as wide as the longest text of each.
    """

    def __init__(self, inputs: list[KerasTensor], outputs: list[KerasTensor],
                 nodes: list[Any]) -> None:
        self.nodes = [node for node in nodes if isinstance(node.layer, HostStage)]
        made = [each for node in self.nodes for each in node.outputs]
        wanted = {id(each) for node in nodes for each in node.inputs
                  if not isinstance(node.layer, HostStage)} | {id(each) for each in outputs}
        crossing = [each for each in made if id(each) in wanted]
        self.seams = {each.name: each for each in inputs if id(each) in wanted}
        for each in crossing:                            # a layer may be called more than once
            name, place, _ = _history(each)
            self.seams[name if name not in self.seams else f"{name}/{place}"] = each
        self.fixed = all(None not in each.shape[1:] for each in crossing)

    def holds(self, x: Any) -> bool:
        """Whether an input is encoded already."""
        return isinstance(x, dict) and x.keys() == self.seams.keys()

    def encode(self, values: dict[int, Any]) -> dict[str, np.ndarray]:
        """The arrays that cross, from those of the inputs, by the ``id`` of their symbols."""
        for node in self.nodes:
            given = nest.map_structure(lambda each: values[id(each)], node.args)
            values[id(node.outputs[0])] = np.asarray(node.layer(*given))
        return {name: np.asarray(values[id(each)]) for name, each in self.seams.items()}


def _history(symbol: KerasTensor) -> tuple[str, int, int]:
    """The name of the layer that made a symbolic tensor, in which call, as which output."""
    assert symbol._keras_history is not None
    layer, call, output = symbol._keras_history
    return layer.name, call, output


def begins_with_words(model: Any) -> bool:
    """Whether a model's inputs go through host stages first."""
    graph, chain = getattr(model, "_graph", None), getattr(model, "_chain", None)
    return graph.host is not None if graph is not None else bool(chain) and isinstance(
        chain[0], HostStage)


def words_dtype(layer: Any) -> str | None:
    """The dtype of the Input that a chain beginning with this layer needs; None for the usual."""
    return layer.input_dtype if isinstance(layer, HostStage) else None


def may_fail(chain: list[Any]) -> tuple[type[TracingError], ...]:
    """What may go wrong in silence when a chain is drawn, since it can still be run step by step:
    nothing where there are host stages, which run before all else or not at all."""
    return () if any(isinstance(each, HostStage) for each in chain) else (TracingError,)


def encoded(model: Any, source: Batches) -> Batches:
    """The batches with numbers in place of words: at once where widths are fixed."""
    if model._graph is None:                             # a chain without Input: drawn for its data
        x = source.x if isinstance(source, ArrayBatches) else source.first()[0]
        model.build(nest.map_structure(lambda each: each.shape, x))
    graph: Any = model._graph
    if isinstance(source, ArrayBatches) and (graph.host.fixed or graph.host.holds(source.x)):
        source.x = graph.encode(source.x)
        return source
    return source if isinstance(source, EncodedBatches) else EncodedBatches(source, graph.encode)


class EncodedBatches(Batches):
    """Another source whose batches are encoded one by one, as they come."""

    def __init__(self, source: Batches, encode: Callable[[Any], Any]) -> None:
        self.source, self.encode = source, encode
        self.permutation = getattr(source, "permutation", None)

    @property
    def steps(self) -> int | None: return self.source.steps  # pyright: ignore

    @property
    def batch_size(self) -> int | None: return self.source.batch_size  # pyright: ignore

    def limit(self, most: int) -> None:
        self.source.limit(most)

    def more(self) -> bool:
        return self.source.more()

    def epoch(self, epoch: int = 0) -> Iterator[Batch]:
        for x, y, sample_weight in self.source.epoch(epoch):
            yield self.encode(x), y, sample_weight

    def first(self) -> Batch:
        x, y, sample_weight = self.source.first()
        return self.encode(x), y, sample_weight

    def play(self, epochs: range) -> None:
        self.source.play(epochs)
