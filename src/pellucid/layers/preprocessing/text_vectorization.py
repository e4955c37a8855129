"""TextVectorization: sentences to the numbers of their words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.fields import field
from pellucid.core.tensor import Tensor
from pellucid.layers.preprocessing.adapting import batches_of, is_one_array
from pellucid.layers.preprocessing.host_stage import HostStage
from pellucid.layers.preprocessing.index_lookup import MODES
from pellucid.layers.preprocessing.string_lookup import StringLookup
from pellucid.layers.preprocessing.tokens import (
    SPLITS,
    STANDARDS,
    ngrams_of,
    step_of,
    widths_of,
)
from pellucid.layers.preprocessing.vocabulary import without_files
from pellucid.layers.preprocessing.words import strings


class TextVectorization(HostStage):
    """Sentences to the numbers of their words, or to one vector for each sentence.

    Each text is standardized (by default: small letters, no punctuation), split into words, which
    are joined to n-grams if told so, and looked up in a vocabulary that is given or learnt by
    ``adapt(texts)``. Number 0 is for padding and 1 for unknown words.

    ``output_mode``: "int" gives ``(batch, words)``, padded with 0 to the longest text or to
    ``output_sequence_length``, and cut there; "multi_hot", "count" and "tf_idf" give
    ``(batch, vocabulary_size)``. Texts come as ``(batch,)`` or ``(batch, 1)``. It is a host stage:
    put it right behind a model's ``Input(shape=(1,), dtype="string")``, or call it on the data and
    train on the numbers that come out, with an `Embedding` behind it for "int".

    Arguments: ``max_tokens`` (the largest size of the vocabulary); ``standardize``
    ("lower_and_strip_punctuation", "lower", "strip_punctuation", None, or a function from an array
    of strings to one like it); ``split`` ("whitespace", "character", None, or a function from an
    array of strings to a list of words for each); ``ngrams`` (2 for words and pairs, (2,) for pairs
    alone); ``vocabulary`` (a list, or the path of a text file) and, for "tf_idf",
    ``idf_weights``. As in Keras only the letters A to Z become small.

    >>> vectorize = TextVectorization(output_sequence_length=4)
    >>> vectorize.adapt(["foo bar", "bar baz", "baz bada boom"])
    >>> vectorize(["Foo, qux bar!", "qux baz"]).numpy().tolist()
    [[4, 1, 3, 0], [1, 2, 0, 0]]
    >>> vectorize.get_vocabulary()
    ['', '[UNK]', 'baz', 'bar', 'foo', 'boom', 'bada']

    Use: texts before an `Embedding`, or as bags of words.
    Pros: cleaning, splitting and looking up in one, saved with the model.
    Cons: words only, no parts of words; runs on the host.
    """

    max_tokens: int | None = field(None, above=1, whole=True, help="largest size it may have")
    standardize: Any = field("lower_and_strip_punctuation", help="what is done "
                             "to each text first")
    split: Any = field("whitespace", help="where one word ends")
    ngrams: Any = field(None, help="how many words are joined to one")
    output_mode: str = field("int", one_of=MODES, help="numbers, or vectors of which kind")
    output_sequence_length: int | None = field(None, at_least=0, whole=True,
                                               help='how many numbers each text has with "int"')
    pad_to_max_tokens: bool = field(False, help="vectors of length max_tokens")
    vocabulary: Any = field(None, help="the words: a list, or the path of a text file")
    idf_weights: Any = field(None, help='for "tf_idf": one weight for each word')
    sparse: bool = field(False, help="sparse tensors do not exist here")
    ragged: bool = field(False, help="ragged tensors do not exist here")
    encoding: str = field("utf-8", help="of texts that are bytes")
    usage = "x = vectorize(texts)"
    accepts = ("string",)

    @property
    def output_dtype(self) -> str:
        return self._lookup_layer.output_dtype

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        self._lookup_layer.need_words()
        return super().compute_output_spec(*args, **kwargs)

    def settle(self) -> None:
        if self.ragged:
            raise ArgumentError("TextVectorization has no ragged output", got="ragged=True",
                                where=user_line(), hint="leave it out: rows are padded with 0")
        self._lookup_layer = StringLookup(
            self.max_tokens, mask_token="", vocabulary=self.vocabulary,
            idf_weights=self.idf_weights, output_mode=self.output_mode,
            pad_to_max_tokens=self.pad_to_max_tokens, sparse=self.sparse, encoding=self.encoding,
            name=self.name)
        self._steps()                                    # is each of them known?
        self.output_mode = self._lookup_layer.output_mode
        if self.output_sequence_length is not None and self.output_mode != "int":
            raise ArgumentError('output_sequence_length needs output_mode="int"',
                                got=self.output_mode, where=user_line())
        self.built = True

    # the vocabulary ------------------------------------------------------------------------

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary: the words of the texts, the most frequent first.

        ``data`` is an array or list of texts, or batches of them, of which ``steps`` are read.
        """
        self._lookup_layer.need_adaptable()
        self._lookup_layer.learn(row for batch in batches_of(data, self.label, steps)
                                 for row in self._rows(self._texts(batch, is_one_array(data)))[1])

    def _texts(self, batch: np.ndarray, whole: bool) -> np.ndarray:
        """What to learn from; without splitting, each text of one array is a row by itself."""
        return batch[:, None] if whole and batch.ndim == 1 else batch

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words by their numbers."""
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Use these words: a list, or the path of a text file with one word per line."""
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def vocabulary_size(self) -> int:
        """How many numbers there are, those of padding and of unknown words included."""
        return self._lookup_layer.vocabulary_size()

    # calling -------------------------------------------------------------------------------

    def call(self, inputs: np.ndarray) -> Tensor:
        if self.split is None and self.ngrams is None and inputs.ndim == 0:
            return self._lookup_layer(self._standardized(inputs))
        shape, rows = self._rows(inputs)
        width = max(map(len, rows), default=0)
        if self.output_mode != "int":
            width = max(width, 1)
        elif self.output_sequence_length is not None:
            width = self.output_sequence_length
        words = np.full((len(rows), width), "", object)
        for place, row in enumerate(rows):
            words[place, :min(len(row), width)] = row[:width]
        return self._lookup_layer(words.reshape(*shape, width))

    def _steps(self) -> tuple[Any, Any, tuple[int, ...] | None]:
        """How texts are standardized and split, and how many words an n-gram may have."""
        return (step_of(self.standardize, "standardize", STANDARDS),
                step_of(self.split, "split", SPLITS), widths_of(self.ngrams))

    def _rows(self, inputs: np.ndarray) -> tuple[tuple[int, ...], list[list[str]]]:
        """The shape of the texts, and for each of them its words."""
        texts = self._standardized(inputs)
        _, split, widths = self._steps()
        if split is not None:
            texts = self._column(texts)
            shape, rows = texts.shape, [list(map(str, row)) for row in split(texts.ravel())]
            if len(rows) != texts.size:
                raise ShapeError(f"{self.label}'s split must give a list of words for each of the "
                                 f"{texts.size} texts", got=f"{len(rows)} lists",
                                 where=user_line())
        else:
            shape = texts.shape[:-1]
            rows = texts.reshape(math.prod(shape), -1 if texts.size else 0).tolist()
        return shape, rows if widths is None else [ngrams_of(row, widths) for row in rows]

    def _standardized(self, inputs: np.ndarray) -> np.ndarray:
        texts = strings(inputs, self.encoding, self.label)
        standard = self._steps()[0]
        if standard is None:
            return texts
        done = np.asarray(standard(texts))
        if done.shape != texts.shape:
            raise ShapeError(f"{self.label}'s standardize must keep the shape {texts.shape}",
                             got=f"{done.shape}", where=user_line())
        return strings(done, self.encoding, self.label)

    def _column(self, texts: np.ndarray) -> np.ndarray:
        """The texts that are to be split, without the last axis of one."""
        if texts.ndim < 2:
            return texts
        if texts.shape[-1] != 1:
            raise ShapeError(f"{self.label} splits texts of shape (batch,) or (batch, 1)",
                             got=f"shape {texts.shape}", where=user_line(),
                             hint="split=None takes words that are split already")
        return texts[..., 0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = tuple(input_shape)
        if self.output_mode == "int":
            return shape[0], self.output_sequence_length
        if self.split is not None:
            shape = (*(shape[:-1] if len(shape) > 1 else shape), None)
        return self._lookup_layer.compute_output_shape(shape)

    # writing and reading -------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        found = self._lookup_layer.get_config()
        return {**super().get_config(), **{name: found[name] for name in (
            "vocabulary", "idf_weights", "vocabulary_size")}}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        return super().from_config(without_files(config, cls.__name__))
