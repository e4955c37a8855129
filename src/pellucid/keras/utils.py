"""`keras.utils`: see `pellucid.utils`."""

from pellucid.utils import *  # noqa: F403
from pellucid.utils import __all__  # noqa: F401
