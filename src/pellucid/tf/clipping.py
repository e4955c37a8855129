"""Gradients cut short, under TensorFlow's names: the functions are those of the optimizers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid import atoms
from pellucid.core.tensor import Tensor
from pellucid.ops.conversion import convert_to_tensor
from pellucid.optimizers import clipping


def clip_by_norm(t: Any, clip_norm: float) -> Tensor:
    """t, shortened to the length ``clip_norm`` if it is longer; the direction stays."""
    return clipping.clip_by_norm(convert_to_tensor(t), clip_norm)


def global_norm(t_list: Sequence[Any]) -> Tensor:
    """The length of all tensors together; what is None counts nothing."""
    return atoms.norm(atoms.stack([atoms.norm(convert_to_tensor(t)) for t in t_list
                                   if t is not None]))


def clip_by_global_norm(t_list: Sequence[Any], clip_norm: float) -> tuple[list[Any], Tensor]:
    """All tensors times one factor, and how long they were together; what is None stays None."""
    given = [convert_to_tensor(t) for t in t_list if t is not None]
    clipped = iter(clipping.clip_by_global_norm(given, clip_norm))
    return [None if t is None else next(clipped) for t in t_list], global_norm(given)
