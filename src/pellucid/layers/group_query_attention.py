"""Attention in which several heads of queries share the keys and values of one."""

from __future__ import annotations

import math
from typing import Any

from pellucid import regularizers
from pellucid.activations.attention import shared
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.serialization import BUILT_IN
from pellucid.core.tensor import Tensor
from pellucid.layers import attending
from pellucid.layers.attending import attend, check_flash, prepare, projection, visible
from pellucid.layers.base import Layer
from pellucid.layers.calling import mask_of


class GroupedQueryAttention(Layer):
    """Attention with more heads of queries than of keys and values: groups of heads share them.

    Shapes: query ``(batch, T, a)``, value and key ``(batch, S, a)`` → ``(batch, T, a)``. With as
    many key-value heads as query heads it is `MultiHeadAttention`; with one, multi-query
    attention. The call arguments are those of `MultiHeadAttention`.

    Use it for long sequences: keys and values take less memory, at little loss.

    >>> import numpy as np
    >>> x = np.ones((2, 5, 8))
    >>> layer = GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)
    >>> layer(x, x).shape, [w.shape for w in layer.weights[:3:2]]
    ((2, 5, 8), [(8, 4, 4), (8, 2, 4)])

    Use: long sequences in transformers.
    Pros: keys and values take a fraction of the memory, at little loss.
    Cons: a little weaker than full multi-head attention; one more number to choose.
    Source: J. Ainslie et al., "GQA: Training generalized multi-query transformer models from
    multi-head checkpoints" (2023).
    """

    head_dim: int = field(at_least=1, whole=True, symbol="n", help="length of a head")
    num_query_heads: int = field(at_least=1, whole=True, help="how many heads the queries have")
    num_key_value_heads: int = field(at_least=1, whole=True, help="how many heads keys and values "
                                     "have; it divides num_query_heads")
    dropout: float = attending.DROPOUT
    use_bias: bool = attending.USE_BIAS
    sliding_window: Any = attending.SLIDING_WINDOW
    flash_attention: Any = attending.FLASH_ATTENTION
    kernel_initializer: Any = attending.KERNEL_INITIALIZER
    bias_initializer: Any = attending.BIAS_INITIALIZER
    kernel_regularizer: Any = attending.KERNEL_REGULARIZER
    bias_regularizer: Any = attending.BIAS_REGULARIZER
    activity_regularizer: Any = field(None, get=regularizers.get, help="penalty on what the layer "
                                      "gives, and each of the dense layers within")
    kernel_constraint: Any = attending.KERNEL_CONSTRAINT
    bias_constraint: Any = attending.BIAS_CONSTRAINT
    use_gate: bool = attending.USE_GATE
    seed: Any = attending.SEED

    supports_masking = True

    def settle(self) -> None:
        if self.num_query_heads % self.num_key_value_heads:
            raise ArgumentError("GroupQueryAttention's num_key_value_heads must divide "
                                "num_query_heads", where=user_line(),
                                got=f"{self.num_key_value_heads} and {self.num_query_heads}")
        check_flash(self)

    @property
    def penalty(self) -> Any:
        """The penalty that the dense layers within take over."""
        return self.activity_regularizer

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        self._check_shapes(query_shape, value_shape, key_shape)
        heads, groups, n = self.num_query_heads, self.num_key_value_heads, self.head_dim
        self._query_dense = projection(self, "query", query_shape, 1, (heads, n))
        self._key_dense = projection(self, "key", key_shape, 1, (groups, n))
        if self.use_gate:
            self._gate_dense = projection(self, "gate", query_shape, 1, (heads, n),
                                          activation="sigmoid")
        self._value_dense = projection(self, "value", value_shape, 1, (groups, n))
        prepare(self, (1,))
        self._output_dense = projection(self, "attention_output", (*query_shape[:-1], heads, n), 2,
                                        query_shape[-1:])

    def _check_shapes(self, *shapes: Any) -> None:
        for shape in shapes:
            if len(shape) != 3:
                raise ShapeError(f"{self.label} needs tensors with three axes (batch, steps, "
                                 "features)", got=f"shape {tuple(shape)}", where=user_line())

    def call(self, query: Tensor, value: Tensor, key: Any = None, query_mask: Any = None,
             value_mask: Any = None, key_mask: Any = None, attention_mask: Any = None,
             return_attention_scores: bool = False, training: Any = None,
             use_causal_mask: bool = False) -> Any:
        self._check_shapes(query.shape, value.shape, (value if key is None else key).shape)
        given = (query, query_mask), (value, value_mask), (key, key_mask)
        query_mask, value_mask, key_mask = (
            mask_of(x) if mask is None else mask for x, mask in given)
        mask = visible(query, value, query_mask, value_mask, key_mask, attention_mask,
                       use_causal_mask, self.sliding_window)
        times = self.num_query_heads // self.num_key_value_heads
        found, shares = attend(
            self, self._query_dense(query), shared(self._key_dense(value if key is None else key),
                                                   times),
            shared(self._value_dense(value), times), mask, (1,), 1 / math.sqrt(self.head_dim),
            training, return_attention_scores)
        if self.use_gate:
            found = found * self._gate_dense(query)
        output = self._output_dense(found)
        return (output, shares) if return_attention_scores else output

    def compute_output_shape(self, query_shape: Any, value_shape: Any,
                             key_shape: Any = None) -> Any:
        return tuple(query_shape)

    def keras_config(self) -> dict[str, Any]:
        """The layer as Keras writes it: under its public name."""
        return {"module": self.family, "class_name": "GroupQueryAttention",
                "config": self.get_config(), "registered_name": None}


# Keras's public name; files hold the class's own in the paths of their weights
GroupQueryAttention = BUILT_IN["keras.layers"]["GroupQueryAttention"] = GroupedQueryAttention
