"""IntegerLookup: whole numbers that are names, such as product codes, to numbers without gaps."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from pellucid.core.errors import KindError, user_line
from pellucid.core.fields import field
from pellucid.layers.preprocessing.buckets import salt_of
from pellucid.layers.preprocessing.index_lookup import MODES, IndexLookup


class IntegerLookup(IndexLookup):
    """As `StringLookup`, for whole numbers that are names.

    Unknown numbers fall into ``number % num_oov_indices`` or, with ``oov_method="farmhash"``, into
    the bucket that a hash of their digits gives.

    >>> lookup = IntegerLookup(vocabulary=[12, 36, 1138])
    >>> lookup([[36, 12], [7, 1138]]).numpy()
    array([[2, 1],
           [0, 3]])

    Use: whole numbers that are names, such as postal codes.
    Pros: only what occurs gets a place; unknown numbers have buckets.
    Cons: needs a look at the data first (``adapt``).
    """

    kind: ClassVar[str] = "int64"
    accepts: ClassVar[tuple[str, ...]] = ("int", "uint")

    max_tokens: int | None = field(None, above=1, whole=True, help="largest size it may have")
    num_oov_indices: int = field(1, at_least=0, whole=True, help="buckets for unknown numbers")
    mask_token: Any = field(None, help="a number that means: nothing here")
    oov_token: Any = field(-1, help="what an unknown number becomes with invert")
    vocabulary: Any = field(None, help="the numbers: a list, or the path of a text file")
    vocabulary_dtype: str = field("int64", one_of=("int64",), help="the only one there is")
    idf_weights: Any = field(None, help='for "tf_idf": one weight for each number')
    invert: bool = field(False, help="places to numbers")
    output_mode: str = field("int", one_of=MODES, help="places, or vectors of which kind")
    sparse: bool = field(False, help="sparse tensors do not exist here")
    pad_to_max_tokens: bool = field(False, help="vectors of length max_tokens")
    oov_method: str = field("floormod", one_of=("floormod", "farmhash"), help="which bucket")
    salt: Any = field(None, get=salt_of, help="one or two whole numbers: another hash")

    def _plain(self, words: np.ndarray) -> np.ndarray:
        if words.size and words.dtype.kind not in "iu":
            raise KindError(f"{self.label} needs whole numbers", got=f"{words.dtype} values",
                            where=user_line(), hint="StringLookup is for strings")
        return words.astype(np.int64)
