"""StringLookup: words to numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.fields import field
from pellucid.layers.preprocessing.buckets import salt_of
from pellucid.layers.preprocessing.index_lookup import MODES, IndexLookup
from pellucid.layers.preprocessing.words import strings


class StringLookup(IndexLookup):
    """Words to the numbers of their places in a vocabulary, or back.

    The vocabulary is given, or learnt by ``adapt(data)``. The first numbers are kept for the mask
    (0, if there is a ``mask_token``) and for unknown words (``num_oov_indices`` buckets, into which
    they fall by a hash). ``output_mode`` "int" gives the numbers, "one_hot", "multi_hot", "count"
    and "tf_idf" give vectors as `CategoryEncoding` does; ``invert`` turns numbers into words.

    It is a host stage: put it right behind a model's ``Input(shape=..., dtype="string")``, or call
    it on the data and train on the numbers that come out.

    Arguments: ``max_tokens`` (the largest size of the vocabulary), ``num_oov_indices``,
    ``mask_token``, ``oov_token``, ``vocabulary`` (a list, or the path of a text file),
    ``idf_weights``, ``invert``, ``output_mode``, ``pad_to_max_tokens``, ``encoding`` (of bytes),
    ``salt`` (for another hash). Raises DataError for unknown words where there is no bucket, and
    for missing values.

    >>> lookup = StringLookup(vocabulary=["red", "green"])
    >>> lookup(["green", "blue", "red"]).numpy()
    array([2, 0, 1])
    >>> colours = StringLookup(output_mode="one_hot")
    >>> colours.adapt(["red", "green", "red"])
    >>> colours.get_vocabulary()
    ['[UNK]', 'red', 'green']

    Use: words that are categories, and labels.
    Pros: there is a way back; unknown words have buckets.
    Cons: needs a look at the data first (``adapt``), or a vocabulary; runs on the host.
    """

    max_tokens: int | None = field(None, above=1, whole=True, help="largest size it may have")
    num_oov_indices: int = field(1, at_least=0, whole=True, help="buckets for unknown words")
    mask_token: Any = field(None, help="a word that means: nothing here")
    oov_token: Any = field("[UNK]", help="what an unknown word becomes with invert")
    vocabulary: Any = field(None, help="the words: a list, or the path of a text file")
    idf_weights: Any = field(None, help='for "tf_idf": one weight for each word')
    invert: bool = field(False, help="numbers to words")
    output_mode: str = field("int", one_of=MODES, help="numbers, or vectors of which kind")
    pad_to_max_tokens: bool = field(False, help="vectors of length max_tokens")
    sparse: bool = field(False, help="sparse tensors do not exist here")
    encoding: str = field("utf-8", help="of words that are bytes")
    salt: Any = field(None, get=salt_of, help="one or two whole numbers: another hash")
    oov_method: str = field("floormod", one_of=("floormod", "farmhash"), help="not for strings")

    def _plain(self, words: np.ndarray) -> np.ndarray:
        return strings(words, self.encoding, self.label)
