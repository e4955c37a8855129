"""The embedding: a table with a row of numbers for each word, item or category."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid import constraints, initializers, regularizers
from pellucid.atoms import cast, clip, expand_dims, logical_and, not_equal, take, where
from pellucid.core.errors import ArgumentError, advise, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Abstract, Tensor
from pellucid.layers.base import Layer
from pellucid.layers.building import naming


class Table(Layer):
    """What an `Embedding` may be told besides its fields; none of it stands in its config."""

    def __init__(self, *, weights: Any = None, lora_rank: int | None = None,
                 input_length: int | None = None, activity_regularizer: Any = None,
                 trainable: bool = True, dtype: Any = None, autocast: bool = True,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=activity_regularizer, trainable=trainable,
                         dtype=dtype, autocast=autocast, name=name, **kwargs)
        self._first = weights
        if lora_rank is not None:
            raise ArgumentError(f"{self.label} has no low-rank adaptation", where=user_line(),
                                got=f"lora_rank={lora_rank}", hint="leave lora_rank out")
        if input_length is not None:
            advise("Embedding needs no input_length: sequences may have any. Leave it out")


class Embedding(Table):
    r"""Look each whole number up in a table E of learned rows: :math:`y = E_i`.

    Shapes: ``(batch, ...)`` of numbers 0 … input_dim - 1 → ``(batch, ..., output_dim)``; E is
    ``(input_dim, output_dim)``. It equals a one-hot vector times E, without the vector. With
    ``mask_zero`` the number 0 stands for padding: layers that know masks leave it out.

    A number outside 0 … input_dim - 1 has no row: step by step it raises ArgumentError, and `fit`,
    `evaluate` and `predict` raise DataError before the first step if the layer is given inputs as
    they came (of a generator `fit` sees the first batch). Within a Plan, which cannot stop for a
    value, it is as in Keras: -1 … -input_dim count from the end, all else gives NaN (and with it
    the loss), never another row's numbers. ``weights=E`` starts from a table that is known already.

    >>> import numpy as np
    >>> layer = Embedding(3, 2, embeddings_initializer="identity")
    >>> layer(np.array([[0, 2]])).numpy().tolist()
    [[[1.0, 0.0], [0.0, 0.0]]]

    Use: words, users, products: whole numbers that are names.
    Pros: learns what is like what; no one-hot vectors; a look-up costs nothing.
    Cons: a row for each name, seen or not; new names have none.
    Source: Y. Bengio et al., "A neural probabilistic language model" (2003).
    """

    input_dim: int = field(at_least=1, whole=True, help="how many different numbers there are")
    output_dim: int = field(at_least=1, whole=True, help="length of a row")
    embeddings_initializer: Any = field("uniform", get=initializers.get, help="first E")
    embeddings_regularizer: Any = field(None, get=regularizers.get, help="penalty on E")
    embeddings_constraint: Any = field(None, get=constraints.get, help="kept by E after each step")
    mask_zero: bool = field(False, help="whether 0 is padding, which later layers leave out")

    def settle(self) -> None:
        self.supports_masking, self.autocast = bool(self.mask_zero), False
        if self._first is not None:
            with naming(self):
                self.build()
            self.built, first = True, self._first
            self.set_weights(first if isinstance(first, list) and len(first) == 1 else [first])
            del self._first

    def build(self, input_shape: Any = None) -> None:
        self.embeddings = self.add_weight((self.input_dim, self.output_dim),
                                          self.embeddings_initializer, name="embeddings",
                                          regularizer=self.embeddings_regularizer,
                                          constraint=self.embeddings_constraint)

    def call(self, inputs: Tensor) -> Tensor:
        n = self.input_dim
        i = inputs if inputs.dtype in ("int32", "int64") else cast(inputs, dtype="int32")
        if not isinstance(i.value, Abstract):
            self._check(i.numpy())
        i = where(i < 0, i + n, i)
        known = expand_dims(logical_and(i >= 0, i < n), axis=-1)
        rows = take(self.embeddings, clip(i, 0, n - 1), axis=0)
        return cast(where(known, rows, np.nan), dtype=self.compute_dtype)

    def _check(self, numbers: np.ndarray) -> None:
        wrong = np.argwhere((numbers < 0) | (numbers >= self.input_dim))
        if len(wrong):
            place = tuple(map(int, wrong[0]))
            raise ArgumentError(f"{self.label} has rows for the numbers 0 … {self.input_dim - 1}",
                                got=f"{numbers[place]} at {list(place)}", where=user_line(),
                                hint=f"input_dim={int(numbers.max()) + 1} would have a row for all"
                                if numbers.min() >= 0 else "numbers are counted from 0")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """With ``mask_zero``, an entry counts if its number is not 0."""
        return not_equal(inputs, 0) if self.mask_zero else None
