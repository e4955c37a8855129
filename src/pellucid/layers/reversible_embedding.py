"""An embedding that also goes back: from rows of numbers to a score for each word."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import cast, matmul, tanh, transpose
from pellucid.core import dtypes
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.embedding import Embedding


class ReversibleEmbedding(Embedding):
    r"""Look numbers up in a table E, or, with ``reverse=True``, score every row: :math:`x E^T`.

    Shapes: ``(batch, ...)`` → ``(batch, ..., output_dim)``; in reverse ``(batch, ...,
    output_dim)`` → ``(batch, ..., input_dim)``. Unless ``tie_weights``, the way back has a kernel
    of its own, ``(output_dim, input_dim)``. With ``logit_soft_cap`` c the scores are
    :math:`c \tanh(x E^T / c)`, which stays between -c and c.

    Use it for language models, whose last layer tells the same words that the first one reads.

    >>> import numpy as np
    >>> words = ReversibleEmbedding(3, 2, embeddings_initializer="ones")
    >>> h = words(np.array([[0, 2]]))
    >>> words(h, reverse=True).tolist()
    [[[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]]

    Use: language models, whose last layer tells the words that the first one reads.
    Pros: one table in the place of two.
    Cons: input and output must share one space.
    Source: O. Press and L. Wolf, "Using the output embedding to improve language models" (2017).
    """

    input_dim: Any = Embedding.fields["input_dim"]       # Keras's order, tie_weights in the midst
    output_dim: Any = Embedding.fields["output_dim"]
    tie_weights: bool = field(True, help="whether the way back uses E too")
    embeddings_initializer: Any = Embedding.fields["embeddings_initializer"]
    embeddings_regularizer: Any = Embedding.fields["embeddings_regularizer"]
    embeddings_constraint: Any = Embedding.fields["embeddings_constraint"]
    mask_zero: Any = Embedding.fields["mask_zero"]
    reverse_dtype: Any = field(None, get=lambda name: name and dtypes.standardize(name),
                               help="dtype of the way back; None: that of the layer")
    logit_soft_cap: Any = field(None, above=0, help="what no score exceeds; None: no such bound")

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        self.reverse_embeddings = None if self.tie_weights else self.add_weight(
            (self.output_dim, self.input_dim), self.embeddings_initializer,
            name="reverse_embeddings")

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        if not reverse:
            rows = super().call(inputs)
            rows._keras_mask = super().compute_mask(inputs)
            return rows
        kernel: Any = self.reverse_embeddings
        kernel = transpose(self.embeddings) if kernel is None else kernel
        if self.reverse_dtype is not None:
            inputs, kernel = (cast(x, dtype=self.reverse_dtype) for x in (inputs, kernel))
        scores = matmul(inputs, kernel)
        if self.logit_soft_cap is not None:
            scores = tanh(scores / self.logit_soft_cap) * self.logit_soft_cap
        return scores

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """None: `call` gives the mask, as only words have one."""

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Any:
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)
