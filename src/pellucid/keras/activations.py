"""`keras.activations`: see `pellucid.activations`."""

from pellucid.activations import *  # noqa: F403
from pellucid.activations import __all__  # noqa: F401
