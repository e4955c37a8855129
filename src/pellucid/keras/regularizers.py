"""`keras.regularizers`: see `pellucid.regularizers`."""

from pellucid.regularizers import *  # noqa: F403
