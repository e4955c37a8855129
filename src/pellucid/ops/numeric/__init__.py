"""The NumPy-like half of `keras.ops`: names alone, gathered from the families of atoms."""

from pellucid.atoms import max as amax
from pellucid.atoms import min as amin
from pellucid.atoms import zeros as empty
from pellucid.atoms import zeros_like as empty_like
from pellucid.atoms.arranging import (
    append,
    array_split,
    dsplit,
    dstack,
    fliplr,
    flipud,
    hsplit,
    hstack,
    ravel,
    roll,
    rot90,
    select,
    vsplit,
    vstack,
)
from pellucid.atoms.bessel import i0
from pellucid.atoms.bit_views import nextafter, view
from pellucid.atoms.bitwise import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    gcd,
    lcm,
    left_shift,
    right_shift,
)
from pellucid.atoms.bitwise import bitwise_not as bitwise_invert
from pellucid.atoms.bitwise import left_shift as bitwise_left_shift
from pellucid.atoms.bitwise import right_shift as bitwise_right_shift
from pellucid.atoms.error_functions import erfc, erfinv
from pellucid.atoms.grids import copy, geomspace, identity, linspace, logspace, meshgrid
from pellucid.atoms.hyperbolic import arccosh, arcsinh, arctanh, cosh, sinh
from pellucid.atoms.logarithms import cbrt, exp2, ldexp, log2, log10, logaddexp2
from pellucid.atoms.missing_values import (
    nanargmax,
    nanargmin,
    nancumprod,
    nancumsum,
    nanmax,
    nanmean,
    nanmin,
    nanprod,
    nanstd,
    nansum,
    nanvar,
)
from pellucid.atoms.numbers import (
    allclose,
    divide_no_nan,
    fabs,
    fmax,
    fmin,
    fmod,
    heaviside,
    isclose,
    isneginf,
    isposinf,
    isreal,
    logical_xor,
    nan_to_num,
    psnr,
    signbit,
    trunc,
)
from pellucid.atoms.running import (
    average,
    bincount,
    cumprod,
    diff,
    digitize,
    ptp,
    trapezoid,
)
from pellucid.atoms.signal_windows import bartlett, blackman, hamming, hanning, kaiser
from pellucid.atoms.trigonometry import (
    arccos,
    arcsin,
    arctan,
    arctan2,
    deg2rad,
    hypot,
    rad2deg,
    sinc,
    tan,
)
from pellucid.ops.conversion import array, saturate_cast

__all__ = [name for name in dir() if not name.startswith("_")]                   # pyright: ignore
