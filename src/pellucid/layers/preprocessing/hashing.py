"""Hashing: names to numbers without any vocabulary."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.dtype_policy import policy_of
from pellucid.layers.preprocessing.buckets import bucket_of, salt_of
from pellucid.layers.preprocessing.category_encoding import encoded, encoded_shape, refuse_sparse
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.preprocessing.words import strings

MODES = ("int", "one_hot", "multi_hot", "count")


class Hashing(HostStage):
    """Words or whole numbers to one of ``num_bins`` buckets, by a hash.

    .. math:: b = h(word) \\bmod n

    Nothing is learnt and nothing stored, so it serves where there are too many names for a
    vocabulary; two names may share a bucket. h is FarmHash's fingerprint of the text, or SipHash
    with ``salt`` as its key. With a ``mask_value`` the first bucket is kept for it and all else
    falls into the others. Floats lose what stands behind the point.

    ``output_mode``: "int" keeps the shape; "one_hot" gives ``(batch, num_bins)`` for ``(batch,)``
    and ``(batch, 1)``; "multi_hot" and "count" tell of each row, as in `CategoryEncoding`. It is a
    host stage: put it right behind a model's `Input`, or call it on the data and train on what
    comes out.

    >>> Hashing(3)([["A"], ["B"], ["C"]]).numpy().tolist()
    [[1], [0], [1]]
    >>> Hashing(3, mask_value="")([["A"], [""]]).numpy().tolist()
    [[1], [0]]

    Use: names too many, or not known beforehand, for a vocabulary.
    Pros: nothing to learn or store; new names have a bucket too.
    Cons: different names may share a bucket; there is no way back.
    Source: K. Weinberger et al., "Feature hashing for large scale multitask learning" (2009).
    """

    num_bins: int = field(at_least=1, whole=True, help="buckets, that of the mask included")
    mask_value: Any = field(None, help="what falls into bucket 0, alone")
    salt: Any = field(None, get=salt_of, help="one or two whole numbers: another hash")
    output_mode: str = field("int", one_of=MODES, help="buckets, or vectors of which kind")
    sparse: bool = field(False, help="sparse tensors do not exist here")
    usage = "x = hashing(words)"
    accepts = ("string", "int", "uint", "float")

    def settle(self) -> None:
        refuse_sparse(self)
        whole_by_default(self)
        if self.output_mode == "int" and self.dtype not in ("int32", "int64"):
            raise ArgumentError('Hashing with output_mode="int" needs dtype="int64" or "int32"',
                                got=self.dtype, where=user_line())
        self.built = True

    def call(self, inputs: np.ndarray) -> Tensor:
        masks = int(self.mask_value is not None and self.num_bins > 1)
        names = texts_of(inputs, self.label)
        unique, inverse = np.unique(names, return_inverse=True)
        buckets = np.array([bucket_of(each, self.num_bins - masks, self.salt)
                            for each in unique.tolist()], np.int64)
        numbers = buckets[inverse].reshape(names.shape) + masks
        if masks:
            numbers = np.where(inputs == self._mask_like(inputs), 0, numbers)
        if self.output_mode == "int":
            return Tensor(numbers.astype(self.dtype))
        return encoded(Tensor(numbers), self.num_bins, self.output_mode, self.dtype)

    def _mask_like(self, inputs: np.ndarray) -> Any:
        """The mask as the inputs have it: bytes among bytes."""
        mask, kind = self.mask_value, inputs.dtype.kind
        if isinstance(mask, str) != (kind in "USOT"):
            raise KindError(f"{self.label} needs inputs of the kind of its mask_value, {mask!r}",
                            got=f"{inputs.dtype} values", where=user_line())
        return mask.encode() if kind == "S" else mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(tuple(input_shape), self.num_bins, self.output_mode)


def whole_by_default(layer: Any) -> None:
    """Numbers of buckets are int64 where no dtype was asked for."""
    if layer.output_mode == "int" and layer._given.get("dtype") is None:
        layer.dtype_policy = policy_of("int64")


def texts_of(values: np.ndarray, label: str) -> np.ndarray:
    """Names as text: numbers by their digits, strings as they are."""
    if values.dtype.kind == "b":
        raise KindError(f"{label} needs words or numbers", got="booleans", where=user_line())
    if values.dtype.kind == "f":
        values = values.astype(np.int64)
    return values.astype(str) if values.dtype.kind in "iu" else strings(values, "utf-8", label)
