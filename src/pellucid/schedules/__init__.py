"""Learning rates that change with the step; names as in ``keras.optimizers.schedules``."""

from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.schedules.base import LearningRateSchedule
from pellucid.schedules.cosine_decay import CosineDecay
from pellucid.schedules.cosine_decay_restarts import CosineDecayRestarts
from pellucid.schedules.exponential_decay import ExponentialDecay
from pellucid.schedules.inverse_time_decay import InverseTimeDecay
from pellucid.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from pellucid.schedules.polynomial_decay import PolynomialDecay

_identifiers = Identifiers(LearningRateSchedule.family, "learning-rate schedule")
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = [
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "LearningRateSchedule", "PiecewiseConstantDecay", "PolynomialDecay", "deserialize", "get",
    "serialize",
]
