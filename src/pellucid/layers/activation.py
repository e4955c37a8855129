"""Activations as layers of their own."""

from __future__ import annotations

from typing import Any

from pellucid import activations
from pellucid.atoms import where
from pellucid.core.errors import ShapeError, advise, user_line
from pellucid.core.field import check
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.layers.scale_and_shift import one_or_several

LOW = -1e9                              # a score so low that its share is 0


class Activation(Layer):
    r"""Apply an activation to every number: :math:`y = φ(x)`; the shape stays.

    >>> import numpy as np
    >>> Activation("relu")(np.array([[-1.0, 2.0]])).numpy()
    array([[0., 2.]], dtype=float32)

    Use: an activation at a place of its own, such as behind a batch normalization.
    Pros: any function by its name; the layer before can be looked at without it.
    Cons: one more layer where ``activation=`` of the layer before would do.
    """

    activation: Any = field(get=activations.get, symbol="φ", help="a name or a function")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return self.activation(inputs)


class ReLU(Layer):
    """Pass what is positive, stop the rest: y = max(0, x); the shape stays.

    In full: ``max_value`` above it, x from the threshold on, negative_slope · (x - threshold)
    below.

    >>> import numpy as np
    >>> ReLU(max_value=3.0, negative_slope=0.5)(np.array([[-2.0, 1.0, 9.0]])).numpy()
    array([[-1.,  1.,  3.]], dtype=float32)

    Use: ReLU with a ceiling, a slope on the left or a threshold; otherwise ``activation="relu"`` is
    enough.
    Pros: cheap; does not saturate on the right.
    Cons: units may die: a slope of 0 for all samples.
    Source: K. Fukushima, 1969; V. Nair and G. Hinton, 2010.
    """

    max_value: Any = field(None, at_least=0, help="a ceiling; None for none")
    negative_slope: float = field(0.0, at_least=0, help="slope below the threshold")
    threshold: float = field(0.0, at_least=0, help="where the kink is")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return activations.relu(inputs, negative_slope=self.negative_slope,
                                max_value=self.max_value, threshold=self.threshold)


class ELU(Layer):
    r"""The identity on the right, an exponential on the left: y = x or :math:`α (e^x - 1)`.

    It levels off at -α, so that outputs have a mean nearer to 0 than a ReLU's; the shape stays.

    >>> import numpy as np
    >>> ELU(alpha=2.0)(np.array([[-1000.0, 3.0]])).numpy().tolist()
    [[-2.0, 3.0]]

    Use: hidden layers where ReLU units die; otherwise ``activation="elu"`` is enough.
    Pros: no unit dies; outputs have a mean nearer to 0.
    Cons: an exponential for each number; saturates on the left.
    Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, 2015.
    """

    alpha: float = field(1.0, symbol="α", help="how far down it goes")
    supports_masking = True

    def settle(self) -> None:
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return activations.elu(inputs, alpha=self.alpha)


class Leaky(Layer):
    """What a `LeakyReLU` may be told besides its fields: ``alpha``, its slope's old name."""

    def __init__(self, *, alpha: float | None = None, activity_regularizer: Any = None,
                 trainable: bool = True, dtype: Any = None, autocast: bool = True,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=activity_regularizer, trainable=trainable,
                         dtype=dtype, autocast=autocast, name=name, **kwargs)
        self._alpha = check(type(self).__name__, "alpha", alpha, at_least=0)


class LeakyReLU(Leaky):
    """As ReLU, but a little passes on the left as well: y = x if x ≥ 0, else negative_slope · x.

    So no unit can die: there is a slope everywhere. The shape stays. ``alpha``, the old name of
    ``negative_slope``, still works, with a warning.

    >>> import numpy as np
    >>> LeakyReLU(negative_slope=0.25)(np.array([[-2.0, 3.0]])).numpy().tolist()
    [[-0.5, 3.0]]

    Use: hidden layers where ReLU units die. Lecture notes take a slope of 0.01; Keras's default,
    kept here, is 0.3.
    Pros: no unit dies; cheap.
    Cons: one more number to choose; not always better than ReLU.
    Source: A. Maas, A. Hannun and A. Ng, 2013.
    """

    negative_slope: float = field(0.3, at_least=0, help="slope on the left")
    supports_masking = True

    def settle(self) -> None:
        if self._alpha is not None:
            advise("LeakyReLU's alpha is called negative_slope now")
            self.negative_slope = self._alpha
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)


class Softmax(Layer):
    r"""Scores become shares that add up to 1: :math:`y_i = e^{x_i} / \sum_j e^{x_j}` along an axis.

    With several axes, all numbers along them add up to 1 together. Call arguments: ``mask``, true
    (or above 0.5) where an entry counts, in a shape that broadcasts to the input's; the others get
    the share 0. The shape stays.

    >>> import numpy as np
    >>> Softmax()(np.zeros((1, 3)), mask=np.array([[True, True, False]])).numpy().tolist()
    [[0.5, 0.5, 0.0]]

    Use: the shares of scores with a mask; otherwise ``activation="softmax"`` is enough.
    Pros: entries that do not count get no share at all.
    Cons: saturates where one score leads by far.
    Source: J. Bridle, 1990.
    """

    axis: Any = field(-1, help="the axis along which shares add up to 1, or a list of axes")
    supports_masking = True

    def settle(self) -> None:
        self.axis = one_or_several(self.axis, "Softmax's axis")
        self.built = True

    def call(self, inputs: Tensor, mask: Any = None) -> Tensor:
        if mask is None:
            return activations.softmax(inputs, axis=self.axis)
        self._check(mask.shape, inputs.shape)
        counts = mask if mask.dtype == "bool" else mask > 0.5
        y = activations.softmax(where(counts, inputs, LOW), axis=self.axis)
        return where(counts, y, 0)                       # also where no entry counts

    def _check(self, mask: Any, shape: Any) -> None:
        fits = len(mask) <= len(shape) and all(
            m in (1, n) for m, n in zip(reversed(mask), reversed(shape), strict=False))
        if not fits:
            raise ShapeError(f"{self.label} needs a mask that broadcasts to its input's shape "
                             f"{tuple(shape)}", got=f"shape {tuple(mask)}", where=user_line())
