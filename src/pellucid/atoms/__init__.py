"""Floor 1: the closed set of atoms, and the first ops made of them.

Each atom is one row: its NumPy value, a gradient rule for each operand written in atoms (so that
gradients have gradients), and its notation.
"""

from pellucid.atoms.adaptive_pooling import adaptive_average_pool, adaptive_max_pool
from pellucid.atoms.bitwise import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    left_shift,
    right_shift,
)
from pellucid.atoms.blocks import depth_to_space, space_to_depth, unfold
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
from pellucid.atoms.complex_pairs import (
    angle,
    conj,
    conjugate,
    imag,
    polar,
    real,
    view_as_complex,
    view_as_real,
)
from pellucid.atoms.control import cond, scan
from pellucid.atoms.convolution import conv, depthwise_conv, separable_conv
from pellucid.atoms.convolution_transpose import conv_transpose
from pellucid.atoms.correlation import cdist, corrcoef, correlate
from pellucid.atoms.ctc import ctc_decode, ctc_loss
from pellucid.atoms.einsum import einsum
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
from pellucid.atoms.folding import fold
from pellucid.atoms.fourier import extract_sequences, fft, fft2, ifft2, irfft, istft, rfft, stft
from pellucid.atoms.indexing import get_item, one_hot, repeat, split, take, unstack
from pellucid.atoms.linear_algebra import dot, matmul, outer, tensordot
from pellucid.atoms.loops import (
    associative_scan,
    fori_loop,
    map,
    switch,
    vectorize,
    vectorized_map,
    while_loop,
)
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
from pellucid.atoms.matrices import (
    cross,
    diag,
    diagflat,
    diagonal,
    inner,
    kron,
    trace,
    tri,
    tril,
    triu,
    vander,
    vdot,
)
from pellucid.atoms.matrix_equations import (
    cholesky,
    cholesky_inverse,
    det,
    eig,
    eigh,
    inv,
    logdet,
    lstsq,
    lu_factor,
    matrix_rank,
    pinv,
    qr,
    slogdet,
    solve,
    solve_triangular,
    svd,
)
from pellucid.atoms.normalizing import (
    batch_normalization,
    layer_normalization,
    moments,
    normalize,
    rms_normalization,
)
from pellucid.atoms.ordering import (
    argpartition,
    argsort,
    in_top_k,
    isin,
    nonzero,
    searchsorted,
    sort,
    top_k,
    unique,
)
from pellucid.atoms.own_rules import custom_gradient, jvp
from pellucid.atoms.pooling import average_pool, max_pool
from pellucid.atoms.quantiles import (
    histogram,
    median,
    nanmedian,
    nanpercentile,
    nanquantile,
    percentile,
    quantile,
)
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
from pellucid.atoms.segments import (
    scatter_update,
    segment_max,
    segment_min,
    segment_prod,
    segment_sum,
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
from pellucid.atoms.slicing import scatter, slice, slice_update, take_along_axis, unravel_index
from pellucid.atoms.trigonometry import arctan

_FILES = {"adaptive_pooling", "blocks", "choices", "control", "convolution",
          "convolution_transpose", "elementwise", "indexing", "interpolation", "linear_algebra",
          "making", "matrices", "normalizing", "pooling", "random", "reductions", "samples",
          "shaping", "special", "windows"}
_FILES |= {"complex_pairs", "correlation", "ctc", "folding", "fourier", "host", "loops",
           "matrix_decompositions", "matrix_equations", "ordering", "own_rules", "quantiles",
           "segments", "slicing"}
_FILES |= {"arranging", "bessel", "bitwise", "error_functions", "grids", "hyperbolic",
           "logarithms", "missing_values", "numbers", "running", "signal_windows",
           "trigonometry"}
__all__ = sorted({name for name in dir() if not name.startswith("_")} - _FILES)   # pyright: ignore
