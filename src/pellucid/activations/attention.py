"""Attention: each query takes the mean of all values, weighted by how well their keys suit it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.activations.softmax import softmax
from pellucid.atoms import broadcast_to, cast, expand_dims, logical_and, reshape, where
from pellucid.atoms.einsum import einsum
from pellucid.atoms.samples import uniform
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import op


@op(samples=[uniform(-2, 2)] * 3)
def dot_product_attention(query, key, value, bias=None, mask=None, scale=None, is_causal=False,
                          flash_attention=None, attn_logits_soft_cap=None):
    r"""Scaled dot-product attention: :math:`softmax(s\,Q K^T + B)\,V`, head by head.

    Shapes: query ``(batch, T, heads, n)``, key ``(batch, S, groups, n)``, value ``(batch, S,
    groups, m)`` → ``(batch, T, heads, m)``; as many heads share a group's key and value as there
    are heads to a group. ``bias`` and ``mask`` broadcast to ``(batch, heads, T, S)``.

    Arguments: ``bias`` B (added to the scores), ``mask`` (false where a query must not look; one
    that may look nowhere gives the mean of all values), ``scale`` s (1 / √n unless told),
    ``is_causal`` (a query looks at no later step), ``flash_attention`` and
    ``attn_logits_soft_cap`` (for accelerators only, as in Keras: leave them out).

    >>> x = np.eye(2).reshape(1, 2, 1, 2)
    >>> dot_product_attention(x, x, x, is_causal=True)[0, 0, 0].tolist()
    [1.0, 0.0]

    Source: A. Vaswani et al., "Attention is all you need" (2017).
    """
    _check(np.shape(query), np.shape(key), np.shape(value), flash_attention, attn_logits_soft_cap)
    heads, n = query.shape[2:]
    key, value = (shared(each, heads // each.shape[2]) for each in (key, value))
    scores = einsum("btnh,bsnh->bnts", query, key) * (1 / math.sqrt(n) if scale is None else scale)
    if bias is not None:
        scores = scores + cast(bias, dtype=scores.dtype)
    if is_causal:
        past = np.tri(query.shape[1], key.shape[1], dtype=bool)
        mask = past if mask is None else logical_and(mask, past)
    if mask is not None:
        least = -0.7 * float(np.finfo(str(scores.dtype)).max)
        scores = where(cast(mask, dtype="bool"), scores, least)
    return einsum("bnts,bsnh->btnh", softmax(scores, axis=-1), value)


def shared(x: Any, times: int) -> Any:
    """Each head of ``(batch, steps, heads, n)`` ``times`` times in a row, for as many queries."""
    if times == 1:
        return x
    batch, steps, heads, n = x.shape
    copies = broadcast_to(expand_dims(x, axis=3), shape=(batch, steps, heads, times, n))
    return reshape(copies, shape=(batch, steps, heads * times, n))


def _check(query: Any, key: Any, value: Any, flash: Any, soft_cap: Any) -> None:
    shapes = f"query {query}, key {key}, value {value}"
    if not len(query) == len(key) == len(value) == 4:
        raise ShapeError("dot_product_attention needs the four axes (batch, steps, heads, n)",
                         got=shapes, where=user_line())
    if key[:3] != value[:3] or query[0] != key[0] or query[3] != key[3]:
        raise ShapeError("dot_product_attention needs one batch, queries and keys of one length, "
                         "and a value for each key", got=shapes, where=user_line())
    if not key[2] or query[2] % key[2]:
        raise ShapeError("dot_product_attention needs a number of query heads that the heads of "
                         "the keys divide", got=shapes, where=user_line())
    for name, given in (("flash_attention", flash), ("attn_logits_soft_cap", soft_cap)):
        if given not in (None, False):
            raise ArgumentError(f"{name} is for accelerators: there is none here", got=given,
                                where=user_line(), hint=f"leave {name} out")
