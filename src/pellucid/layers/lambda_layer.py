"""Any function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from pellucid.core import nest
from pellucid.core.custom_objects import find_custom
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import WHOLE, shown
from pellucid.core.serialization import serialize
from pellucid.core.tensor import OPS, convert
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.building import as_shape, shape_of, tensors_like

OURS = ("pellucid.", "keras.")          # modules whose functions are found by name
ADVICE = ("write the function with def and register it with "
          "@pellucid.saving.register_keras_serializable()")


class Lambda(Layer):
    """Apply any function of a tensor: :math:`y = f(x)`, written in `pellucid.ops`.

    A function that has parameters ``mask`` or ``training`` is given them. It may have no weights:
    for these, derive a class from `Layer`. A lambda lives in memory only; a model that shall be
    saved needs a function made with ``def`` that is registered.

    >>> import numpy as np
    >>> Lambda(lambda x: x ** 2)(np.array([[1.0, 3.0]])).numpy().tolist()
    [[1.0, 9.0]]

    Use: a small function of tensors, in memory.
    Pros: one line in the place of a class.
    Cons: cannot be saved unless the function is registered; can have no weights.
    """

    function: Any = field(help="what the layer computes, function(inputs, **arguments)")
    output_shape: Any = field(None, help="shape of the output without the batch, or a function of "
                              "the input's whole shape; found by trying if None")
    mask: Any = field(None, help="mask of the output, or a function (inputs, mask) that gives it")
    arguments: Any = field(None, help="further arguments of the function, by name")

    def settle(self) -> None:
        if not callable(self.function):
            raise KindError("Lambda's function must be a function", got=shown(self.function),
                            where=user_line())
        if self.arguments is not None and not isinstance(self.arguments, dict):
            raise KindError("Lambda's arguments must be a dict of names and values",
                            got=self.arguments, where=user_line())
        shape = self.output_shape
        if shape is not None and not callable(shape) and not _is_shape(shape):
            raise KindError("Lambda's output_shape must be a shape without the batch, or a nest or "
                            "a function that gives them", got=shown(shape), where=user_line())
        self.arguments = self.arguments or {}
        self.supports_masking = self.mask is not None
        self._takes = {"mask", "training"} & _parameters(self.function)
        self.built = True

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        known = {"mask": mask, "training": training}
        told = {**self.arguments, **{name: known[name] for name in self._takes}}
        return self.function(inputs, **told)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """As the argument ``mask`` says; None without it."""
        if self.mask is None:
            return None
        return self.mask(inputs, previous_mask) if callable(self.mask) else convert(self.mask)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """As the argument ``output_shape`` says; without it, what the function gives for shapes."""
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        batch = nest.flatten(as_shape(input_shape))[0]

        def with_batch(shape: Any) -> Any:
            if isinstance(shape, tuple):
                return (batch, *shape)
            pairs = shape.items() if isinstance(shape, dict) else enumerate(shape)
            made = {key: with_batch(each) for key, each in pairs}
            return made if isinstance(shape, dict) else list(made.values())
        return with_batch(as_shape(self.output_shape))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self.output_shape is None:
            return super().compute_output_spec(*args, **kwargs)
        first = next(iter(calling.bind(self, args, kwargs).values()))
        return tensors_like(self.compute_output_shape(shape_of(first)), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        for name in ("function", "output_shape", "mask"):
            if getattr(getattr(self, name), "__name__", None) == "<lambda>":
                raise KindError(f"{self.label} cannot be written to a file: its {name} is a lambda",
                                where=user_line(), hint=ADVICE)
        return {**super().get_config(), "function": _written(self.function)}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        for name in ("function", "output_shape", "mask"):
            if isinstance(given := config.get(name), dict) and given.get(
                    "class_name") == "__lambda__":
                raise ArgumentError(f"the {name} of Lambda {config.get('name')!r} is Python "
                                    "bytecode, and no code from a file is ever run", hint=ADVICE)
        function = config["function"]
        named = isinstance(function, dict) and str(function.get("module")).startswith(OURS)
        if named and find_custom(str(function["config"])) is None and function["config"] in OPS:
            config = {**config, "function": OPS[function["config"]]}
        return super().from_config(config)


def _parameters(function: Callable[..., Any]) -> set[str]:
    """The names of a function's parameters; none where Python does not know them."""
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()


def _written(function: Any) -> Any:
    """A function as Keras writes it, also where its name alone would do for us."""
    data = serialize(function)
    return data if isinstance(data, dict) else {
        "module": "keras.activations", "class_name": "function", "config": data,
        "registered_name": data}


def _is_shape(value: Any) -> bool:
    """Whether a value is a shape, or a nest of shapes."""
    return nest.is_nested(value) and all(n is None or (WHOLE.fits(n) and int(n) == n >= 0)
                                         for n in nest.flatten(value))
