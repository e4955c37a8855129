"""Penalties on weights and outputs; names as in ``keras.regularizers``."""

from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.regularizers.base import Regularizer
from pellucid.regularizers.norms import L1, L1L2, L2
from pellucid.regularizers.orthogonal import OrthogonalRegularizer

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

_identifiers = Identifiers(Regularizer.family, "regularizer", l1_l2=L1L2)
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = ["L1", "L1L2", "L2", "OrthogonalRegularizer", "Regularizer", "deserialize", "get", "l1",
           "l1_l2", "l2", "orthogonal_regularizer", "serialize"]
