"""`keras.optimizers`: see `pellucid.optimizers`."""

from pellucid.optimizers import *  # noqa: F403
from pellucid.optimizers import __all__  # noqa: F401
