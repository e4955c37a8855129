"""HashedCrossing: several features as one, by a hash of their combination."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.preprocessing.category_encoding import encoded, encoded_shape, refuse_sparse
from pellucid.layers.preprocessing.fingerprints import BITS, farm_fingerprint, joined
from pellucid.layers.preprocessing.hashing import whole_by_default
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.preprocessing.words import strings
from pellucid.layers.symbolic import KerasTensor, apply_symbolically

KEY = 0xDECAFCAFFE                       # where TensorFlow's crossing begins


class HashedCrossing(HostStage):
    """The combination of several features to one of ``num_bins`` buckets.

    "Monday" and "evening" may each say little, and "Monday evening" a lot: a crossing gives every
    combination a bucket of its own (or nearly: two may share one). It is called on a list of
    features, words or whole numbers, each of shape ``()``, ``(batch,)`` or ``(batch, 1)``.

    ``output_mode`` "int" keeps the shape, "one_hot" gives ``(batch, num_bins)``. It is a host
    stage: put it right behind a model's inputs, or call it on the data and train on what comes
    out.

    >>> days, hours = ["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]
    >>> HashedCrossing(5)((days, hours)).numpy().tolist()
    [1, 4, 1, 1, 3]

    Use: pairs of features that say more together than each alone.
    Pros: a linear model can learn the combination; nothing is stored.
    Cons: different pairs may share a bucket; too many buckets see too few samples.
    """

    num_bins: int = field(at_least=1, whole=True, help="how many buckets there are")
    output_mode: str = field("int", one_of=("int", "one_hot"), help="buckets, or vectors of them")
    sparse: bool = field(False, help="sparse tensors do not exist here")
    usage = "x = crossing((days, hours))"

    def settle(self) -> None:
        refuse_sparse(self)
        whole_by_default(self)
        self.built = True

    def __call__(self, inputs: Any) -> Tensor:
        """The buckets of a list of features."""
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ArgumentError(f"{self.label} needs a list of at least two features",
                                got=f"a {type(inputs).__name__}", where=user_line())
        if any(isinstance(each, KerasTensor) for each in inputs):
            return apply_symbolically(self, (list(inputs),), {})
        return self.call([self._array_of(each) for each in inputs])

    def call(self, inputs: list[np.ndarray]) -> Tensor:
        shape = inputs[0].shape
        if any(each.shape != shape for each in inputs):
            raise ShapeError(f"{self.label} needs features of one shape",
                             got=" and ".join(f"{each.shape}" for each in inputs),
                             where=user_line())
        if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
            raise ShapeError(f"{self.label} needs features of shape (), (batch,) or (batch, 1)",
                             got=f"{shape}", where=user_line())
        columns = [self._fingerprints(each) for each in inputs]
        buckets = [self._bucket(row) for row in zip(*columns, strict=True)]
        numbers = np.array(buckets, np.int64).reshape(shape)
        if self.output_mode == "int":
            return Tensor(numbers.astype(self.dtype))
        return encoded(Tensor(numbers), self.num_bins, "one_hot", self.dtype)

    def _bucket(self, row: tuple[int, ...]) -> int:
        whole = KEY
        for each in row:
            whole = joined(whole, each)
        return whole % self.num_bins

    def _fingerprints(self, feature: np.ndarray) -> list[int]:
        """One for each value: whole numbers are their own."""
        if feature.dtype.kind in "iu":
            return [each & BITS for each in feature.ravel().tolist()]
        if feature.dtype.kind in "bf":
            raise KindError(f"{self.label} needs words or whole numbers",
                            got=f"{feature.dtype} values", where=user_line())
        words = strings(feature, "utf-8", self.label)
        return [farm_fingerprint(each.encode()) for each in words.ravel().tolist()]

    def compute_output_shape(self, input_shape: Any) -> Any:
        first = tuple(input_shape[0])
        if any(tuple(each) != first for each in input_shape):
            raise ShapeError(f"{self.label} needs features of one shape", got=f"{input_shape}")
        return encoded_shape(first, self.num_bins, self.output_mode)

    def get_config(self) -> dict[str, Any]:
        return {"num_bins": self.num_bins, "output_mode": self.output_mode, "sparse": self.sparse,
                "name": self.name, "dtype": self.dtype}
