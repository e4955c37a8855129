"""Nests of dicts, lists and tuples, in Keras's names (`keras.tree`)."""

from pellucid.core.nest import flatten, is_nested, map_structure
from pellucid.core.nest import pack as pack_sequence_as
from pellucid.core.nest_walks import (
    MAP_TO_NONE,
    assert_same_paths,
    assert_same_structure,
    flatten_with_path,
    lists_to_tuples,
    map_shape_structure,
    map_structure_up_to,
    traverse,
)

__all__ = ["MAP_TO_NONE", "assert_same_paths", "assert_same_structure", "flatten",
           "flatten_with_path", "is_nested", "lists_to_tuples", "map_shape_structure",
           "map_structure", "map_structure_up_to", "pack_sequence_as", "traverse"]
