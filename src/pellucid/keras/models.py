"""`keras.models`: see `pellucid.models`."""

from pellucid.models import *  # noqa: F403
