"""Nests: any tree of dicts, lists and tuples with values at the leaves.

A dict's leaves come in the order of its sorted keys, so equal nests always flatten alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from pellucid.core.errors import ShapeError


def is_nested(value: Any) -> bool:
    """Whether a value is a branch of a nest rather than a leaf.

    >>> is_nested([1, 2]), is_nested(1)
    (True, False)
    """
    return isinstance(value, (dict, list, tuple))


def flatten(nest: Any) -> list[Any]:
    """The leaves from left to right.

    >>> flatten({"b": 2, "a": [0, (1,)]})
    [0, 1, 2]
    """
    if isinstance(nest, dict):
        return [leaf for key in sorted(nest) for leaf in flatten(nest[key])]
    if isinstance(nest, (list, tuple)):
        return [leaf for branch in nest for leaf in flatten(branch)]
    return [nest]


def pack(nest: Any, leaves: Any) -> Any:
    """A nest of the same form with other leaves: the inverse of `flatten`.

    >>> pack({"b": 2, "a": [0, (1,)]}, "xyz")
    {'b': 'z', 'a': ['x', ('y',)]}
    """
    return _pack(nest, iter(leaves))


def _pack(nest: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(nest, dict):
        packed = {key: _pack(nest[key], leaves) for key in sorted(nest)}
        return {key: packed[key] for key in nest}
    if isinstance(nest, (list, tuple)):
        packed = [_pack(branch, leaves) for branch in nest]
        if hasattr(nest, "_fields"):                 # a namedtuple takes its fields one by one
            return type(nest)(*packed)
        return packed if isinstance(nest, list) else tuple(packed)
    return next(leaves)


def map_structure(function: Callable[..., Any], *nests: Any, none_is_leaf: bool = True) -> Any:
    """Apply ``function`` leaf by leaf to nests of one form.

    Without ``none_is_leaf``, None stays None and is not handed to the function.

    Raises ShapeError if the nests differ in how many leaves they have.

    >>> map_structure(lambda a, b: a + b, {"x": 1, "y": (2, 3)}, {"x": 10, "y": (20, 30)})
    {'x': 11, 'y': (22, 33)}
    """
    columns = [flatten(nest) for nest in nests]
    if len({len(column) for column in columns}) > 1:
        raise ShapeError("the nests must have the same form",
                         got=f"nests with {[len(column) for column in columns]} leaves")
    return pack(nests[0], [None if leaves[0] is None and not none_is_leaf else function(*leaves)
                           for leaves in zip(*columns, strict=True)])
