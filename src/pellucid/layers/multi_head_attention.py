"""Attention with several heads, each of which looks for something else."""

from __future__ import annotations

import math
from typing import Any

from pellucid import regularizers
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.serialization import serialize
from pellucid.core.tensor import Tensor
from pellucid.layers import attending
from pellucid.layers.attending import attend, check_flash, prepare, projection, visible
from pellucid.layers.base import Layer
from pellucid.layers.calling import mask_of


class MultiHeadAttention(Layer):
    r"""Every query looks at all keys, in several ways at once, and takes what it finds.

    .. math::
        Q_h, K_h, V_h &= x_q W^Q_h,\; x_k W^K_h,\; x_v W^V_h \\
        y &= \sum_h softmax(Q_h K_h^T / \sqrt{n}) \, V_h W^O_h

    Shapes: query ``(batch, T, a)``, value ``(batch, S, b)``, key ``(batch, S, c)`` → ``(batch, T,
    a)``; the kernels are ``(a, heads, key_dim)``, ``(c, heads, key_dim)``, ``(b, heads,
    value_dim)`` and ``(heads, value_dim, a)``. There may be several axes of steps;
    ``attention_axes`` says along which a query looks.

    Call arguments: ``query``, ``value``, ``key`` (the values unless told), ``attention_mask``
    (``(batch, T, S)``, false where a query must not look), ``use_causal_mask`` (not at later
    steps), ``return_attention_scores`` (the shares, ``(batch, heads, T, S)``, as well),
    ``training``, and ``query_mask``, ``value_mask``, ``key_mask`` (``(batch, steps)``; those that
    the tensors carry unless told). The output carries the mask of the query.

    Use it with the same tensor three times (self-attention) where any step of a sequence may
    matter for any other: texts above all.

    >>> import numpy as np
    >>> x = np.ones((2, 5, 8))
    >>> y, shares = MultiHeadAttention(2, 4)(x, x, return_attention_scores=True)
    >>> y.shape, shares.shape, float(shares[0, 0, 0].numpy().sum().round(5))
    ((2, 5, 8), (2, 2, 5, 5), 1.0)

    Use: texts, and all sequences in which any step may matter for any other.
    Pros: any distance is one step; all steps at once; several ways of looking.
    Cons: cost and memory grow with the square of the length; knows no order, so positions must be
    added; wants much data.
    Source: A. Vaswani et al., "Attention is all you need" (2017).
    """

    num_heads: int = field(at_least=1, whole=True, help="how many ways of looking")
    key_dim: int = field(at_least=1, whole=True, symbol="n", help="length of a head's queries and "
                         "keys")
    value_dim: Any = field(None, at_least=1, whole=True, help="length of a head's values; None: "
                           "key_dim")
    dropout: float = attending.DROPOUT
    use_bias: bool = attending.USE_BIAS
    output_shape: Any = field(None, help="last axes of the output; None: that of the query")
    attention_axes: Any = field(None, help="axes of the query along which it looks; None: all "
                                "but batch and features")
    sliding_window: Any = attending.SLIDING_WINDOW
    flash_attention: Any = attending.FLASH_ATTENTION
    kernel_initializer: Any = attending.KERNEL_INITIALIZER
    bias_initializer: Any = attending.BIAS_INITIALIZER
    kernel_regularizer: Any = attending.KERNEL_REGULARIZER
    bias_regularizer: Any = attending.BIAS_REGULARIZER
    activity_regularizer: Any = field(None, get=regularizers.get, help="penalty on what each of "
                                      "the dense layers within gives")
    kernel_constraint: Any = attending.KERNEL_CONSTRAINT
    bias_constraint: Any = attending.BIAS_CONSTRAINT
    use_gate: bool = attending.USE_GATE
    seed: Any = attending.SEED

    supports_masking = True

    def settle(self) -> None:
        self.value_dim = self.value_dim or self.key_dim
        self.output_shape = _whole_numbers(self.output_shape, "output_shape")
        self.attention_axes = _whole_numbers(self.attention_axes, "attention_axes")
        if min(self.output_shape or (1,)) < 1:
            raise ArgumentError("MultiHeadAttention's output_shape must be whole numbers of at "
                                "least 1", got=str(self.output_shape), where=user_line())
        self.penalty, self.activity_regularizer = self.activity_regularizer, None
        check_flash(self)

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        _check_shapes(self.label, query_shape, value_shape, key_shape)
        heads, rank = self.num_heads, len(value_shape)
        self.query_dense = projection(self, "query", query_shape, 1, (heads, self.key_dim))
        self.key_dense = projection(self, "key", key_shape, 1, (heads, self.key_dim))
        if self.use_gate:
            self._gate_dense = projection(self, "gate", query_shape, 1, (heads, self.value_dim),
                                          activation="sigmoid")
        self.value_dense = projection(self, "value", value_shape, 1, (heads, self.value_dim))
        self.attention_axes = _axes(self.label, self.attention_axes, rank)
        prepare(self, self.attention_axes)
        self.output_dense = projection(
            self, "attention_output", (*query_shape[:-1], heads, self.value_dim), 2,
            self.output_shape or query_shape[-1:])

    def call(self, query: Tensor, value: Tensor, key: Any = None, query_mask: Any = None,
             value_mask: Any = None, key_mask: Any = None, attention_mask: Any = None,
             return_attention_scores: bool = False, training: Any = None,
             use_causal_mask: bool = False) -> Any:
        _check_shapes(self.label, query.shape, value.shape, (value if key is None else key).shape)
        given = (query, query_mask), (value, value_mask), (key, key_mask)
        query_mask, value_mask, key_mask = (
            mask_of(x) if mask is None else mask for x, mask in given)
        key = value if key is None else key
        mask = visible(query, value, query_mask, value_mask, key_mask, attention_mask,
                       use_causal_mask, self.sliding_window)
        found, shares = attend(
            self, self.query_dense(query), self.key_dense(key), self.value_dense(value), mask,
            self.attention_axes, 1 / math.sqrt(self.key_dim), training, return_attention_scores)
        if self.use_gate:
            found = found * self._gate_dense(query)
        output = self.output_dense(found)
        if query_mask is not None:
            output._keras_mask = query_mask
        return (output, shares) if return_attention_scores else output

    def compute_output_shape(self, query_shape: Any, value_shape: Any,
                             key_shape: Any = None) -> Any:
        _check_shapes(self.label, query_shape, value_shape,
                      value_shape if key_shape is None else key_shape)
        return (*query_shape[:-1], *(self.output_shape or query_shape[-1:]))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "activity_regularizer": serialize(self.penalty)}


def _check_shapes(label: str, query_shape: Any, value_shape: Any, key_shape: Any) -> None:
    ranks = {len(query_shape), len(value_shape), len(key_shape)}
    if len(ranks) > 1 or min(ranks) < 3:
        raise ShapeError(f"{label} needs a query, a value and a key with equally many axes (batch, "
                         "steps, features), three at least", where=user_line(), got=" and ".join(
                             str(tuple(each)) for each in (query_shape, value_shape, key_shape)))
    if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
        raise ShapeError(f"{label} needs a key for each value", where=user_line(),
                         got=f"values of shape {tuple(value_shape)}, keys of shape "
                             f"{tuple(key_shape)}")


def _whole_numbers(value: Any, name: str) -> tuple[int, ...] | None:
    """A whole number or several as a tuple; None stays."""
    several = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    if value is None or value == ():
        return None
    if not all(type(each) is int for each in several):
        raise KindError(f"MultiHeadAttention's {name} must be a whole number, a tuple of them, or "
                        "None", got=value, where=user_line())
    return several


def _axes(label: str, axes: tuple[int, ...] | None, rank: int) -> tuple[int, ...]:
    """The axes of steps along which a query looks, counted from 0; all of them unless told."""
    steps = tuple(range(1, rank - 1))
    found = steps if axes is None else tuple(axis + rank if axis < 0 else axis for axis in axes)
    if not {*found} <= {*steps} or len({*found}) < len(found):
        raise ArgumentError(f"{label} can look along the axes {steps} (neither batch nor features)",
                            got=f"attention_axes={axes}", where=user_line())
    return found
