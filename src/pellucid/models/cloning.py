"""A model drawn once more with layers of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.core import nest
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.serialization import deserialize, serialize
from pellucid.layers.base import Layer
from pellucid.layers.input_layer import Input, InputLayer
from pellucid.layers.operation import Operation
from pellucid.layers.symbolic import KerasTensor
from pellucid.models.keras_nodes import KerasNode
from pellucid.models.model import Functional, Model, Sequential


@known_by_name
def clone_model(model: Any, input_tensors: Any = None, clone_function: Any = None,
                call_function: Any = None, recursive: bool = False) -> Any:
    """A model of the same form with layers, and so weights, of its own.

    ``clone_function(layer)`` gives the layer that takes a layer's place, by default an equal one
    with new weights; give the layer itself to share it. ``call_function(layer, *args, **kwargs)``
    calls it, and may put more behind it. ``recursive`` goes into nested models, which else are
    cloned whole. ``input_tensors`` are the symbolic tensors to start from. A compiled model's clone
    is compiled alike, with an optimizer of its own.

    Raises ArgumentError for a subclassed model where more than a copy is asked for.

    >>> from pellucid.layers import Dense, Dropout, Input
    >>> x = Input((4,))
    >>> model = Model(x, Dense(1)(Dense(3)(x)))
    >>> def dropped(layer, *args, **kwargs):
    ...     y = layer(*args, **kwargs)
    ...     return Dropout(0.5)(y) if layer.units > 1 else y
    >>> [type(each).__name__ for each in clone_model(model, call_function=dropped).layers]
    ['InputLayer', 'Dense', 'Dropout', 'Dense']
    """
    for name, given in (("clone_function", clone_function), ("call_function", call_function)):
        if given is not None and not callable(given):
            raise KindError(f"{name} must be a function of a layer", got=repr(given),
                            where=user_line())
    if not isinstance(model, Model):
        raise KindError("clone_model copies a model", got=type(model).__name__, where=user_line())
    copies: dict[int, Any] = {}

    def copy(layer: Any) -> Any:
        if id(layer) not in copies:                      # a layer called twice stays one layer
            copies[id(layer)] = _copied(layer, clone_function, inner if recursive else None)
        return copies[id(layer)]

    def inner(layer: Any) -> Any:
        chain = isinstance(layer, Sequential)
        return _clone(layer, copy, None if chain else call_function, None)

    drawn = isinstance(model, Sequential) or model._graph is not None
    plain = clone_function is None and call_function is None and input_tensors is None
    clone = (deserialize(serialize(model)) if plain and not drawn
             else _clone(model, copy, call_function, input_tensors))
    if model._compile_config is not None:
        clone.compile(**{key: deserialize(serialize(each))
                         for key, each in model._compile_config.items()})
    return clone


def _copied(layer: Any, function: Callable[[Any], Any] | None,
            inner: Callable[[Any], Any] | None) -> Any:
    """What takes the place of a layer; an op of the graph has no weights and stays itself."""
    if isinstance(layer, (Operation, KerasNode)):
        return layer
    if inner is not None and isinstance(layer, (Functional, Sequential)):
        return inner(layer)
    if function is None:
        return type(layer).from_config(layer.get_config())
    made = function(layer)
    if not isinstance(made, Layer):
        raise KindError(f"clone_function must give a layer for {layer.label}", got=repr(made),
                        where=user_line())
    return made


def _clone(model: Any, copy: Callable[[Any], Any], call: Any, tensors: Any) -> Any:
    if isinstance(model, Sequential):
        if call is not None:
            raise ArgumentError("a Sequential model only lists its layers, so there are no calls "
                                "for call_function", where=user_line(),
                                hint="clone_function can give another layer for each")
        return _chain(model, copy, tensors)
    if model._graph is None:
        raise ArgumentError("a subclassed model does not say which layers it calls, so it is "
                            "copied whole or not at all", got=type(model).__name__,
                            where=user_line(), hint="leave out all arguments but the model")

    def called(layer: Any, *args: Any, **kwargs: Any) -> Any:
        layer = copy(layer)
        return layer(*args, **kwargs) if call is None else call(layer, *args, **kwargs)
    starts = _starts(model, tensors)
    made = Model if type(model) is Functional else type(model)
    return made(inputs=starts, outputs=model._graph.run(starts, called), name=model.name)


def _chain(model: Sequential, copy: Callable[[Any], Any], tensors: Any) -> Sequential:
    first = [each for each in model._chain if isinstance(each, InputLayer)]
    starts = ([Input(batch_shape=each.batch_shape, dtype=each.dtype, name=each.name)
               for each in first] if tensors is None else _symbols(tensors))
    if len(starts) > 1:
        raise ArgumentError("a Sequential model starts from one tensor", where=user_line(),
                            got=f"{len(starts)} input_tensors")
    layers = [copy(each) for each in model._shown_layers()]
    return Sequential([*starts, *layers], name=model.name, trainable=model.trainable)


def _starts(model: Any, tensors: Any) -> Any:
    """The symbolic inputs of the clone, in the structure of the model's own."""
    own = model._graph.inputs
    if tensors is None:
        return nest.map_structure(lambda each: Input(
            batch_shape=each.shape, dtype=each.dtype, name=each.name), own)
    given, needed = _symbols(tensors), nest.flatten(own)
    if len(given) != len(needed):
        raise ArgumentError(f"{model.label} starts from {len(needed)} tensors", where=user_line(),
                            got=f"{len(given)} input_tensors")
    return nest.pack(own, given)


def _symbols(tensors: Any) -> list[KerasTensor]:
    found = nest.flatten(tensors)
    for each in found:
        if not isinstance(each, KerasTensor):
            raise KindError("input_tensors must be symbolic tensors", got=type(each).__name__,
                            where=user_line(), hint="Input(shape=...) gives one")
    return found
