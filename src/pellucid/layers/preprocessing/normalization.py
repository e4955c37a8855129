"""Normalization: features are brought to mean 0 and variance 1, learnt from data once."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from pellucid.atoms import cast, maximum, reshape, sqrt
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    KindError,
    PellucidWarning,
    ShapeError,
    user_line,
)
from pellucid.core.field import check
from pellucid.core.kinds import AXES, TRUTH, VALUES
from pellucid.core.names import inside
from pellucid.core.settings import epsilon
from pellucid.core.tensor import Tensor, convert
from pellucid.layers.base import Layer
from pellucid.layers.building import build_with
from pellucid.layers.preprocessing.adapting import batches_of

Shape = tuple[int | None, ...]


class Normalization(Layer):
    r"""Shift and scale each feature to mean 0 and variance 1.

    .. math:: y = \frac{x - μ}{\max(σ, ε)}

    μ and σ² are learnt by ``adapt(data)``, before training, or given as ``mean`` and ``variance``;
    training leaves them alone. With ``invert`` the layer does the opposite, y = x · max(σ, ε) + μ.
    The shape stays.

    Arguments: ``axis`` (each index along this axis, or these axes, has its own μ and σ²; None for
    one pair for all), ``mean`` and ``variance`` (both or none), ``invert``. Raises ArgumentError
    where they don't fit together, ShapeError for data of another shape than the layer was built
    for, KindError and DataError for data without numbers.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0, 7.0], [2.0, 9.0]]))
    >>> layer(np.array([[2.0, 7.0]])).numpy()
    array([[ 1., -1.]], dtype=float32)

    A feature that never changes has σ = 0 and becomes 0. For rows that all are a single number
    use ``axis=None``: ``axis=-1`` would take each row for a feature of its own.

    Use: the first layer of nearly every model on numbers.
    Pros: all features count alike at the start, so learning is faster; saved with the model.
    Cons: outliers decide the scale; needs a look at the data first (``adapt``).
    """

    supports_masking = True

    def __init__(self, axis: Any = -1, mean: Any = None, variance: Any = None,
                 invert: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        owner = type(self).__name__
        if axis not in (None, (), []):
            check(owner, "axis", axis, kind=AXES)
        self.axis = () if axis is None else (axis,) if isinstance(axis, int) else tuple(axis)
        self.input_mean = check(owner, "mean", mean, kind=VALUES)
        self.input_variance = check(owner, "variance", variance, kind=VALUES)
        self.invert = bool(check(owner, "invert", invert, kind=TRUTH))
        self._built_for: Shape | None = None
        self._given_moments: tuple[Tensor, Tensor] | None = None
        self._check_given()

    def _check_given(self) -> None:
        μ, σ2 = self.input_mean, self.input_variance
        if (μ is None) != (σ2 is None):
            raise ArgumentError("Normalization needs both mean and variance, or neither",
                                got=f"mean={μ} and variance={σ2}", where=user_line())
        if μ is None:
            return
        if np.shape(μ) != np.shape(σ2):
            raise ShapeError("mean and variance must have the same shape",
                             got=f"{np.shape(μ)} and {np.shape(σ2)}", where=user_line())
        if np.ndim(μ) > len(self.axis):
            raise ShapeError(f"mean can have at most {len(self.axis)} axes, those of axis="
                             f"{self.axis}", got=f"shape {np.shape(μ)}", where=user_line())
        if np.any(np.asarray(σ2) < 0):
            raise ArgumentError("a variance must be at least 0", got=σ2, where=user_line())

    def build(self, input_shape: Any) -> None:
        shape, rank = tuple(input_shape), len(input_shape)
        if any(not -rank <= a < rank for a in self.axis):
            raise ShapeError(f"{self.label} normalizes axis {self.axis}", got=f"shape {shape}")
        self._kept = tuple(sorted(a % rank for a in self.axis))
        for a in self._kept:
            if shape[a] is None:
                raise ShapeError(f"{self.label} needs to know the size of axis {a}",
                                 got=f"shape {shape}")
        self._built_for = shape
        self._along = tuple(n if a in self._kept else 1 for a, n in enumerate(shape))
        if self.input_mean is not None:
            self._given_moments = self._spread(self.input_mean), self._spread(self.input_variance)
            return
        sizes = tuple(shape[a] for a in self._kept)
        self.adapt_mean = self.add_weight(sizes, "zeros", name="mean", trainable=False)
        self.adapt_variance = self.add_weight(sizes, "ones", name="variance", trainable=False)
        self.count = self.add_weight((), "zeros", dtype="int32", name="count", trainable=False)

    def _spread(self, given: Any) -> Tensor:
        """A given mean or variance along the kept axes, from the right."""
        values = np.asarray(given)
        shape = [1] * len(self._along)
        for size, a in zip(reversed(values.shape), reversed(self._kept), strict=False):
            shape[a] = size
        try:
            spread = np.broadcast_to(values.reshape(shape), self._along)
        except ValueError:
            raise ShapeError(f"{self.label} has a mean of shape {values.shape}",
                             got=f"inputs of shape {self._built_for}") from None
        return convert(spread.astype(self.compute_dtype))

    @property
    def mean(self) -> Tensor | None:
        """μ, in a shape that fits the inputs; None before the layer is built."""
        return self._moments()[0] if self._built_for is not None else None

    @property
    def variance(self) -> Tensor | None:
        """σ², in a shape that fits the inputs; None before the layer is built."""
        return self._moments()[1] if self._built_for is not None else None

    def _moments(self) -> tuple[Tensor, Tensor]:
        if self._given_moments is not None:
            return self._given_moments
        μ, σ2 = (cast(reshape(each.value, self._along), dtype=self.compute_dtype)
                 for each in (self.adapt_mean, self.adapt_variance))
        return μ, σ2

    def call(self, inputs: Tensor) -> Tensor:
        μ, σ2 = self._moments()
        σ = maximum(sqrt(σ2), epsilon())
        x = cast(inputs, dtype=self.compute_dtype)
        return x * σ + μ if self.invert else (x - μ) / σ

    def adapt(self, data: Any) -> None:
        """Learn μ and σ² from an array, a frame, or batches (a generator, a `PyDataset`, …)."""
        if self.input_mean is not None:
            raise ArgumentError(f"{self.label} was given its mean and variance, so there is "
                                "nothing to adapt", where=user_line())
        μ, σ2, n = np.float64(0), np.float64(0), 0
        for batch in batches_of(data, self.label):
            x = self._numbers(batch)
            self._build_on(x.shape)
            others = tuple(a for a in range(x.ndim) if a not in self._kept)
            # T. F. Chan et al., "Updating formulae ... for computing sample variances" (1979)
            batch_n = math.prod(x.shape[a] for a in others)
            if batch_n == 0:
                continue
            share = batch_n / (n + batch_n)
            batch_μ, batch_σ2 = x.mean(axis=others), x.var(axis=others)
            σ2 = σ2 * (1 - share) + batch_σ2 * share + (batch_μ - μ)**2 * share * (1 - share)
            μ, n = μ + (batch_μ - μ) * share, n + batch_n
        if n == 0:
            raise DataError(f"{self.label}.adapt got no rows", where=user_line())
        if not (np.isfinite(μ).all() and np.isfinite(σ2).all()):
            warnings.warn(f"{self.label}.adapt found NaN or infinite values in the data: the "
                          "features that hold them will be NaN.", PellucidWarning, stacklevel=2)
        self.adapt_mean.assign(μ)
        self.adapt_variance.assign(σ2)

    def _numbers(self, batch: np.ndarray) -> np.ndarray:
        try:
            return batch.astype(np.float64)
        except (TypeError, ValueError):
            raise KindError(f"{self.label}.adapt needs numbers", where=user_line(),
                            got=f"{batch.ravel()[:1].tolist()}", hint="strings go through "
                            "StringLookup, missing values must be filled first") from None

    def _build_on(self, shape: tuple[int, ...]) -> None:
        if not self.built:
            with inside(self.name):
                build_with(self, {"input_shape": shape})
        expected = self._built_for or ()
        if len(shape) != len(expected) or any(shape[a] != expected[a] for a in self._kept):
            raise ShapeError(f"{self.label} was built for shape {expected}",
                             got=f"data of shape {shape} in adapt", where=user_line())

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        def plain(value: Any) -> Any:
            return None if value is None else np.asarray(value).tolist()
        return {**super().get_config(), "axis": list(self.axis), "invert": self.invert,
                "mean": plain(self.input_mean), "variance": plain(self.input_variance)}

    def get_build_config(self) -> dict[str, Any] | None:
        return None if self._built_for is None else {"input_shape": self._built_for}
