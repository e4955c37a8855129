"""Each op eagerly, traced and as a Plan: the same numbers, in the shape and dtype foretold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.core import dtypes
from pellucid.core.atom import ATOMS
from pellucid.core.errors import PellucidError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, convert
from pellucid.engines.trace import Traced, abstract_call, trace
from tests.agreement.cases import CASES, FLAT, INTEGERS, Case, each_case, summed

NUMERIC = [name for name in dtypes.KNOWN if name != "string"]
PAIRS = sorted(name for name, atom in ATOMS.items()
               if atom.meet in ("same", "number", "float", "bool") and atom.operands is not None
               and len(atom.operands) == 2 and name != "matrix_product")


@each_case
def test_a_plan_gives_the_eager_numbers(case):
    operands = case.operands(0)
    eager = case.op(*operands, **case.options)
    traced = Traced(lambda *xs: case.op(*xs, **case.options))(*operands)
    plan = trace(lambda *xs: case.op(*xs, **case.options), *operands).plan
    assert traced.dtype == eager.dtype
    np.testing.assert_array_equal(traced, eager, strict=True)
    np.testing.assert_array_equal(plan(operands)[0], np.asarray(eager))


@pytest.mark.parametrize("case", [case for case in CASES if case.op.name not in FLAT], ids=repr)
def test_a_plan_gives_the_eager_gradient(case):
    def slope(*arrays):
        xs = [convert(each) for each in arrays]
        wanted = [xs[i] for i in case.differentiable]
        with GradientTape() as tape:
            tape.watch(wanted)
            y = summed(OPS["square"](case.op(*xs, **case.options)))
        return tape.gradient(y, wanted)

    operands = case.operands(0)
    for ours, theirs in zip(Traced(slope)(*operands), slope(*operands), strict=True):
        np.testing.assert_array_equal(ours, theirs, strict=True)


def foretold(case: Case, operands: list[np.ndarray]) -> None:
    try:
        real = case.op(*operands, **case.options)
    except PellucidError:
        with pytest.raises(PellucidError):
            abstract_call(lambda *xs: case.op(*xs, **case.options), *operands)
        return
    told = abstract_call(lambda *xs: case.op(*xs, **case.options), *operands)
    assert (told.shape, told.dtype) == (real.shape, real.dtype)


@each_case
def test_shape_rules_foretell_shape_and_dtype(case):
    integers = [(case.op.name, i) in INTEGERS for i in range(len(case.samples))]
    for dtype in NUMERIC:
        foretold(case, [x if fixed else np.abs(x).astype(dtype)
                        for x, fixed in zip(case.operands(0), integers, strict=True)])


shapes = st.sampled_from([(), (1,), (4,), (3, 1), (3, 4), (2, 1, 4), (0, 4), (2, 3)])


@given(name=st.sampled_from(PAIRS), left=shapes, right=shapes, a=st.sampled_from(NUMERIC),
       b=st.sampled_from(NUMERIC))
def test_shape_rules_know_broadcasting_and_promotion(name, left, right, a, b):
    foretold(Case(OPS[name], (), {}), [np.ones(left, a), np.ones(right, b)])


@pytest.mark.deep
def test_shape_rules_know_every_pair_of_dtypes():
    for name, a, b in itertools.product(PAIRS, NUMERIC, NUMERIC):
        foretold(Case(OPS[name], (), {}), [np.ones((2, 1), a), np.ones(3, b)])


@given(name=st.sampled_from(PAIRS), dtype=st.sampled_from(NUMERIC), first=st.booleans(),
       number=st.sampled_from([True, 2, 2.5]))
def test_shape_rules_know_python_numbers(name, dtype, first, number):
    def call(x):
        return OPS[name](number, x) if first else OPS[name](x, number)

    x = np.ones((2, 3), dtype)
    told, real = abstract_call(call, x), call(x)
    assert (told.shape, told.dtype) == (real.shape, real.dtype)
    np.testing.assert_array_equal(Traced(call)(x), real, strict=True)
