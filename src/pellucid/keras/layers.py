"""`keras.layers`: see `pellucid.layers`."""

from pellucid.layers import *  # noqa: F403
from pellucid.layers import __all__  # noqa: F401
