"""A function becomes a Plan: signatures, state, captured tensors, and what cannot be traced."""

from __future__ import annotations

import re

import numpy as np
import pytest

from pellucid.atoms import cond, exp, matmul, scan, sum, where
from pellucid.core.errors import ArgumentError, ShapeError, TracingError
from pellucid.core.plan import Trace
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Abstract, Tensor, convert
from pellucid.core.variable import Variable
from pellucid.engines import base
from pellucid.engines.reference import Reference
from pellucid.engines.trace import Traced, abstract_call, trace


def test_a_function_is_traced_once_per_signature():
    runs = []
    double = Traced(lambda x: (runs.append(1), x * 2)[1])
    for x in (np.ones(3), np.zeros(3), np.ones(4), np.ones(3, "float32"), np.ones(3)):
        np.testing.assert_array_equal(double(x), x * 2)
    assert len(runs) == len(double.compiled) == 3


def test_nests_go_in_and_come_out():
    def f(batch, none):
        assert none is None
        return {"sum": batch["x"] + batch["more"][0], "none": None, "pair": (batch["x"], 1.5)}

    out = Traced(f)({"x": np.ones(2), "more": [Variable([1.0, 2.0])]}, None)
    assert out["sum"].tolist() == [2.0, 3.0]
    assert out["none"] is None
    assert out["pair"][0].tolist() == [1.0, 1.0]
    assert float(out["pair"][1]) == 1.5


def test_a_dict_and_a_none_are_part_of_the_signature():
    f = Traced(lambda x, y: x if y is None else x + y)
    assert f(np.float32(1), None).tolist() == 1.0
    assert f(np.float32(1), np.float32(2)).tolist() == 3.0
    g = Traced(lambda nest: nest["a"])
    assert g({"a": 1.0}).tolist() == g({"a": 1.0, "b": 2.0}).tolist() == 1.0
    assert len(g.compiled) == 2


def test_a_traced_function_inside_another_is_part_of_its_plan():
    inner = Traced(lambda x: exp(x))
    outer = Traced(lambda x: inner(x) + 1)
    np.testing.assert_allclose(outer(np.zeros(2)), 2.0)
    assert not inner.compiled


def test_a_plan_prints_itself_as_numbered_lines():
    w = Variable([[1.0, 2.0]], name="w")

    def step(x):
        w.assign_sub(0.1 * sum(x))
        return matmul(x, w)

    plan = trace(step, Abstract((3, 1), "float32")).plan
    lines = str(plan).splitlines()
    assert lines[0] == "%0: float32[3,1]  input"
    assert re.fullmatch(r"%\d+: float32\[1,2\]  state w", lines[1])
    assert "multiply(%1, 0.1)" in str(plan) or "multiply(0.1, %1)" in str(plan)
    assert "matmul" in str(plan)                         # the scope, at the end of a line
    assert lines[-1].startswith("return %")


def test_a_plan_shows_its_constants():
    table = np.arange(3.0)
    text = str(trace(lambda x: x * table + sum(x, axis=0), np.ones(3)).plan)
    assert "%1: float64[3]  constant" in text or "%2: float64[3]  constant" in text
    assert "sum(%0, axis=0)" in text


def test_steps_that_no_output_needs_are_pruned():
    def f(x):
        _ = exp(x) * np.arange(3.0)
        return x + 1

    plan = trace(f, np.ones(3)).plan
    assert [step.op.name for step in plan.steps] == ["add"]
    assert len(plan.constants) == 1                      # the 1


def test_constants_are_computed_while_tracing():
    plan = trace(lambda x: x + exp(convert(0.0)), np.ones(3)).plan
    assert [step.op.name for step in plan.steps if step.op.name != "cast"] == ["add"]


def test_a_plan_can_be_replayed_on_tensors():
    plan = trace(lambda x: sum(x * x * np.arange(3.0)) + 2, np.ones(3)).plan
    x = Tensor(np.array([1.0, 2.0, 3.0]))
    with GradientTape() as tape:
        tape.watch(x)
        (y,) = plan.replay([x])
    assert float(y) == 24.0
    assert tape.gradient(y, x).tolist() == [0.0, 4.0, 12.0]


def test_a_gradient_may_be_part_of_the_plan():
    w = Variable([1.0, 2.0], dtype="float64")

    def step(x):
        with GradientTape() as tape:
            loss = sum((x * w) ** 2)
        gradient = tape.gradient(loss, w)
        w.assign_sub(0.1 * gradient)
        return loss

    compiled = Traced(step)
    assert float(compiled(np.ones(2))) == 5.0
    np.testing.assert_allclose(w.array, [0.8, 1.6])
    assert float(compiled(np.ones(2))) == pytest.approx(3.2)


def test_shapes_are_found_without_numbers():
    out = abstract_call(lambda x: {"y": matmul(x, np.ones((4, 2))), "n": None},
                        Abstract((3, 4), "float64"))
    assert out == {"y": Abstract((3, 2), "float64"), "n": None}


def test_a_nest_of_shapes_is_understood():
    told = abstract_call(lambda d, pair: (d["a"] + pair[0], pair[1]),
                         {"a": Abstract((2,), "float32")}, (Abstract((3, 1), "float32"), None))
    assert told[0] == Abstract((3, 2), "float32")
    assert told[1] is None


# What cannot be traced names the line that asks for it
def decides(x):
    if x > 0:                                            # the line that asks
        return x
    return -x


@pytest.mark.parametrize("function, line, asked", [
    (decides, "if x > 0:", "Python's `if`, `while` or `and`"),
    (lambda x: x * float(x), "float(x)", r"float\(\)"),
    (lambda x: x * int(x), "int(x)", r"int\(\)"),
    (lambda x: [1, 2][x], "[1, 2][x]", "an index"),
    (lambda x: np.asarray(x), "np.asarray(x)", "NumPy or Python"),
    (lambda x: x.numpy(), "x.numpy()", "NumPy or Python"),
    (lambda x: x.item(), "x.item()", "NumPy or Python"),
])
def test_what_needs_a_number_is_refused_with_its_line(function, line, asked):
    with pytest.raises(TracingError, match=f"{asked} needs the numbers of a tensor") as raised:
        trace(function, np.float32(1.0))
    assert "at test_trace.py:" in str(raised.value)
    assert line in str(raised.value)
    assert "run_eagerly=True" in str(raised.value)


def test_a_mask_as_index_has_a_shape_that_depends_on_data():
    def positive(x):
        return x[x > 0]

    assert positive(convert([1.0, -1.0, 3.0])).tolist() == [1.0, 3.0]
    with pytest.raises(TracingError, match=r"the shape of x\[mask\] depends on how many") as raised:
        trace(positive, np.ones(3))
    assert "return x[x > 0]" in str(raised.value)
    assert trace(lambda x: x[np.array([True, False, True])], np.ones(3)).plan is not None


def test_a_tensor_kept_from_an_earlier_trace_is_named_where_it_is_used():
    kept = []
    trace(lambda x: kept.append(x * 2), np.ones(2))

    def uses_it(x):
        return x + kept[0]                               # the line

    with pytest.raises(TracingError, match="a tensor from an earlier trace was used") as raised:
        trace(uses_it, np.ones(2))
    assert "return x + kept[0]" in str(raised.value)
    assert "in a Variable" in str(raised.value)


def test_a_tensor_of_the_trace_around_is_captured():
    def f(x):
        y = x * 2
        inner = Trace()
        assert inner.outer is not None
        return scan(lambda c, _: (c + y, c * y), x, length=3)

    carry, ys = Traced(f)(np.array([1.0, 2.0]))
    assert carry.tolist() == [7.0, 14.0]
    assert ys.tolist() == [[2.0, 8.0], [6.0, 24.0], [10.0, 40.0]]


def test_engines_are_known_by_name():
    assert isinstance(base.get("reference"), Reference)
    with pytest.raises(ArgumentError, match=r"'referense' is not a known engine. Did you mean"):
        Traced(lambda x: x, engine="referense")(np.ones(1))


def test_shapes_that_do_not_fit_are_told_before_anything_runs():
    with pytest.raises(ShapeError, match=r"add needs shapes that broadcast, but got \(3,\) and"):
        trace(lambda x: x + np.ones(4), np.ones(3))
    with pytest.raises(ShapeError, match="did you mean|swap the axes|Did you swap the axes"):
        trace(lambda x: matmul(x, np.ones((4, 2))), np.ones((2, 3)))


def test_where_and_cond_stand_in_for_if():
    f = Traced(lambda x: cond(sum(x) > 0, lambda: x, lambda: where(x > -2, x * 0, -x)))
    assert f(np.array([1.0, 2.0])).tolist() == [1.0, 2.0]
    assert f(np.array([-1.0, -2.0])).tolist() == [0.0, 2.0]


def test_inputs_may_be_lists_numbers_and_tensors():
    f = Traced(lambda a, b, c: a + b + c)
    assert float(f(1.0, np.float32(2), convert(3.0))) == 6.0
    assert [each.tolist() for each in Traced(lambda x: x)([[1, 2]])[0]] == [1, 2]
