"""Nests of dicts, lists and tuples, in Keras's names (`keras.tree`)."""

from pellucid.core.nest import flatten, is_nested, map_structure
from pellucid.core.nest import pack as pack_sequence_as

__all__ = ["flatten", "is_nested", "map_structure", "pack_sequence_as"]
