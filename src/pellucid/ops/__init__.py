"""`keras.ops`: functions on tensors, in Keras's names. No mathematics here, only names."""

from pellucid.activations import (
    celu, elu, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh, leaky_relu,
    log_sigmoid, log_softmax, relu, relu6, selu, sigmoid, silu, soft_shrink, softmax, softplus,
    softsign, sparse_plus, sparsemax, squareplus, tanh_shrink, threshold,
)
from pellucid.activations import silu as swish
from pellucid.atoms import (
    abs, add, all, any, arange, argmax, argmin, broadcast_to, ceil, clip, concatenate, cond, cos,
    count_nonzero, cumsum, divide, dot, equal, erf, exp, expand_dims, expm1, eye, flip, floor,
    floor_divide, full, full_like, greater, greater_equal, isfinite, isinf, isnan, less,
    less_equal, log, log1p, logaddexp, logical_and, logical_not, logical_or, logsumexp, matmul,
    max, maximum, mean, min, minimum, mod, moveaxis, multiply, negative, norm, not_equal, one_hot,
    ones, ones_like, outer, pad, power, prod, reciprocal, repeat, reshape, round, rsqrt, scan,
    sign, sin, split, sqrt, square, squeeze, stack, std, stop_gradient, subtract, sum, swapaxes,
    take, tanh, tensordot, tile, transpose, unstack, var, where, zeros, zeros_like,
)
from pellucid.atoms import abs as absolute
from pellucid.atoms import divide as true_divide
from pellucid.losses import (
    binary_crossentropy, categorical_crossentropy, sparse_categorical_crossentropy,
)
from pellucid.ops.conversion import (
    cast, convert_to_numpy, convert_to_tensor, is_tensor, ndim, shape, size,
)

__all__ = [name for name in dir() if not name.startswith("_")
           and name not in ("conversion", "annotations")]
