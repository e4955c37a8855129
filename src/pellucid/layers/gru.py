"""The gated recurrent unit: a cell with two gates, and the recurrent layer made of it."""

from __future__ import annotations

from typing import Any

from pellucid import activations, constraints, initializers, regularizers
from pellucid.atoms import split
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import GatedCell, Stages, affine
from pellucid.random import SeedGenerator


class GRUFields(Layer):
    """The hyper-parameters that `GRU` and `GRUCell` share."""

    units: int = field(at_least=1, whole=True, help="length of the state and of the output")
    activation: Any = field("tanh", get=activations.get, symbol="φ", help="of what is proposed")
    recurrent_activation: Any = field("sigmoid", get=activations.get, symbol="σ",
                                      help="of the gates")
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


class GRUCell(GRUFields, GatedCell):
    r"""One step of a gated recurrent unit: h stays where z is 1, and becomes n where z is 0.

    .. math::
        z, r &= σ(x W_{z,r} + b_{z,r} + h U_{z,r} + β_{z,r}) \\
        n &= φ(x W_n + b_n + r \odot (h U_n + β_n)) \\
        h' &= z \odot h + (1 - z) \odot n

    With ``reset_after=False`` r comes before the product, as in the first paper: it is
    :math:`(r \odot h) U_n`, and there is no β. Shapes: x ``(batch, inputs)``, h ``(batch,
    units)``; W is ``(inputs, 3·units)``, U ``(units, 3·units)``, each with its columns in the
    order z, r, n; the bias ``(2, 3·units)`` holds b and β, or is ``(3·units,)`` without β. Called
    by itself in training, a cell draws new dropout masks at every call.

    >>> import numpy as np
    >>> output, (h,) = GRUCell(2)(np.ones((1, 3)), [np.zeros((1, 2))])
    >>> output.shape, bool((output.numpy() == h.numpy()).all())
    ((1, 2), True)

    Source: K. Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014).
    """

    reset_after: bool = field(True, help="whether r comes after the product with U, or before it")
    seed: Any = field(None, help="a whole number makes dropout repeatable")
    implementation: int = field(2, one_of=(1, 2), help="1 draws a dropout mask for each gate")
    gates = 3

    def settle(self) -> None:
        self.units = int(self.units)
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

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("implementation")                 # Keras writes none
        return config


@RNN.register                                        # as in Keras, a GRU is an RNN
class GRU(GRUFields, Recurrent):
    """A recurrent layer with gates and one state: a `GRUCell` walked along a sequence.

    Shapes: ``(batch, steps, inputs)`` → ``(batch, units)``, or ``(batch, steps, units)`` with
    ``return_sequences``; with ``return_state`` h after the last step follows. It has three
    quarters of an `LSTM`'s weights and is often as good.

    Call arguments: ``initial_state`` (h before the first step), ``mask`` (``(batch, steps)``,
    false where a step is padding: the state stays as it is there), ``training``.

    >>> import numpy as np
    >>> output, h = GRU(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
    >>> output.shape, h.shape, bool((output[:, -1].numpy() == h.numpy()).all())
    ((2, 5, 4), (2, 4), True)

    Source: see `GRUCell`.
    """

    seed: Any = field(None, help="a whole number makes dropout repeatable")
    return_sequences: bool = field(False, help="give the output of every step, not of the last")
    return_state: bool = field(False, help="give the state after the last step as well")
    go_backwards: bool = field(False, help="walk from the last step to the first")
    stateful: bool = field(False, help="begin where the last call ended (until reset_state())")
    unroll: bool = field(False, help="write all steps out instead of looping over them")
    reset_after: bool = field(True, help="whether r comes after the product with U, or before it")
    use_cudnn: Any = field("auto", one_of=("auto", True, False), help="kept for Keras: engines "
                           "choose their own kernels")
    zero_output_for_mask: bool = field(False, help="give 0 at masked steps, not the last output")
    implementation: int = field(2, one_of=(1, 2), help="1 draws a dropout mask for each gate")

    def settle(self) -> None:
        shared = {name: getattr(self, name) for name in (
            *GRUFields.fields, "reset_after", "seed", "implementation")}
        self.prepare(GRUCell(**shared, name="gru_cell", dtype=self.dtype_policy,
                             trainable=self.trainable))
        self.units, self.input_spec = self.cell.units, InputSpec(ndim=3)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {name: value for name, value in config.items()
                if name not in ("use_cudnn", "implementation")}          # Keras writes neither
