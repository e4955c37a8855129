"""Ways to move weights against their gradients; names as in ``keras.optimizers``."""

from pellucid import schedules
from pellucid.core.identifiers import Identifiers
from pellucid.core.serialization import serialize
from pellucid.optimizers.adagrad import Adagrad
from pellucid.optimizers.adam import Adam, AdamW
from pellucid.optimizers.base import Optimizer
from pellucid.optimizers.rmsprop import RMSprop
from pellucid.optimizers.sgd import SGD

_identifiers = Identifiers(Optimizer.family, "optimizer")
get, deserialize = _identifiers.get, _identifiers.deserialize

__all__ = ["SGD", "Adagrad", "Adam", "AdamW", "Optimizer", "RMSprop", "deserialize", "get",
           "schedules", "serialize"]
