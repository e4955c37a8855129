"""What StringLookup and IntegerLookup share: a vocabulary, and numbers for its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, KindError, TracingError, user_line
from pellucid.core.kinds import shown
from pellucid.core.tensor import Tensor
from pellucid.layers.preprocessing.adapting import batches_of, is_one_array
from pellucid.layers.preprocessing.buckets import bucket_of
from pellucid.layers.preprocessing.category_encoding import (
    encoded,
    encoded_shape,
    occurrences,
    refuse_sparse,
)
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.preprocessing.vocabulary import (
    Vocabulary,
    counted,
    read_vocabulary,
    without_files,
)

OLDER_NAMES = {"binary": "multi_hot", "tf-idf": "tf_idf"}
MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf", *OLDER_NAMES)


class IndexLookup(HostStage):
    """Words to numbers by a vocabulary; see `StringLookup` and `IntegerLookup`."""

    kind: ClassVar[str] = "string"                       # of the words: "string" or "int64"
    accepts: ClassVar[tuple[str, ...]] = ("string",)
    max_tokens: int | None
    num_oov_indices: int
    mask_token: Any
    oov_token: Any
    vocabulary: Any
    idf_weights: Any
    invert: bool
    output_mode: str
    sparse: bool
    pad_to_max_tokens: bool
    oov_method: str
    salt: list[int] | None
    words: Vocabulary | None = None
    word_weights: np.ndarray | None = None                    # for "tf_idf", one for each number

    def settle(self) -> None:
        """What remains of making the layer once each argument is known to be sound."""
        self.output_mode = OLDER_NAMES.get(self.output_mode, self.output_mode)
        self._check_together()
        self._fixed = self.vocabulary is not None
        self.built = True
        if self._fixed:
            self.set_vocabulary(self.vocabulary, self.idf_weights)

    def _check_together(self) -> None:
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ArgumentError("pad_to_max_tokens=True needs max_tokens", where=user_line())
        if self.invert and self.output_mode != "int":
            raise ArgumentError('invert=True needs output_mode="int"', got=self.output_mode,
                                where=user_line())
        if self.idf_weights is not None and self.output_mode != "tf_idf":
            raise ArgumentError('idf_weights need output_mode="tf_idf"', got=self.output_mode,
                                where=user_line())
        if self.salt is not None and self.kind == "int64" and self.oov_method != "farmhash":
            raise ArgumentError('a salt needs oov_method="farmhash"', got=self.oov_method,
                                where=user_line())
        refuse_sparse(self)

    # the vocabulary ------------------------------------------------------------------------

    @property
    def _masks(self) -> int:
        """How many numbers, before all others, stand for the mask: 0 or 1."""
        return int(self.mask_token is not None and self.output_mode == "int")

    @property
    def _special(self) -> list[Any]:
        """What stands before the words: the mask, then the buckets of unknown words."""
        return [self.mask_token] * self._masks + [self.oov_token] * self.num_oov_indices

    def vocabulary_size(self) -> int:
        """How many numbers there are, those of the mask and of unknown words included."""
        return len(self._special) + (len(self.words) if self.words is not None else 0)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The words by their numbers."""
        words = self.words.words if self.words is not None else []
        return [*self._special, *words] if include_special_tokens else list(words)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Use these words: a list, or the path of a text file with one word per line."""
        if isinstance(vocabulary, str):
            vocabulary = read_vocabulary(vocabulary, self.kind)
        if np.ndim(vocabulary) != 1:
            raise KindError(f"{self.label}'s vocabulary must be a list, or the path of a file",
                            got=shown(vocabulary), where=user_line())
        if len(vocabulary) == 0:
            raise ArgumentError(f"{self.label} needs at least one word in its vocabulary",
                                where=user_line())
        words = self._plain(np.asarray(vocabulary)).tolist()
        special = self._special
        whole = bool(special) and words[:len(special)] == special
        words = words[len(special):] if whole else words
        self._check_words(words, len(special) + len(words))
        if (idf_weights is not None) != (self.output_mode == "tf_idf"):
            raise ArgumentError('a vocabulary for output_mode="tf_idf", and no other, needs '
                                "idf_weights", where=user_line())
        self.words = Vocabulary(words)
        if idf_weights is not None:
            self._set_weights(idf_weights, len(special), whole)

    def _check_words(self, words: list[Any], size: int) -> None:
        special = self._special
        twice = [word for word, n in counted(words).items() if n > 1]
        if twice:
            raise ArgumentError("a vocabulary must hold each word once", where=user_line(),
                                got=f"{twice[0]!r} more than once")
        reserved = [self.mask_token] + ([self.oov_token] if self.invert else [])
        for word in reserved:
            if word is not None and word in words:
                raise ArgumentError(f"{word!r} is reserved and may stand in the vocabulary only "
                                    f"at its start, as {special}", where=user_line())
        if self.max_tokens is not None and size > self.max_tokens:
            raise ArgumentError(f"the vocabulary can have {self.max_tokens} entries (max_tokens), "
                                "those of the mask and of unknown words included", got=f"{size}",
                                where=user_line())

    def _set_weights(self, given: Any, special: int, whole: bool) -> None:
        """One weight per number; unknown words get the mean of all others."""
        weights = np.asarray(given, np.float64)
        expected = len(self.words or ()) + (special if whole else 0)
        if weights.shape != (expected,):
            raise ArgumentError(f"idf_weights must have one number for each of the {expected} "
                                "entries of the vocabulary", got=f"shape {weights.shape}",
                                where=user_line())
        front = [] if whole else [weights.mean()] * special
        self.word_weights = np.concatenate([front, weights])

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Learn the vocabulary: the words of the data, the most frequent first.

        Words that are equally frequent come in the reverse of their order. ``data`` is an array, a
        list, a frame, or batches of them, of which ``steps`` are read.
        """
        self.need_adaptable()
        self.learn(row for batch in batches_of(data, self.label, steps)
                   for row in self._rows_of(self._plain(batch), is_one_array(data)))

    def need_adaptable(self) -> None:
        """Raise ArgumentError where the vocabulary was given."""
        if self._fixed:
            raise ArgumentError(f"{self.label} was given its vocabulary, so there is nothing to "
                                "adapt", where=user_line())

    def _rows_of(self, words: np.ndarray, whole: bool) -> Iterator[list[Any]]:
        """The rows, in which "tf_idf" counts; for all else they may be one."""
        if self.output_mode != "tf_idf":
            return iter([words.ravel().tolist()])
        if words.ndim < 2:                               # rows of one word; one row in a batch
            words = words.reshape((-1, 1) if whole else (1, -1))
        return iter(words.reshape(len(words), -1).tolist())

    def learn(self, rows: Iterable[list[Any]]) -> None:
        """Learn the vocabulary from rows of words."""
        counts: Counter[Any] = Counter()
        found_in: Counter[Any] = Counter()
        n = 0
        for row in rows:
            n += 1
            counts.update(row)
            if self.output_mode == "tf_idf":
                found_in.update(set(row))
        self._learn(counts, found_in, n)

    def _learn(self, counts: dict[Any, int], found_in: dict[Any, int], rows: int) -> None:
        for word in (self.mask_token, self.oov_token):
            counts.pop(word, None)
        words = sorted(counts, key=lambda word: (counts[word], word), reverse=True)
        if self.max_tokens is not None:
            words = words[:self.max_tokens - len(self._special)]
        if not words:
            raise DataError(f"{self.label}.adapt found no words", where=user_line())
        self.words = Vocabulary(words)
        if self.output_mode == "tf_idf":
            found = np.array([found_in[word] for word in words])
            self._set_weights(np.log(1 + rows / (1 + found)), len(self._special), False)

    # calling -------------------------------------------------------------------------------

    @property
    def output_dtype(self) -> str:
        return "float32" if self.output_mode == "tf_idf" else "int64"

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self.invert:                                  # words: no model gives them
            raise TracingError(f"{self.label} turns numbers into words, which no model gives",
                               where=user_line(), hint="call it on what predict gives")
        self.need_words()
        return super().compute_output_spec(*args, **kwargs)

    def need_words(self) -> None:
        """Raise ArgumentError where vectors have no length yet, for want of a vocabulary."""
        if self.output_mode != "int" and self.words is None and not self.pad_to_max_tokens:
            raise ArgumentError(f"{self.label} has no vocabulary yet", where=user_line(),
                                hint="call adapt(data), or pass vocabulary=[...]")

    def call(self, inputs: np.ndarray) -> Any:
        """Numbers for words, as a tensor; or, with ``invert``, words as an array."""
        if self.invert:
            return self._words_of(inputs)
        indices = self._indices_of(self._plain(inputs))
        if self.output_mode == "int":
            return Tensor(indices)
        return self._encoded(indices)

    def _encoded(self, indices: np.ndarray) -> Tensor:
        self.need_words()
        if self.output_mode == "one_hot":
            return encoded(Tensor(indices), self._depth, "one_hot", "int64")
        counts = occurrences(indices, self._depth)
        if self.output_mode == "multi_hot":
            return Tensor(np.minimum(counts, 1))
        if self.output_mode == "count":
            return Tensor(counts)
        weights = np.zeros(self._depth, np.float32)
        weights[:self.vocabulary_size()] = self.word_weights
        return Tensor(counts.astype(np.float32) * weights)

    @property
    def _depth(self) -> int:
        """The length of the vectors that stand for words."""
        return (self.max_tokens if self.pad_to_max_tokens else None) or self.vocabulary_size()

    def _indices_of(self, words: np.ndarray) -> np.ndarray:
        """The number of each word; -1 for a mask that is to be left out."""
        unique, inverse = np.unique(words, return_inverse=True)
        numbers = [self._index_of(word) for word in unique.tolist()]
        if None in numbers:
            unknown = [word for word, n in zip(unique.tolist(), numbers, strict=True) if n is None]
            raise DataError(f"{self.label} does not know {', '.join(map(repr, unknown[:5]))}",
                            where=user_line(), hint="num_oov_indices=1 makes room for them")
        return np.array(numbers, np.int64)[inverse].reshape(words.shape)

    def _index_of(self, word: Any) -> int | None:
        if self.mask_token is not None and word == self.mask_token:
            return 0 if self._masks else -1
        place = self.words.places.get(word) if self.words is not None else None
        if place is not None:
            return len(self._special) + place
        return None if self.num_oov_indices == 0 else self._masks + self._bucket(word)

    def _bucket(self, word: Any) -> int:
        """Which of the buckets an unknown word falls into."""
        n = self.num_oov_indices
        if n == 1:
            return 0
        if self.kind == "int64" and self.oov_method == "floormod":
            return word % n
        return bucket_of(word, n, self.salt)

    def _words_of(self, indices: np.ndarray) -> Any:
        """The words that numbers stand for."""
        if indices.dtype.kind not in "iu":
            raise KindError(f"{self.label} turns whole numbers into words",
                            got=f"{indices.dtype} values", where=user_line())
        words = self.get_vocabulary()
        found = [words[i] if 0 <= i < len(words) else self.oov_token
                 for i in indices.ravel().tolist()]
        array = np.array(found, object if self.kind == "string" else np.int64)
        return array.reshape(indices.shape) if self.kind == "string" else Tensor(
            array.reshape(indices.shape))

    def _plain(self, words: np.ndarray) -> np.ndarray:
        """An array of strings, or of int64; each kind of layer says how."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(tuple(input_shape), self._depth, self.output_mode)

    def get_config(self) -> dict[str, Any]:
        words = None if self.words is None else self.words.words
        now: dict[str, Any] = {"vocabulary": words, "idf_weights": None, "vocabulary_size": None}
        if words is not None:
            now["vocabulary_size"] = self.vocabulary_size()
        if self.word_weights is not None:                     # unknown words have weights as well
            now |= {"vocabulary": self.get_vocabulary(), "idf_weights": self.word_weights.tolist()}
        return {**super().get_config(), **now}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        return super().from_config(without_files(config, cls.__name__))
