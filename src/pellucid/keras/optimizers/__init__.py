"""`keras.optimizers`: see `pellucid.optimizers`."""

from pellucid.optimizers import *  # noqa: F403
