"""Layers that work on the data before the model: words, for one, can be in no Plan."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import DataError, TracingError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Abstract, Arraylike
from pellucid.layers.base import Layer
from pellucid.layers.input_layer import InputLayer
from pellucid.layers.symbolic import KerasTensor, apply_symbolically


class HostStage(Layer):
    """A layer that is called on NumPy arrays (words among them), and stands in no Plan.

    In a model it follows an `Input`, or another such layer, so that `fit` and its kin can run it on
    the host, before the Plan, and compile the rest.
    """

    usage = "x = lookup(words)"                          # what messages show
    accepts: ClassVar[tuple[str, ...]] = ("string", "int", "uint")       # kinds of dtypes
    takes_words = True                                   # `apply_symbolically` asks for it

    @property
    def input_dtype(self) -> str:
        """The dtype of the `Input` that it follows: words, if it takes them."""
        return "string" if "string" in self.accepts else "int64"

    @property
    def output_dtype(self) -> str:
        """The dtype of what comes out."""
        return self.dtype

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        inputs = args[0]
        for each in nest.flatten(inputs):
            if not isinstance(each, KerasTensor) or each._keras_history is None or not isinstance(
                    each._keras_history[0], (InputLayer, HostStage)):
                raise self._no_plan()
            if not each.dtype.startswith(self.accepts):
                raise self._other_kind(each)
        shapes = nest.map_structure(lambda each: each.shape, inputs)
        return KerasTensor(self.compute_output_shape(shapes), self.output_dtype)

    def __call__(self, inputs: Any) -> Any:
        """The output for an array, a list, or a column of a frame; or that of a symbolic tensor."""
        if isinstance(inputs, KerasTensor):
            return apply_symbolically(self, (inputs,), {})
        return self.call(self._array_of(inputs))

    def _array_of(self, inputs: Any) -> np.ndarray:
        if isinstance(inputs, Arraylike) and isinstance(inputs.value, Abstract):
            raise self._no_plan()
        try:
            return np.asarray(inputs)
        except ValueError:
            raise DataError(f"{self.label} needs rows of equal length", got=shown(inputs),
                            where=user_line()) from None

    def _no_plan(self) -> TracingError:
        return TracingError(f"{self.label} works on NumPy arrays before the model, and cannot be a "
                            "part of a Plan", where=user_line(), hint="put it right behind the "
                            "model's Input, or call it on the data and give fit the numbers that "
                            f"come out: {self.usage}")

    def _other_kind(self, given: KerasTensor) -> TracingError:
        named = {"string": "words", "int": "whole numbers"}
        needed = " or ".join(named[each] for each in self.accepts if each in named)
        return TracingError(f"{self.label} needs {needed}", where=user_line(),
                            got=f"an Input with dtype={given.dtype!r}",
                            hint=f'start with Input(shape=..., dtype="{self.input_dtype}"), or '
                            "call it on the data and give fit the numbers that come out: "
                            f"{self.usage}")
