"""`keras.ops`: see `pellucid.ops`."""

from pellucid.ops import *  # noqa: F403
from pellucid.ops import __getattr__ as __getattr__
