"""`keras.layers`: see `pellucid.layers`."""

from pellucid.layers import *  # noqa: F403
