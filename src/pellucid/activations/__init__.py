"""Activation functions: what a neuron does with its sum. Names and defaults as in Keras 3.

A name, a function, or None (the identity) is turned into a function by `get`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.activations.attention import dot_product_attention as dot_product_attention
from pellucid.activations.elu import celu, elu, selu
from pellucid.activations.gates import gelu, glu, hard_silu, mish, silu
from pellucid.activations.linear import exponential, linear, threshold
from pellucid.activations.relu import leaky_relu, relu, relu6
from pellucid.activations.shrink import hard_shrink, soft_shrink
from pellucid.activations.sigmoid import hard_sigmoid, sigmoid, sparse_sigmoid
from pellucid.activations.softmax import log_softmax, softmax, sparsemax
from pellucid.activations.softplus import log_sigmoid, softplus, sparse_plus, squareplus
from pellucid.activations.tanh import hard_tanh, softsign, tanh, tanh_shrink
from pellucid.core import serialization
from pellucid.core.identifiers import Identifiers

swish, hard_swish = silu, hard_silu     # further names that Keras has for them

_all: tuple[Any, ...] = (
    celu, elu, exponential, gelu, glu, hard_shrink, hard_sigmoid, hard_silu, hard_tanh,
    leaky_relu, linear, log_sigmoid, log_softmax, mish, relu, relu6, selu, sigmoid, silu,
    soft_shrink, softmax, softplus, softsign, sparse_plus, sparse_sigmoid, sparsemax, squareplus,
    tanh, tanh_shrink, threshold)
FUNCTIONS: dict[str, Any] = {each.__name__: each for each in _all}

_identifiers = Identifiers("keras.activations", "activation", **FUNCTIONS, swish=swish,
                           hard_swish=hard_swish)
deserialize = _identifiers.deserialize

serialization.BUILT_IN.setdefault("functions", {}).update(FUNCTIONS)


def get(identifier: Any) -> Callable[..., Any]:
    """The activation that a name, a config, a function, or None (the identity) stands for.

    Raises ArgumentError for an unknown name and KindError for what cannot be called.

    >>> get("relu")
    <op relu>
    """
    return linear if identifier is None else _identifiers.get(identifier)


def serialize(activation: Any) -> Any:
    """The name of a built-in activation; for an own one, what `deserialize` needs to find it.

    >>> serialize(relu)
    'relu'
    """
    return serialization.serialize(activation)
