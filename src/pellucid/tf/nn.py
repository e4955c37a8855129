"""`tf.nn`: names only, and TensorFlow's argument names for the crossentropies on logits."""

from __future__ import annotations

from typing import Any

from pellucid.activations import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)
from pellucid.activations import silu as swish
from pellucid.atoms import expand_dims, square, sum
from pellucid.core.tensor import Tensor
from pellucid.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from pellucid.tf.windows import (
    avg_pool1d,
    avg_pool2d,
    conv1d,
    conv2d,
    max_pool1d,
    max_pool2d,
)

__all__ = ["avg_pool1d", "avg_pool2d", "conv1d", "conv2d", "elu", "gelu", "l2_loss", "leaky_relu",
           "log_softmax", "max_pool1d", "max_pool2d", "relu", "relu6", "selu", "sigmoid",
           "sigmoid_cross_entropy_with_logits", "silu", "softmax",
           "softmax_cross_entropy_with_logits", "softplus", "softsign",
           "sparse_softmax_cross_entropy_with_logits", "swish", "tanh"]


def sigmoid_cross_entropy_with_logits(labels: Any, logits: Any) -> Tensor:
    """The binary crossentropy of each number by itself."""
    return binary_crossentropy(expand_dims(labels, axis=-1), expand_dims(logits, axis=-1),
                               from_logits=True)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1) -> Tensor:
    """The categorical crossentropy of each sample."""
    return categorical_crossentropy(labels, logits, from_logits=True, axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> Tensor:
    """The same for class numbers."""
    return sparse_categorical_crossentropy(labels, logits, from_logits=True)


def l2_loss(t: Any) -> Tensor:
    """Half the sum of squares."""
    return sum(square(t)) / 2
