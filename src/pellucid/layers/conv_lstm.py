"""The convolutional LSTM: a long memory at every place of a film or of a volume."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from pellucid.atoms import conv, reshape, zeros
from pellucid.atoms.windows import FORMATS
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.layers import recurrent_fields as shared
from pellucid.layers.base import Layer
from pellucid.layers.filtered import Filtered
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.lstm import MemoryCell
from pellucid.layers.recurrent import RNN, Recurrent
from pellucid.layers.recurrent_cells import masked_product
from pellucid.random import SeedGenerator


class ConvLSTMFields(Layer):
    """The hyper-parameters that `ConvLSTM` and `ConvLSTMCell` share."""

    filters: int = field(at_least=1, whole=True, help="number of states at each place")
    kernel_size: Any = field(help="the window: one number, or one for each axis of space")
    strides: Any = field(1, help="how far the window moves on the input; one number, or one for "
                         "each axis")
    padding: str = field("valid", help='"valid": inside only; "same": with zeros around, as many '
                         'outputs as inputs ÷ stride')
    data_format: Any = field(None, one_of=FORMATS, help='config.image_data_format() unless told')
    dilation_rate: Any = field(1, help="distance between the cells of a window on the input")
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


class ConvLSTMCell(ConvLSTMFields, MemoryCell, Filtered):
    r"""One step of a convolutional LSTM: an `LSTMCell` whose products are convolutions.

    .. math::
        i, f, g, o &= σ, σ, φ, σ \;(x \ast W + h \ast U + b) \\
        c' &= f \odot c + i \odot g \\
        h' &= o \odot φ(c')

    Shapes: x ``(batch, *space, channels)``, h and c ``(batch, *places, filters)``; W is ``(*size,
    channels, 4·filters)``, U ``(*size, filters, 4·filters)``, b ``(4·filters,)``, each with its
    last axis in the order i, f, g, o. W moves by ``strides``; U moves by 1 and has zeros around.

    >>> import numpy as np
    >>> h = c = np.zeros((1, 3, 3, 2), "float32")
    >>> output, (h, c) = ConvLSTMCell(2, 2, rank=2)(np.ones((1, 4, 4, 1)), [h, c])
    >>> output.shape, c.shape
    ((1, 3, 3, 2), (1, 3, 3, 2))

    Source: X. Shi et al., "Convolutional LSTM network" (2015).
    """

    rank: int = field(one_of=(1, 2, 3), help="number of axes of space")
    implementation: ClassVar[int] = 1                # each gate has dropout masks of its own

    def settle(self) -> None:
        super().settle()
        self.either_strides_or_dilation()
        self.state_size = [self.filters, self.filters]        # of each place
        self.seed_generator = SeedGenerator(self.seed)

    @property
    def gate_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else -1 - self.rank

    def shapes(self, input_shape: Any) -> tuple[Any, Any, Any]:
        channels, width = input_shape[self.channel_axis], self.gates * self.filters
        return ((*self.kernel_size, channels, width), (*self.kernel_size, self.filters, width),
                (width,))

    def build(self, input_shape: Any) -> None:
        if None in input_shape[1:]:
            raise ShapeError(f"{self.label} needs a known number of places and channels",
                             got=f"shape {tuple(input_shape)}", where=user_line(),
                             hint="give them in Input(...)")
        self.seen = tuple(input_shape[1:])               # the shapes of one input and one state
        self.kept = self.compute_output_shape(input_shape)[0][1:]
        super().build(input_shape)

    def compute_output_shape(self, inputs_shape: Any, states_shape: Any = None) -> Any:
        shape = self.arranged(inputs_shape[0], self.places(inputs_shape), self.filters)
        return shape, [shape, shape]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        return Layer.compute_output_spec(self, *args, **kwargs)      # space is known: no formula

    def get_initial_state(self, batch_size: int | None = None) -> Any:
        """Zeros at every place, for each sample."""
        return [zeros((batch_size, *self.kept), dtype=self.compute_dtype) for _ in range(2)]

    def projections(self, batch: int, training: bool) -> tuple[Any, Any]:
        """Two functions: x ∗ W + b for the input, h ∗ U for the last output."""
        W, U, b = self.kernel, self.recurrent_kernel, self.bias
        given = self.masks(self.dropout, (batch, *self.seen), training)
        again = self.masks(self.recurrent_dropout, (batch, *self.kept), training)
        moved = self.convolution(strides=self.strides, padding=self.padding,
                                 dilation_rate=self.dilation_rate)
        still = self.convolution(padding="same")

        def project(x: Any) -> Any:
            z = masked_product(x, W, given, moved, self.gate_axis)
            if b is None:
                return z
            return z + (b if self.gate_axis == -1 else reshape(b, (-1, *[1] * self.rank)))

        return project, lambda h: masked_product(h, U, again, still, self.gate_axis)

    def convolution(self, **how: Any) -> Callable[[Any, Any], Any]:
        """The function x, K ↦ x ∗ K for x with any number of axes before those of an image."""
        one = partial(conv, data_format=self.data_format, **how)

        def every(x: Any, kernel: Any) -> Any:
            before, image = x.shape[:-1 - self.rank], x.shape[-1 - self.rank:]
            y = one(reshape(x, (-1, *image)), kernel)
            return reshape(y, (*before, *y.shape[1:]))

        return every


@RNN.register                                        # as in Keras, a ConvLSTM is an RNN
class ConvLSTM(ConvLSTMFields, Recurrent):
    """What convolutional LSTMs over one, two and three axes share: a `ConvLSTMCell`'s steps.

    Call arguments: ``initial_state`` (h and c before the first step), ``mask`` (``(batch,
    steps)``, false where a step is padding: the state stays as it is there), ``training``.

    Use: films, weather maps and the like: what is remembered has a place.
    Pros: sees space and time at once; few weights, shared over space.
    Cons: slow: a convolution for each step, one after the other; much memory.
    """

    rank: ClassVar[int] = 0
    return_sequences: bool = shared.RETURN_SEQUENCES
    return_state: bool = shared.RETURN_STATE
    go_backwards: bool = shared.GO_BACKWARDS
    stateful: bool = shared.STATEFUL
    unroll: bool = shared.UNROLL
    zero_output_for_mask: bool = shared.ZERO_OUTPUT_FOR_MASK

    def settle(self) -> None:
        same = {name: getattr(self, name) for name in ConvLSTMFields.fields}
        self.prepare(ConvLSTMCell(**same, rank=self.rank, name="conv_lstm_cell",
                                  dtype=self.dtype_policy, trainable=self.trainable))
        for name in ("kernel_size", "strides", "padding", "data_format", "dilation_rate"):
            setattr(self, name, getattr(self.cell, name))    # in one form
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = InputSpec(shape=(None, None, *sequences_shape[2:]))


class ConvLSTM1D(ConvLSTM):
    """A convolutional LSTM over one axis of space: ``(batch, steps, places, channels)``.

    The output is ``(batch, new_places, filters)``, with ``return_sequences`` one for each step;
    with ``return_state`` h and c after the last step follow. It is for rows of sensors, or for
    spectra, that change with time.

    >>> import numpy as np
    >>> ConvLSTM1D(4, 3)(np.ones((2, 5, 10, 1))).shape
    (2, 8, 4)

    Source: see `ConvLSTM2D`.
    """

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """A convolutional LSTM over images: ``(batch, steps, height, width, channels)``.

    The output is ``(batch, new_height, new_width, filters)``, with ``return_sequences`` one for
    each step; with ``return_state`` h and c after the last step follow. It is for films: what it
    remembers has a place, and a place sees its neighbours.

    >>> import numpy as np
    >>> layer = ConvLSTM2D(4, 3, padding="same", return_sequences=True)
    >>> layer(np.ones((2, 5, 8, 8, 1))).shape
    (2, 5, 8, 8, 4)

    Source: X. Shi et al., "Convolutional LSTM network: a machine learning approach for
    precipitation nowcasting" (2015), without its peepholes.
    """

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """A convolutional LSTM in volumes: ``(batch, steps, depth, height, width, channels)``.

    The output is ``(batch, new_depth, new_height, new_width, filters)``, with
    ``return_sequences`` one for each step; with ``return_state`` h and c after the last step
    follow.

    >>> import numpy as np
    >>> ConvLSTM3D(2, 2)(np.ones((1, 3, 4, 4, 4, 1))).shape
    (1, 3, 3, 3, 2)

    Source: see `ConvLSTM2D`.
    """

    rank = 3
