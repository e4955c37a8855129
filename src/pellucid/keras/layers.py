"""`keras.layers`: see `pellucid.layers`."""

from pellucid.layers import *  # noqa: F403
from pellucid.layers import __getattr__ as __getattr__
