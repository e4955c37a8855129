"""Layers that work on the data before the model: words, for one, can be in no Plan."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import DataError, TracingError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Abstract, Arraylike
from pellucid.layers.base import Layer
from pellucid.layers.symbolic import KerasTensor


class HostStage(Layer):
    """A layer that is called on NumPy arrays (words among them), and on nothing symbolic."""

    usage = "x = lookup(words)"                          # what messages show

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        raise self._no_plan()

    def __call__(self, inputs: Any) -> Any:
        """The output for an array, a list, or a column of a frame."""
        return self.call(self._array_of(inputs))

    def _array_of(self, inputs: Any) -> np.ndarray:
        if isinstance(inputs, KerasTensor) or (
                isinstance(inputs, Arraylike) and isinstance(inputs.value, Abstract)):
            raise self._no_plan()
        try:
            return np.asarray(inputs)
        except ValueError:
            raise DataError(f"{self.label} needs rows of equal length", got=shown(inputs),
                            where=user_line()) from None

    def _no_plan(self) -> TracingError:
        return TracingError(f"{self.label} works on NumPy arrays before the model, and cannot be a "
                            "part of a Plan", where=user_line(), hint="call it on the data and "
                            f"give fit the numbers that come out: {self.usage}")
