"""`keras.activations`: see `pellucid.activations`."""

from pellucid.activations import *  # noqa: F403
