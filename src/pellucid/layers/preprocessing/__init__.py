"""Layers that prepare raw data: scaling of numbers, numbers for words and categories."""

from pellucid.layers.preprocessing.category_encoding import CategoryEncoding
from pellucid.layers.preprocessing.discretization import Discretization
from pellucid.layers.preprocessing.hashed_crossing import HashedCrossing
from pellucid.layers.preprocessing.hashing import Hashing
from pellucid.layers.preprocessing.integer_lookup import IntegerLookup
from pellucid.layers.preprocessing.normalization import Normalization
from pellucid.layers.preprocessing.pipeline import Pipeline
from pellucid.layers.preprocessing.rescaling import Rescaling
from pellucid.layers.preprocessing.string_lookup import StringLookup
from pellucid.layers.preprocessing.text_vectorization import TextVectorization

__all__ = ["CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
           "Normalization", "Pipeline", "Rescaling", "StringLookup", "TextVectorization"]
