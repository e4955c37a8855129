"""The simple recurrent layer: the last output is an input of the next step, and that is all."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import zeros
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages
from pellucid.random import SeedGenerator


class SimpleRNNFields(Layer):
    """The hyper-parameters that `SimpleRNN` and `SimpleRNNCell` share."""

    units: int = field(at_least=1, whole=True, help="length of the state and of the output")
    activation: Any = field("tanh", get=activations.get, symbol="φ", help="of each output")
    use_bias: bool = field(True, help="whether b is added")
    kernel_initializer: Any = field("glorot_uniform", get=initializers.get, help="first W")
    recurrent_initializer: Any = field("orthogonal", get=initializers.get, help="first U")
    bias_initializer: Any = field("zeros", get=initializers.get, help="first b")
    kernel_regularizer: Any = field(None, get=regularizers.get, help="penalty on W")
    recurrent_regularizer: Any = field(None, get=regularizers.get, help="penalty on U")
    bias_regularizer: Any = field(None, get=regularizers.get, help="penalty on b")
    kernel_constraint: Any = field(None, get=constraints.get, help="kept by W after each step")
    recurrent_constraint: Any = field(None, get=constraints.get, help="kept by U after each step")
    bias_constraint: Any = field(None, get=constraints.get, help="kept by b after each step")
    dropout: float = field(0.0, at_least=0, at_most=1, help="share of inputs left out, the same "
                           "at all steps")
    recurrent_dropout: float = field(0.0, at_least=0, at_most=1, help="share of the last output "
                                     "left out, the same at all steps")


class SimpleRNNCell(SimpleRNNFields, GatedCell):
    r"""One step of a simple recurrent layer: input and last output, weighed, added and squashed.

    .. math:: h' = φ(x W + h U + b)

    Shapes: x ``(batch, inputs)``, h ``(batch, units)``; W is ``(inputs, units)``, U ``(units,
    units)``, b ``(units,)``. Called by itself in training, a cell draws new dropout masks at every
    call.

    >>> import numpy as np
    >>> output, (h,) = SimpleRNNCell(2)(np.ones((1, 3)), [np.zeros((1, 2))])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Source: J. Elman, "Finding structure in time" (1990).
    """

    seed: Any = field(None, help="a whole number makes dropout repeatable")
    implementation: ClassVar[int] = 2

    def settle(self) -> None:
        self.units = int(self.units)
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

    Source: see `SimpleRNNCell`.
    """

    return_sequences: bool = field(False, help="give the output of every step, not of the last")
    return_state: bool = field(False, help="give the state after the last step as well")
    go_backwards: bool = field(False, help="walk from the last step to the first")
    stateful: bool = field(False, help="begin where the last call ended (until reset_state())")
    unroll: bool = field(False, help="write all steps out instead of looping over them")
    seed: Any = field(None, help="a whole number makes dropout repeatable")
    zero_output_for_mask: bool = field(False, help="give 0 at masked steps, not the last output")

    def settle(self) -> None:
        shared = {name: getattr(self, name) for name in SimpleRNNFields.fields}
        self.prepare(SimpleRNNCell(**shared, seed=self.seed, name="simple_rnn_cell",
                                   dtype=self.dtype_policy, trainable=self.trainable))
        self.units, self.input_spec = self.cell.units, InputSpec(ndim=3)
