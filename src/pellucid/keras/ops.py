"""`keras.ops`: see `pellucid.ops`."""

from pellucid.ops import *  # noqa: F403
