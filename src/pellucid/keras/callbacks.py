"""`keras.callbacks`: see `pellucid.callbacks`."""

from pellucid.callbacks import *  # noqa: F403
from pellucid.callbacks import __all__  # noqa: F401
