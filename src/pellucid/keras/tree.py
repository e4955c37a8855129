"""`keras.tree`: see `pellucid.tree`."""

from pellucid.tree import *  # noqa: F403
from pellucid.tree import __all__  # noqa: F401
