"""Each op against its own textbook formula in 50 digits: value, first and second derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.core.tensor import OPS
from pellucid.spaces.exact import exact, exact_derivative
from tests.agreement import cases
from tests.agreement.cases import CASES, EDGES, FLAT, Case, each_case, gradients, is_float

DEEP_SEEDS = range(1, 60)
# Losses of class indices, which take integers, and of pairs within a batch: tests/losses holds them
# against Keras, as tests/atoms does host calls and what is made of them, and tests/models the ops
# that stand for functions of shapes in functional models.
ELSEWHERE = {"sparse_categorical_crossentropy", "categorical_generalized_cross_entropy", "circle",
             "host", "repeated", "filled_like"}


def test_every_op_that_is_registered_is_tried():
    tried = {case.op.name for case in CASES}
    ours = {name for name, op in OPS.items() if op.__module__.startswith("pellucid.")
            and op.facts.get("judge") != "keras"}
    assert ours - tried - cases.RANDOM - cases.LOOPS <= ELSEWHERE


def check_value(case: Case, seed: int, dtype: str) -> None:
    operands = case.operands(seed, dtype)
    value = np.asarray(case.op(*operands, **case.options))
    true = exact(case.op, *operands, **case.options).astype(float)
    if dtype == "float32" and true.dtype.kind == "f" and not is_float(value):
        np.testing.assert_array_equal(value, true)
        return
    scale = np.maximum(np.abs(true), max(1.0, *(float(np.max(np.abs(x))) for x in operands)))
    precision = np.finfo(value.dtype if is_float(value) else "float64").eps
    assert value.shape == true.shape
    assert np.all(np.abs(value - true) <= 16 * precision * scale)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@each_case
def test_value_is_the_textbook_value_to_a_few_ulp(case, dtype):
    check_value(case, 0, dtype)


@pytest.mark.deep
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@each_case
def test_value_is_the_textbook_value_for_many_draws(case, dtype):
    for seed in DEEP_SEEDS:
        check_value(case, seed, dtype)


def directions_of(case: Case, operands: list[np.ndarray], random: Any) -> list[Any]:
    return [random.normal(size=x.shape) if i in case.differentiable else None
            for i, x in enumerate(operands)]


def check_gradient(case: Case, seed: int, order: int) -> None:
    operands, random = case.operands(seed), np.random.default_rng(seed + 1)
    shape = np.shape(case.op(*operands, **case.options))
    weights, directions = random.normal(size=shape), directions_of(case, operands, random)
    ours = gradients(case, operands, weights, directions, order)
    true = float(exact_derivative(case.op, operands, directions, weights, order, **case.options))
    assert ours == pytest.approx(true, rel=1e-9, abs=1e-11)


smooth = pytest.mark.parametrize("case", [
    case for case in CASES if case.op.name not in FLAT and case not in EDGES], ids=repr)


@pytest.mark.parametrize("order", [1, 2])
@smooth
def test_gradient_along_a_random_direction_is_the_exact_derivative(case, order):
    check_gradient(case, 0, order)


@pytest.mark.deep
@pytest.mark.parametrize("order", [1, 2])
@smooth
def test_gradient_is_the_exact_derivative_for_many_draws(case, order):
    for seed in DEEP_SEEDS:
        check_gradient(case, seed, order)


@pytest.mark.parametrize("case", [case for case in CASES if case.op.name in FLAT], ids=repr)
def test_no_gradient_passes_a_flat_op(case):
    operands = case.operands(0)
    directions = [np.ones(x.shape) if is_float(x) else None for x in operands]
    if any(each is not None for each in directions):
        assert gradients(case, operands, 1.0, directions, 1) == 0


@pytest.mark.parametrize("case", [
    case for case in EDGES if case.op.name not in FLAT], ids=repr)
@pytest.mark.parametrize("order", [1, 2])
def test_gradient_at_the_edges_is_finite_and_right(case, order):
    (points,) = case.operands(0)
    for i in range(points.size):
        direction = [np.eye(points.size)[i]]
        ours = gradients(case, [points], 1.0, direction, order)
        true = float(exact_derivative(case.op, [points], direction, 1.0, order, **case.options))
        assert ours == pytest.approx(true, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("case", EDGES, ids=repr)
def test_float32_at_the_edges_is_finite_where_the_true_value_is(case):
    operands = case.operands(0, "float32")
    value = np.asarray(case.op(*operands, **case.options))
    true = exact(case.op, *operands, **case.options).astype(float)
    assert np.all(np.isfinite(value) == (np.abs(true) < np.finfo("float32").max))
