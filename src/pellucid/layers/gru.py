"""The gated recurrent unit: a cell with two gates, and the recurrent layer made of it."""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.atoms import split
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import recurrent_fields as shared
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages, affine
from pellucid.random import SeedGenerator


class GRUFields(Layer):
    """The hyper-parameters that `GRU` and `GRUCell` share."""

    units: int = shared.UNITS
    activation: Any = field("tanh", get=activations.get, symbol="φ", help="of what is proposed")
    recurrent_activation: Any = shared.RECURRENT_ACTIVATION
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


class GRUCell(GRUFields, GatedCell):
    r"""One step of a gated recurrent unit: h stays where z is 1, and becomes n where z is 0.

    .. math::
        z &= σ(x W_z + b_z + h U_z + β_z) \\
        r &= σ(x W_r + b_r + h U_r + β_r) \\
        n &= φ(x W_n + b_n + r \odot (h U_n + β_n)) \\
        h' &= z \odot h + (1 - z) \odot n

    With ``reset_after=False`` r comes before the product, as in the first paper: it is
    :math:`(r \odot h) U_n`, and there is no β.

    Shapes: ``(batch, inputs)`` → ``(batch, units)``, and so is h; W is ``(inputs, 3·units)``, U
    ``(units, 3·units)``, each with its columns in the order z, r, n; the bias ``(2, 3·units)``
    holds b and β, or is ``(3·units,)`` without β. Called by itself in training, a cell draws new
    dropout masks at every call.

    >>> import numpy as np
    >>> output, (h,) = GRUCell(2)(np.ones((1, 3)), [np.zeros((1, 2))])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Use: a GRU step by step, in `RNN` or a loop of one's own.
    Pros: the step itself is in one's hand.
    Cons: slower in a loop of one's own than `GRU`, which computes the input's part for all steps at
    once.
    Source: K. Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014).
    """

    reset_after: bool = shared.RESET_AFTER
    seed: Any = shared.SEED
    implementation: int = shared.IMPLEMENTATION
    gates = 3

    def settle(self) -> None:
        self.state_size = self.output_size = self.units
        self.seed_generator = SeedGenerator(self.seed)

    def shapes(self, input_shape: Any) -> tuple[Any, Any, Any]:
        W, U, b = super().shapes(input_shape)
        return W, U, (2, *b) if self.reset_after else b

    def stages(self, batch: int, training: bool) -> Stages:
        W, U, b, units = self.kernel, self.recurrent_kernel, self.bias, self.units
        given = self.masks(self.dropout, (batch, W.shape[0]), training)
        kept = self.masks(self.recurrent_dropout, (batch, units), training)
        σ, φ, after = self.recurrent_activation, self.activation, self.reset_after
        b, β = (b[0], b[1]) if after and b is not None else (b, None)
        recall = affine(U, β, kept) if after else affine(U[:, :2 * units], None, kept[:2])
        propose = None if after else affine(U[:, 2 * units:], None, kept[2:])

        def step(a: Tensor, states: Any) -> tuple[Tensor, list[Tensor]]:
            h, = states
            a_z, a_r, a_n = split(a, 3, axis=-1)
            u_z, u_r, *u_n = split(recall(h), 2 if propose else 3, axis=-1)
            z, r = σ(a_z + u_z), σ(a_r + u_r)
            n = φ(a_n + (propose(r * h) if propose else r * u_n[0]))
            h = z * h + (1 - z) * n
            return h, [h]

        return affine(W, b, given), step


@RNN.register                                        # as in Keras, a GRU is an RNN
class GRU(GRUFields, Recurrent):
    """A recurrent layer with gates and one state: a `GRUCell` walked along a sequence.

    Of its gates, which are shares between 0 and 1, z says how much of h is kept, and r how much of
    it counts for n, which is what is proposed.

    Shapes: ``(batch, steps, inputs)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` h after the last step follows. It has three
    quarters of an `LSTM`'s weights and is often as good.

    Call arguments: ``initial_state`` (h before the first step), ``mask`` (``(batch, steps)``,
    false where a step is padding: the state stays as it is there), ``training``.

    >>> import numpy as np
    >>> output, h = GRU(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
    >>> output.shape, h.shape, bool((output[:, -1].numpy() == h.numpy()).all())
    ((2, 5, 4), (2, 4), True)

    Use: sequences of tens to hundreds of steps, with few data.
    Pros: remembers over many steps; three quarters of an LSTM's weights.
    Cons: step after step, so long sequences are slow; forgets over thousands of steps.
    Source: see `GRUCell`.
    """

    seed: Any = shared.SEED
    return_sequences: bool = shared.RETURN_SEQUENCES
    return_state: bool = shared.RETURN_STATE
    go_backwards: bool = shared.GO_BACKWARDS
    stateful: bool = shared.STATEFUL
    unroll: bool = shared.UNROLL
    reset_after: bool = shared.RESET_AFTER
    use_cudnn: Any = shared.USE_CUDNN
    zero_output_for_mask: bool = shared.ZERO_OUTPUT_FOR_MASK
    implementation: int = shared.IMPLEMENTATION

    def settle(self) -> None:
        same = {name: getattr(self, name) for name in (
            *GRUFields.fields, "reset_after", "seed", "implementation")}
        self.prepare(GRUCell(**same, name="gru_cell", dtype=self.dtype_policy,
                             trainable=self.trainable))
        self.input_spec = InputSpec(ndim=3)
