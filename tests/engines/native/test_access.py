"""How steps read through views: the numbers that NumPy's views show, found by offset and steps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

from pellucid.core.atom import ATOMS
from pellucid.core.plan import Step
from pellucid.engines.native.access import Access, dense, dense_steps
from tests.engines.random_plans import Draft


def read(view: Access, base: np.ndarray) -> np.ndarray:
    """The numbers of a view, one by one."""
    numbers = base.reshape(-1)
    found = [numbers[view.offset + sum(i * step for i, step in zip(at, view.steps, strict=True))]
             for at in np.ndindex(*view.shape)]
    return np.array(found, base.dtype).reshape(view.shape)


def random_view(draft: Draft, x: np.ndarray) -> tuple[str, dict[str, Any]]:
    """A view of an array: the atom's name and options."""
    random, name = draft.random, draft.choice(("transpose", "broadcast_to", "strided", "reshape"))
    if name == "transpose":
        axes = tuple(map(int, random.permutation(x.ndim)))
        return name, {"axes": draft.choice((axes, axes, None))}
    if name == "strided":
        return name, {"spans": tuple(draft.span(n) for n in x.shape)}
    if name == "reshape":
        return name, {"shape": draft.shape_of(x.size)}
    stretched = tuple(int(random.integers(1, 4)) if n == 1 else n for n in x.shape)
    lead = draft.shape(1, 3) if x.ndim < 5 else ()
    shape = (*lead, *stretched)
    return name, {"shape": shape if math.prod(shape) < 500 else x.shape}


def step(name: str, **options: Any) -> Step:
    return Step(ATOMS[name], (0,), options, (1,))


@pytest.mark.parametrize("seed", range(12))
def test_chains_of_views_show_what_numpy_shows(seed):
    draft = Draft(np.random.default_rng(seed), "float64")
    for _ in range(30):
        base = np.arange(math.prod(shape := draft.shape(4, 5)), dtype="float64").reshape(shape)
        shown, view = base, dense(7, shape)
        for _ in range(5):
            name, options = random_view(draft, shown)
            seen = ATOMS[name].body(shown, **options)
            through = view.through(step(name, **options))
            if through is None:                             # a copy, then: the numbers move
                assert name == "reshape"
                assert not np.shares_memory(seen, shown), (view, options)
                base = np.ascontiguousarray(shown)
                seen, view = ATOMS[name].body(base, **options), dense(7, shown.shape)
                through = view.through(step(name, **options))
                assert through is not None
            shown, view = seen, through
            assert view.base == 7
            np.testing.assert_array_equal(read(view, base), shown, strict=True)
            if shown.size:
                assert view.dense is bool(shown.flags.c_contiguous)


@pytest.mark.parametrize("seed", range(4))
def test_a_view_is_stretched_to_a_shape(seed):
    draft = Draft(np.random.default_rng(100 + seed), "float64")
    for _ in range(40):
        x = np.arange(math.prod(shape := draft.shape(3, 4)), dtype="float64").reshape(shape)
        target = np.broadcast_shapes(shape, tuple(
            int(draft.random.integers(1, 4)) if n == 1 else n for n in (1, *shape)))
        steps = dense(0, shape).broadcast(target)
        strides = [each * x.itemsize for each in steps]
        np.testing.assert_array_equal(as_strided(x, target, strides), np.broadcast_to(x, target))


def test_steps_in_row_order():
    assert dense_steps(()) == ()
    assert dense_steps((0, 3)) == (3, 1)
    for shape in [(5,), (2, 3), (4, 1, 2), (2, 3, 4, 5)]:
        assert dense_steps(shape) == tuple(n // 8 for n in np.zeros(shape).strides)


@pytest.mark.parametrize("view, shape, wanted", [
    (Access(0, 0, (2, 3), (3, 1)), (6,), (1,)),
    (Access(0, 4, (3, 2), (2, 1)), (2, 3), (3, 1)),
    (Access(0, 0, (4, 6), (12, 2)), (24,), (2,)),              # every other number
    (Access(0, 0, (4, 6), (12, 2)), (2, 2, 3, 2), (24, 12, 4, 2)),
    (Access(0, 0, (3, 2), (1, 3)), (6,), None),                # transposed
    (Access(0, 5, (6,), (-1,)), (2, 3), (-3, -1)),             # backwards
    (Access(0, 0, (2, 3), (0, 1)), (6,), None),                # repeated
    (Access(0, 0, (2, 3), (0, 0)), (6,), (0,)),
    (Access(0, 0, (3, 2), (1, 3)), (3, 1, 2), (1, 0, 3)),
])
def test_a_new_shape_of_the_same_numbers(view, shape, wanted):
    through = view.through(step("reshape", shape=shape))
    assert (None if through is None else through.steps) == wanted
    assert through is None or through.offset == view.offset


@pytest.mark.parametrize("shape", [(0,), (0, 4), (3, 0), (2, 0, 5)])
def test_a_new_shape_of_no_numbers_is_never_a_copy(shape):
    x = dense(0, (4, 0, 3)).through(step("transpose", axes=(2, 1, 0)))
    assert x is not None
    part = Access(0, 0, (3, 4), (1, 3)).through(step("strided", spans=((2, 0, 1), (3, 4, -1))))
    for view in (x, part):
        assert view is not None
        through = view.through(step("reshape", shape=shape))
        assert through is not None
        assert through.shape == shape
