"""Layers that prepare raw data: scaled numbers, numbers for words and categories, spectrograms."""

from pellucid.layers.preprocessing.category_encoding import CategoryEncoding
from pellucid.layers.preprocessing.discretization import Discretization
from pellucid.layers.preprocessing.hashed_crossing import HashedCrossing
from pellucid.layers.preprocessing.hashing import Hashing
from pellucid.layers.preprocessing.integer_lookup import IntegerLookup
from pellucid.layers.preprocessing.mel_spectrogram import MelSpectrogram
from pellucid.layers.preprocessing.normalization import Normalization
from pellucid.layers.preprocessing.pipeline import Pipeline
from pellucid.layers.preprocessing.rescaling import Rescaling
from pellucid.layers.preprocessing.stft_spectrogram import STFTSpectrogram
from pellucid.layers.preprocessing.string_lookup import StringLookup
from pellucid.layers.preprocessing.text_vectorization import TextVectorization

__all__ = ["CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup",
           "MelSpectrogram", "Normalization", "Pipeline", "Rescaling", "STFTSpectrogram",
           "StringLookup", "TextVectorization"]
