"""The long short-term memory: a cell with gates, and the recurrent layer made of it."""

from __future__ import annotations

from typing import Any

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import concatenate, ones, split
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages
from pellucid.random import SeedGenerator


class LSTMFields(Layer):
    """The hyper-parameters that `LSTM` and `LSTMCell` share."""

    units: int = field(at_least=1, whole=True, help="length of the state and of the output")
    activation: Any = field("tanh", get=activations.get, symbol="φ", help="of what is taken in "
                            "and of what is given out")
    recurrent_activation: Any = field("sigmoid", get=activations.get, symbol="σ",
                                      help="of the gates")
    use_bias: bool = field(True, help="whether b is added")
    kernel_initializer: Any = field("glorot_uniform", get=initializers.get, help="first W")
    recurrent_initializer: Any = field("orthogonal", get=initializers.get, help="first U")
    bias_initializer: Any = field("zeros", get=initializers.get, help="first b")
    unit_forget_bias: bool = field(True, help="whether the forget gate's b begins at 1")
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
    seed: Any = field(None, help="a whole number makes dropout repeatable")


class MemoryCell(GatedCell):
    """What cells with a memory c beside the output h share: the gates i, f, o, and g taken in."""

    gates = 4

    @property
    def gate_axis(self) -> int:
        """The axis on which the gates lie side by side."""
        return -1

    def first_bias(self: Any, shape: Any, dtype: Any = None) -> Tensor:
        first, n = self.bias_initializer, shape[0] // self.gates
        if not self.unit_forget_bias:
            return first(shape, dtype=dtype)
        return concatenate([first((n,), dtype=dtype), ones((n,), dtype=dtype),
                            first((2 * n,), dtype=dtype)])

    def stages(self: Any, batch: int, training: bool) -> Stages:
        project, recall = self.projections(batch, training)
        σ, φ, axis = self.recurrent_activation, self.activation, self.gate_axis

        def step(z: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
            h, c = states
            i, f, g, o = split(z + recall(h), 4, axis=axis)
            c = σ(f) * c + σ(i) * φ(g)
            h = σ(o) * φ(c)
            return h, [h, c]

        return project, step


class LSTMCell(LSTMFields, MemoryCell):
    r"""One step of a long short-term memory: gates decide what is kept, taken in and shown.

    .. math::
        i, f, g, o &= σ, σ, φ, σ \;(x W + h U + b) \\
        c' &= f \odot c + i \odot g \\
        h' &= o \odot φ(c')

    Shapes: x ``(batch, inputs)``, h and c ``(batch, units)``; W is ``(inputs, 4·units)``, U
    ``(units, 4·units)``, b ``(4·units,)``, each with its columns in the order i, f, g, o (g is
    Keras's c). Called by itself in training, a cell draws new dropout masks at every call.

    >>> import numpy as np
    >>> h = c = np.zeros((1, 2), "float32")
    >>> output, (h, c) = LSTMCell(2)(np.ones((1, 3)), [h, c])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Source: S. Hochreiter and J. Schmidhuber (1997); forget gate by F. Gers et al. (2000).
    """

    implementation: int = field(2, one_of=(1, 2), help="1 draws a dropout mask for each gate")

    def settle(self) -> None:
        self.units = int(self.units)
        self.state_size, self.output_size = [self.units, self.units], self.units
        self.seed_generator = SeedGenerator(self.seed)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("implementation")                 # Keras writes none
        return config


@RNN.register                                        # as in Keras, an LSTM is an RNN
class LSTM(LSTMFields, Recurrent):
    """A recurrent layer with a long memory: an `LSTMCell` walked along a sequence.

    Shapes: ``(batch, steps, inputs)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` h and c after the last step follow.

    Call arguments: ``initial_state`` (h and c before the first step), ``mask`` (``(batch,
    steps)``, false where a step is padding: the state stays as it is there), ``training``.

    >>> import numpy as np
    >>> output, h, c = LSTM(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
    >>> output.shape, c.shape, bool((output[:, -1].numpy() == h.numpy()).all())
    ((2, 5, 4), (2, 4), True)

    Source: see `LSTMCell`.
    """

    return_sequences: bool = field(False, help="give the output of every step, not of the last")
    return_state: bool = field(False, help="give the states after the last step as well")
    go_backwards: bool = field(False, help="walk from the last step to the first")
    stateful: bool = field(False, help="begin where the last call ended (until reset_state())")
    unroll: bool = field(False, help="write all steps out instead of looping over them")
    use_cudnn: Any = field("auto", one_of=("auto", True, False), help="kept for Keras: engines "
                           "choose their own kernels")
    zero_output_for_mask: bool = field(False, help="give 0 at masked steps, not the last output")
    implementation: int = field(2, one_of=(1, 2), help="1 draws a dropout mask for each gate")

    def settle(self) -> None:
        shared = {name: getattr(self, name) for name in LSTMFields.fields}
        self.prepare(LSTMCell(**shared, implementation=self.implementation, name="lstm_cell",
                              dtype=self.dtype_policy, trainable=self.trainable))
        self.units, self.input_spec = self.cell.units, InputSpec(ndim=3)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {name: value for name, value in config.items()
                if name not in ("use_cudnn", "implementation")}          # Keras writes neither
