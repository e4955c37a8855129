"""Tapes: what is watched, what is forgotten, what goes in and what comes out."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.activations import sigmoid
from pellucid.atoms import argmax, exp, sin, stop_gradient, tanh
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, Tensor, convert
from pellucid.core.variable import Variable


def number(value: float) -> Variable:
    return Variable(value, dtype="float64")


def test_a_variable_is_watched_by_being_read():
    x = number(3.0)
    with GradientTape() as tape:
        y = x * x + 2 * x
    assert float(tape.gradient(y, x)) == 8.0


def test_gradients_come_in_the_nest_of_the_sources():
    a, b = number(2.0), number(5.0)
    with GradientTape() as tape:
        y = a * b
    found = tape.gradient(y, {"a": a, "rest": [b, (a,)]})
    assert float(found["a"]) == 5.0
    assert float(found["rest"][0]) == 2.0
    assert float(found["rest"][1][0]) == 5.0


def test_a_tape_answers_once_a_persistent_one_often():
    x = number(3.0)
    with GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(ArgumentError, match=r"this tape has given its gradient already.*persist"):
        tape.gradient(y, x)
    with GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    assert [float(tape.gradient(each, x)) for each in (y, z, y)] == [6.0, 108.0, 6.0]


def test_several_targets_are_summed_and_seeds_weigh_them():
    x = number(3.0)
    with GradientTape(persistent=True) as tape:
        y, z = x * x, 5 * x
    assert float(tape.gradient([y, z], x)) == 11.0
    assert float(tape.gradient([y, z], x, output_gradients=[10.0, 1.0])) == 65.0
    assert float(tape.gradient(y, x, output_gradients=convert(2.0))) == 12.0


def test_what_is_unconnected_gives_none_or_zeros():
    x, other = number(3.0), Variable(np.ones((2, 3)), dtype="float64")
    with GradientTape(persistent=True) as tape:
        y = x * x
    assert tape.gradient(y, other) is None
    assert tape.gradient(y, [x, other])[1] is None
    zeros = tape.gradient(y, other, unconnected_gradients="zero")
    np.testing.assert_array_equal(zeros, np.zeros((2, 3)), strict=True)


def test_tensors_are_followed_only_when_watched():
    x = convert(np.array([1.0, 2.0]))
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None
    with GradientTape() as tape:
        tape.watch([x])
        y = x * x
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 4.0])


def test_variables_can_be_left_alone_or_watched_by_hand():
    x, w = number(3.0), number(4.0)
    with GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        y = x * w
    gradients = tape.gradient(y, [x, w])
    assert float(gradients[0]) == 4.0
    assert gradients[1] is None


def test_untrainable_variables_are_not_watched():
    x = Variable(3.0, trainable=False)
    with GradientTape() as tape:
        y = x * x
    assert tape.gradient(y, x) is None


def test_nested_tapes_give_higher_derivatives():
    x = number(0.7)
    with GradientTape() as outermost:
        with GradientTape() as outer:
            with GradientTape() as inner:
                y = sin(x)
            first = inner.gradient(y, x)
        second = outer.gradient(first, x)
    third = outermost.gradient(second, x)
    assert float(first) == pytest.approx(np.cos(0.7), rel=1e-15)
    assert float(second) == pytest.approx(-np.sin(0.7), rel=1e-15)
    assert float(third) == pytest.approx(-np.cos(0.7), rel=1e-15)


def test_a_persistent_tape_sees_its_own_gradients():
    x = number(2.0)
    with GradientTape(persistent=True) as tape:
        y = x * x * x
        first = tape.gradient(y, x)
    assert float(tape.gradient(first, x)) == 12.0


def test_ops_with_a_rule_of_their_own_have_second_derivatives():
    x = number(0.3)
    with GradientTape() as outer:
        with GradientTape() as inner:
            y = sigmoid(x)
        first = inner.gradient(y, x)
    s = 1 / (1 + np.exp(-0.3))
    assert float(outer.gradient(first, x)) == pytest.approx(s * (1 - s) * (1 - 2 * s), rel=1e-14)


def test_a_keyword_operand_is_followed_too():
    x = number(0.0)
    with GradientTape() as tape:
        y = sigmoid(x=x)
    assert float(tape.gradient(y, x)) == 0.25


def test_nothing_is_recorded_while_recording_is_stopped():
    x = number(3.0)
    with GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = x * x
    assert len(tape.applications) == 1
    assert tape.gradient(z, x) is None
    assert y is not z


def test_reset_forgets():
    x = number(3.0)
    with GradientTape() as tape:
        _ = x * x
        tape.reset()
        y = 5 * x
    assert float(tape.gradient(y, x)) == 5.0
    assert len(tape.applications) == 1


def test_stop_gradient_stops_it():
    x = number(3.0)
    with GradientTape() as tape:
        y = x * stop_gradient(x)
    assert float(tape.gradient(y, x)) == 3.0
    assert float(stop_gradient(2.0)) == 2.0


def test_no_gradient_passes_whole_numbers():
    x = Variable([1.0, 5.0, 2.0])
    with GradientTape() as tape:
        y = argmax(x) * 2
    assert tape.gradient(y, x) is None


def test_a_broadcast_is_undone_by_summing():
    w, b = Variable(np.ones((3, 4), "float32")), Variable(np.ones((1, 4), "float32"))
    c = Variable(1.0)
    with GradientTape() as tape:
        y = w * b + c
    of_b, of_c = tape.gradient(y, [b, c])
    np.testing.assert_array_equal(of_b, np.full((1, 4), 3.0, "float32"), strict=True)
    np.testing.assert_array_equal(of_c, np.float32(12.0))


def test_a_cast_passes_the_gradient_in_the_dtype_of_the_source():
    x = Variable(3.0, dtype="float32")
    with GradientTape() as tape:
        y = x * convert(np.array(2.0))
    gradient = tape.gradient(y, x)
    assert y.dtype == "float64"
    assert gradient.dtype == "float32"
    assert float(gradient) == 2.0


def test_where_a_value_is_used_twice_its_gradients_add_up():
    x = number(1.5)
    with GradientTape() as tape:
        e = exp(x)
        y = e * e + tanh(e)
    e = np.exp(1.5)
    assert float(tape.gradient(y, x)) == pytest.approx(2 * e * e + e * (1 - np.tanh(e) ** 2))


def test_no_gradient_passes_an_assignment():
    v = number(3.0)
    with GradientTape() as tape:
        v.assign(v * 2)
        y = v * v
    assert float(tape.gradient(y, v)) == 12.0            # of the value read last, as in TensorFlow


def test_an_assigned_variable_is_told_by_each_read():
    v = number(3.0)
    with GradientTape() as tape:
        before = v * 10
        v.assign(5.0)
        y = before + v * v
    assert float(tape.gradient(y, v)) == 20.0


@pytest.mark.parametrize("wrong, told", [
    (np.ones(3), "tape.watch needs a tensor, but got ndarray. Make one first"),
    (convert([1, 2]), 'tape.watch needs a tensor of floats, but got int32. Only floats have'),
])
def test_only_float_tensors_can_be_watched(wrong, told):
    with GradientTape() as tape, pytest.raises(KindError) as raised:
        tape.watch(wrong)
    assert str(raised.value).startswith(told)


def test_a_gradient_with_respect_to_an_array_is_refused():
    with GradientTape() as tape:
        y = convert(1.0)
    with pytest.raises(KindError, match="with respect to variables or watched tensors, but got nd"):
        tape.gradient(y, np.ones(3))


def test_a_tape_is_closed_by_an_error_too():
    with pytest.raises(ZeroDivisionError), GradientTape():
        _ = 1 // 0
    assert isinstance(OPS["add"](1.0, 1.0), Tensor)


def test_an_op_of_several_outputs_takes_zeros_where_no_gradient_came():
    x = Variable([1.0, 2.0, 3.0])
    from pellucid.atoms import split
    with GradientTape() as tape:
        a, _, _ = split(x, 3)
        y = a * 2
    np.testing.assert_array_equal(tape.gradient(y, x), [2.0, 0.0, 0.0])
