"""`keras.constraints`: see `pellucid.constraints`."""

from pellucid.constraints import *  # noqa: F403
from pellucid.constraints import __all__  # noqa: F401
