"""Several class numbers as one vector of 0 and 1."""

from __future__ import annotations

from pellucid.atoms.elementwise import cast
from pellucid.atoms.indexing import one_hot
from pellucid.atoms.reductions import max
from pellucid.core.op import op


@op(judge="keras")
def multi_hot(inputs, num_classes, axis=-1, dtype=None):
    """Sets of class numbers as vectors with a 1 for each class that is in the set.

    (k,) → (num_classes,), (batch, k, …) → (batch, num_classes, …) with the classes at ``axis``;
    a number that is no class is left out.

    >>> multi_hot([[0, 2], [1, 1]], 3).tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    """
    vectors = one_hot(cast(inputs, dtype="int32"), num_classes, axis=axis, dtype=dtype)
    return max(vectors, axis=1 if len(inputs.shape) > 1 else 0)
