"""`keras.initializers`: see `pellucid.initializers`."""

from pellucid.initializers import *  # noqa: F403
