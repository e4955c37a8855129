"""Spatial dropout: during training, whole channels are left out at random."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.windows import FORMATS
from pellucid.core import kinds
from pellucid.core.fields import field
from pellucid.core.settings import image_data_format
from pellucid.core.tensor import Tensor
from pellucid.layers.input_spec import InputSpec
from pellucid.layers.noisy import Noisy
from pellucid.random import dropout

RATE: Any = field(at_least=0, at_most=1, symbol="p", help="share of channels left out")
SEED: Any = field(None, kind=kinds.SEED, help="a whole number makes the masks repeatable")
DATA_FORMAT: Any = field(None, one_of=FORMATS, help='"channels_last" unless told')


class SpatialDropout(Noisy):
    """What dropout of whole channels c shares: :math:`y_c = m_c x_c / (1 - p)` while training.

    Use: dropout behind early convolutions, where neighbours are alike.
    Pros: whole channels go, so neighbours cannot tell what is missing.
    Cons: coarse where there are few channels.
    """

    rank = 0
    data_format = None                  # without a type: a field of the classes below
    rate: Any
    seed: Any

    def settle(self) -> None:
        self.data_format = self.data_format or image_data_format()
        self.input_spec = InputSpec(ndim=self.rank + 2)
        super().settle()

    def disturbed(self, inputs: Tensor) -> Tensor:
        space = (1,) * self.rank
        shape = (None, *space, None) if self.data_format == "channels_last" else (
            None, None, *space)
        return dropout(inputs, self.rate, noise_shape=shape, seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """As Keras writes it: what these layers do not take (``trainable``) is left out."""
        config = super().get_config()
        return {"name": self.name, "dtype": self.dtype,
                **{name: config[name] for name in type(self).fields}}


class SpatialDropout1D(SpatialDropout):
    """Leave out whole channels of a sequence: ``(batch, steps, channels)``.

    Each channel of each sample goes with probability ``rate`` while training, and the others are
    divided by 1 - rate. Where neighbouring steps are alike, `Dropout` of single numbers leaves
    out nothing that the neighbours do not tell; this does. The shape stays.

    >>> import numpy as np
    >>> y = SpatialDropout1D(0.5, seed=1)(np.ones((8, 3, 2)), training=True).numpy()
    >>> sorted(set(y.sum(axis=1).ravel().tolist()))
    [0.0, 6.0]

    Source: J. Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    rate: float = RATE
    seed: Any = SEED
    rank = 1


class SpatialDropout2D(SpatialDropout):
    """Leave out whole channels of an image: ``(batch, height, width, channels)``.

    Each channel of each sample goes with probability ``rate`` while training, and the others are
    divided by 1 - rate. To be used behind early convolutions, where neighbouring cells are alike.
    The shape stays.

    >>> import numpy as np
    >>> y = SpatialDropout2D(0.5, seed=1)(np.ones((8, 2, 2, 2)), training=True).numpy()
    >>> sorted(set(y.sum(axis=(1, 2)).ravel().tolist()))
    [0.0, 8.0]

    Source: J. Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    rate: float = RATE
    data_format: Any = DATA_FORMAT
    seed: Any = SEED
    rank = 2


class SpatialDropout3D(SpatialDropout):
    """Leave out whole channels of a volume: ``(batch, depth, height, width, channels)``.

    Each channel of each sample goes with probability ``rate`` while training, and the others are
    divided by 1 - rate. The shape stays.

    >>> import numpy as np
    >>> y = SpatialDropout3D(0.5, seed=1)(np.ones((8, 2, 2, 1, 2)), training=True).numpy()
    >>> sorted(set(y.sum(axis=(1, 2, 3)).ravel().tolist()))
    [0.0, 8.0]

    Source: J. Tompson et al., "Efficient object localization using convolutional networks" (2015).
    """

    rate: float = RATE
    data_format: Any = DATA_FORMAT
    seed: Any = SEED
    rank = 3
