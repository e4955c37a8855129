"""`keras.optimizers.schedules`: see `pellucid.schedules`."""

from pellucid.schedules import *  # noqa: F403
