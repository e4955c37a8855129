"""Functions whose arguments TensorFlow names, orders or defaults otherwise than Keras does."""

from __future__ import annotations

import itertools
from typing import Any

from pellucid import atoms
from pellucid.core.tensor import Tensor
from pellucid.ops.conversion import cast, convert_to_tensor


def argmax(input: Any, axis: int = 0, output_type: str = "int64") -> Tensor:
    """Where the largest entry stands, along the first axis unless told."""
    return cast(atoms.argmax(convert_to_tensor(input), axis=axis), output_type)


def argmin(input: Any, axis: int = 0, output_type: str = "int64") -> Tensor:
    """Where the smallest entry stands, along the first axis unless told."""
    return cast(atoms.argmin(convert_to_tensor(input), axis=axis), output_type)


def boolean_mask(tensor: Any, mask: Any) -> Tensor:
    """The entries where a mask of the first axes is true, in a row."""
    return convert_to_tensor(tensor)[convert_to_tensor(mask, "bool")]


def cumsum(x: Any, axis: int = 0) -> Tensor:
    """Running totals along an axis."""
    return atoms.cumsum(convert_to_tensor(x), axis=axis)


def gather(params: Any, indices: Any, axis: int = 0) -> Tensor:
    """The entries at integer positions along an axis."""
    return atoms.take(convert_to_tensor(params), convert_to_tensor(indices), axis=axis)


def one_hot(indices: Any, depth: int, on_value: Any = 1.0, off_value: Any = 0.0, axis: int = -1,
            dtype: Any = "float32") -> Tensor:
    """Integers as vectors with a single ``on_value``."""
    ones = atoms.one_hot(convert_to_tensor(indices), depth, axis=axis, dtype="bool")
    return cast(atoms.where(ones, on_value, off_value), dtype)


def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0) -> Tensor:
    """Numbers before and after, per axis."""
    return atoms.pad(convert_to_tensor(tensor), paddings, mode=mode.lower(),
                     constant_values=constant_values)


def sequence_mask(lengths: Any, maxlen: int | None = None, dtype: Any = "bool") -> Tensor:
    """Rows of true up to each length and of false after it, ``maxlen`` long or as the longest."""
    lengths = convert_to_tensor(lengths)
    room = int(atoms.max(lengths)) if maxlen is None else maxlen
    return cast(atoms.arange(room) < atoms.expand_dims(lengths, axis=-1), dtype)


def split(value: Any, num_or_size_splits: Any, axis: int = 0) -> list[Any]:
    """Cut along an axis: into equal parts (a number) or parts of the given sizes (a list)."""
    if isinstance(num_or_size_splits, int):
        return atoms.split(convert_to_tensor(value), num_or_size_splits, axis=axis)
    ends = list(itertools.accumulate(num_or_size_splits))
    return atoms.split(convert_to_tensor(value), ends[:-1], axis=axis)


def tile(input: Any, multiples: Any) -> Tensor:
    """Repeated as a whole, so often per axis."""
    return atoms.tile(convert_to_tensor(input), multiples)


def transpose(a: Any, perm: Any = None) -> Tensor:
    """The axes in another order, reversed unless told."""
    return atoms.transpose(convert_to_tensor(a), axes=perm)
