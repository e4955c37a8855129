"""The atoms read in 50 digits: the judge of values and derivatives.

Ops are taken by their textbook body, so that what runs (the stable body, the gradient rule) is
held against what is printed. Needs mpmath, which only developers install.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.atom import Atom
from pellucid.core.op import Op
from pellucid.core.tensor import Arraylike, Operators

DIGITS = 50


class Exact(Operators):
    """An array of numbers with 50 digits (or of bools, or of indices) that ops can be applied to.

    >>> from pellucid.atoms import exp
    >>> float(exact(exp, 1.0)) == np.e
    True
    """

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    @property
    def shape(self) -> tuple[int, ...]: return self.array.shape

    @property
    def dtype(self) -> str:
        return {"b": "bool", "i": "int32"}.get(self.array.dtype.kind, "float64")

    @staticmethod
    def space(op: Op, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """An op is its textbook body; an atom its body on objects, or mpmath's function."""
        if not isinstance(op, Atom):
            return op.body(*args, **options)
        own, values = _functions().get(op.name, op.body), list(map(_numbers, args))
        if op.meet == "bool":
            values = [np.asarray(each != 0, bool) for each in values]
        return Exact(np.asarray(own(*values, **options)))


def exact(op: Callable[..., Any], *operands: Any, **options: Any) -> np.ndarray:
    """The value of an op (or of a function of tensors) in 50 digits, as an array of objects."""
    from mpmath import mp
    with mp.workdps(DIGITS):
        return _numbers(op(*map(_operand, operands), **options))


def exact_derivative(op: Callable[..., Any], operands: Sequence[Any], directions: Sequence[Any],
                     weights: Any = 1.0, order: int = 1, **options: Any) -> Any:
    """dⁿ/dtⁿ Σ weights · op(x + t d) at t = 0, in more than 30 digits.

    ``directions`` holds a d for each operand (None: it stays where it is), ``order`` is n.
    """
    import mpmath
    with mpmath.workdps(DIGITS):
        fixed = [_operand(each) for each in operands]

        def along(t: Any) -> Any:
            moved = [x if d is None else Exact(_numbers(x) + t * _numbers(np.asarray(d)))
                     for x, d in zip(fixed, directions, strict=True)]
            return np.sum(_numbers(op(*moved, **options)) * _numbers(np.asarray(weights)))
        return mpmath.diff(along, 0, order)


def _operand(value: Any) -> Any:
    """Floats get 50 digits; labels, indices and masks stay what they are."""
    array = np.asarray(value)
    return Exact(_numbers(array)) if dtypes.is_float(array.dtype) else value


def _numbers(value: Any) -> np.ndarray:
    """An array of mpmath's numbers; bools stay bools and indices indices."""
    if isinstance(value, Exact):
        return value.array
    array = value.numpy() if isinstance(value, Arraylike) else np.asarray(value)
    return array if array.dtype.kind in "bO" or _is_index(value) else _to_mpf(array)


def _is_index(value: Any) -> bool:
    return hasattr(value, "dtype") and np.dtype(value.dtype).kind in "iu"


def _to_mpf(array: np.ndarray) -> np.ndarray:
    from mpmath import mpf
    return np.asarray(np.frompyfunc(mpf, 1, 1)(array), object)


@functools.cache
def _functions() -> dict[str, Callable[..., Any]]:
    """The atoms that NumPy cannot do on objects."""
    from mpmath import mp
    one = {name: getattr(mp, name) for name in (
        "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "erf", "floor", "sign")}
    table: dict[str, Callable[..., Any]] = {
        name: np.frompyfunc(function, 1, 1) for name, function in one.items()}
    table["arctan"] = np.frompyfunc(mp.atan, 1, 1)
    table["floor_divide"] = np.frompyfunc(lambda a, b: mp.floor(a / b), 2, 1)
    table["round"] = lambda x, *, decimals=0: np.frompyfunc(
        lambda each: mp.nint(each * 10**decimals) / 10**decimals, 1, 1)(x)
    table["cast"] = _cast
    return table


def _cast(x: np.ndarray, *, dtype: str) -> np.ndarray:
    if dtype == "bool":
        return np.asarray(x != 0, bool)
    if dtypes.is_float(dtype):
        return x if x.dtype == object else _to_mpf(x)
    return np.asarray(x).astype(np.int64)                # towards zero, as in every engine
