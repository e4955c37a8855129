"""Draws as in ``keras.random``: shapes and parameters in, random tensors out.

``seed`` may be a whole number (the same numbers each call), a `SeedGenerator` (new ones each call)
or None (a generator that all share, see `set_random_seed`).
"""

from __future__ import annotations

from typing import Any

from pellucid.atoms import (
    argmax,
    broadcast_to,
    cast,
    expand_dims,
    floor,
    greater_equal,
    log,
    take,
    where,
    zeros_like,
)
from pellucid.atoms import random as atoms
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.tensor import convert
from pellucid.random.seed import draw_state


def uniform(shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None,
            seed: Any = None, *, stream: int = atoms.MASKS) -> Any:
    """Numbers of which each in [minval, maxval) is equally likely.

    >>> uniform((2, 3), seed=1).shape
    (2, 3)
    """
    dtype = _float(dtype, "uniform")
    u = atoms.random_uniform(draw_state(seed), _shape(shape), dtype, stream)
    return minval + (maxval - minval) * u


def normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
           seed: Any = None, *, stream: int = atoms.MASKS) -> Any:
    """Numbers of a normal distribution: mean + stddev · z with z ~ N(0, 1).

    >>> normal((1000,), mean=5.0, seed=1).shape
    (1000,)
    """
    dtype = _float(dtype, "normal")
    z = atoms.random_normal(draw_state(seed), _shape(shape), _wide(dtype), stream)
    return cast(mean + stddev * z, dtype=dtype)


def truncated_normal(shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None,
                     seed: Any = None, *, stream: int = atoms.MASKS) -> Any:
    """Numbers of a normal distribution of which none is over two stddev from the mean.

    The standard deviation of what remains is 0.8796 times ``stddev``.

    >>> bool((abs(truncated_normal((1000,), seed=1).numpy()) < 2).all())
    True
    """
    dtype = _float(dtype, "truncated_normal")
    z = atoms.truncated_normal(draw_state(seed), _shape(shape), _wide(dtype), stream)
    return cast(mean + stddev * z, dtype=dtype)


def randint(shape: Any, minval: int, maxval: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Whole numbers of which each in [minval, maxval) is equally likely.

    >>> set(randint((100,), 0, 3, seed=1).tolist()) == {0, 1, 2}
    True
    """
    dtype = dtypes.standardize(dtype)
    if not dtype.startswith(("int", "uint")):
        raise ArgumentError("randint needs an integer dtype", got=dtype, where=user_line())
    u = atoms.random_uniform(draw_state(seed), _shape(shape), "float64")
    return cast(minval + floor((maxval - minval) * u), dtype=dtype)


def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Classes drawn with probability softmax(logits): (batch, classes) → (batch, num_samples).

    Gumbel's trick: the largest of logit - log(-log u) is class k with exactly its probability.
    Raises ShapeError for logits that are no matrix.

    >>> categorical([[0.0, -1e9], [-1e9, 0.0]], 3, seed=1).tolist()
    [[0, 0, 0], [1, 1, 1]]
    """
    logits = convert(logits)
    if logits.ndim != 2:
        raise ShapeError("categorical needs logits of shape (batch, classes)",
                         got=f"shape {logits.shape}", where=user_line())
    batch, classes = logits.shape
    u = atoms.random_uniform(draw_state(seed), (batch, num_samples, classes), "float64")
    gumbel = -log(-log(u + 2.0 ** -54))              # u may be 0, whose logarithm is -∞
    return cast(argmax(expand_dims(logits, axis=1) + gumbel, axis=-1),
                dtype=dtypes.standardize(dtype))


def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Zero each number with probability ``rate``, divide the rest by 1 - rate.

    The expected value stays as it was. Where ``noise_shape`` has a 1, an axis lives or dies whole;
    None in it stands for the inputs' own length.

    >>> set(dropout([1.0] * 20, 0.5, seed=1).tolist()) == {0.0, 2.0}
    True
    """
    inputs = convert(inputs)
    if rate == 0:
        return inputs
    if rate == 1:
        return zeros_like(inputs)
    own = noise_shape is None
    shape = inputs.shape if own else [n if m is None else m
                                      for m, n in zip(noise_shape, inputs.shape, strict=True)]
    keep = greater_equal(atoms.random_uniform(draw_state(seed), shape, "float32"), rate)
    return where(broadcast_to(keep, shape=inputs.shape), inputs / (1 - rate), 0)


def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """x with its slices along an axis in random order.

    >>> sorted(shuffle([3, 1, 2], seed=1).tolist())
    [1, 2, 3]
    """
    x = convert(x)
    return take(x, atoms.random_permutation(draw_state(seed), x.shape[axis]), axis=axis)


def _shape(shape: Any) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)


def _float(dtype: Any, name: str) -> str:
    dtype = dtypes.standardize(dtype)
    if not dtypes.is_float(dtype):
        raise ArgumentError(f"{name} needs a float dtype", got=dtype, where=user_line())
    return dtype


def _wide(dtype: str) -> str:
    """Half precision has too few digits for the tails: draw in single precision, then round."""
    return "float32" if dtype == "float16" else dtype
