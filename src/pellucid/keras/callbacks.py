"""`keras.callbacks`: see `pellucid.callbacks`."""

from pellucid.callbacks import *  # noqa: F403
