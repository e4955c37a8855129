"""What people claim, and how they spell it: names, numbers with digits, formulas."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, KindError
from pellucid.insight.explain.claims import claimed
from pellucid.insight.explain.evaluating import evaluated
from pellucid.insight.explain.mutants import mutants
from pellucid.insight.explain.spelling import letters, plain
from pellucid.spaces.notation import symbol


@pytest.mark.parametrize(("spellings", "one"), [
    (("θ1", "theta1", "theta_1", "θ₁", r"\theta_1", r"$\theta_{1}$"), "θ1"),
    (("w^1_11", "w_11^1", "w^1_{11}", r"w^{1}_{11}"), "w^1_11"),
    (("new w1", "w1 new", "w1'", "w_1′", "updated w1", "w1_new"), "new w1"),
    (("∂E/∂w2", "dE/dw2", r"\partial E / \partial w_2", r"\frac{\partial E}{\partial w_2}",
      r"\frac{\partial E}{\partial w_{2}}", "∂E/∂w₂"), "∂E/∂w2"),
    (("x_10", "x10"), "x10"),
])
def test_spellings_of_one_name(spellings, one):
    assert {plain(each) for each in spellings} == {one}


def test_names_that_differ_stay_apart():
    names = ["w1", "W1", "w^1_11", "w^11_1", "w2", "new w1", "∂L/∂w1", "∂w1/∂L", "β1", "b1"]
    assert len({plain(each) for each in names}) == len(names)
    assert letters("∂o_11/∂z_11") == "∂o/∂z"


@pytest.mark.parametrize(("said", "unit", "digits"), [
    (0.415, 1e-3, 3), ("0.50", 1e-2, 2), (12, 1, 2), (1e-3, 1e-3, 1), ("1.20e3", 10, 3),
    (np.float32(0.1), 0.1, 1), (4.0, 1, 1), ("4.0", 0.1, 2), ("−0.5", 0.1, 1), (0, 1, 1)])
def test_a_number_claims_the_digits_that_it_is_written_with(said, unit, digits):
    claim = claimed(said)
    assert claim.unit == pytest.approx(unit)
    assert claim.digits == digits
    assert claim.term is None


@pytest.mark.parametrize(("said", "right", "agrees"), [
    (0.415, 0.41500000000000004, True), (0.602, 0.6022861768886306, True),
    (0.6023, 0.6022861768886306, True), (0.6022, 0.6022861768886306, True),     # cut off
    (0.6024, 0.6022861768886306, False), (0.63, 0.62, False), (0.63, 0.6201, False),
    (-1.2, -1.25, True), (-1.2, -1.29, True), (-1.3, -1.29, True), (-1.4, -1.29, False),
    (0.5, 0.45, True), (2, 1.6, True), (0, 0.3, False), (0.0, np.nan, False), (1.0, np.inf, False),
    (0, 0.0, True), (0, 1e-17, True), (0, 1e-6, False), ("0.00", 0.004, True),
    ("0.00", 0.006, False), (1, 1.4, True), (1, 1.9, False), (-1, -1.9, False), (10, 10.9, True),
    (np.float32(1 / 3), 1 / 3, True), (float(np.float32(1 / 3)), 1 / 3, True),
    (0.33333334, 1 / 3, False), (0.3333343267, 1 / 3, False),    # which no float32 numbers are
    (float(np.float32(0.33343333)), 1 / 3, False)])
def test_rounding_and_cutting_off_are_no_slips(said, right, agrees):
    assert claimed(said).agrees(right) is agrees


@pytest.mark.parametrize(("said", "value"), [
    ("1 - tanh(z)", 1 - np.tanh(0.4)), ("1 - tanh(z)^2", 1 - np.tanh(0.4) ** 2),
    ("σ(z)·(1 − σ(z))", np.exp(-0.4) / (1 + np.exp(-0.4)) ** 2), ("1/3", 1 / 3),
    ("ln(2) + z²", np.log(2) + 0.16), ("-z * -2 / +4", 0.2), ("maximum(z, 1)", 1.0),
    ("9 ** 9 ** 9", np.inf), ("(z)", 0.4)])
def test_formulas_are_read(said, value):
    found = claimed(said, lambda name: symbol(name) if name == "z" else None)
    assert evaluated(found.term, {"z": 0.4}) == pytest.approx(value)


@pytest.mark.parametrize("said", [
    "__import__('os').system('true')", "open('x')", "z.real", "[1, 2]", "z if z else 1",
    "lambda: 1", "(lambda: 1)()", "z = 1", "'z'", "tanh(z, 1)", "tanh()", "tanh(x=z)", "f'{z}'",
    "z[0]", "1j", "True", "z < 1", "q + 1", "tanch(z)", "", "(" * 150, "-" * 290 + "(", "a" * 301,
    "9 *" * 90, "1e999999 +", "{z}", "(z := 1)", "z and z", "~z", "z @ z", "z // 2", "sum(z)"])
def test_what_is_no_arithmetic_is_refused(said):
    with pytest.raises(ArgumentError, match="cannot be checked|letters"):
        claimed(said, lambda name: symbol(name) if name == "z" else None)


def test_a_function_that_is_nearly_known_is_suggested():
    with pytest.raises(ArgumentError, match='Did you mean "tanh"'):
        claimed("tahn(z)", symbol)


@pytest.mark.parametrize(("said", "kind"), [
    (None, KindError), (object(), KindError), ([1], KindError), (1j, KindError),
    (True, KindError), (float("nan"), ArgumentError), (float("-inf"), ArgumentError)])
def test_what_is_neither_number_nor_formula_is_refused(said, kind):
    with pytest.raises(kind):
        claimed(said)


def test_mutants_are_the_slips_of_hands():
    x, w, b = map(symbol, "xwb")
    found = dict(mutants(x * w + b))
    assert str(found["+ b is missing"]) == "x * w"
    assert str(found["a plus is a minus"]) == "x * w - b"
    assert str(found["the factor w is missing"]) == "x + b"
    assert str(dict(mutants((x - w) ** 2 / 2))["the division by 2 is missing"]) == "square(x - w)"
    assert str(dict(mutants(-x))["a minus sign is missing"]) == "x"


def test_no_mutant_is_the_formula_itself():
    x, y = symbol("x"), symbol("y")
    for formula in (x * y + x, 1 - x ** 2, x / (y + 2), -x * y):
        for _, wrong in mutants(formula):
            assert evaluated(wrong, {"x": 0.3, "y": 0.7}) != pytest.approx(
                evaluated(formula, {"x": 0.3, "y": 0.7}))
