"""The simple recurrent layer: the last output is an input of the next step, and that is all."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid import activations
from pellucid.atoms import zeros
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import recurrent_fields as shared
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages
from pellucid.random import SeedGenerator


class SimpleRNNFields(Layer):
    """The hyper-parameters that `SimpleRNN` and `SimpleRNNCell` share."""

    units: int = shared.UNITS
    activation: Any = field("tanh", get=activations.get, symbol="φ", help="of each output")
    use_bias: bool = shared.USE_BIAS
    kernel_initializer: Any = shared.KERNEL_INITIALIZER
    recurrent_initializer: Any = shared.RECURRENT_INITIALIZER
    bias_initializer: Any = shared.BIAS_INITIALIZER
    kernel_regularizer: Any = shared.KERNEL_REGULARIZER
    recurrent_regularizer: Any = shared.RECURRENT_REGULARIZER
    bias_regularizer: Any = shared.BIAS_REGULARIZER
    kernel_constraint: Any = shared.KERNEL_CONSTRAINT
    recurrent_constraint: Any = shared.RECURRENT_CONSTRAINT
    bias_constraint: Any = shared.BIAS_CONSTRAINT
    dropout: float = shared.DROPOUT
    recurrent_dropout: float = shared.RECURRENT_DROPOUT


class SimpleRNNCell(SimpleRNNFields, GatedCell):
    r"""One step of a simple recurrent layer: input and last output, weighed, added and squashed.

    .. math:: h' = φ(x W + h U + b)

    Shapes: ``(batch, inputs)`` → ``(batch, units)``, and so is h; W is ``(inputs, units)``, U
    ``(units, units)``, b ``(units,)``. Called by itself in training, a cell draws new dropout
    masks at every call.

    >>> import numpy as np
    >>> output, (h,) = SimpleRNNCell(2)(np.ones((1, 3)), [np.zeros((1, 2))])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Use: a step of a simple recurrent layer, in `RNN` or a loop of one's own.
    Pros: the step itself is in one's hand.
    Cons: slower in a loop of one's own than `SimpleRNN`.
    Source: J. Elman, "Finding structure in time" (1990).
    """

    seed: Any = shared.SEED
    implementation: ClassVar[int] = 2

    def settle(self) -> None:
        self.state_size = self.output_size = self.units
        self.seed_generator = SeedGenerator(self.seed)

    def masks(self, rate: float, shape: tuple[int, ...], training: bool) -> list[Tensor]:
        """As of other cells, but for rate 1: here (Keras's way) it does leave out all."""
        if training and rate == 1:
            return [zeros(shape, dtype=self.compute_dtype)]
        return super().masks(rate, shape, training)

    def stages(self, batch: int, training: bool) -> Stages:
        project, recall = self.projections(batch, training)
        φ = self.activation

        def step(z: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
            h, = states
            h = φ(z + recall(h))
            return h, [h]

        return project, step


@RNN.register                                        # as in Keras, a SimpleRNN is an RNN
class SimpleRNN(SimpleRNNFields, Recurrent):
    """The plain recurrent layer: a `SimpleRNNCell` walked along a sequence.

    Shapes: ``(batch, steps, inputs)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` h after the last step follows. It forgets fast:
    where something matters many steps later, `GRU` and `LSTM` learn better.

    Call arguments: ``initial_state`` (h before the first step), ``mask`` (``(batch, steps)``,
    false where a step is padding: the state stays as it is there), ``training``.

    >>> import numpy as np
    >>> layer = SimpleRNN(1, activation=None, kernel_initializer="ones",
    ...                   recurrent_initializer="ones", return_sequences=True)
    >>> layer(np.array([[[1.0], [2.0], [3.0]]])).numpy().tolist()
    [[[1.0], [3.0], [6.0]]]

    Use: short sequences, and teaching.
    Pros: few weights; easy to follow.
    Cons: forgets within some ten steps: gradients vanish or explode along the sequence.
    Source: see `SimpleRNNCell`.
    """

    return_sequences: bool = shared.RETURN_SEQUENCES
    return_state: bool = shared.RETURN_STATE
    go_backwards: bool = shared.GO_BACKWARDS
    stateful: bool = shared.STATEFUL
    unroll: bool = shared.UNROLL
    seed: Any = shared.SEED
    zero_output_for_mask: bool = shared.ZERO_OUTPUT_FOR_MASK

    def settle(self) -> None:
        same = {name: getattr(self, name) for name in SimpleRNNFields.fields}
        self.prepare(SimpleRNNCell(**same, seed=self.seed, name="simple_rnn_cell",
                                   dtype=self.dtype_policy, trainable=self.trainable))
        self.input_spec = InputSpec(ndim=3)
