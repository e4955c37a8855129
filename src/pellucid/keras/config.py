"""`keras.config`: see `pellucid.config`."""

from pellucid.config import *  # noqa: F403
