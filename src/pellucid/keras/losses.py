"""`keras.losses`: see `pellucid.losses`."""

from pellucid.losses import *  # noqa: F403
from pellucid.losses import __all__  # noqa: F401
