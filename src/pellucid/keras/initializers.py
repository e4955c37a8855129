"""`keras.initializers`: see `pellucid.initializers`."""

from pellucid.initializers import *  # noqa: F403
from pellucid.initializers import __all__  # noqa: F401
