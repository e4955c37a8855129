"""`keras.metrics`: see `pellucid.metrics`."""

from pellucid.metrics import *  # noqa: F403
from pellucid.metrics import __all__  # noqa: F401
