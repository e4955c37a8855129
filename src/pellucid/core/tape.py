"""A tape: the list of what was applied, in order, with the values."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from pellucid.core import dtypes, nest
from pellucid.core.atom import ATOMS
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.gradient import sweep
from pellucid.core.op import Application
from pellucid.core.recording import recording, watched_by
from pellucid.core.tensor import Arraylike, Tensor, convert
from pellucid.core.variable import Variable


class Tape:
    """Records the applications that depend on something watched, and nothing else."""

    watches_variables = True

    def __init__(self) -> None:
        self.applications: list[Application] = []
        self.variables: dict[Tensor, Variable] = {}      # which read belongs to which variable
        self._watched: dict[Tensor, bool] = {}

    def record(self, application: Application) -> None:
        """Ops call this; what depends on nothing watched is not kept."""
        if any(isinstance(each, Tensor) and each in self._watched for each in application.inputs):
            self.applications.append(application)
            for output in application.outputs:
                if dtypes.is_float(output.dtype):
                    self._watched[output] = True

    def watch_variable(self, variable: Variable, tensor: Tensor) -> None:
        """Variables call this when they are read."""
        if tensor not in self._watched:
            self._watched[tensor] = True
            self.variables[tensor] = variable

    def watches(self, value: Any) -> bool:
        """Whether a gradient can be asked with respect to ``value``."""
        return isinstance(value, Tensor) and value in self._watched


class GradientTape(Tape):
    """Records what happens in its ``with`` block, then differentiates it.

    ``persistent`` keeps the record for several calls of `gradient`; variables that are read are
    watched by themselves unless ``watch_accessed_variables=False``; tapes nest, which gives second
    derivatives.

    >>> x = Variable(3.0)
    >>> with GradientTape() as tape:
    ...     y = x * x
    >>> float(tape.gradient(y, x))
    6.0

    Source: the reverse mode of B. Speelpenning (1980); names as in TensorFlow.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        super().__init__()
        self.persistent, self.watches_variables = persistent, watch_accessed_variables
        self._spent = False

    def __enter__(self) -> GradientTape:
        recording.tapes = (*recording.tapes, self)
        return self

    def __exit__(self, *_: object) -> None:
        recording.tapes = tuple(tape for tape in recording.tapes if tape is not self)

    def watch(self, tensor: Any) -> None:
        """Follow a tensor (or every tensor of a nest) that is not a variable."""
        for each in nest.flatten(tensor):
            if isinstance(each, Variable):
                self.watch_variable(each, each.value)
            elif not isinstance(each, Tensor):
                raise KindError("tape.watch needs a tensor", got=f"{type(each).__name__}",
                                hint="make one first: x = tf.constant(x) or "
                                     "ops.convert_to_tensor(x)")
            elif not dtypes.is_float(each.dtype):
                raise KindError("tape.watch needs a tensor of floats", got=each.dtype,
                                hint='only floats have gradients; use ops.cast(x, "float32")')
            else:
                self._watched[each] = True

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """What happens inside is not differentiated."""
        with watched_by(tapes=tuple(tape for tape in recording.tapes if tape is not self)):
            yield

    def reset(self) -> None:
        """Forget everything recorded so far."""
        self.applications, self.variables, self._watched = [], {}, {}

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None,
                 unconnected_gradients: str = "none") -> Any:
        """dtarget/dsource for each source, in the nest in which the sources came.

        Several targets are summed. A source on which the target does not depend gives None, or
        zeros with ``unconnected_gradients="zero"``. Raises ArgumentError when a tape that is not
        persistent is asked twice.
        """
        if self._spent:
            raise ArgumentError("this tape has given its gradient already",
                                hint="GradientTape(persistent=True) can be asked several times")
        self._spent = not self.persistent
        targets = [convert(each) for each in nest.flatten(target)]
        seeds = [ATOMS["broadcast_to"](1.0 if given is None else given, shape=each.shape)
                 for each, given in zip(targets, _given(output_gradients, targets), strict=True)]
        seeds = [convert(seed, each.dtype) for seed, each in zip(seeds, targets, strict=True)]
        keep = recording.tapes if self.persistent else tuple(
            tape for tape in recording.tapes if tape is not self)
        with watched_by(tapes=keep):
            found = sweep(self, targets, seeds)
            return nest.map_structure(
                lambda source: self._of(source, found, unconnected_gradients), sources)

    def _of(self, source: Any, found: dict[Tensor, Tensor], unconnected: str) -> Tensor | None:
        if not isinstance(source, Arraylike):
            raise KindError("gradients are taken with respect to variables or watched tensors",
                            got=type(source).__name__)
        reads: list[Any] = [source] if not isinstance(source, Variable) else [
            each for each, variable in self.variables.items() if variable is source]
        total = None
        for each in reads:                               # a variable may have been read anew
            if each in found:
                total = found[each] if total is None else total + found[each]
        if total is None and unconnected == "zero":
            total = ATOMS["broadcast_to"](convert(0.0, source.dtype), shape=source.shape)
        return total


def _given(output_gradients: Any, targets: list[Tensor]) -> list[Any]:
    if output_gradients is None:
        return [None] * len(targets)
    return nest.flatten(output_gradients)
