"""`keras.regularizers`: see `pellucid.regularizers`."""

from pellucid.regularizers import *  # noqa: F403
from pellucid.regularizers import __all__  # noqa: F401
