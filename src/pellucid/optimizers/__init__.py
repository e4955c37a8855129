"""Ways to move weights against their gradients; names as in ``keras.optimizers``."""

from pellucid import schedules
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.optimizers.adadelta import Adadelta
from pellucid.optimizers.adagrad import Adagrad
from pellucid.optimizers.adam import Adam, AdamW
from pellucid.optimizers.adamax import Adamax
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.lion import Lion
from pellucid.optimizers.nadam import Nadam
from pellucid.optimizers.rmsprop import RMSprop
from pellucid.optimizers.sgd import SGD

_identifiers = Identifiers(Optimizer.family, "optimizer", Optimizer)
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Lion", "Nadam", "Optimizer",
           "RMSprop", "deserialize", "get", "schedules", "serialize"]
