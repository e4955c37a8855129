"""`keras.constraints`: see `pellucid.constraints`."""

from pellucid.constraints import *  # noqa: F403
