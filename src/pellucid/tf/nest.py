"""`tf.nest`: names only."""

from pellucid.core.nest import flatten, map_structure
from pellucid.core.nest import pack as pack_sequence_as

__all__ = ["flatten", "map_structure", "pack_sequence_as"]
