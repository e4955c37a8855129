"""The long short-term memory: a cell with gates, and the recurrent layer made of it."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import concatenate, ones, split
from pellucid.core.tensor import Tensor
from pellucid.layers import recurrent_fields as shared
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages
from pellucid.random import SeedGenerator


class LSTMFields(Layer):
    """The hyper-parameters that `LSTM` and `LSTMCell` share."""

    units: int = shared.UNITS
    activation: Any = shared.MEMORY_ACTIVATION
    recurrent_activation: Any = shared.RECURRENT_ACTIVATION
    use_bias: bool = shared.USE_BIAS
    kernel_initializer: Any = shared.KERNEL_INITIALIZER
    recurrent_initializer: Any = shared.RECURRENT_INITIALIZER
    bias_initializer: Any = shared.BIAS_INITIALIZER
    unit_forget_bias: bool = shared.UNIT_FORGET_BIAS
    kernel_regularizer: Any = shared.KERNEL_REGULARIZER
    recurrent_regularizer: Any = shared.RECURRENT_REGULARIZER
    bias_regularizer: Any = shared.BIAS_REGULARIZER
    kernel_constraint: Any = shared.KERNEL_CONSTRAINT
    recurrent_constraint: Any = shared.RECURRENT_CONSTRAINT
    bias_constraint: Any = shared.BIAS_CONSTRAINT
    dropout: float = shared.DROPOUT
    recurrent_dropout: float = shared.RECURRENT_DROPOUT
    seed: Any = shared.SEED


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
        i &= σ(x W_i + h U_i + b_i) \\
        f &= σ(x W_f + h U_f + b_f) \\
        g &= φ(x W_g + h U_g + b_g) \\
        o &= σ(x W_o + h U_o + b_o) \\
        c' &= f \odot c + i \odot g \\
        h' &= o \odot φ(c')

    Shapes: ``(batch, inputs)`` → ``(batch, units)``, and so are h and c; W is ``(inputs,
    4·units)``, U ``(units, 4·units)``, b ``(4·units,)``, each with its columns in the order i, f,
    g, o (g is Keras's c). Called by itself in training, a cell draws new dropout masks at every
    call.

    >>> import numpy as np
    >>> h = c = np.zeros((1, 2), "float32")
    >>> output, (h, c) = LSTMCell(2)(np.ones((1, 3)), [h, c])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Use: an LSTM step by step, in `RNN` or a loop of one's own.
    Pros: the step itself is in one's hand.
    Cons: slower in a loop of one's own than `LSTM`, which computes the input's part for all steps
    at once.
    Source: S. Hochreiter and J. Schmidhuber (1997); forget gate by F. Gers et al. (2000).
    """

    implementation: int = shared.IMPLEMENTATION

    def settle(self) -> None:
        self.state_size, self.output_size = [self.units, self.units], self.units
        self.seed_generator = SeedGenerator(self.seed)


@RNN.register                                        # as in Keras, an LSTM is an RNN
class LSTM(LSTMFields, Recurrent):
    """A recurrent layer with a long memory: an `LSTMCell` walked along a sequence.

    Of its gates, which are shares between 0 and 1, i says how much is taken in, f how much is kept
    and o how much is shown; g is what is proposed, and c is the memory.

    Shapes: ``(batch, steps, inputs)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` h and c after the last step follow.

    Call arguments: ``initial_state`` (h and c before the first step), ``mask`` (``(batch,
    steps)``, false where a step is padding: the state stays as it is there), ``training``.

    >>> import numpy as np
    >>> output, h, c = LSTM(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
    >>> output.shape, c.shape, bool((output[:, -1].numpy() == h.numpy()).all())
    ((2, 5, 4), (2, 4), True)

    Use: sequences of tens to hundreds of steps: text, speech, measurements.
    Pros: gates keep what matters over many steps, so gradients vanish less.
    Cons: four times the weights of a simple recurrent layer; step after step, so long sequences are
    slow.
    Source: see `LSTMCell`.
    """

    return_sequences: bool = shared.RETURN_SEQUENCES
    return_state: bool = shared.RETURN_STATE
    go_backwards: bool = shared.GO_BACKWARDS
    stateful: bool = shared.STATEFUL
    unroll: bool = shared.UNROLL
    use_cudnn: Any = shared.USE_CUDNN
    zero_output_for_mask: bool = shared.ZERO_OUTPUT_FOR_MASK
    implementation: int = shared.IMPLEMENTATION

    def settle(self) -> None:
        same = {name: getattr(self, name) for name in LSTMFields.fields}
        self.prepare(LSTMCell(**same, implementation=self.implementation, name="lstm_cell",
                              dtype=self.dtype_policy, trainable=self.trainable))
        self.input_spec = InputSpec(ndim=3)
