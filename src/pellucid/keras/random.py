"""`keras.random`: see `pellucid.random`."""

from pellucid.random import *  # noqa: F403
from pellucid.random import __all__  # noqa: F401
