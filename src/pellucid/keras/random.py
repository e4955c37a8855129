"""`keras.random`: see `pellucid.random`."""

from pellucid.random import *  # noqa: F403
