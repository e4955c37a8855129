"""Attention with one head and (almost) no weights: by inner products, or by sums."""

from __future__ import annotations

from typing import Any

from pellucid.activations import softmax
from pellucid.atoms import expand_dims, matmul, sum, swapaxes, tanh, where
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers import attending
from pellucid.layers.attending import visible
from pellucid.layers.base import Layer
from pellucid.random import SeedGenerator, dropout


class Attending(Layer):
    """What `Attention` and `AdditiveAttention` share: all but how scores are computed.

    The fields (``dropout``, ``seed``, …) are declared by each layer.
    """

    supports_masking = True

    def settle(self: Any) -> None:
        if self.dropout > 0:
            self.seed_generator = SeedGenerator(self.seed)

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How well each key suits each query."""
        raise ArgumentError(f"{self.label} does not say how to score")

    def call(self: Any, inputs: Any, mask: Any = None, training: bool = False,
             return_attention_scores: bool = False, use_causal_mask: bool = False) -> Any:
        self._check(inputs, mask)
        query, value, key = inputs if len(inputs) == 3 else (*inputs, inputs[1])
        query_mask, value_mask = (mask or [None, None])[:2]
        scores = self.scores(query, key)
        seen = visible(query, value, value_mask=value_mask, causal=use_causal_mask)
        if seen is not None:
            far = 65504.0 if scores.dtype == "float16" else 1e9
            scores = where(seen, scores, scores - far)
        weights = softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = dropout(weights, self.dropout, seed=self.seed_generator)
        found = matmul(weights, value)
        if query_mask is not None:
            found = where(expand_dims(query_mask, axis=-1), found, 0)
        return (found, weights) if return_attention_scores else found

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The mask of the queries."""
        return None if previous_mask is None else previous_mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        query, value = input_shape[:2]
        return (*query[:-1], value[-1])

    def _check(self, inputs: Any, mask: Any = None) -> None:
        for name, given in (("inputs", inputs), ("mask", mask)):
            if given is None and name == "mask":
                continue
            if not isinstance(given, list):
                raise KindError(f"{self.label} needs {name} that are a list: of the query, the "
                                "value and perhaps the key", got=type(given).__name__,
                                where=user_line(), hint="write layer([query, value])")
            if len(given) not in (2, 3):
                raise ArgumentError(f"{self.label} needs two or three {name}: of the query, the "
                                    "value and perhaps the key", got=f"{len(given)}",
                                    where=user_line())


class Attention(Attending):
    r"""Each query takes the mean of the values, weighted by how well their keys suit it.

    .. math:: y = softmax(s\,Q K^T)\, V

    Inputs: a list of the query ``(batch, T, n)``, the value ``(batch, S, m)`` and perhaps the key
    ``(batch, S, n)`` (the value unless told) → ``(batch, T, m)``. With ``score_mode="concat"`` the
    score is :math:`c \sum_i \tanh(s (q_i + k_i))` instead of the inner product.

    Call arguments: ``mask`` (a list of the query's and the value's, ``(batch, steps)``: what the
    latter leaves out gets no weight, and the output is 0 where the former is false),
    ``return_attention_scores`` (the weights ``(batch, T, S)`` as well), ``use_causal_mask`` (a
    query looks at no later step), ``training``.

    >>> import numpy as np
    >>> query, value = np.array([[[100.0, 0.0]]]), np.array([[[1.0, 2.0], [3.0, 4.0]]])
    >>> Attention()([query, value]).tolist()
    [[[3.0, 4.0]]]

    Use: a query that should look up what suits it among many values, with hardly any weights.
    Pros: any step sees any other at once; the weights can be looked at.
    Cons: cost and memory grow with T · S; one way of looking only: see `MultiHeadAttention`.
    Source: M.-T. Luong et al., "Effective approaches to attention-based neural machine
    translation" (2015).
    """

    use_scale: bool = field(False, help="whether s is learned; else it is 1")
    score_mode: str = field("dot", one_of=("dot", "concat"), help="how a query and a key are "
                            "compared")
    dropout: float = attending.DROPOUT
    seed: Any = attending.SEED

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        concat = self.score_mode == "concat"
        self.scale = self.add_weight((), "ones", name="scale") if self.use_scale else None
        self.concat_score_weight = self.add_weight(
            (), "ones", name="concat_score_weight") if concat else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        s, c = self.scale, self.concat_score_weight
        if c is None:
            products = matmul(query, swapaxes(key, axis1=-2, axis2=-1))
            return products if s is None else products * s
        sums = expand_dims(query, axis=-2) + expand_dims(key, axis=-3)
        return c * sum(tanh(sums if s is None else s * sums), axis=-1)


class AdditiveAttention(Attending):
    r"""Attention whose scores are learned sums: :math:`e_{qk} = \sum_i s_i \tanh(q_i + k_i)`.

    Inputs, call arguments and output are those of `Attention`; query and key have one length n, and
    s is ``(n,)``.

    >>> import numpy as np
    >>> layer = AdditiveAttention()
    >>> layer([np.ones((2, 3, 4)), np.ones((2, 5, 4))]).shape, layer.scale.shape
    ((2, 3, 4), (4,))

    Use: attention between recurrent encoders and decoders.
    Pros: learns how to compare; good where vectors are short.
    Cons: dearer than the inner product: T · S · n numbers at a time.
    Source: D. Bahdanau et al., "Neural machine translation by jointly learning to align and
    translate" (2015).
    """

    use_scale: bool = field(True, help="whether s is learned; else it is 1")
    dropout: float = attending.DROPOUT
    seed: Any = attending.SEED

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.scale = self.add_weight((input_shape[0][-1],), "glorot_uniform",
                                     name="scale") if self.use_scale else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        terms = tanh(expand_dims(query, axis=-2) + expand_dims(key, axis=-3))
        return sum(terms if self.scale is None else self.scale * terms, axis=-1)
