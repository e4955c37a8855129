"""What layers of attention share: where a query may look, heads, and the weighing itself."""

from __future__ import annotations

import functools
import string
from typing import Any

import numpy as np

from pellucid import constraints, initializers, regularizers
from pellucid.activations.attention import dot_product_attention
from pellucid.atoms import cast, einsum, expand_dims, logical_and
from pellucid.core import kinds
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.layers.activation import Softmax
from pellucid.layers.building import build_with, naming
from pellucid.layers.dropout import Dropout
from pellucid.layers.einsum_dense import EinsumDense

LETTERS = string.ascii_letters

# the fields that these layers share
DROPOUT: Any = field(0.0, at_least=0, at_most=1, help="share of the weights left out")
USE_BIAS: Any = field(True, help="whether biases are added")
SLIDING_WINDOW: Any = field(None, at_least=1, whole=True, help="how far a query looks: fewer steps "
                            "than this")
FLASH_ATTENTION: Any = field(None, one_of=(None, True, False), written=False, help="kept for "
                             "Keras: for accelerators only")
KERNEL_INITIALIZER: Any = field("glorot_uniform", get=initializers.get, help="first kernels")
BIAS_INITIALIZER: Any = field("zeros", get=initializers.get, help="first biases")
KERNEL_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on the kernels")
BIAS_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on the biases")
KERNEL_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by the kernels")
BIAS_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by the biases")
USE_GATE: Any = field(False, help="whether a sigmoid of the query multiplies what is found")
SEED: Any = field(None, kind=kinds.SEED, help="a whole number makes dropout repeatable")


def visible(query: Any, value: Any, query_mask: Any = None, value_mask: Any = None,
            key_mask: Any = None, attention_mask: Any = None, causal: bool = False,
            window: int | None = None) -> Any:
    """Where a query may look: true at (sample, query, key); None if nothing is hidden.

    Masks of queries, values and keys are ``(batch, steps)``; ``causal`` hides what is later,
    ``window`` what is that many steps away or more.
    """
    rows, columns = np.arange(query.shape[1])[:, None], np.arange(value.shape[1])
    told = [None if mask is None else cast(mask, dtype="bool")
            for mask in (query_mask, value_mask, key_mask, attention_mask)]
    masks = [None if mask is None else expand_dims(mask, axis=axis)
             for mask, axis in zip(told, (-1, -2, -2), strict=False)]
    if causal:
        masks.append((rows >= columns)[None])
    if window is not None:
        masks.append((np.abs(rows - columns) < window)[None])
    known = [mask for mask in (*masks, told[3]) if mask is not None]
    return functools.reduce(logical_and, known) if known else None


def projection(layer: Any, name: str, shape: Any, summed: int, lengths: Any,
               activation: Any = None) -> EinsumDense:
    """A dense layer within an attention layer, with its settings: axes of the input become others.

    ``summed`` is how many of the last axes are summed over, ``lengths`` are the axes that come
    instead; the others stay. An initializer without a seed draws anew for each.
    """
    free = len(shape) - summed
    kept, gone = LETTERS[:free], LETTERS[free:free + summed]
    made = LETTERS[free + summed:free + summed + len(lengths)]
    dense = EinsumDense(
        f"{kept}{gone},{gone}{made}->{kept}{made}", (*(None,) * (free - 1), *lengths),
        activation=activation, bias_axes=made if layer.use_bias else None,
        kernel_initializer=_another(layer.kernel_initializer),
        bias_initializer=_another(layer.bias_initializer),
        kernel_regularizer=layer.kernel_regularizer, bias_regularizer=layer.bias_regularizer,
        kernel_constraint=layer.kernel_constraint, bias_constraint=layer.bias_constraint,
        activity_regularizer=layer.penalty, dtype=layer.dtype_policy, name=name)
    with naming(dense):
        build_with(dense, {"input_shape": tuple(shape)})
    return dense


def _another(initializer: Any) -> Any:
    return initializer.clone() if hasattr(initializer, "clone") else initializer


def equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str]:
    """The two sums of attention along some axes, for queries and keys of ``rank`` axes.

    The last axis is summed over in the first and made in the second; all others are carried along.

    >>> equations(4, (1,))
    ('aecd,abcd->acbe', 'acbe,aecd->abcd')
    """
    queries, fresh = LETTERS[:rank], iter(LETTERS[rank:])
    keys = "".join(next(fresh) if i in axes else letter for i, letter in enumerate(queries))
    pairs = "".join(letter for i, letter in enumerate(queries[:-1]) if i not in axes)
    pairs += "".join(queries[i] for i in axes) + "".join(keys[i] for i in axes)
    return f"{keys},{queries}->{pairs}", f"{pairs},{keys}->{queries}"


def prepare(layer: Any, axes: tuple[int, ...]) -> None:
    """Give a layer what turns scores into shares: a softmax over the keys, and dropout."""
    layer._softmax = Softmax(axis=list(range(-len(axes), 0)) if len(axes) > 1 else -1,
                             dtype=layer.dtype_policy)
    layer._dropout_layer = Dropout(layer.dropout, seed=layer.seed, dtype=layer.dtype_policy)


def attend(layer: Any, query: Any, key: Any, value: Any, mask: Any, axes: tuple[int, ...],
           scale: float, training: Any, with_scores: bool) -> tuple[Any, Any]:
    """What the queries find among the values, head by head, and the shares (None unless asked).

    Where dropout or the caller needs the shares, a query that may look nowhere finds 0; else, as
    in Keras, the mean of all values.
    """
    if layer.flash_attention and with_scores:
        raise ArgumentError(f"{layer.label} has no scores to return with flash_attention",
                            where=user_line(), hint="leave flash_attention out")
    rank = len(query.shape) + len(axes) - 1              # of the scores
    if mask is not None and len(mask.shape) < 2 * len(axes):
        raise ShapeError(f"{layer.label} needs a mask with an axis for each of the queries and one "
                         "for each of the keys", got=f"shape {tuple(mask.shape)}",
                         where=user_line())
    while mask is not None and len(mask.shape) < rank:   # one mask for all heads
        mask = expand_dims(mask, axis=-2 * len(axes) - 1)
    if not (layer.dropout > 0 or with_scores or len(query.shape) != 4):
        return dot_product_attention(query, key, value, mask=mask, scale=scale,
                                     flash_attention=layer.flash_attention or None), None
    score, combine = equations(len(query.shape), axes)
    weights = layer._softmax(einsum(score, key, query * scale), mask=mask)
    kept = layer._dropout_layer(weights, training=training)
    return einsum(combine, kept, value), weights


def check_flash(layer: Any) -> None:
    """Raises ArgumentError for flash attention with dropout, as Keras does."""
    if layer.flash_attention and layer.dropout > 0:
        raise ArgumentError(f"{type(layer).__name__} has no dropout with flash_attention",
                            got=f"dropout={layer.dropout}", where=user_line(),
                            hint="leave flash_attention out, or dropout")
