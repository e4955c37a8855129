"""TensorFlow's face: `from pellucid import tf` for code in the style of `tf.GradientTape`.

Only names stand here; each is a function of `pellucid`.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

from pellucid import keras
from pellucid.activations import sigmoid
from pellucid.atoms import (
    abs,
    add,
    cond,
    cos,
    divide,
    equal,
    exp,
    expand_dims,
    eye,
    floor,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    matmul,
    maximum,
    minimum,
    multiply,
    negative,
    norm,
    not_equal,
    ones,
    ones_like,
    repeat,
    reshape,
    round,
    scan,
    sign,
    sin,
    sqrt,
    square,
    squeeze,
    stack,
    stop_gradient,
    subtract,
    tanh,
    tensordot,
    unstack,
    where,
    zeros,
    zeros_like,
)
from pellucid.atoms import all as reduce_all
from pellucid.atoms import any as reduce_any
from pellucid.atoms import arange as range
from pellucid.atoms import clip as clip_by_value
from pellucid.atoms import concatenate as concat
from pellucid.atoms import full as fill
from pellucid.atoms import logsumexp as reduce_logsumexp
from pellucid.atoms import max as reduce_max
from pellucid.atoms import mean as reduce_mean
from pellucid.atoms import min as reduce_min
from pellucid.atoms import power as pow
from pellucid.atoms import prod as reduce_prod
from pellucid.atoms import sum as reduce_sum
from pellucid.atoms.einsum import einsum
from pellucid.atoms.grids import meshgrid
from pellucid.core.nest import map_structure
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, Tensor
from pellucid.core.variable import Variable
from pellucid.ops.conversion import cast, convert_to_tensor, is_tensor, size
from pellucid.tf.arguments import (
    argmax,
    argmin,
    boolean_mask,
    cumsum,
    gather,
    one_hot,
    pad,
    sequence_mask,
    split,
    tile,
    transpose,
)
from pellucid.tf.clipping import clip_by_global_norm, clip_by_norm, global_norm
from pellucid.tf.functions import Function

bool, float16, float32, float64 = "bool", "float16", "float32", "float64"
int8, int16, int32, int64 = "int8", "int16", "int32", "int64"
uint8, uint16, uint32, uint64 = "uint8", "uint16", "uint32", "uint64"

newaxis = None

SUBMODULES = ("math", "nn", "random", "linalg", "nest", "initializers", "losses", "metrics",
              "optimizers")

# `import pellucid.tf.keras as keras` gives Keras's face itself, no second module of its names.
sys.modules[f"{__name__}.keras"] = keras

INSTEAD = {"data": "fit takes arrays, shuffles and batches them; keras.utils.PyDataset is for "
                   "batches of one's own", "print": "Python's print shows tensors",
           "debugging": "pellucid.explain and pellucid.gradient_check look inside"}


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor of a value; a single number fills a given shape."""
    tensor = convert_to_tensor(value, dtype)
    if shape is None or tuple(shape) == tensor.shape:
        return tensor
    return fill(shape, tensor) if tensor.shape == () else reshape(tensor, shape)


def identity(x: Any, name: str | None = None) -> Tensor:
    """A tensor of the same value."""
    return OPS["identity"](convert_to_tensor(x))


def rank(x: Any) -> int:
    """The number of axes."""
    return len(convert_to_tensor(x).shape)


def shape(x: Any) -> Tensor:
    """The shape as a tensor of integers."""
    return convert_to_tensor(list(convert_to_tensor(x).shape), "int32")


def function(body: Any = None, **_: Any) -> Any:
    """Decorator: trace a function into a Plan at its first call for each signature."""
    return (lambda f: function(f)) if body is None else Function(body)


def __getattr__(name: str) -> Any:
    if name in ("math", "nn", "random", "linalg", "nest"):
        return importlib.import_module(f"pellucid.tf.{name}")
    if name in SUBMODULES:
        return importlib.import_module(f"pellucid.{name}")
    raise AttributeError(f"pellucid.tf has no {name!r}; " + INSTEAD.get(
        name, "pellucid.ops has Keras's functions"))
