"""Recurrent layers: a cell that walks along a sequence, step by step, and remembers."""

from __future__ import annotations

from abc import ABCMeta
from types import SimpleNamespace
from typing import Any

from pellucid.atoms import cast, expand_dims, flip, moveaxis, scan, stack, where, zeros_like
from pellucid.core import nest
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor, convert
from pellucid.core.variable import Variable
from pellucid.layers import recurrent_fields as shared
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent_cells import (
    build_cell,
    ends_in_state,
    initial_state,
    read_cell,
    stages_of,
)


class Recurrent(Layer):
    """What recurrent layers share: the walk of ``self.cell`` along axis 1 of the input.

    The fields (``return_sequences``, ``return_state``, ``go_backwards``, ``stateful``,
    ``unroll``, ``zero_output_for_mask``) are declared by each layer.

    At a masked step the state stays as it is, and the output is the first state before it (or 0
    with ``zero_output_for_mask``). What a cell computes from the input alone is computed for all
    steps at once, before the walk.
    """

    supports_masking = True

    def prepare(self: Any, cell: Any) -> None:
        """Take the cell; a layer calls this when its fields are known."""
        self.cell = cell
        size = cell.state_size
        self.state_size = [size] if isinstance(size, int) else list(size)
        self.input_spec = InputSpec(min_ndim=3)
        self._kept = SimpleNamespace(states=None)   # as in Keras, no weights: so out of their sight

    @property
    def states(self: Any) -> list[Any] | None:
        """The states that a stateful layer keeps from call to call; None before the first."""
        return self._kept.states

    def build(self: Any, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        build_cell(self.cell, (sequences_shape[0], *sequences_shape[2:]))
        if hasattr(self.cell, "kernel"):
            self.input_spec.axes = {-1: sequences_shape[-1]}
        if self.stateful:
            if sequences_shape[0] is None:
                raise ArgumentError(f"{self.label} keeps a state for each sample of the batch, so "
                                    "its size must be known", where=user_line(), hint="give it: "
                                    "Input(shape, batch_size=...), and fit(..., batch_size=...)")
            self._batch = sequences_shape[0]
            self._kept.states = nest.map_structure(
                lambda first: Variable(first, dtype=self.variable_dtype, trainable=False,
                                       name="rnn_state"), self.get_initial_state(self._batch))

    def get_build_config(self: Any) -> Any:
        config = super().get_build_config()
        return with_batch(config, self._batch) if self.stateful and config else config

    def get_initial_state(self, batch_size: Any) -> list[Any]:
        """The state before the first step, as a list."""
        state = initial_state(self.cell, batch_size)
        return list(state) if nest.is_nested(state) else [state]

    def reset_state(self) -> None:
        """Put the kept states back to 0."""
        for each in nest.flatten(self.states or []):
            each.assign(zeros_like(each.value))

    def reset_states(self) -> None:
        """Another name of `reset_state`."""
        self.reset_state()

    def compute_mask(self: Any, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the input, if all steps are given out; states have none."""
        mask = nest.flatten(previous_mask)[0] if self.return_sequences else None
        return [mask, *(None for _ in self.state_size)] if self.return_state else mask

    def compute_output_spec(self: Any, *args: Any, **kwargs: Any) -> Any:
        sequences = args[0] if args else kwargs["sequences"]
        check_steps(self, sequences)
        return super().compute_output_spec(*args, **kwargs)

    def call(self: Any, sequences: Tensor, initial_state: Any = None, mask: Any = None,
             training: bool = False) -> Any:
        start = self._start(initial_state, sequences.shape[0])
        output, states = self._run_along(sequences, start, mask, training)
        output, states = nest.map_structure(lambda x: cast(x, dtype=self.compute_dtype),
                                            (output, states))
        if self.stateful:
            for kept, state in zip(nest.flatten(self.states), nest.flatten(states), strict=True):
                kept.assign(state)
        if mask is not None and self.return_sequences:   # also one that came as an argument
            output._keras_mask = nest.flatten(mask)[0]
        return (output, *states) if self.return_state else output

    def _start(self: Any, given: Any, batch: int) -> list[Any]:
        """The states to begin with: given, kept from the last call, or the cell's own."""
        if self.stateful and batch != self._batch:
            raise ShapeError(f"{self.label} is stateful and keeps {self._batch} states, one for "
                             "each sample of a batch", got=f"a batch of {batch}",
                             where=user_line(), hint="use batches of one size")
        if given is None:
            given = self.states if self.stateful else self.get_initial_state(batch)
        given = list(given) if nest.is_nested(given) else [given]
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        expected = len(nest.flatten(self.state_size))
        if len(nest.flatten(given)) != expected:
            raise ArgumentError(f"{self.label} needs {expected} initial states", where=user_line(),
                                got=f"{len(nest.flatten(given))}")
        return nest.map_structure(lambda x: cast(convert(x), dtype=dtype), given)

    def _run_along(self: Any, sequences: Tensor, start: list[Any], mask: Any, training: bool
              ) -> tuple[Any, Any]:
        """The output (of the last step, or of all) and the states after the last step."""
        project, step = stages_of(self.cell, sequences.shape[0], training)
        rows = [project(moveaxis(sequences, 1, 0))]                # all steps, time first
        if mask is not None:
            counts = moveaxis(cast(nest.flatten(mask)[0], dtype="bool"), 1, 0)
            rows += [expand_dims(counts, axis=-1)]
        zeroed = mask is not None and self.zero_output_for_mask
        shortcut = ends_in_state(self.cell) and not zeroed and not self.return_sequences

        def turn(states: Any, row: Any) -> tuple[Any, Any]:
            output, after = step(row[0], states)
            after = nest.pack(states, nest.flatten(after))
            if len(row) == 2:
                output = select(row[1], output, 0 if zeroed else first_state(states))
                after = nest.map_structure(lambda new, old: select(row[1], new, old),
                                           after, states)
            return after, None if shortcut else output

        walk = unrolled if self.unroll else scan
        states, outputs = walk(turn, start, rows, reverse=self.go_backwards)
        if shortcut:
            return first_state(states), states
        if not self.return_sequences:
            return outputs[0 if self.go_backwards else -1], states
        outputs = flip(outputs, axis=0) if self.go_backwards else outputs
        return moveaxis(outputs, 0, 1), states


def check_steps(layer: Any, sequences: Any) -> None:
    """Raise ShapeError if a layer is to write out steps of which nobody knows how many."""
    if layer.unroll and sequences.shape[1] is None:
        raise ShapeError(f"{layer.label} can be unrolled only over a known number of steps",
                         got=f"shape {tuple(sequences.shape)}", where=user_line(),
                         hint="give it in Input(...), or leave unroll out")


def with_batch(shape: Any, batch: int) -> Any:
    """A shape, or a nest of shapes, with the batch size that a stateful layer was built for."""
    if isinstance(shape, dict):
        return {key: with_batch(each, batch) for key, each in shape.items()}
    if isinstance(shape, list):
        return [with_batch(each, batch) for each in shape]
    return (batch, *shape[1:])


def first_state(states: Any) -> Any:
    """The first state, of stacked cells that of the last cell: by Keras's rule the last output."""
    return states[-1][0] if nest.is_nested(states[0]) else states[0]


def select(counts: Any, new: Any, old: Any) -> Tensor:
    """The new values of the samples for which the step counts, the old ones of the others."""
    for _ in range(len(new.shape) - 2):
        counts = expand_dims(counts, axis=-1)
    return where(counts, new, old)


def unrolled(f: Any, carry: Any, xs: list[Tensor], reverse: bool = False) -> tuple[Any, Any]:
    """What `scan` does, with every step written out one after the other in the Plan."""
    ys = []
    for t in reversed(range(xs[0].shape[0])) if reverse else range(xs[0].shape[0]):
        carry, y = f(carry, [each[t] for each in xs])
        ys.append(y)
    return carry, None if ys[0] is None else stack(ys[::-1] if reverse else ys)


class RNN(Recurrent, metaclass=ABCMeta):
    """Any cell, or a list of cells on each other, walked along a sequence.

    Shapes: ``(batch, steps, ...)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` the states follow. A cell is a layer with
    ``call(inputs, states) -> output, states`` and ``state_size`` (a number, or one for each
    state); ``output_size`` and ``get_initial_state(batch_size)`` are up to it.

    >>> import numpy as np
    >>> class Adder(Layer):
    ...     state_size = 1
    ...     def call(self, inputs, states):
    ...         total = states[0] + inputs
    ...         return total, [total]
    >>> RNN(Adder(), return_sequences=True)(np.ones((1, 3, 1))).numpy().tolist()
    [[[1.0], [2.0], [3.0]]]

    Use: cells of one's own, or several cells on each other.
    Pros: any rule for a step becomes a layer.
    Cons: step after step: slower than the built-in `LSTM` and `GRU`.
    Source: J. Elman, "Finding structure in time" (1990).
    """

    cell: Any = field(get=read_cell, help="what happens at one step; a list is stacked")
    return_sequences: bool = shared.RETURN_SEQUENCES
    return_state: bool = shared.RETURN_STATE
    go_backwards: bool = shared.GO_BACKWARDS
    stateful: bool = shared.STATEFUL
    unroll: bool = shared.UNROLL
    zero_output_for_mask: bool = shared.ZERO_OUTPUT_FOR_MASK

    def settle(self) -> None:
        self.prepare(self.cell)
