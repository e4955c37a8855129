"""`keras.models`: see `pellucid.models`."""

from pellucid.models import *  # noqa: F403
from pellucid.models import __all__  # noqa: F401
