"""`keras.losses`: see `pellucid.losses`."""

from pellucid.losses import *  # noqa: F403
