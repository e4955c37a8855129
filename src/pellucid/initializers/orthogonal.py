"""The initializer whose matrices turn vectors without stretching them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.random import WEIGHTS
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.initializers.base import SEED, RandomInitializer
from pellucid.random import draws


class Orthogonal(RandomInitializer):
    r"""A random orthogonal matrix, :math:`W W^T = c^2 I`.

    Its rows or columns (the fewer) have length ``gain`` c and stand at right angles.

    More than two axes are folded into (all but the last, last). Raises ShapeError for fewer than
    two. Source: A. Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks" (2014).

    >>> w = Orthogonal(seed=1)((3, 3)).numpy()
    >>> bool(np.allclose(w @ w.T, np.eye(3), atol=1e-6))
    True

    Use: recurrent kernels, and very deep plain networks.
    Pros: lengths stay as they are over many layers or steps.
    Cons: costs a decomposition; only the fewer of rows and columns are at right angles.
    """

    gain: float = field(1.0, help="factor in front of the matrix")
    seed: Any = SEED

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        if len(shape) < 2:
            raise ShapeError("Orthogonal needs at least two axes", got=f"shape {tuple(shape)}",
                             where=user_line())
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        z = draws.normal(tall, dtype="float64", seed=self.seed, stream=WEIGHTS)
        q, r = np.linalg.qr(np.asarray(z))
        q = q * np.sign(np.diag(r))                  # else the rotations are not equally likely
        q = q if rows >= columns else q.T
        return Tensor((self.gain * q).reshape(shape).astype(dtypes.standardize(dtype)))
