"""More to do with nests: paths, comparisons of form, and walks that may stop on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.core import nest
from pellucid.core.errors import ShapeError


class MAP_TO_NONE:  # noqa: N801
    """What a function gives to `traverse` to put None in the place of a branch.

    >>> traverse(lambda each: MAP_TO_NONE if each == 1 else None, [1, 2])
    [None, 2]
    """


def branches(value: Any) -> list[tuple[Any, Any]] | None:
    """The ``(key, branch)`` pairs right below a branch, in order; None for a leaf.

    >>> branches({"b": 1, "a": 2}), branches("leaf")
    ([('a', 2), ('b', 1)], None)
    """
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    return list(enumerate(value)) if nest.is_nested(value) else None


def like(value: Any, parts: list[Any]) -> Any:
    """A branch of the same kind with other branches right below it.

    >>> like({"b": 1, "a": 2}, ["x", "y"])
    {'b': 'y', 'a': 'x'}
    """
    if isinstance(value, dict):
        made = dict(zip(sorted(value), parts, strict=True))
        return {key: made[key] for key in value}
    return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """The leaves from left to right, each with the keys and places that lead to it.

    >>> flatten_with_path([{"foo": 42}])
    [((0, 'foo'), 42)]
    """
    below = branches(structure)
    if below is None:
        return [((), structure)]
    return [((key, *path), leaf) for key, branch in below
            for path, leaf in flatten_with_path(branch)]


def assert_same_structure(a: Any, b: Any, check_types: Any = None) -> None:
    """Raise ShapeError unless two nests have the same form, kinds of branches included.

    ``check_types`` has no effect, as in Keras; `assert_same_paths` compares more loosely.

    >>> assert_same_structure([(0, 1)], [(2, 3)])
    """
    difference = _difference(a, b, ())
    if difference:
        raise ShapeError("the two structures must have the same form", got=difference)


def _difference(a: Any, b: Any, path: tuple[Any, ...]) -> str:
    """Where two nests differ in form, in words; nothing where they do not."""
    kinds = [_kind(each) for each in (a, b)]
    at = f" at {list(path)}" if path else ""
    if kinds[0] != kinds[1]:
        return f"{kinds[0]} and {kinds[1]}{at}"
    left, right = branches(a), branches(b)
    if left is None or right is None:
        return ""
    if [key for key, _ in left] != [key for key, _ in right]:
        return f"the keys {[key for key, _ in left]} and {[key for key, _ in right]}{at}"
    found = (_difference(one, other, (*path, key))
             for (key, one), (_, other) in zip(left, right, strict=True))
    return next((each for each in found if each), "")


def _kind(value: Any) -> Any:
    if not nest.is_nested(value):
        return "a leaf"
    return "a dict" if isinstance(value, dict) else (
        type(value) if hasattr(value, "_fields") else f"a {type(value).__name__}")


def assert_same_paths(a: Any, b: Any) -> None:
    """Raise ShapeError unless the same keys and places lead to the leaves of two nests.

    Lists, tuples and named tuples count as one kind.

    >>> assert_same_paths([0, 1], (2, 3))
    """
    left, right = ({path for path, _ in flatten_with_path(each)} for each in (a, b))
    if left != right:
        raise ShapeError("the two structures must have the same paths",
                         got=f"{sorted(left - right, key=str)} in the first alone and "
                         f"{sorted(right - left, key=str)} in the second alone")


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Apply ``func`` to what stands in other nests where a shallow one has its leaves.

    >>> map_structure_up_to([None, None], len, [[1, 1], [2, 2, 2]])
    [2, 3]
    """
    below = branches(shallow_structure)
    if below is None:
        return func(*structures)
    keys = [key for key, _ in below]
    others = [branches(each) or [] for each in structures]
    if any(_kind(each) != _kind(shallow_structure) or [key for key, _ in pairs] != keys
           for each, pairs in zip(structures, others, strict=True)):
        raise ShapeError("the nests must have the form of the shallow one down to its leaves")
    return like(shallow_structure, [
        map_structure_up_to(branch, func, *(pairs[i][1] for pairs in others))
        for i, (_, branch) in enumerate(below)])


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Walk through a nest and put what ``func`` gives in the place of branches and leaves.

    None leaves a part as it is; `MAP_TO_NONE` puts None in its place. From the top down, a part
    that was replaced is not entered.

    >>> traverse(lambda each: tuple(each) if isinstance(each, list) else None, [1, [2]],
    ...          top_down=False)
    (1, (2,))
    """
    replaced = func(structure) if top_down else None
    if replaced is None:
        below = branches(structure)
        kept = structure if below is None else like(
            structure, [traverse(func, branch, top_down) for _, branch in below])
        replaced = None if top_down else func(kept)
        if replaced is None:
            return kept
    return None if replaced is MAP_TO_NONE else replaced


def lists_to_tuples(structure: Any) -> Any:
    """The same nest with a tuple for each list.

    >>> lists_to_tuples([1, {"a": [2, 3]}])
    (1, {'a': (2, 3)})
    """
    return traverse(lambda each: tuple(each) if isinstance(each, list) else None, structure,
                    top_down=False)


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Apply ``func`` to each shape in a nest: a tuple or list of whole numbers and None.

    >>> map_shape_structure(len, {"x": (None, 3), "y": [2, 2, 2]})
    {'x': 2, 'y': 3}
    """
    below = branches(structure)
    if below is None or (not isinstance(structure, dict)
                         and all(each is None or isinstance(each, int) for each in structure)):
        return func(structure)
    return like(structure, [map_shape_structure(func, branch) for _, branch in below])
