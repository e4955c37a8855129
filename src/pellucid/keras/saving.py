"""`keras.saving`: see `pellucid.saving`."""

from pellucid.saving import *  # noqa: F403
from pellucid.saving import __all__  # noqa: F401
