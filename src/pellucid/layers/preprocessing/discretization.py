"""Discretization: numbers to the number of the interval in which they lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import cast, expand_dims, less, logical_not, sum
from pellucid.core.errors import ArgumentError, DataError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor, convert
from pellucid.layers.base import Layer
from pellucid.layers.preprocessing.adapting import batches_of
from pellucid.layers.preprocessing.category_encoding import encoded, encoded_shape, refuse_sparse
from pellucid.layers.preprocessing.quantiles import EMPTY, boundaries, merged, summarized

MODES = ("int", "one_hot", "multi_hot", "count")


def boundaries_of(given: Any) -> list[float] | None:
    """Boundaries as a list of numbers in order; an empty one leaves a single interval."""
    if given is None:
        return None
    try:
        values = np.asarray(given, np.float64)
    except (TypeError, ValueError):
        raise KindError("bin_boundaries must be a list of numbers", got=repr(given),
                        where=user_line()) from None
    if values.ndim != 1 or not (values[1:] >= values[:-1]).all():
        raise ArgumentError("bin_boundaries must be a list of numbers, the smallest first",
                            got=repr(given), where=user_line())
    return values.tolist()


class Discretization(Layer):
    r"""Numbers to the number of the interval in which they lie.

    .. math:: i(x) = \#\{b : x \ge b\}

    With boundaries 0, 1, 2 the intervals are x < 0, 0 ≤ x < 1, 1 ≤ x < 2 and x ≥ 2. The boundaries
    are given as ``bin_boundaries``, or learnt by ``adapt(data)`` so that ``num_bins`` intervals
    hold equally many numbers, nearly: ``epsilon`` is the share by which they may differ.

    ``output_mode`` "int" keeps the shape; "one_hot", "multi_hot" and "count" give vectors as
    `CategoryEncoding` does. Use it where the effect of a number is neither straight nor smooth, as
    that of an age or an hour.

    >>> Discretization([0.0, 1.0, 2.0])(np.array([[-1.5, 1.0, 3.4, 0.5]])).numpy().tolist()
    [[0, 2, 3, 1]]
    >>> layer = Discretization(num_bins=4, epsilon=0.01)
    >>> layer.adapt(np.arange(1.0, 101.0))
    >>> [round(b, 3) for b in layer.bin_boundaries]
    [25.0, 50.0, 75.0]

    Use: numbers whose effect is neither straight nor smooth, such as an age or an hour.
    Pros: any shape of effect can be learned; outliers do no harm.
    Cons: what lies within an interval is lost, and that intervals are neighbours.
    """

    bin_boundaries: Any = field(None, get=boundaries_of, help="where the next interval begins")
    num_bins: int | None = field(None, at_least=1, whole=True, help="intervals that adapt makes")
    epsilon: float = field(0.01, above=0, at_most=1, help="how exact adapt is; smaller is slower")
    output_mode: str = field("int", one_of=MODES, help="numbers, or vectors of which kind")
    sparse: bool = field(False, help="sparse tensors do not exist here")

    def settle(self) -> None:
        refuse_sparse(self)
        if (self.bin_boundaries is None) == (self.num_bins is None):
            raise ArgumentError("Discretization needs either bin_boundaries or num_bins",
                                got=f"bin_boundaries={self.bin_boundaries} and "
                                f"num_bins={self.num_bins}", where=user_line())
        self.built = True

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the boundaries: quantiles of all numbers of the data, whatever their shape.

        ``data`` is an array, a list, a frame, or batches of them, of which ``steps`` are read.
        """
        if self.num_bins is None:
            raise ArgumentError(f"{self.label} was given its bin_boundaries, so there is nothing "
                                "to adapt", where=user_line())
        summary = EMPTY
        for batch in batches_of(data, self.label, steps):
            summary = merged(summarized(self._numbers(batch), self.epsilon), summary, self.epsilon)
        if not summary.size:
            raise DataError(f"{self.label}.adapt got no numbers", where=user_line())
        self.bin_boundaries = boundaries(summary, self.num_bins)

    def _numbers(self, batch: np.ndarray) -> np.ndarray:
        try:
            values = batch.astype(np.float32)
        except (TypeError, ValueError):
            raise KindError(f"{self.label}.adapt needs numbers",
                            got=f"{batch.ravel()[:1].tolist()}",
                            where=user_line()) from None
        if not np.isfinite(values).all():
            raise DataError(f"{self.label}.adapt found NaN or infinite values", where=user_line(),
                            hint="fill the gaps first, or leave those rows out")
        return values

    def call(self, inputs: Tensor) -> Tensor:
        if self.bin_boundaries is None:
            raise ArgumentError(f"{self.label} has no boundaries yet", where=user_line(),
                                hint="call adapt(data), or pass bin_boundaries=[...]")
        x = expand_dims(cast(inputs, dtype=self.compute_dtype), axis=-1)
        b = convert(np.asarray(self.bin_boundaries, self.compute_dtype))
        numbers = sum(cast(logical_not(less(x, b)), dtype="int32"), axis=-1)     # NaN is the last
        if self.output_mode == "int":
            return cast(numbers, dtype="int32")
        return encoded(numbers, len(self.bin_boundaries) + 1, self.output_mode, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        cuts = self.bin_boundaries
        depth = (self.num_bins or 1) if cuts is None else len(cuts) + 1
        return encoded_shape(tuple(input_shape), depth, self.output_mode)

    def get_config(self) -> dict[str, Any]:
        return {"bin_boundaries": self.bin_boundaries, "num_bins": self.num_bins,
                "epsilon": self.epsilon, "output_mode": self.output_mode, "sparse": self.sparse,
                "name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        if config.get("num_bins") is None:
            return super().from_config(config)
        layer = super().from_config({**config, "bin_boundaries": None})    # those were learnt
        layer.bin_boundaries = boundaries_of(config.get("bin_boundaries"))
        return layer
