"""`keras.ops.nn`: see `pellucid.ops.nn`."""

from pellucid.ops.nn import *  # noqa: F403
