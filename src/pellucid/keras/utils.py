"""`keras.utils`: see `pellucid.utils`."""

from pellucid.utils import *  # noqa: F403
