"""Layers that prepare raw data: scaling of numbers, numbers for words and categories."""

from pellucid.layers.preprocessing.normalization import Normalization

__all__ = ["Normalization"]
