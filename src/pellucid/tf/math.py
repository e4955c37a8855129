"""`tf.math`: names only."""

# ruff: noqa: F401

from pellucid.activations import log_sigmoid, sigmoid, softplus
from pellucid.atoms import (
    abs,
    add,
    ceil,
    cos,
    count_nonzero,
    divide,
    equal,
    erf,
    exp,
    expm1,
    floor,
    floor_divide,
    greater,
    greater_equal,
    less,
    less_equal,
    log,
    log1p,
    logical_and,
    logical_not,
    logical_or,
    maximum,
    minimum,
    mod,
    multiply,
    negative,
    not_equal,
    reciprocal,
    round,
    rsqrt,
    sign,
    sin,
    sqrt,
    square,
    subtract,
    tanh,
)
from pellucid.atoms import all as reduce_all
from pellucid.atoms import any as reduce_any
from pellucid.atoms import isfinite as is_finite
from pellucid.atoms import isinf as is_inf
from pellucid.atoms import isnan as is_nan
from pellucid.atoms import logsumexp as reduce_logsumexp
from pellucid.atoms import max as reduce_max
from pellucid.atoms import mean as reduce_mean
from pellucid.atoms import min as reduce_min
from pellucid.atoms import power as pow
from pellucid.atoms import prod as reduce_prod
from pellucid.atoms import std as reduce_std
from pellucid.atoms import sum as reduce_sum
from pellucid.atoms import var as reduce_variance
from pellucid.tf.arguments import argmax, argmin, cumsum

__all__ = [name for name in dir() if not name.startswith("_")]      # pyright: ignore
