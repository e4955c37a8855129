"""What travels with a call of a layer: the training flag, masks, and who was called first."""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from pellucid.core import dtypes, nest
from pellucid.core.atom import ATOMS
from pellucid.core.errors import KindError, advise, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Arraylike, Operators, Tensor, convert

R = TypeVar("R")


class _Calling(threading.local):
    entry: Any = None               # the outermost layer of the running call
    within: Any = None              # the innermost one
    training: bool | None = None


calling = _Calling()


@contextlib.contextmanager
def call_of(layer: Any, training: bool | None) -> Iterator[bool]:
    """Inside, layers that are not told otherwise see this training flag."""
    before = calling.entry, calling.within, calling.training
    first = calling.entry is None
    calling.entry = layer if first else calling.entry
    calling.within, calling.training = layer, training
    try:
        yield first
    finally:
        calling.entry, calling.within, calling.training = before


def remembered(find: Callable[[Any], R]) -> Callable[[Any], R]:
    """Decorator: what is found out about a function is kept for as long as that function lives.

    A person's own `call` may hold a whole model, which must not live on for having been called.
    """
    known: WeakKeyDictionary[Any, R] = WeakKeyDictionary()

    @functools.wraps(find)
    def found(function: Any) -> R:
        try:
            return known[function]
        except (KeyError, TypeError):                    # new, or not to be referred to weakly
            pass
        result = find(function)
        with contextlib.suppress(TypeError):
            known[function] = result
        return result

    return found


@remembered
def parameters_of(function: Any) -> dict[str, inspect.Parameter]:
    """The parameters of a method, without self."""
    found = dict(inspect.signature(function).parameters)
    found.pop("self", None)
    return found


def takes(function: Any, name: str) -> bool:
    """Whether a method has a parameter of that name."""
    return name in parameters_of(function)


@remembered
def signature_of(function: Any) -> inspect.Signature:
    """The signature of a method when it is called, without self."""
    return inspect.signature(MethodType(function, object()))


@remembered
def first_alone(function: Any) -> str | None:
    """The name of a method's first argument, if it can be called with that one alone."""
    found = list(signature_of(function).parameters.values())
    lone = found and found[0].kind is found[0].POSITIONAL_OR_KEYWORD and all(
        each.default is not each.empty or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        for each in found[1:])
    return found[0].name if lone else None


def bind(layer: Any, args: Any, kwargs: Any) -> dict[str, Any]:
    """The arguments of ``layer.call`` by name."""
    function = getattr(layer.call, "__func__", None)     # None where it is not a method
    if len(args) == 1 and not kwargs and function and (name := first_alone(function)):
        return {name: args[0]}
    signature = inspect.signature(layer.call) if function is None else signature_of(function)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise KindError(f"{layer.label}.call cannot be called so: {error}", where=user_line(),
                        hint=f"it takes {', '.join(parameters_of(type(layer).call)) or 'nothing'}"
                        ) from None
    named = dict(bound.arguments)
    for name, parameter in bound.signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            named.update(named.pop(name, {}))
    return named


def to_tensors(value: Any, dtype: str, autocast: bool) -> Any:
    """Arrays become tensors, and floats take the layer's dtype; all else passes."""
    if isinstance(value, (list, tuple, dict)) and not _is_numbers(value):
        return nest.map_structure(lambda each: to_tensors(each, dtype, autocast), value)
    if isinstance(value, (list, tuple)) or (hasattr(value, "__array__")
                                            and not isinstance(value, Operators)):
        if getattr(getattr(value, "dtype", None), "kind", None) in ("O", "U", "S"):
            return value                                 # strings: a preprocessing layer's input
        value = convert(value)
    if isinstance(value, Arraylike):
        mask = getattr(value, "_keras_mask", None)
        tensor = value if isinstance(value, Tensor) else value.value
        if autocast and dtypes.is_float(tensor.dtype) and tensor.dtype != dtype:
            tensor = ATOMS["cast"](tensor, dtype=dtype)
            if mask is not None:
                tensor._keras_mask = mask
        return tensor
    return value


def _is_numbers(value: Any) -> bool:
    """Whether a list is one array written out, rather than a nest of tensors."""
    leaf = value
    while isinstance(leaf, (list, tuple)) and leaf:
        leaf = leaf[0]
    return isinstance(leaf, (int, float)) and not isinstance(value, dict)


def mask_of(value: Any) -> Any:
    """The mask that a tensor carries: True where an entry counts."""
    return getattr(value, "_keras_mask", None)


def masks_of(inputs: Any) -> Any:
    """The masks of a nest of tensors in the same form, None where there is none."""
    return nest.map_structure(mask_of, inputs)


def mention_lost_mask(layer: Any, outputs: Any) -> None:
    """Warn, once for each layer, where masks end because the layer does not pass them on.

    Not if an inner layer did, or if a built-in layer calls this one: it sees to masks itself.
    """
    kept = any(mask_of(each) is not None for each in nest.flatten(outputs))
    if kept or hasattr(layer, "_lost_mask") or getattr(layer, "_graph", None) is not None or any(
            "call" in vars(each) and each.__module__.startswith("pellucid.layers.")
            for each in type(calling.within).__mro__ if each.__name__ != "Layer"):
        return
    layer._lost_mask = True
    own = not type(layer).__module__.startswith("pellucid.")
    advise(f"{layer.label} got a masked input and does not pass masks on: the layers after it "
           "count masked entries like all others" + own * ". supports_masking = True in its "
           "__init__ passes the mask on")


@remembered
def tensors_of(call: Any) -> dict[str, str]:
    """The arguments of a built-in `call` that must be tensors, by what they are annotated with."""
    ours = (call.__module__ or "").startswith("pellucid.")
    return {name: str(each.annotation) for name, each in parameters_of(call).items()
            if ours and each.annotation in ("Tensor", "Sequence[Tensor]")}


def check_tensors(layer: Any, named: dict[str, Any]) -> None:
    """Raise KindError for an argument of `call` that should be a tensor, or several, and is not."""
    for name, annotation in tensors_of(type(layer).call).items():
        value = named.get(name)
        several = annotation != "Tensor"
        if several and isinstance(value, Tensor):        # told by how many there must be
            continue
        leaves = value if several and isinstance(value, list | tuple) else [value]
        if several is (leaves is value) and all(isinstance(each, Tensor) for each in leaves):
            continue
        what = "a list of tensors" if several else "a tensor of numbers"
        raise KindError(f"{layer.label}'s {name} must be {what}", got=shown(value),
                        where=user_line(), hint="Concatenate or Add make one tensor of several"
                        if isinstance(value, list | tuple | dict) and not several else None)


def fill_masks(call: Any, named: dict[str, Any]) -> None:
    """Give a `call` the masks that its tensors carry, unless it was given others.

    One that has a single tensor argument takes its mask as ``mask``. Of several it is not clear
    whose mask that would be: the mask of ``x`` is taken as ``x_mask``. (An initial state is no
    such argument; Keras, which counts it, loses the mask of the sequence beside it.)
    """
    tensors = [name for name, value in named.items()
               if name != "initial_state" and _holds_tensors(value)]
    for name in tensors:
        argument = "mask" if len(tensors) == 1 else f"{name}_mask"
        if takes(call, argument) and named.get(argument) is None:
            named[argument] = masks_of(named[name])


def _holds_tensors(value: Any) -> bool:
    """Whether a value is a tensor, or a nest of tensors and nothing else but None."""
    leaves = [each for each in nest.flatten(value) if each is not None]
    return bool(leaves) and all(isinstance(each, Tensor) for each in leaves)
