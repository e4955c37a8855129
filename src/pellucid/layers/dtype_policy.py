"""In which dtype a layer computes and in which it keeps its weights."""

from __future__ import annotations

from typing import Any

from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.serialization import BUILT_IN
from pellucid.core.settings import floatx


class DTypePolicy:
    """The dtype of a layer's computations and weights; here both are the same.

    >>> DTypePolicy("float64").compute_dtype
    'float64'
    """

    family = "keras"

    def __init__(self, name: str | None = None) -> None:
        name = name or floatx()
        if str(name).startswith("mixed_"):
            raise ArgumentError("pellucid computes in one float type per layer", got=name,
                                hint='use dtype="float32" or dtype="float64"')
        self.name = self.compute_dtype = self.variable_dtype = dtypes.standardize(name)

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


BUILT_IN.setdefault("keras", {})["DTypePolicy"] = DTypePolicy


class _Default:
    """The policy of layers that are told none: that of the default float type until one is set."""

    policy: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """The policy of new layers that are told none.

    >>> dtype_policy()
    <DTypePolicy "float32">
    """
    return _Default.policy or DTypePolicy()


def set_dtype_policy(policy: Any) -> None:
    """Make a policy, or its name, that of new layers; a policy of None follows `set_floatx` again.

    Raises ArgumentError for a mixed policy, and KindError for what is no policy.

    >>> set_dtype_policy("float64"); dtype_policy()
    <DTypePolicy "float64">
    >>> set_dtype_policy(None)
    """
    if policy is not None and not isinstance(policy, (str, DTypePolicy)):
        raise KindError("a dtype policy is a DTypePolicy, a name, or None", got=policy,
                        where=user_line())
    _Default.policy = DTypePolicy(policy) if isinstance(policy, str) else policy


def policy_of(dtype: Any) -> DTypePolicy:
    """The policy that a ``dtype=`` argument means: a name, a policy, its config, or None."""
    if dtype is None:
        return dtype_policy()
    if isinstance(dtype, DTypePolicy):
        return dtype
    if isinstance(dtype, dict):
        return DTypePolicy.from_config(dtype.get("config", dtype))
    if hasattr(dtype, "compute_dtype"):
        return DTypePolicy(dtype.compute_dtype)
    return DTypePolicy(dtype if isinstance(dtype, str)
                       else dtypes.standardize(dtype))
