"""What every metric does: keep sums in variables, update them batch by batch, give a result."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pellucid import initializers
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError
from pellucid.core.field import check
from pellucid.core.kinds import TEXT
from pellucid.core.names import auto_name, inside
from pellucid.core.recording import scope
from pellucid.core.serialization import Configurable, serialize
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable


class Keywords(Configurable):
    """The keywords that type checkers see on every metric."""

    if TYPE_CHECKING:
        _: KW_ONLY
        dtype: Any = None
        name: Any = None


class Metric(Keywords):
    """A figure about the predictions so far: derive from it and write three methods.

    ``__init__`` makes the variables with `add_variable`, ``update_state(y_true, y_pred,
    sample_weight=None)`` changes them, ``result()`` computes the figure from them. In a traced
    step the variables are state of the Plan.

    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", dtype=None):
    ...         super().__init__(name=name, dtype=dtype)
    ...         self.top = self.add_variable((), "zeros", name="top")
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.top.assign(max(float(self.top), float(max(y_pred))))
    ...     def result(self):
    ...         return self.top.value
    >>> float(Largest()([0, 0], [1.0, 3.0]))
    3.0
    """

    family = "keras.metrics"
    usual_name: ClassVar[str | None] = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        owner = type(self).__name__
        self.name = check(owner, "name", name, kind=TEXT) or self.usual_name or auto_name(owner)
        self._dtype = dtypes.standardize(getattr(dtype, "compute_dtype", dtype))
        self._metrics: list[Metric] = []
        self._variables: list[Variable] = []

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            _add(self._variables, value)
        elif isinstance(value, Metric):
            _add(self._metrics, value)
        super().__setattr__(name, value)

    @property
    def dtype(self) -> str:
        """The float type in which the metric is computed."""
        return self._dtype

    @property
    def variables(self) -> list[Variable]:
        """The state: its own variables, and those of metrics that are its attributes."""
        return [*self._variables, *(each for metric in self._metrics for each in metric.variables)]

    def add_variable(self, shape: Sequence[int] | int, initializer: Any = "zeros",
                     dtype: Any = None, aggregation: str = "sum",
                     name: str | None = None) -> Variable:
        """A new variable of the state."""
        if not hasattr(self, "_variables"):
            raise ArgumentError(f"{type(self).__name__} must call super().__init__() before "
                                "add_variable()")
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        with inside(self.name.replace("/", ">")):
            variable = Variable(initializers.get(initializer or "zeros"), shape=shape,
                                dtype=dtype or self.dtype, trainable=False,
                                aggregation=aggregation, name=name)
        self._variables.append(variable)
        return variable

    def add_weight(self, shape: Sequence[int] | int = (), initializer: Any = None,
                   dtype: Any = None, name: str | None = None) -> Variable:
        """As `add_variable`."""
        return self.add_variable(shape, initializer, dtype=dtype, name=name)

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Take a batch into account."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update_state(...)")

    def result(self) -> Any:
        """The figure so far."""
        raise NotImplementedError(f"{type(self).__name__} needs a method result()")

    def reset_state(self) -> None:
        """Start anew: all variables become zero."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def merge_state(self, metrics: Iterable[Metric]) -> None:
        """Add the state of metrics of the same kind, which saw other data."""
        for metric in metrics:
            for mine, other in zip(self.variables, metric.variables, strict=True):
                mine.assign_add(other)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with scope(self.name):
            self.update_state(*args, **kwargs)
            return self.result()

    def stateless_update_state(self, metric_variables: Sequence[Any], *args: Any,
                               **kwargs: Any) -> list[Tensor]:
        """The state after a batch, from a state that is given; the metric's own stays."""
        with self._borrowed(metric_variables):
            self.update_state(*args, **kwargs)
            return [each.value for each in self.variables]

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """The figure of a state that is given."""
        with self._borrowed(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Tensor]:
        """The state at the start."""
        with self._borrowed([each.value for each in self.variables]):
            self.reset_state()
            return [each.value for each in self.variables]

    @contextlib.contextmanager
    def _borrowed(self, values: Sequence[Any]) -> Iterator[None]:
        variables = self.variables
        if len(values) != len(variables):
            raise ArgumentError(f"{self.name} has {len(variables)} variables",
                                got=f"{len(values)} values")
        own = [each.value for each in variables]
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        try:
            yield
        finally:
            for variable, value in zip(variables, own, strict=True):
                variable.assign(value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        own_init = not type(self).__init__.__module__.startswith("pellucid.")
        if own_init and type(self).get_config is Metric.get_config:
            return super().get_config()                  # as its author's __init__ was called
        return {"name": self.name, "dtype": self.dtype,
                **{name: serialize(getattr(self, name)) for name in self.fields}}


def _add(known: list[Any], new: Any) -> None:
    """Append what is not there yet (by identity: == compares the values of variables)."""
    if not any(each is new for each in known):
        known.append(new)
