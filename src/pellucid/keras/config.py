"""`keras.config`: see `pellucid.config`."""

from pellucid.config import *  # noqa: F403
from pellucid.config import __all__  # noqa: F401
