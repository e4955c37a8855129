"""How a layer is built: the shapes of what it is called on become the arguments of `build`."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import KindError, ShapeError, nearest_or_all, user_line
from pellucid.core.kinds import shown
from pellucid.core.names import inside, is_inside
from pellucid.core.serialization import serialize
from pellucid.core.settings import floatx
from pellucid.layers import calling
from pellucid.layers.symbolic import KerasTensor


def naming(layer: Any) -> contextlib.AbstractContextManager[None]:
    """Variables created inside carry the layer's name in their path, once."""
    return contextlib.nullcontext() if is_inside(layer.name) else inside(layer.name)


def shape_of(value: Any) -> Any:
    """The shape of a tensor, or the nest of shapes of a nest of tensors."""
    return nest.map_structure(lambda each: tuple(each.shape) if hasattr(each, "shape") else None,
                              value)


def as_shape(value: Any) -> Any:
    """A shape read from a file (lists for tuples), or a nest of shapes."""
    if isinstance(value, dict):
        return {key: as_shape(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        if all(each is None or isinstance(each, int) for each in value):
            return tuple(value)
        return [as_shape(each) for each in value]
    return value


def without_batch(shape: Any) -> Any:
    """The shape that a file keeps: the batch size of the first call is no part of it."""
    if isinstance(shape, dict):
        return {key: without_batch(each) for key, each in shape.items()}
    if isinstance(shape, list) or (shape and isinstance(shape[0], (tuple, list))):
        return [without_batch(each) for each in shape]
    return None if shape is None else (None, *shape[1:])


def build_from(layer: Any, named: dict[str, Any]) -> None:
    """Build a layer for the arguments that it is called with."""
    parameters = list(calling.parameters_of(type(layer).build))
    shapes = {f"{name}_shape": shape_of(value) for name, value in named.items()
              if name not in ("training", "mask") and _has_shape(value)}
    if len(parameters) > 1 and all(name in shapes for name in parameters[:2]):
        build_with(layer, {name: shapes[name] for name in parameters if name in shapes})
    else:
        first = next(iter(shapes.values()), ())
        build_with(layer, {"input_shape": first})


def told(build: Callable[..., None]) -> Callable[..., None]:
    """`build`, after which the layer knows that it is built, whoever called it, and for what."""
    @functools.wraps(build)
    def and_told(layer: Any, *args: Any, **kwargs: Any) -> None:
        if type(layer).build is not and_told:            # the super().build() of a class below
            build(layer, *args, **kwargs)
            return
        with naming(layer):
            build(layer, *args, **kwargs)
        shapes = calling.signature_of(build).bind(*args, **kwargs).arguments
        layer._mark_built(dict(shapes))
    return and_told


def kept_shapes(shapes: dict[str, Any]) -> dict[str, Any]:
    """The shapes that a layer was built for, as a file keeps them."""
    kept = {key: without_batch(shape) for key, shape in shapes.items()}
    return kept if set(kept) == {"input_shape"} else {"shapes_dict": kept}


def build_with(layer: Any, shapes: dict[str, Any]) -> None:
    """Call the layer's `build`; a layer that has none is built by being called."""
    if layer.built:
        return
    layer._build_shapes = kept_shapes(shapes)
    if set(shapes) == {"input_shape"}:
        layer.build(shapes["input_shape"])
    else:
        layer.build(**shapes)
    layer.built = True


def _has_shape(value: Any) -> bool:
    leaves = [each for each in nest.flatten(value) if each is not None]
    return bool(leaves) and all(hasattr(each, "shape") for each in leaves)


def shape_of_weight(layer: Any, shape: Any) -> tuple[int, ...]:
    """The shape of a new weight: whole numbers, all of them known. None is a single number."""
    if isinstance(shape, str):
        raise KindError(f"a weight of {layer.label} begins with its shape", got=shown(shape),
                        where=user_line(), hint=f"as in: add_weight((3, 2), name={shape!r})")
    sizes = () if shape is None else tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for axis, size in enumerate(sizes):
        if size is None:
            raise ShapeError(f"a weight of {layer.label} needs sizes that are known",
                             got=f"{sizes}, whose axis {axis} is not", where=user_line(),
                             hint="the batch and steps of a sequence have no size of their own; "
                             "that of the features is input_shape[-1]")
        if not isinstance(size, int | np.integer) or isinstance(size, bool) or size < 0:
            raise ShapeError(f"a weight of {layer.label} needs a shape of whole numbers",
                             got=f"{shown(size)} for axis {axis}", where=user_line())
    return tuple(map(int, sizes))


def tensors_like(shape: Any, dtype: str | None = None) -> Any:
    """Symbolic tensors of a shape, or of a nest of shapes."""
    shape = as_shape(shape)
    if isinstance(shape, tuple):
        return KerasTensor(shape, dtype or floatx())
    if isinstance(shape, dict):
        return {key: tensors_like(each, dtype) for key, each in shape.items()}
    return [tensors_like(each, dtype) for each in shape]


# what Keras's layers can be told of things that are not here
ELSEWHERE = {"lora_rank": "low-rank adaptation", "lora_alpha": "low-rank adaptation",
             "quantization_config": "quantization"}
BASIC = ("name", "dtype", "trainable", "autocast", "activity_regularizer")


def shape_from_keywords(layer: Any, kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    """The input shape given as ``input_shape=``, ``input_dim=`` or ``batch_input_shape=``."""
    shape = None
    if "input_dim" in kwargs:
        shape = (None, int(kwargs.pop("input_dim")))
    if "input_shape" in kwargs:
        given = kwargs.pop("input_shape")
        shape = (None, *((given,) if isinstance(given, int) else given))
    if "batch_input_shape" in kwargs:
        shape = tuple(kwargs.pop("batch_input_shape"))
    for name in ELSEWHERE:
        if kwargs.pop(name, None) is not None:           # None is Keras's default
            raise KindError(f"{type(layer).__name__} has no argument {name!r}: there is no "
                            f"{ELSEWHERE[name]} in pellucid", where=user_line(),
                            hint="leave it out")
    if kwargs:
        name = next(iter(kwargs))
        own = inspect.signature(type(layer)).parameters.values()
        named = [each.name for each in own if each.kind is not each.VAR_KEYWORD]
        known = list(dict.fromkeys([*named, *BASIC]))
        raise KindError(f"{type(layer).__name__} has no argument {name!r}", where=user_line(),
                        hint=nearest_or_all(name, known))
    return shape


def serialize_layer(layer: Any) -> dict[str, Any]:
    """A layer's entry in a model's config, with the shapes it was built for."""
    entry = serialize(layer)
    if (build := layer.get_build_config()) is not None:
        entry["build_config"] = build
    return entry
