"""Products that are read with their axes in another order are written so, and nothing is copied."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from pellucid import ops
from pellucid.engines.native import native
from pellucid.engines.native.extension import extension
from pellucid.engines.native.layout import orders
from pellucid.engines.native.lowering import Constants, lowered
from pellucid.engines.passes import optimized
from pellucid.engines.trace import trace
from tests.engines.comparison import assert_engines_agree

RANDOM = np.random.default_rng(3)
A, B = RANDOM.normal(size=(3, 4, 5, 6)), RANDOM.normal(size=(3, 4, 6, 7))
ORDERS = list(itertools.permutations(range(4)))


def plan_of(function: Any) -> Any:
    return trace(function, A, B).plan


def instructions(plan: Any) -> list[str]:
    return [each.op for each in lowered(optimized(plan), Constants()).instructions]


@pytest.mark.parametrize("axes", ORDERS, ids=str)
def test_any_order_of_axes_holds_the_same_numbers(axes):
    plan = plan_of(lambda a, b: ops.transpose(a @ b, axes=axes))
    assert_engines_agree(plan, [A, B], 4)
    side_by_side = axes[-1] in (2, 3)
    assert instructions(plan) == ["matrix_product"] + ["loop"] * (not side_by_side)


def test_heads_go_from_product_to_product_without_a_copy():
    def heads(a, b):
        joined = ops.reshape(ops.transpose(a @ b, axes=(0, 2, 1, 3)), (15, 28))
        return joined @ ops.transpose(joined), ops.sum(joined, axis=0)

    plan = plan_of(heads)
    assert instructions(plan) == ["matrix_product", "matrix_product", "loop"]
    assert_engines_agree(plan, [A, B], 4)


@pytest.mark.parametrize("read", [
    lambda y: (y, ops.transpose(y)),
    lambda y: (ops.transpose(y, axes=(0, 2, 1, 3)), ops.transpose(y, axes=(1, 0, 2, 3))),
    lambda y: ops.transpose(y, axes=(2, 3, 0, 1)), lambda y: y * 2])
def test_other_readers_find_it_as_it_is(read):
    plan = plan_of(lambda a, b: read(a @ b))
    assert orders(optimized(plan)) == {}
    assert_engines_agree(plan, [A, B], 4)


def test_a_loop_reads_what_another_reader_wants_in_its_order():
    plan = plan_of(lambda a, b: (ops.transpose(a @ b, axes=(0, 2, 1, 3)), ops.exp(a @ b)))
    assert list(orders(optimized(plan)).values()) == [(0, 2, 1, 3)]
    assert instructions(plan) == ["matrix_product", "loop"]
    assert_engines_agree(plan, [A, B], 4)


@pytest.mark.skipif(extension() is None, reason="the native engine is switched off")
@pytest.mark.parametrize("steps", [1, 8, 65])
def test_batches_of_two_axes_have_the_same_bits_for_any_number_of_threads(steps):
    q, k = (RANDOM.normal(size=(16, steps, 4, 24)).astype("float32") for _ in range(2))
    run = native.compile(trace(lambda q, k: ops.einsum("bthn,bshn->bhts", q, k), q, k).plan)
    module: Any = extension()
    before, found = module.thread_limit(), []
    try:
        for count in (1, 2, 3):
            module.set_thread_limit(count)
            found.append(run([q, k])[0].copy())
    finally:
        module.set_thread_limit(before)
    np.testing.assert_allclose(found[0], np.einsum("bthn,bshn->bhts", q, k), atol=1e-4)
    assert all(np.array_equal(found[0], each) for each in found)
