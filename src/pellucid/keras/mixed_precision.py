"""`keras.mixed_precision`: older places of the names of policies; a mixed one is refused."""

from pellucid.layers.dtype_policy import DTypePolicy, dtype_policy, set_dtype_policy
from pellucid.layers.dtype_policy import DTypePolicy as Policy
from pellucid.layers.dtype_policy import dtype_policy as global_policy
from pellucid.layers.dtype_policy import set_dtype_policy as set_global_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy",
           "set_global_policy"]
