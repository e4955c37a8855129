"""Ops whose arguments Keras names, orders or fills in otherwise than the definitions below do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pellucid import activations, atoms, losses
from pellucid.atoms.ordering import nonzero
from pellucid.core import dtypes
from pellucid.core.calls import known_by_name
from pellucid.core.errors import KindError, user_line
from pellucid.core.tensor import with_operators


@known_by_name
def gelu(x: Any, approximate: bool = True) -> Any:
    """x Φ(x), by default with the approximation by tanh (`activations.gelu` is exact by default).

    >>> round(float(gelu(1.0)), 4), round(float(gelu(1.0, approximate=False)), 4)
    (0.8412, 0.8413)
    """
    return activations.gelu(x, approximate=approximate)


@known_by_name
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(y log p + (1 - y) log(1 - p)), number by number (the loss of that name takes the mean).

    >>> [round(each, 4) for each in binary_crossentropy([1.0, 0.0], [0.5, 0.5]).tolist()]
    [0.6931, 0.6931]
    """
    single = [atoms.expand_dims(each, axis=-1) for each in (target, output)]
    return losses.binary_crossentropy(*single, from_logits=from_logits)


@known_by_name
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False,
                             axis: int = -1) -> Any:
    """-Σ y log p along an axis of classes, with p from probabilities or from scores.

    >>> round(float(categorical_crossentropy([1.0, 0.0], [0.5, 0.5])), 4)
    0.6931
    """
    return losses.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


@known_by_name
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False,
                                    axis: int = -1) -> Any:
    """-log p of the right class, for labels that are class numbers.

    >>> round(float(sparse_categorical_crossentropy(1, [0.5, 0.5])), 4)
    0.6931
    """
    return losses.sparse_categorical_crossentropy(target, output, from_logits=from_logits,
                                                  axis=axis)


@known_by_name
def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """The identity matrix, or ones on diagonal k of an N × M matrix.

    >>> eye(2, M=3, k=1).tolist()
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    return atoms.eye(N, M, k, dtype)


@known_by_name
def reshape(x: Any, newshape: Any) -> Any:
    """The same numbers in row order under another shape; one -1 stands for what remains.

    >>> reshape([1, 2, 3, 4], newshape=(2, -1)).tolist()
    [[1, 2], [3, 4]]
    """
    return atoms.reshape(x, shape=newshape)


@known_by_name
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """Tensors of one shape along a new axis.

    >>> stack(x=[[1, 2], [3, 4]], axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    return atoms.stack(x, axis=axis)


@known_by_name
def stop_gradient(variable: Any) -> Any:
    """A value as a constant: no gradient comes back through it.

    >>> stop_gradient(variable=[1.0, 2.0]).tolist()
    [1.0, 2.0]
    """
    return atoms.stop_gradient(variable)


@known_by_name
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition holds, else x2; alone, where the condition holds (as `nonzero`).

    Raises KindError for one of x1 and x2 without the other.

    >>> where([True, False], 1.0, 0.0).tolist(), where([False, True])[0].tolist()
    ([1.0, 0.0], [1])
    """
    if (x1 is None) != (x2 is None):
        raise KindError("where takes x1 and x2 together, or neither", got=f"x1={x1!r}, x2={x2!r}",
                        where=user_line())
    return nonzero(condition) if x1 is None else atoms.where(condition, x1, x2)


@known_by_name
def prod(x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The product along axes (all if None), computed in ``dtype`` if one is given.

    >>> prod([2, 3], dtype="float32").tolist()
    6.0
    """
    if dtype is not None:
        x = atoms.cast(with_operators(x), dtype=dtypes.standardize(dtype))
    return atoms.prod(x, axis=axis, keepdims=keepdims)


@known_by_name
def max(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The largest number along axes (all if None), at least ``initial`` if that is given.

    >>> max([2.0, 3.0], initial=5.0).tolist()
    5.0
    """
    found = atoms.max(x, axis=axis, keepdims=keepdims)
    return found if initial is None else atoms.maximum(found, initial)


@known_by_name
def min(x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The least number along axes (all if None), at most ``initial`` if that is given.

    >>> min([2.0, 3.0], initial=1.0).tolist()
    1.0
    """
    found = atoms.min(x, axis=axis, keepdims=keepdims)
    return found if initial is None else atoms.minimum(found, initial)
