"""The graph of a model: run on shapes, on values, or as a training step would run it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core import dtypes, nest
from pellucid.core.errors import (
    ArgumentError,
    KindError,
    NotBuiltError,
    TracingError,
    unknown_name,
    user_line,
)
from pellucid.core.field import check
from pellucid.core.gradient import sweep
from pellucid.core.kinds import shown
from pellucid.core.plan import Trace
from pellucid.core.recording import watched_by
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor
from pellucid.data.frames import row_count
from pellucid.insight.dynamics.unchanged import unchanged
from pellucid.insight.graph.describing import edges_of, nodes_of, title_of
from pellucid.insight.graph.record import ComputationGraph, Edge, Node
from pellucid.insight.graph.watching import Call, Watch, common_shape, heard_by, on_shapes, parts
from pellucid.layers.building import tensors_like
from pellucid.layers.calling import to_tensors
from pellucid.layers.input_layer import InputLayer
from pellucid.layers.symbolic import KerasTensor
from pellucid.models.model import Model

LEVELS = ("layer", "op")


@dataclass
class Run:
    """A model that was watched: who made what, and what came out."""

    watch: Watch
    outputs: Any

    @property
    def calls(self) -> list[Call]:
        return self.watch.needed(nest.flatten(self.outputs))


def model_graph(model: Any, x: Any = None, y: Any = None, *, sample_weight: Any = None,
                values: bool = True, level: str = "layer", depth: int = 0,
                fold: int | bool = 3, digits: int = 4) -> ComputationGraph:
    """The computational graph of a model.

    Alone it shows each layer with its output shape and parameters; with ``x`` the values that a
    prediction computes (``values=False`` keeps to the shapes); with ``x`` and ``y`` values and
    gradients of the loss with regard to each output, in training mode and in the model's dtype, as
    a step of `fit` would compute them. The model is left as it was (one without weights gets them).

    ``level``: ``"layer"``, or ``"op"`` for every op and weight. ``depth``: how many levels of
    models within the model (and of own layers made of layers) are opened. ``fold``: so many equal
    blocks in a row are drawn once, with their count; 0 for never. ``digits``: of the numbers shown.

    Raises NotBuiltError for a model that knows no shapes yet and no ``x``, ArgumentError for
    ``y`` without ``x`` or without a loss and for an unknown ``level``; what running the model on
    data that do not fit raises can be drawn in turn: ``pellucid.graph(error)``.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,), name="x"), Dense(1, name="y")], name="line")
    >>> print(model_graph(model))
    Sequential "line": 2 nodes
      x  input            (None, 2)
      y  Dense (units 1)  (None, 1)  3 parameters
    """
    _check(model, x, y, level, depth, digits)
    how = (level == "op", depth)
    if x is None or not values:
        symbols = symbols_of(model) if x is None else nest.map_structure(
            lambda each: KerasTensor(each.shape, each.dtype), _tensors(x))
        if not model.built:
            model.build(nest.map_structure(lambda each: each.shape, symbols))
        nodes, edges = _shapes_alone(model, symbols, how)
    else:
        if not model.built:
            model(_tensors(x))
        given = _tensors(x), _tensors(y), _tensors(sample_weight)
        row_count(**dict(zip(("x", "y", "sample_weight"), given, strict=True)))
        nodes, edges = _with_numbers(model, *given, how)
    named = {each for node in nodes for each in (node.name, *node.within)}
    idle = [each.name for each in model.layers if each.name not in named]
    notes = (f"not called: {', '.join(idle)}",) if idle and level == "layer" else ()
    whole = ComputationGraph(title_of(model), tuple(nodes), tuple(edges), notes=notes,
                             digits=digits)
    return whole.folded(fold)


def _check(model: Any, x: Any, y: Any, level: str, depth: int, digits: int) -> None:
    if not isinstance(model, Model):
        raise KindError("the graph of a model needs a model", got=shown(model), where=user_line())
    if level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    check("graph", "depth", depth, at_least=0, whole=True)
    check("graph", "digits", digits, at_least=1, at_most=17, whole=True)
    if y is not None and x is None:
        raise ArgumentError("gradients need x as well as y", where=user_line(),
                            hint="model.graph(x, y)")
    if y is not None and not model.compiled:
        raise ArgumentError("gradients need a loss to be gradients of", where=user_line(),
                            hint='model.compile(loss="mse")')


def symbols_of(model: Any) -> Any:
    """The model's inputs as symbolic tensors. Raises NotBuiltError if their shapes are unknown."""
    if getattr(model, "_graph", None) is not None:
        return model._graph.compiled.inputs
    first = next(iter(getattr(model, "_chain", ())), None)
    if isinstance(first, InputLayer):                    # a chain that shapes alone cannot run
        return first.output
    shapes = model.get_build_config() or {}
    if model.built and shapes.get("input_shape") is not None:
        return tensors_like(shapes["input_shape"], model.compute_dtype)
    raise NotBuiltError(f"{model.label} does not know the shapes of its inputs yet",
                        where=user_line(),
                        hint="model.graph(x) draws it for data; or start it with Input(shape=...)")


def watch_run(model: Any, inputs: Any, how: tuple[bool, int], trace: Trace | None = None, *,
              training: bool = False, more: tuple[Any, ...] = ()) -> Run:
    """Run a model under watch; ``more`` tapes listen as well."""
    each_op, depth = how
    weights = {trace.read(each) if trace is not None else each._tensor:
               each.path.removeprefix(f"{model.name}/")
               for each in model.variables} if each_op else {}
    places = frozenset(each.name for each in model._flatten_layers() if each is not model)
    watch = Watch(each_op, weights, places)
    for tensor, name in zip(nest.flatten(inputs), input_names(model, inputs), strict=True):
        watch.input(tensor, name)
    layers = [] if each_op else parts(model._sublayers(), depth)
    with heard_by(watch, layers), watched_by(tapes=(watch, *more)):
        outputs = model(inputs, training=training)
    return Run(watch, outputs)


def input_names(model: Any, inputs: Any) -> list[str]:
    """What the inputs are called: as in the model, as in a dict, or ``input``."""
    n = len(nest.flatten(inputs))
    if isinstance(inputs, dict):
        return sorted(map(str, inputs))
    if getattr(model, "_graph", None) is not None and len(model.inputs) == n:
        return [each._keras_history[0].name for each in model.inputs]
    return ["input"] if n == 1 else [f"input_{i + 1}" for i in range(n)]


def _shapes_alone(model: Any, symbols: Any, how: tuple[bool, int]
                  ) -> tuple[list[Node], list[Edge]]:
    try:
        with unchanged(model):
            runs = on_shapes(symbols, lambda inputs, trace: watch_run(model, inputs, how, trace))
    except TracingError as error:
        raise TracingError(f"{model.label} cannot be drawn from shapes alone: {error.expected}",
                           where=error.where, hint="give it data: model.graph(x)") from None
    first, last = runs[0].calls, runs[-1].calls
    return nodes_of(first, shapes_of(first, last), each_op=how[0]), edges_of(first)


def shapes_of(first: Sequence[Call], last: Sequence[Call]) -> list[list[Any]]:
    """The shapes of the outputs of calls, from two runs with different sizes of unknown axes."""
    return [[common_shape(a, b) for a, b in zip(one.outputs, other.outputs, strict=True)]
            for one, other in zip(first, last, strict=True)]


def _with_numbers(model: Any, x: Any, y: Any, sample_weight: Any, how: tuple[bool, int]
                  ) -> tuple[list[Node], list[Edge]]:
    training = y is not None
    gradients, loss, penalised = None, None, False
    with unchanged(model), GradientTape() as tape:
        tape.watch([each for each in nest.flatten(x)
                    if isinstance(each, Tensor) and dtypes.is_float(each.dtype)])
        run = watch_run(model, x, how, training=training, more=(tape,))
        if training:
            penalised = bool(model.losses)
            loss = model.compute_loss(x, y, run.outputs, sample_weight)
    if loss is not None:
        gradients = sweep(tape, [loss], [Tensor(np.ones(loss.shape, loss.dtype))])
    calls = run.calls
    nodes = nodes_of(calls, shapes_of(calls, calls), values=True, gradients=gradients,
                     each_op=how[0])
    edges = edges_of(calls)
    if loss is not None:
        edges += [Edge(calls.index(each), len(nodes)) for each in dict.fromkeys(
            run.watch.sources(run.outputs))]
        nodes.append(_loss_node(model, loss, penalised))
    return nodes, edges


def _loss_node(model: Any, loss: Tensor, penalised: bool) -> Node:
    from pellucid.losses.base import Loss
    given = nest.flatten(model.loss)
    words = [each if isinstance(each, str) else each.name if isinstance(each, Loss)
             else getattr(each, "__name__", type(each).__name__) for each in given
             if each is not None]
    return Node("loss", "loss", "loss", detail=", ".join(dict.fromkeys(words)),
                shapes=(loss.shape,), values=(np.asarray(loss),),
                gradients=(np.ones(loss.shape, loss.dtype),),
                notes=("and the layers' penalties",) if penalised else ())


def _tensors(values: Any) -> Any:
    """Arrays, or a nest of them, as tensors; arrays of strings stay what they are."""
    if values is None:
        return None
    tensors = to_tensors(values, dtypes.floatx(), autocast=False)
    for each in nest.flatten(tensors):
        if not isinstance(each, Tensor | np.ndarray):
            raise KindError("x and y must be arrays, or lists or dicts of them", got=shown(each),
                            where=user_line())
    return tensors
