"""Place: what lives at the same time does not overlap, and what does not shares memory."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pellucid.engines.native.encoding import ARENA
from pellucid.engines.passes.place import ALIGNMENT, Life, place
from tests.engines.comparison import on_native
from tests.engines.random_plans import random_plan

lives = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 30), st.integers(0, 12)).map(
    lambda each: Life(each[0], each[1], each[1] + each[2])), max_size=25)


def rounded(size: int) -> int:
    return -(-max(size, 1) // ALIGNMENT) * ALIGNMENT


@given(lives)
def test_what_lives_at_the_same_time_does_not_overlap(lives):
    offsets, arena = place(lives)
    assert len(offsets) == len(lives)
    for (a, x), (b, y) in itertools.combinations(zip(lives, offsets, strict=True), 2):
        if a.born <= b.dies and b.born <= a.dies:
            assert x + max(a.size, 1) <= y or y + max(b.size, 1) <= x
    for life, at in zip(lives, offsets, strict=True):
        assert at >= 0
        assert at % ALIGNMENT == 0
        assert at + life.size <= arena


@given(lives)
def test_the_arena_is_no_larger_than_all_and_no_smaller_than_what_lives_at_once(lives):
    _, arena = place(lives)
    assert arena <= sum(rounded(each.size) for each in lives)
    at_once = max((sum(rounded(each.size) for each in lives if each.born <= t <= each.dies)
                   for t in range(50)), default=0)
    assert arena >= at_once


@given(st.permutations(range(8)))
def test_lives_one_after_the_other_take_one_place(order):
    offsets, arena = place([Life(100, 2 * t, 2 * t + 1) for t in order])
    assert (offsets, arena) == ([0] * 8, 128)


def test_a_small_buffer_takes_a_gap():
    offsets, arena = place([Life(640, 0, 1), Life(128, 0, 9), Life(256, 2, 3), Life(384, 2, 3)])
    assert offsets[1] == 640
    assert sorted(offsets[2:]) in ([0, 256], [0, 384])
    assert arena == 768


def test_nothing_needs_nothing():
    assert place([]) == ([], 0)


def test_the_buffers_of_programs_keep_what_is_still_read():
    """Each byte of the arena bears the number of the buffer that was written there last."""
    for seed in range(60):
        program = on_native(random_plan(seed).plan).program
        written = {out for step in program.instructions for out in step.outputs}
        bearer = np.full(program.arena, -1)
        for step in program.instructions:
            for each in step.inputs:
                buffer = program.buffers[each]
                if buffer.place != ARENA or not buffer.size:
                    continue
                found = set(bearer[buffer.at:buffer.at + buffer.size].tolist())
                assert len(found) == 1
                assert -1 not in found
                assert each not in written or found == {each}     # else it is a view of another
            for out in step.outputs:
                if out >= 0 and (buffer := program.buffers[out]).place == ARENA:
                    assert buffer.at % ALIGNMENT == 0
                    assert buffer.at + buffer.size <= program.arena
                    bearer[buffer.at:buffer.at + buffer.size] = out
