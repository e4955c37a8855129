"""Each op and its gradient on the native engine: the reference engine's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid.core import dtypes
from pellucid.core.atom import ATOMS
from pellucid.core.errors import PellucidError
from pellucid.core.plan import Plan
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, convert
from pellucid.engines.native import NativePlan, native
from pellucid.engines.native.extension import extension
from pellucid.engines.passes.loop import ELEMENTWISE
from pellucid.engines.trace import trace
from tests.agreement.cases import CASES, FLAT, INTEGERS, Case, each_case, summed
from tests.engines.comparison import assert_engines_agree

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

# In float32, ulp of the largest number on the way. An op is a few roundings: 4. Its gradient walks
# the op there and back and sums squares on top: 8.
VALUE, GRADIENT = 4, 8
EXACT = [name for name in dtypes.KNOWN if name != "string" and not dtypes.is_float(name)]
PAIRS = [case for case in CASES if case.op.name in ELEMENTWISE and len(case.samples) == 2]


def slope(case: Case) -> Any:
    """The gradient of Σ op(x)² as a function of the operands."""
    def function(*arrays: Any) -> Any:
        xs = [convert(each) for each in arrays]
        wanted = [xs[i] for i in case.differentiable]
        with GradientTape() as tape:
            tape.watch(wanted)
            y = summed(OPS["square"](case.op(*xs, **case.options)))
        return [each for each in tape.gradient(y, wanted) if each is not None]
    return function


def check(case: Case, function: Any, operands: list[Any], ulps: float) -> None:
    assert_engines_agree(trace(function, *operands).plan, operands, ulps)


def value(case: Case) -> Any:
    return lambda *xs: case.op(*xs, **case.options)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@each_case
def test_values_agree(case, dtype):
    check(case, value(case), case.operands(0, dtype), VALUE)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", [case for case in CASES if case.op.name not in FLAT], ids=repr)
def test_gradients_agree(case, dtype):
    check(case, slope(case), case.operands(0, dtype), GRADIENT)


def told_apart(call: Any) -> Any:
    """What a call gives, or None where the op has no place for such operands."""
    try:
        return call()
    except PellucidError:
        return None


@each_case
def test_whole_numbers_and_booleans_are_equal(case):
    fixed = [(case.op.name, i) in INTEGERS for i in range(len(case.samples))]
    for dtype in EXACT:
        drawn = case.operands(1)
        operands = [x if keep else np.minimum(np.abs(x) * 3, 100).astype(dtype)
                    for x, keep in zip(drawn, fixed, strict=True)]
        if dtype.startswith("int") and case.op.name != "power":
            operands = [x if keep else x * np.array(-1, dtype) ** (np.arange(x.size).reshape(
                x.shape) % 2).astype(dtype) for x, keep in zip(operands, fixed, strict=True)]
        compiled = told_apart(lambda operands=operands: trace(value(case), *operands))
        if compiled is not None:
            # results of whole numbers that are floats (a mean, a logarithm) round as floats do
            assert_engines_agree(compiled.plan, operands, VALUE)


@pytest.mark.parametrize("case", PAIRS, ids=repr)
def test_python_numbers_are_operands(case):
    for dtype in ("float32", "float64", "int32", "uint8", "bool"):
        left, right = (np.abs(x).astype(dtype) for x in case.operands(2))
        for number in (2.5, 2, True, 0.0):
            for call in (lambda x, n=number: case.op(x, n), lambda x, n=number: case.op(n, x)):
                for x in (left, right):
                    compiled = told_apart(lambda call=call, x=x: trace(call, x))
                    if compiled is not None:
                        assert_engines_agree(compiled.plan, [x], VALUE)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "int32", "int64", "float32",
                                   "float64"])
@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "any", "all"])
def test_reductions_of_every_length(name, dtype):
    """Vectors have a beginning, full parts and a rest: no number may be lost in between."""
    random = np.random.default_rng(0)
    for n in [*range(1, 40), 63, 64, 65, 127, 130, 257]:
        x = (1 + (random.random((3, n)) < 0.1)).astype(dtype)
        x.flat[random.integers(3 * n)] = 0
        plan = trace(lambda x: [OPS[name](x, axis=axis) for axis in (None, 0, 1)], x).plan
        assert_engines_agree(plan, [x], VALUE)


def test_options_that_are_left_out():
    key = np.array([1, 2], "uint32")
    for plan, values in [
            (trace(lambda x: ATOMS["cumsum"](x), np.ones((3, 2))).plan, [np.ones((3, 2))]),
            (trace(lambda s: ATOMS["random_permutation"](s, n=9), key).plan, [key]),
            (trace(lambda s: ATOMS["random_uniform"](s, shape=(9,), dtype="float32"), key).plan,
             [key])]:
        assert_engines_agree(plan, values, 0)


@pytest.mark.parametrize("condition", ["float32", "float64", "int8", "uint64"])
def test_any_number_is_a_condition(condition):
    x = np.array([0, 1, 2, 0], condition)
    plan = trace(lambda x: OPS["where"](x, x, -1.0), x).plan
    assert_engines_agree(plan, [x], 0)


@pytest.mark.parametrize("case", CASES[::3], ids=repr)
def test_the_interpreter_agrees_too(case, monkeypatch):
    """Where code cannot be generated (another processor, locked memory), loops are interpreted."""
    monkeypatch.setenv("PELLUCID_JIT", "off")
    for dtype in ("float32", "float64"):
        check(case, value(case), case.operands(0, dtype), VALUE)
        if case.op.name not in FLAT:
            check(case, slope(case), case.operands(0, dtype), GRADIENT)


def test_half_precision_runs_on_the_reference_engine():
    x = np.linspace(-2, 2, 9, dtype="float16")
    plan = trace(lambda x: OPS["tanh"](x) * 2 + OPS["sum"](x), x).plan
    run: Any = native.compile(plan)
    assert isinstance(run, Plan)
    np.testing.assert_allclose(run([x])[0], np.tanh(x) * 2 + x.sum(), rtol=2e-3, atol=2e-3)
    compiled = trace(lambda x: OPS["cast"](x, dtype="float16"), np.ones(2), engine="native")
    assert compiled([np.array([1.0, 0.1])]).dtype == "float16"


def test_the_reference_engine_runs_what_native_is_switched_off_for(monkeypatch):
    plan = trace(lambda x: x + 1, np.ones(2)).plan
    assert isinstance(native.compile(plan), NativePlan)
    monkeypatch.setenv("PELLUCID_NATIVE", "off")
    assert isinstance(native.compile(plan), Plan)
