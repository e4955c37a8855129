"""Whole numbers as rows of bits, and what they divide."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, where
from pellucid.atoms.elementwise import abs, floor_divide, mod
from pellucid.core import dtypes
from pellucid.core.atom import atom
from pellucid.core.errors import KindError, user_line
from pellucid.core.tensor import with_operators

_GOLDEN = (1 + math.sqrt(5)) / 2                # Fibonacci's numbers are the slowest to divide out

bitwise_and = atom(
    "bitwise_and", lambda x, y: np.bitwise_and(x, y), None, None,
    about="The bits that are set in x and in y; of booleans, whether both are true.",
    example=("bitwise_and([12, 10], [10, 3])", [8, 2]), meet="bits")
bitwise_or = atom(
    "bitwise_or", lambda x, y: np.bitwise_or(x, y), None, None,
    about="The bits that are set in x or in y, or in both.",
    example=("bitwise_or([12, 10], [10, 3])", [14, 11]), meet="bits")
bitwise_xor = atom(
    "bitwise_xor", lambda x, y: np.bitwise_xor(x, y), None, None,
    about="The bits that are set in one of x and y alone.",
    example=("bitwise_xor([12, 10], [10, 3])", [6, 9]), meet="bits")
bitwise_not = atom(
    "bitwise_not", lambda x: np.invert(x), None,
    about="Every bit the other way round: -x - 1 of numbers with a sign.",
    example=("bitwise_not([0, 5])", [-1, -6]), meet="bits")
left_shift = atom(
    "left_shift", lambda x, y: np.left_shift(x, y), None, None,
    about="The bits moved up by y places, zeros behind them: x 2ʸ, cut to the dtype.",
    example=("left_shift([1, 5], [3, 1])", [8, 10]), meet="whole")
right_shift = atom(
    "right_shift", lambda x, y: np.right_shift(x, y), None, None,
    about="The bits moved down by y places: ⌊x / 2ʸ⌋.",
    example=("right_shift([8, -5], [3, 1])", [1, -3]), meet="whole")


def _whole(name: str, *xs: Any) -> list[Any]:
    """What is given as tensors; KindError unless all are of whole numbers."""
    tensors = list(map(with_operators, xs))
    for x in tensors:
        if not dtypes.is_whole(x.dtype):
            raise KindError(f"{name} needs whole numbers", got=str(x.dtype), where=user_line(),
                            hint='ops.cast(x, "int32")')
    return tensors


def gcd(x1: Any, x2: Any) -> Any:
    """The greatest common divisor of whole numbers, by Euclid's algorithm; gcd(0, n) is |n|.

    Raises KindError for floats and booleans.

    >>> gcd([12, 7, 0], [18, 5, -4]).tolist()
    [6, 1, 4]
    """
    a, b = (abs(each) for each in _whole("gcd", x1, x2))
    bits = 8 * np.dtype(dtypes.result_type(a.dtype, b.dtype)).itemsize
    for _ in range(math.ceil(bits * math.log(2) / math.log(_GOLDEN)) + 1):
        a, b = where(equal(b, 0), a, b), mod(a, b)
    return a


def lcm(x1: Any, x2: Any) -> Any:
    """The least common multiple of whole numbers: |x1 x2| / gcd; 0 where one of them is 0.

    Raises KindError for floats and booleans.

    >>> lcm([4, 7, 0], [6, 5, 3]).tolist()
    [12, 35, 0]
    """
    x1, x2 = _whole("lcm", x1, x2)
    divisor = gcd(x1, x2)
    return abs(floor_divide(x1, where(equal(divisor, 0), 1, divisor)) * x2)
