"""`keras.ops.image`: see `pellucid.ops.image`."""

from pellucid.ops.image import *  # noqa: F403
