"""`keras.metrics`: see `pellucid.metrics`."""

from pellucid.metrics import *  # noqa: F403
