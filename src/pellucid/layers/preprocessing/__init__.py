"""Layers that prepare raw data: scaling of numbers, numbers for words and categories."""

from pellucid.layers.preprocessing.category_encoding import CategoryEncoding
from pellucid.layers.preprocessing.integer_lookup import IntegerLookup
from pellucid.layers.preprocessing.normalization import Normalization
from pellucid.layers.preprocessing.rescaling import Rescaling
from pellucid.layers.preprocessing.string_lookup import StringLookup

__all__ = ["CategoryEncoding", "IntegerLookup", "Normalization", "Rescaling", "StringLookup"]
