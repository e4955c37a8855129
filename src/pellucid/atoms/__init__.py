"""Floor 1: the closed set of atoms, and the first ops made of them.

Each atom is one row: its NumPy value, a gradient rule for each operand written in atoms (so that
gradients have gradients), and its notation.
"""

from pellucid.atoms.control import cond, scan
from pellucid.atoms.elementwise import (
    abs, add, cast, ceil, clip, cos, divide, equal, erf, exp, expm1, floor, floor_divide, greater,
    greater_equal, isfinite, isinf, isnan, less, less_equal, log, log1p, logaddexp, logical_and,
    logical_not, logical_or, maximum, minimum, mod, multiply, negative, not_equal, power,
    reciprocal, round, rsqrt, sign, sin, sqrt, square, stop_gradient, subtract, tanh, where,
)
from pellucid.atoms.linear_algebra import dot, matmul, outer, tensordot
from pellucid.atoms.random import (
    random_normal, random_permutation, random_uniform, truncated_normal,
)
from pellucid.atoms.reductions import (
    all, any, argmax, argmin, count_nonzero, cumsum, logsumexp, max, mean, min, norm, prod, std,
    sum, var,
)
from pellucid.atoms.shaping import (
    arange, broadcast_to, concatenate, expand_dims, eye, flip, full, full_like, get_item, moveaxis,
    one_hot, ones, ones_like, pad, repeat, reshape, split, squeeze, stack, swapaxes, take, tile,
    transpose, unstack, zeros, zeros_like,
)

__all__ = [name for name in dir() if not name.startswith("_")
           and name not in {"control", "elementwise", "linear_algebra", "random", "reductions",
                            "shaping", "annotations"}]
