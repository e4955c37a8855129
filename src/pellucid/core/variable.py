"""A `Variable` is a value with a name that lasts: weights, moving averages, counters, seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.names import auto_name, current_path
from pellucid.core.recording import recording
from pellucid.core.tensor import Abstract, Arraylike, Tensor, _op, convert


class Variable(Arraylike):
    """A value that `assign` can change.

    While a function is traced, reading gives the value so far and assigning becomes an output of
    the Plan, so that traced code may be written as if it ran step by step.

    Arguments: ``initializer`` (a value, or a function of shape and dtype), ``shape``, ``dtype``,
    ``trainable`` (whether tapes watch it and optimizers move it), ``name``.

    >>> w = Variable(3.0, name="w")
    >>> w.assign_sub(1.0)
    <variable: path=w, shape=(), dtype=float32, value=2.>
    """

    def __init__(self, initializer: Any, shape: Any = None, dtype: Any = None,
                 trainable: bool = True, autocast: bool = True, aggregation: str = "none",
                 synchronization: str = "auto", name: str | None = None, **kwargs: Any) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.path = current_path(self.name)
        self.trainable, self.autocast, self.aggregation = bool(trainable), autocast, aggregation
        self.regularizer: Any = None
        self.constraint: Any = None
        self.overwrite_with_gradient = False
        first = _first_value(initializer, shape, dtype)
        if isinstance(first.value, Abstract):
            raise ArgumentError(f"the first value of variable {self.path!r} must be known",
                                got="a value that is being traced", where=user_line(),
                                hint="create variables in build(), not in call()")
        self._tensor = first

    @property
    def value(self) -> Tensor:
        """The current value; a trainable variable is watched by the open tapes by being read."""
        trace = recording.trace
        tensor = self._tensor if trace is None else trace.read(self)
        for tape in recording.tapes:
            if self.trainable and tape.watches_variables:
                tape.watch_variable(self, tensor)
        return tensor

    @property
    def shape(self) -> tuple[int, ...]: return self._tensor.shape

    @property
    def dtype(self) -> str: return self._tensor.dtype

    def assign(self, value: Any, *_: Any, **__: Any) -> Variable:
        """Give the variable a new value of the same shape; dtype is kept."""
        new = convert(value, self.dtype)
        if new.shape != self.shape:
            raise ShapeError(f"variable {self.path!r} has shape {self.shape}", where=user_line(),
                             got=f"a value of shape {new.shape} in assign")
        if recording.trace is not None:
            recording.trace.assign(self, new)
        else:
            self._tensor = Tensor(new.numpy())           # no gradient passes an assignment
        return self

    def assign_add(self, value: Any, *_: Any, **__: Any) -> Variable:
        return self.assign(self.value + convert(value, self.dtype))

    def assign_sub(self, value: Any, *_: Any, **__: Any) -> Variable:
        return self.assign(self.value - convert(value, self.dtype))

    def set_array(self, array: np.ndarray) -> None:
        """What engines call with the new value after a step: no check, no copy."""
        self._tensor = Tensor(array)

    @property
    def array(self) -> np.ndarray:
        """The current array itself, not a copy (what engines read)."""
        return self._tensor.value

    def read_value(self) -> Tensor: return self.value

    def __repr__(self) -> str:
        text = np.array2string(self.array, separator=", ", threshold=60)
        return (f"<variable: path={self.path}, shape={self.shape}, dtype={self.dtype}, "
                f"value={text}>")


def _first_value(initializer: Any, shape: Any, dtype: Any) -> Tensor:
    if isinstance(initializer, Callable) and not isinstance(initializer, Arraylike):
        if shape is None:
            raise ArgumentError("a variable whose initializer is a function needs a shape")
        dtype = dtypes.standardize(dtype)
        return convert(initializer(tuple(shape), dtype=dtype), dtype)
    first = convert(initializer, dtype)
    if isinstance(initializer, (np.ndarray, Arraylike)) and not isinstance(first.value, Abstract):
        first = Tensor(np.array(first.value))            # the caller's array stays the caller's
    return first if shape is None or first.shape == tuple(shape) else _op(
        "broadcast_to", first, shape=tuple(shape))
