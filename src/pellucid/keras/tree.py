"""`keras.tree`: see `pellucid.tree`."""

from pellucid.tree import *  # noqa: F403
