"""`keras.dtype_policies`: in which dtype a layer computes and keeps its weights."""

from pellucid.core.serialization import deserialize, serialize
from pellucid.layers.dtype_policy import DTypePolicy
from pellucid.layers.dtype_policy import DTypePolicy as FloatDTypePolicy
from pellucid.layers.dtype_policy import policy_of as get

__all__ = ["DTypePolicy", "FloatDTypePolicy", "deserialize", "get", "serialize"]
