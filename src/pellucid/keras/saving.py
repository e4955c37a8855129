"""`keras.saving`: see `pellucid.saving`."""

from pellucid.saving import *  # noqa: F403
