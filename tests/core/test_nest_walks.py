"""Nests compared, walked through and changed on the way, as `keras.tree` does."""

import collections

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid import tree
from tests.parity.oracle import live, real_keras

Pair = collections.namedtuple("Pair", ["x", "y"])
Other = collections.namedtuple("Pair", ["x", "y"])
LEAVES = st.none() | st.integers(-3, 3) | st.text("ab", max_size=2)
NESTS = st.recursive(LEAVES, lambda inside: st.lists(inside, max_size=3)
                     | st.dictionaries(st.sampled_from("abc"), inside, max_size=3)
                     | st.tuples(inside, inside) | st.builds(Pair, inside, inside), max_leaves=8)


def changed(value):
    """Something to do with every kind of part."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return "" if value == "" else None
    return 7 if value == [1] else None


@live
@given(NESTS)
def test_walks_as_keras(nest):
    theirs = real_keras().tree
    assert tree.flatten_with_path(nest) == theirs.flatten_with_path(nest)
    assert tree.lists_to_tuples(nest) == theirs.lists_to_tuples(nest)
    for top_down in (True, False):
        mine, other = [], []
        assert tree.traverse(changed, nest, top_down) == theirs.traverse(changed, nest, top_down)
        tree.traverse(mine.append, nest, top_down)
        theirs.traverse(other.append, nest, top_down)
        assert mine == other
    assert tree.map_structure(str, nest, none_is_leaf=False) == theirs.map_structure(
        str, nest, none_is_leaf=False)
    assert tree.map_shape_structure(repr, nest) == theirs.map_shape_structure(repr, nest)


def raises(compare, *nests):
    try:
        compare(*nests)
    except (ValueError, TypeError):
        return True
    return False


@live
@given(NESTS, NESTS)
def test_comparisons_as_keras(one, other):
    theirs = real_keras().tree
    for pair in ((one, other), (one, one)):
        for name in ("assert_same_structure", "assert_same_paths"):
            assert raises(getattr(tree, name), *pair) == raises(getattr(theirs, name), *pair)


@live
@given(NESTS, NESTS)
def test_mapping_down_to_a_shallow_nest_as_keras(shallow, deep):
    theirs = real_keras().tree
    shallow = tree.map_structure(lambda each: each or 0, shallow)     # None breaks Keras's own
    for pair in ((shallow, deep), (shallow, shallow), ([0, 0], [deep, shallow])):
        call = (pair[0], repr, pair[1])
        if raises(theirs.map_structure_up_to, *call):
            assert raises(tree.map_structure_up_to, *call)
        else:
            assert tree.map_structure_up_to(*call) == theirs.map_structure_up_to(*call)


def test_parts_become_none():
    assert tree.traverse(lambda each: tree.MAP_TO_NONE if each == [1] else None,
                         {"a": [1], "b": [2]}) == {"a": None, "b": [2]}
    assert tree.traverse(lambda each: tree.MAP_TO_NONE if each == [1] else None,
                         {"a": [1], "b": [2]}, top_down=False) == {"a": None, "b": [2]}


@pytest.mark.parametrize(("a", "b", "message"), [
    ([1], (1,), "but got a list and a tuple"), ([[1]], [2], r"a list and a leaf at \[0\]"),
    ({"a": [1]}, {"a": [1, 2]}, r"the keys \[0\] and \[0, 1\] at \['a'\]"),
    (Pair(1, 2), Other(1, 2), "Pair.* and .*Pair"), ({"a": 1}, {"b": 1}, r"\['a'\] and \['b'\]")])
def test_a_difference_is_told(a, b, message):
    with pytest.raises(ValueError, match=message):
        tree.assert_same_structure(a, b)


def test_paths_that_differ_are_told():
    with pytest.raises(ValueError, match=r"\[\('a',\)\] in the first alone and \[\('b',\)\]"):
        tree.assert_same_paths({"a": 1}, {"b": 1})
    tree.assert_same_paths(Pair(0, 1), [2, 3])
