"""First values of weights; names as in ``keras.initializers``."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms import cast
from pellucid.core import dtypes
from pellucid.core.errors import ShapeError
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.core.tensor import Arraylike
from pellucid.initializers.base import Initializer, RandomInitializer
from pellucid.initializers.constant import Constant, Identity, Ones, Zeros
from pellucid.initializers.distributions import RandomNormal, RandomUniform, TruncatedNormal
from pellucid.initializers.orthogonal import Orthogonal
from pellucid.initializers.stft import STFT
from pellucid.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

constant, identity, ones, zeros = Constant, Identity, Ones, Zeros
IdentityInitializer, OrthogonalInitializer = Identity, Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
glorot_normal, glorot_uniform, he_normal = GlorotNormal, GlorotUniform, HeNormal
he_uniform, lecun_normal, lecun_uniform = HeUniform, LecunNormal, LecunUniform
orthogonal, variance_scaling = Orthogonal, VarianceScaling
STFTInitializer = stft = STFT

_identifiers = Identifiers(
    Initializer.family, "initializer", normal=RandomNormal, uniform=RandomUniform, one=Ones,
    zero=Zeros, IdentityInitializer=Identity, OrthogonalInitializer=Orthogonal,
    STFTInitializer=STFT)
deserialize = _identifiers.deserialize

__all__ = [
    "STFT", "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
    "IdentityInitializer", "Initializer", "LecunNormal", "LecunUniform", "Ones", "Orthogonal",
    "OrthogonalInitializer", "RandomInitializer", "RandomNormal", "RandomUniform",
    "STFTInitializer", "TruncatedNormal", "VarianceScaling", "Zeros", "constant",
    "deserialize", "get", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform",
    "identity", "lecun_normal", "lecun_uniform", "ones", "orthogonal", "random_normal",
    "random_uniform", "serialize", "stft", "truncated_normal", "variance_scaling", "zeros",
]


def get(identifier: Any) -> Any:
    """The initializer that a name, class, config, function or array stands for.

    >>> get("he_normal").scale
    2.0
    """
    if isinstance(identifier, Arraylike | np.ndarray | np.generic):
        return _Values(identifier)
    return _identifiers.get(identifier)


class _Values:
    """An array as an initializer: its own values, for its own shape only."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        if tuple(shape) != tuple(self.values.shape):
            raise ShapeError(f"the initial values have shape {tuple(self.values.shape)}",
                             got=f"a weight of shape {tuple(shape)}")
        return cast(self.values, dtype=dtypes.standardize(dtype))
