"""Random numbers as a pure function: Threefry-2x32 of a key and a counter.

The key is (seed, stream), the counter (step, element): the same four numbers give the same bits
on every engine, in any order, so resuming needs nothing but a few integers. Source: J. Salmon et
al., "Parallel random numbers: as easy as 1, 2, 3" (2011).
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast, cos, log, log1p, sqrt, square
from pellucid.core import dtypes
from pellucid.core.atom import atom

MASKS, WEIGHTS, ORDER = 0, 1, 2          # streams: one seed never serves two purposes

_ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
_PARITY = np.uint32(0x1BD11BDA)
_PIECE = 1 << 14                         # pairs of words at a time: they stay in the cache


def threefry(key: tuple[Any, Any], x0: np.ndarray, x1: np.ndarray) -> tuple[np.ndarray, ...]:
    """Threefry-2x32 with 20 rounds: two words of key and counter to two random words."""
    k0, k1 = np.uint32(key[0]), np.uint32(key[1])
    keys = (k0, k1, k0 ^ k1 ^ _PARITY)
    with np.errstate(over="ignore"):
        x0, x1 = x0 + keys[0], x1 + keys[1]
        for block in range(5):
            for turn in _ROTATIONS[block % 2]:
                x0 = x0 + x1
                x1 = (x1 << np.uint32(turn)) | (x1 >> np.uint32(32 - turn))
                x1 ^= x0
            x0 = x0 + keys[(block + 1) % 3]
            x1 = x1 + keys[(block + 2) % 3] + np.uint32(block + 1)
    return x0, x1


def _words(state: Any, count: int, stream: int) -> np.ndarray:
    """``count`` random words: element 2i and 2i + 1 are the two words of counter (step, i)."""
    seed, step = np.asarray(state, np.uint32)
    words = np.empty(((count + 1) // 2, 2), np.uint32)
    for start in range(0, len(words), _PIECE):
        pairs = np.arange(start, min(start + _PIECE, len(words)), dtype=np.uint32)
        words[start:start + _PIECE].T[:] = threefry(
            (seed, np.uint32(stream)), np.full_like(pairs, step), pairs)
    return words.reshape(-1)[:count]


def _uniform(state: Any, *, shape: tuple[int, ...], dtype: str, stream: int = MASKS) -> Any:
    """Uniform on [0, 1): as many bits of a word as the dtype holds, 53 of two for float64."""
    count = math.prod(shape)
    if dtype == "float64":
        words = _words(state, 2 * count, stream).astype(np.uint64).reshape(-1, 2)
        bits = ((words[:, 0] << np.uint64(32)) | words[:, 1]) >> np.uint64(11)
        return (bits * 2.0 ** -53).reshape(shape)
    digits = 11 if dtype == "float16" else 24            # more would round up to 1
    bits = _words(state, count, stream) >> np.uint32(32 - digits)
    uniform = bits.astype("float32")                     # exactly: there are 24 bits at most
    uniform *= np.float32(2.0 ** -digits)
    return uniform.astype(dtype, copy=False).reshape(shape)


def _permutation(state: Any, *, n: int, stream: int = ORDER) -> Any:
    """0 … n - 1 in random order: sorted by a random word each, ties by place."""
    return np.argsort(_words(state, n, stream), kind="stable").astype(np.int32)


uniform_atom = atom(
    "random_uniform", _uniform, None,
    about="Numbers uniform on [0, 1), named by a state (seed, step) and a stream.",
    tex=r"U({0:0})")
permutation_atom = atom(
    "random_permutation", _permutation, None,
    about="0 … n - 1 in random order, named by a state (seed, step) and a stream.",
    tex=r"\pi({0:0})")


class _Drawing(threading.local):
    """The float type that a model draws in while it is recomputed in another one."""

    dtype: str | None = None


drawing = _Drawing()


def random_uniform(state: Any, shape: Any, dtype: Any = None, stream: int = MASKS) -> Any:
    """Numbers uniform on [0, 1); ``state`` holds seed and step (two uint32).

    >>> u = random_uniform(np.array([7, 0], np.uint32), (1000,)).numpy()
    >>> bool(u.min() >= 0), bool(u.max() < 1), bool(abs(u.mean() - 0.5) < 0.05)
    (True, True, True)
    """
    dtype = dtypes.standardize(dtype)
    drawn = dtype if drawing.dtype is None else drawing.dtype
    numbers = uniform_atom(state, shape=tuple(int(n) for n in shape), dtype=drawn, stream=stream)
    return numbers if drawn == dtype else cast(numbers, dtype=dtype)


def random_permutation(state: Any, n: int, stream: int = ORDER) -> Any:
    """The numbers 0 … n - 1 in random order.

    >>> sorted(random_permutation(np.array([7, 0], np.uint32), 4).tolist())
    [0, 1, 2, 3]
    """
    return permutation_atom(state, n=n, stream=stream)


def random_normal(state: Any, shape: Any, dtype: Any = None, stream: int = MASKS) -> Any:
    """Standard normal numbers, by Box and Muller: √(-2 log u₁) cos 2πu₂.

    >>> z = random_normal(np.array([7, 0], np.uint32), (1000,)).numpy()
    >>> bool(abs(z.mean()) < 0.1), bool(abs(z.std() - 1) < 0.1)
    (True, True)
    """
    u = random_uniform(state, (2, *shape), dtype, stream)
    return sqrt(-2 * log(1 - u[0])) * cos(2 * math.pi * u[1])


# √2 erf⁻¹(c) / c as a polynomial in w = -log(1 - c²) for 0 ≤ w ≤ 2.42, that is, up to z = 2: our
# own fit at Chebyshev points, right to 3e-16 (tests/atoms compares it with 50 digits)
_QUANTILE = (
    1.2533141373155003, 0.32811687386921945, 0.016333236146925098, -0.0033023324099110303,
    -0.00018108057206606002, 6.591857090025674e-05, 2.8565764465653375e-06,
    -1.4317191871850149e-06, -5.3117803631094914e-08, 3.264865059127931e-08,
    7.275000553141585e-10, -5.347453383387781e-10, -1.1524771012289652e-10,
    4.661060683501493e-11, -5.590716272084282e-12, 2.4969213913107606e-13)


def truncated_normal(state: Any, shape: Any, dtype: Any = None, stream: int = MASKS) -> Any:
    """Standard normal numbers within (-2, 2): z = √2 erf⁻¹(c) of a uniform c in ±erf(√2).

    >>> z = truncated_normal(np.array([7, 0], np.uint32), (1000,)).numpy()
    >>> bool(abs(z).max() < 2)
    True
    """
    u = uniform_atom(state, shape=tuple(int(n) for n in shape), dtype="float64", stream=stream)
    c = (2 * u - 1) * math.erf(math.sqrt(2))
    w = -log1p(-square(c))
    ratio = _QUANTILE[-1]
    for coefficient in _QUANTILE[-2::-1]:
        ratio = ratio * w + coefficient
    return cast(c * ratio, dtype=dtypes.standardize(dtype))
