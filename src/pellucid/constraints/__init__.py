"""Where weights are allowed to be; names as in ``keras.constraints``."""

from pellucid.constraints.base import Constraint
from pellucid.constraints.max_norm import MaxNorm
from pellucid.constraints.min_max_norm import MinMaxNorm
from pellucid.constraints.non_neg import NonNeg
from pellucid.constraints.unit_norm import UnitNorm
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_identifiers = Identifiers(Constraint.family, "constraint")
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = ["Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get",
           "max_norm", "min_max_norm", "non_neg", "serialize", "unit_norm"]
