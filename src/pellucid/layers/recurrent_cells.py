"""What a recurrent layer does at one step: cells, and cells stacked on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from pellucid.atoms import concatenate, matmul, ones, split, zeros
from pellucid.core import nest
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import shown
from pellucid.core.serialization import deserialize
from pellucid.core.tensor import Tensor
from pellucid.layers import calling
from pellucid.layers.base import Layer
from pellucid.layers.building import build_with, naming
from pellucid.random import dropout

Stages = tuple[Callable[[Any], Any], Callable[[Any, Any], tuple[Any, Any]]]


class RecurrentCell(Layer):
    """A cell whose step falls into two stages, of which the first needs no state.

    ``stages(batch, training)`` gives two functions: ``project(x)``, which a recurrent layer
    applies to all steps at once, and ``step(z, states) -> output, states`` for one step.
    ``outputs_state`` says that the output of a step is its first new state.
    """

    outputs_state: ClassVar[bool] = False

    def stages(self, batch: int, training: bool) -> Stages:
        """The two stages; what is drawn at random is drawn here, once for all steps."""
        raise KindError(f"{self.label} does not say what a step is",
                        hint="write `def stages(self, batch, training): ...`")

    def _check_spec(self, inputs: Any) -> None:
        if len(shape := tuple(getattr(inputs, "shape", (0, 0)))) < 2:
            raise ShapeError(f"{self.label} needs inputs of shape (batch, features)",
                             got=f"shape {shape}", where=user_line())
        super()._check_spec(inputs)

    def call(self: Any, inputs: Tensor, states: Any, training: bool = False) -> tuple[Any, Any]:
        project, step = self.stages(inputs.shape[0], training)
        alone = not nest.is_nested(states)               # one state may come without a list
        wanted = len(self.state_size) if nest.is_nested(self.state_size) else 1
        if wanted != (1 if alone else len(states)):
            raise ShapeError(f"{self.label} needs {wanted} states", where=user_line(),
                             got=f"{1 if alone else len(states)}",
                             hint="get_initial_state(batch_size) gives the first")
        output, after = step(project(inputs), [states] if alone else states)
        return output, after[0] if alone else after

    def get_initial_state(self: Any, batch_size: int | None = None) -> Any:
        """Zeros, a row for each sample, as a list."""
        sizes = self.state_size if nest.is_nested(self.state_size) else [self.state_size]
        return nest.map_structure(
            lambda n: zeros((batch_size, n), dtype=self.compute_dtype), sizes)


class GatedCell(RecurrentCell):
    """What cells of ``gates`` gates share: one kernel on the input, one on the last output.

    Columns 0 … units - 1 of a kernel belong to the first gate, the next ones to the second, ….
    The fields, among them ``units``, ``dropout`` and ``seed``, are declared by each cell.
    """

    gates: ClassVar[int] = 1
    outputs_state = True

    def shapes(self: Any, input_shape: Any) -> tuple[Any, Any, Any]:
        """The shapes of W, U and b."""
        width = self.gates * self.units
        return (input_shape[-1], width), (self.units, width), (width,)

    def build(self: Any, input_shape: Any) -> None:
        W, U, b = self.shapes(input_shape)
        self.kernel = self.add_weight(W, self.kernel_initializer, name="kernel",
                                      regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(U, self.recurrent_initializer,
                                                name="recurrent_kernel",
                                                regularizer=self.recurrent_regularizer,
                                                constraint=self.recurrent_constraint)
        self.bias = self.add_weight(b, self.first_bias, name="bias",
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None

    def first_bias(self: Any, shape: Any, dtype: Any = None) -> Tensor:
        """The bias before training."""
        return self.bias_initializer(shape, dtype=dtype)

    def masks(self: Any, rate: float, shape: tuple[int, ...], training: bool) -> list[Tensor]:
        """Dropout for all steps alike: one mask, or one for each gate; none at rates 0 and 1.

        That rate 1 leaves out nothing, and that all gates share a mask unless there is recurrent
        dropout (or ``implementation=1``), is Keras's way.
        """
        if not training or not 0 < rate < 1:
            return []
        apart = self.recurrent_dropout > 0 or self.implementation == 1
        return [dropout(ones(shape, dtype=self.compute_dtype), rate, seed=self.seed_generator)
                for _ in range(self.gates if apart else 1)]

    def projections(self: Any, batch: int, training: bool) -> tuple[Any, Any]:
        """Two functions: x W + b for the input, h U for the last output."""
        W, U, b = self.kernel, self.recurrent_kernel, self.bias
        given = self.masks(self.dropout, (batch, W.shape[0]), training)
        kept = self.masks(self.recurrent_dropout, (batch, U.shape[0]), training)
        return affine(W, b, given), affine(U, None, kept)


def affine(kernel: Any, bias: Any, masks: Sequence[Tensor]) -> Callable[[Any], Any]:
    """The function x ↦ x K + b, with the masks of dropout on x."""
    def apply(x: Any) -> Any:
        y = masked_product(x, kernel, masks)
        return y if bias is None else y + bias
    return apply


def masked_product(x: Any, kernel: Any, masks: Sequence[Tensor],
                   product: Callable[[Any, Any], Any] = matmul, axis: int = -1) -> Any:
    """x K; with one mask (m ⊙ x) K; with several, each is for its share of K's columns.

    ``axis`` is where the product has what K has in its columns.
    """
    if len(masks) < 2:
        return product(x * masks[0] if masks else x, kernel)
    shares = split(kernel, len(masks), axis=-1)
    return concatenate([product(x * m, k) for m, k in zip(masks, shares, strict=True)], axis=axis)


def stages_of(cell: Any, batch: int, training: bool) -> Stages:
    """The two stages of any cell; one that has only `call` is all second stage."""
    if isinstance(cell, RecurrentCell) and type(cell).call is RecurrentCell.call:
        return cell.stages(batch, training)
    told = {"training": training} if calling.takes(type(cell).call, "training") else {}
    return (lambda x: x), (lambda x, states: cell(x, states, **told))


def ends_in_state(cell: Any) -> bool:
    """Whether the output of a step is known to be the cell's first new state."""
    return getattr(cell, "outputs_state", False) and type(cell).call is RecurrentCell.call


def check_cell(cell: Any, owner: str) -> Any:
    """The cell, if it has what Keras's protocol asks of one; raises KindError otherwise."""
    missing = [name for name in ("call", "state_size") if not hasattr(cell, name)]
    if missing:
        raise KindError(f"a cell of {owner} needs call(inputs, states) and state_size",
                        got=f"{cell!r:.60} without {' and '.join(missing)}", where=user_line())
    return cell


def read_cell(value: Any) -> Any:
    """A cell, made from its config if a file holds one; a list becomes `StackedRNNCells`."""
    value = deserialize(value) if isinstance(value, dict) else value
    if isinstance(value, (list, tuple)):
        value = StackedRNNCells(list(value))
    return check_cell(value, "RNN")


def output_size(cell: Any) -> int:
    """The length of a cell's output: as it says, or that of its first state."""
    size = getattr(cell, "output_size", None)
    return size if size is not None else nest.flatten(cell.state_size)[0]


class StackedRNNCells(RecurrentCell):
    """Several cells as one: at each step, the output of a cell is the input of the next.

    >>> import numpy as np
    >>> from pellucid.layers import LSTMCell, RNN
    >>> layer = RNN(StackedRNNCells([LSTMCell(4), LSTMCell(3)]))
    >>> layer(np.ones((2, 5, 1))).shape
    (2, 3)

    Use: several recurrent cells on each other in one `RNN`.
    Pros: one walk for all; states together.
    Cons: only the last cell's outputs can be had.
    """

    cells: Any = field(help="the cells, the first of which sees the input")

    def settle(self) -> None:
        if not isinstance(self.cells, list | tuple) or not self.cells:
            raise KindError("StackedRNNCells' cells must be a list of at least one cell",
                            got=shown(self.cells), where=user_line())
        self.cells = [check_cell(deserialize(each), self.label) for each in self.cells]
        self.state_size = [each.state_size for each in self.cells]
        self.output_size = output_size(self.cells[-1])

    def build(self, input_shape: Any) -> None:
        for cell in self.cells:
            build_cell(cell, input_shape)
            input_shape = (input_shape[0], output_size(cell))

    def get_initial_state(self, batch_size: int | None = None) -> Any:
        return [initial_state(cell, batch_size) for cell in self.cells]

    def stages(self, batch: int, training: bool) -> Stages:
        parts = [stages_of(cell, batch, training) for cell in self.cells]

        def step(z: Any, states: Any) -> tuple[Any, Any]:
            after = []
            for k, ((project, one), state) in enumerate(zip(parts, states, strict=True)):
                given = state if nest.is_nested(state) else [state]
                z, new = one(project(z) if k else z, given)
                after.append(nest.pack(state, nest.flatten(new)))
            return z, after

        return parts[0][0], step


def build_cell(cell: Any, input_shape: Any) -> None:
    """Make the weights of a cell, named after it."""
    if isinstance(cell, Layer) and not cell.built:
        with naming(cell):
            build_with(cell, {"input_shape": tuple(input_shape)})


def initial_state(cell: Any, batch_size: Any) -> Any:
    """The state before the first step: as the cell says, or zeros."""
    if hasattr(cell, "get_initial_state"):
        return cell.get_initial_state(batch_size=batch_size)
    return nest.map_structure(
        lambda n: zeros((batch_size, n), dtype=getattr(cell, "compute_dtype", None)),
        cell.state_size)
