"""`keras.ops.numpy`: see `pellucid.ops.numpy`."""

from pellucid.ops.numpy import *  # noqa: F403
