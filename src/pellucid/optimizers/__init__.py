"""Ways to move weights against their gradients; names as in ``keras.optimizers``."""

from pellucid import schedules
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.optimizers.adadelta import Adadelta
from pellucid.optimizers.adafactor import Adafactor
from pellucid.optimizers.adagrad import Adagrad
from pellucid.optimizers.adam import Adam, AdamW
from pellucid.optimizers.adamax import Adamax
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.ftrl import Ftrl
from pellucid.optimizers.lamb import Lamb
from pellucid.optimizers.lion import Lion
from pellucid.optimizers.multi_optimizer import MultiOptimizer, OptimizerMap
from pellucid.optimizers.muon import Muon
from pellucid.optimizers.nadam import Nadam
from pellucid.optimizers.rmsprop import RMSprop
from pellucid.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from pellucid.optimizers.sgd import SGD

_identifiers = Identifiers(Optimizer.family, "optimizer", Optimizer)
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = ["SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb",
           "Lion", "MultiOptimizer", "Muon", "Nadam", "Optimizer", "OptimizerMap", "RMSprop",
           "ScheduleFreeAdamW", "deserialize", "get", "schedules", "serialize"]
