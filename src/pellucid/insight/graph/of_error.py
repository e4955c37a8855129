"""The graph of what does not fit: what works is drawn, and the edge that does not is marked.

The traceback of an error holds the calls of layers that it came through, with what they were
given; that is all that is needed to run the part that works again, on shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any, NamedTuple

from pellucid.core import nest
from pellucid.core.atom import Atom
from pellucid.core.errors import ArgumentError, PellucidError, user_line
from pellucid.core.op import Op
from pellucid.core.recording import watched_by
from pellucid.core.tensor import Arraylike, Tensor
from pellucid.insight.dynamics.unchanged import unchanged
from pellucid.insight.graph.describing import detail_of, edges_of, nodes_of, title_of
from pellucid.insight.graph.of_model import input_names, shapes_of, symbols_of, watch_run
from pellucid.insight.graph.record import ComputationGraph, Edge, Node
from pellucid.insight.graph.watching import Watch, common_shape, heard_by, on_shapes, parts
from pellucid.layers.base import Layer
from pellucid.layers.symbolic import KerasTensor, get_source_inputs
from pellucid.models.graph import Graph
from pellucid.models.model import Sequential
from pellucid.models.steps import Steps

# Frames of these hold `self` and `args`, and of a layer `kwargs`, of an atom `inputs`.
LOSS_CALL = Steps.compute_loss.__code__
LAYER_CALL, OP_CALLS = Layer.__call__.__code__, (Op.apply.__code__, Atom.apply.__code__)


def error_graph(error: BaseException, *, depth: int = 0) -> ComputationGraph:
    """The graph of the model that an error came from, as far as it works.

    The layer (or op, or the loss) that failed is shown with the message, the edges into it are
    marked and carry the shapes that came. Raises ArgumentError for an error that came through no
    layer, or if the model works on shapes.

    >>> from pellucid.core.errors import ShapeError
    >>> from pellucid.layers import Add, Dense, Input
    >>> a, b = Dense(2, name="a")(x := Input((3,), name="x")), Dense(5, name="b")(x)
    >>> try:
    ...     Add(name="sum")([a, b])
    ... except ShapeError as error:
    ...     drawn = error_graph(error)
    >>> [each.label for each in drawn.edges if each.bad]
    ['(None, 2)', '(None, 5)']
    """
    frames = list(_frames(error))
    call = next((each.f_locals for each in frames if each.f_code is LAYER_CALL), None)
    judged = next((each.f_locals for each in frames if each.f_code is LOSS_CALL), None)
    if call is None and judged is not None:
        return _of_loss(judged["self"], _message(error), depth)
    if call is None:
        raise ArgumentError("this error came through no layer, so there is no graph to draw",
                            got=f"{type(error).__name__}: {error}", where=user_line())
    layer, given = call["self"], [call["args"], call["kwargs"]]
    chain = next((each.f_locals["self"] for each in frames
                  if isinstance(each.f_locals.get("self"), Sequential)), None)
    building = any(isinstance(each, KerasTensor) for each in nest.flatten(given))
    again = (_building if building else _running)(layer, given, depth)
    failures = on_shapes(again.symbols, lambda inputs, _: _failure(again, inputs))
    whole = chain if building else layer
    return _drawn(failures, _message(error), _behind(chain, failures[0].thing),
                  "A model being built" if whole is None else title_of(whole))


def _frames(error: BaseException) -> Iterator[FrameType]:
    trace = getattr(error, "whole_trace", None) or error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _message(error: BaseException) -> str:
    """What was expected and what came, without where and what to try."""
    if not isinstance(error, PellucidError):
        return str(error)
    return error.expected + ("" if error.got is None else f", but got {error.got}")


@dataclass(frozen=True)
class Again:
    """How to run what failed once more, on inputs like ``symbols``, with these layers watched."""

    run: Callable[[Any], Any]
    symbols: list[Any]
    names: list[str]
    layers: list[tuple[Any, bool]]


class Loss(NamedTuple):
    """What the outputs do not fit, if it is not a layer."""

    name: str = "loss"


def _of_loss(model: Any, said: str, depth: int) -> ComputationGraph:
    """The targets do not fit the outputs: the model is drawn, and marked is the way to the loss."""
    with unchanged(model):
        runs = on_shapes(symbols_of(model), lambda inputs, trace: watch_run(
            model, inputs, (False, depth), trace))
    failures = [Failure(run.watch, Loss(), nest.flatten(run.outputs)) for run in runs]
    return _drawn(failures, said, [], title_of(model))


def _building(layer: Any, given: Any, depth: int) -> Again:
    """A layer was called on symbolic tensors, which know where they come from."""
    symbols = [each for each in nest.flatten(given) if isinstance(each, KerasTensor)]
    sources = list({id(each): each for symbol in symbols
                    for each in get_source_inputs(symbol)}.values())
    works = Graph(sources, symbols)
    return Again(lambda inputs: _call(layer, given, KerasTensor, works.run(inputs)), sources,
                 [each._keras_history[0].name for each in sources],
                 parts([*works.layers, layer], depth))


def _running(model: Any, given: Any, depth: int) -> Again:
    """A model (or a layer alone) was called on numbers or on shapes."""
    symbols = [KerasTensor(each.shape, each.dtype) for each in nest.flatten(given)
               if isinstance(each, Arraylike)]
    layers = parts(model._sublayers(), depth) if model._sublayers() else [(model, False)]
    return Again(lambda inputs: _call(model, given, Arraylike, inputs), symbols,
                 input_names(model, symbols), layers)


def _call(layer: Any, given: Any, kind: type, tensors: list[Any]) -> Any:
    """Call a layer as it was called, with tensors in place of what was of a kind."""
    upcoming = iter(tensors)
    args, kwargs = nest.pack(given, [next(upcoming) if isinstance(each, kind) else each
                                     for each in nest.flatten(given)])
    return layer(*args, **kwargs)


@dataclass(frozen=True)
class Failure:
    """Where a run ended: the layer or op that does not fit, and the tensors it was given."""

    watch: Watch
    thing: Any
    tensors: list[Tensor]


def _failure(again: Again, inputs: list[Any]) -> Failure:
    """Run under watch until it fails; the first layer on the way that is not opened is to blame."""
    watch = Watch()
    for tensor, name in zip(inputs, again.names, strict=True):
        watch.input(tensor, name)
    try:
        with heard_by(watch, again.layers), watched_by(tapes=(watch,)):
            again.run(inputs)
    except Exception as error:
        frames = [each for each in _frames(error) if each.f_code in (LAYER_CALL, *OP_CALLS)]
        closed = {id(each) for each, opened in again.layers if not opened}
        blamed = next((each.f_locals for each in frames if each.f_code in OP_CALLS
                       or id(each.f_locals["self"]) in closed), None)
        if blamed is None:
            raise
        given = nest.flatten([blamed.get("inputs", blamed["args"]), blamed.get("kwargs", {})])
        return Failure(watch, blamed["self"], [each for each in given if isinstance(each, Tensor)
                                               and watch.maker(each) is not None])
    finally:
        for layer, _ in again.layers:
            layer._clear_losses()                        # they were penalties of shapes only
    raise ArgumentError("on these shapes the model works, so no edge can be marked",
                        where=user_line(), hint="model.graph(x) draws it")


def _drawn(failures: list[Failure], said: str, waiting: list[Any], title: str) -> ComputationGraph:
    first, last = failures[0], failures[-1]
    wanted = first.watch.needed(first.tensors)
    nodes = nodes_of(wanted, shapes_of(wanted, last.watch.needed(last.tensors)))
    edges = edges_of(wanted)
    layer = isinstance(first.thing, Layer)
    kind = type(first.thing).__name__ if layer else "op"
    nodes.append(Node(first.thing.name, kind, "failed", notes=(said,),
                      detail=detail_of(first.thing) if layer else ""))
    place = {id(each): i for i, each in enumerate(wanted)}
    for a, b in zip(first.tensors, last.tensors, strict=True):
        edges.append(Edge(place[id(first.watch.maker(a))], len(wanted), str(common_shape(a, b)),
                          bad=True))
    for each in waiting:
        nodes.append(Node(each.name, type(each).__name__, "waiting", detail=detail_of(each)))
        edges.append(Edge(len(nodes) - 2, len(nodes) - 1))
    return ComputationGraph(title, tuple(nodes), tuple(edges)).folded()


def _behind(chain: Any, thing: Any) -> list[Any]:
    """The layers of a chain behind the one that does not fit."""
    layers = list(getattr(chain, "_chain", ()))
    place = next((i for i, each in enumerate(layers) if each is thing), len(layers))
    return layers[place + 1:]
