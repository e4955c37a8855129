"""Floor 1: the closed set of atoms, and the first ops made of them.

Each atom is one row: its NumPy value, a gradient rule for each operand written in atoms (so that
gradients have gradients), and its notation.
"""

from pellucid.atoms.choices import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    not_equal,
    where,
)
from pellucid.atoms.control import cond, scan
from pellucid.atoms.convolution import conv
from pellucid.atoms.elementwise import (
    abs,
    add,
    cast,
    ceil,
    clip,
    cos,
    divide,
    erf,
    exp,
    expm1,
    floor,
    floor_divide,
    isfinite,
    isinf,
    isnan,
    log,
    log1p,
    logaddexp,
    mod,
    multiply,
    negative,
    power,
    reciprocal,
    round,
    rsqrt,
    sign,
    sin,
    sqrt,
    square,
    stop_gradient,
    subtract,
    tanh,
)
from pellucid.atoms.indexing import get_item, one_hot, repeat, split, take, unstack
from pellucid.atoms.linear_algebra import dot, matmul, outer, tensordot
from pellucid.atoms.making import (
    arange,
    eye,
    full,
    full_like,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from pellucid.atoms.pooling import average_pool, max_pool
from pellucid.atoms.random import (
    random_normal,
    random_permutation,
    random_uniform,
    truncated_normal,
)
from pellucid.atoms.reductions import (
    all,
    any,
    argmax,
    argmin,
    count_nonzero,
    cumsum,
    logsumexp,
    max,
    mean,
    min,
    norm,
    prod,
    std,
    sum,
    var,
)
from pellucid.atoms.shaping import (
    broadcast_to,
    concatenate,
    expand_dims,
    flip,
    moveaxis,
    pad,
    reshape,
    squeeze,
    stack,
    swapaxes,
    tile,
    transpose,
)

_FILES = {"choices", "control", "convolution", "elementwise", "indexing", "linear_algebra",
          "making", "pooling", "random", "reductions", "samples", "shaping", "special", "windows"}
__all__ = sorted({name for name in dir() if not name.startswith("_")} - _FILES)   # pyright: ignore
