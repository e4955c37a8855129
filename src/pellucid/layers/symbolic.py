"""Tensors without values or batch size: what a functional model is drawn with."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pellucid.spaces.shapes  # noqa: F401  (gives every atom its rule of shapes)
from pellucid.core import nest
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.names import auto_name
from pellucid.core.plan import Trace
from pellucid.core.recording import watched_by
from pellucid.core.tensor import Abstract, Operators, Tensor, convert

STAND_INS = (83, 89)     # two sizes for unknown axes: what differs between them is unknown too


class KerasTensor(Operators):
    """A symbolic tensor: a shape (None where unknown), a dtype, and the node that made it.

    >>> KerasTensor((None, 3), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, name=x>
    """

    def __init__(self, shape: Any, dtype: Any = "float32", name: str | None = None,
                 **_: Any) -> None:
        self.shape = tuple(None if n is None else int(n) for n in shape)
        self.dtype = str(dtype)
        self.name = name or auto_name("keras_tensor")
        self._keras_history: tuple[Any, int, int] | None = None
        self._keras_mask: KerasTensor | None = None      # of no node: each run has its own

    @property
    def ndim(self) -> int: return len(self.shape)

    @staticmethod
    def space(op: Any, args: Any, options: dict[str, Any]) -> Any:
        """An op applied to symbolic tensors becomes a node of the functional model."""
        return OPERATION(op, args, options)

    def __bool__(self) -> bool:
        raise KindError("a symbolic tensor (of Input) has no value to branch on",
                        where=user_line(), hint="use ops.where, or branch inside a layer's call")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise KindError("a symbolic tensor (of Input) cannot become a NumPy array",
                        where=user_line(), hint="use pellucid.ops, or do it in a layer's call")

    def __iter__(self) -> Any:
        raise KindError("a symbolic tensor (of Input) cannot be iterated", where=user_line())

    def __repr__(self) -> str:
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"


def _no_operation(op: Any, args: Any, options: dict[str, Any]) -> Any:
    raise KindError(f"{op.name} on a symbolic tensor needs pellucid.layers to be imported")


OPERATION: Callable[..., Any] = _no_operation            # layers/operation.py puts its own here


class Node:
    """One call of a layer on symbolic tensors: what went in, what came out."""

    def __init__(self, layer: Any, args: Any, kwargs: Any, outputs: list[KerasTensor]) -> None:
        self.layer, self.args, self.kwargs, self.outputs = layer, args, kwargs, outputs
        self.inputs = [each for each in nest.flatten([args, kwargs])
                       if isinstance(each, KerasTensor)]
        place = len(layer._inbound_nodes)
        layer._inbound_nodes.append(self)
        for i, output in enumerate(outputs):
            output._keras_history = (layer, place, i)


def apply_symbolically(layer: Any, args: Any, kwargs: Any) -> Any:
    """Call a layer on symbolic tensors: a node is added to the graph."""
    if any(isinstance(each, KerasTensor) and each.dtype == "string"
           for each in nest.flatten([args, kwargs])) and not hasattr(layer, "takes_words"):
        raise KindError(f"{layer.label} works on numbers", got="words, from an Input with "
                        'dtype="string"', where=user_line(), hint="put TextVectorization, "
                        "StringLookup or Hashing right behind the Input" + hasattr(
                            layer, "_graph") * "; a model that begins so cannot stand in another, "
                        "so call its layers one by one")
    outputs = layer.compute_output_spec(*args, **kwargs)
    fresh = nest.map_structure(_alike, outputs)
    Node(layer, args, kwargs, nest.flatten(fresh))
    return fresh


def _alike(spec: Any) -> KerasTensor:
    """A new symbolic tensor of the same shape, dtype and mask."""
    made = KerasTensor(spec.shape, spec.dtype)
    made._keras_mask = getattr(spec, "_keras_mask", None)
    return made


def output_spec(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """The symbolic result of a function, found by running it on shapes alone.

    Unknown axes are tried with two sizes; an axis that differs between the two is unknown.
    """
    symbols = [each for each in nest.flatten([args, kwargs]) if isinstance(each, KerasTensor)]
    unknown = any(None in each.shape for symbol in symbols
                  for each in (symbol, symbol._keras_mask) if each is not None)
    runs = [_shapes_of(function, args, kwargs, size) for size in STAND_INS[:1 + unknown]]
    leaves = map(_symbol, nest.flatten(runs[0]), nest.flatten(runs[-1]))
    return nest.pack(runs[0], list(leaves))


def _symbol(first: Tensor, last: Tensor) -> KerasTensor:
    """What two runs have in common, the mask included."""
    shape = [a if a == b else None
             for a, b in zip(first.value.shape, last.value.shape, strict=True)]
    made = KerasTensor(shape, first.dtype)
    masks = [getattr(each, "_keras_mask", None) for each in (first, last)]
    if masks[0] is not None:
        made._keras_mask = _symbol(convert(masks[0]), convert(masks[1]))
    return made


def _shapes_of(function: Callable[..., Any], args: Any, kwargs: Any, size: int) -> Any:
    trace = Trace()

    def stand_in(value: Any) -> Any:
        if not isinstance(value, KerasTensor):
            return value
        tensor = trace.input(Abstract(tuple(size if n is None else n for n in value.shape),
                                      value.dtype))
        if value._keras_mask is not None:
            tensor._keras_mask = stand_in(value._keras_mask)
        return tensor

    try:
        with watched_by(tapes=(), trace=trace):
            made = function(*nest.map_structure(stand_in, args),
                            **nest.map_structure(stand_in, kwargs))
    except ShapeError as error:                          # people never see the stand-ins
        said = [None if text is None else re.sub(rf"\b{size}\b", "None", str(text))
                for text in (error.expected, error.got)]
        raise ShapeError(str(said[0]), got=said[1], where=error.where, hint=error.hint) from None
    return nest.map_structure(convert, made)


def is_keras_tensor(x: Any) -> bool:
    """Whether x is symbolic: a tensor of `Input`, or what layers made of one.

    >>> is_keras_tensor(KerasTensor((None, 3))), is_keras_tensor(3.0)
    (True, False)
    """
    return isinstance(x, KerasTensor)


def get_source_inputs(tensor: Any) -> Any:
    """The tensors of `Input` from which a symbolic tensor is computed, each once.

    >>> from pellucid.layers import Dense, Input
    >>> x = Input((3,), name="x")
    >>> get_source_inputs(Dense(2)(x))
    [<KerasTensor shape=(None, 3), dtype=float32, name=x>]
    """
    if getattr(tensor, "_keras_history", None) is None:
        return [tensor] if is_keras_tensor(tensor) else tensor
    layer, place, _ = tensor._keras_history
    node = layer._inbound_nodes[place]
    if not node.inputs:
        return list(node.outputs)
    sources = [source for each in node.inputs for source in get_source_inputs(each)]
    return list({id(source): source for source in sources}.values())
