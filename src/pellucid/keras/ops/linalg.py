"""`keras.ops.linalg`: see `pellucid.ops.linalg`."""

from pellucid.ops.linalg import *  # noqa: F403
