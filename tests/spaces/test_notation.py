"""Terms, the simplifier and the printed derivative."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import atoms
from pellucid.activations import relu6, selu, sigmoid, silu, softmax, sparsemax, tanh
from pellucid.core.errors import KindError
from pellucid.core.tensor import convert
from pellucid.spaces import notation
from pellucid.spaces.notation import derivative, symbol
from pellucid.spaces.terms import NeedsValue, number_tex, tex_name

x, y, r = symbol("x"), symbol("y"), symbol("r")


@pytest.mark.parametrize("made, text", [
    (0 * x, "0"), (x * 0, "0"), (1 * x, "x"), (x * 1, "x"), (-1 * x, "-x"), (x + 0, "x"),
    (0 + x, "x"), (x - 0, "x"), (0 - x, "-x"), (0.5 * r + r * 0.5, "r"), (r / 2 + r / 2, "r"),
    (-1 * -x, "x"), (x - x, "0"), (x + x, "2 * x"), (3 * x - x, "2 * x"), (-x + -x, "-2 * x"),
    (x + -y, "x - y"), (-x + y, "y - x"), (x - -y, "x + y"), (-(x - y), "y - x"),
    (x + -2.0, "x - 2"), (x - -2.0, "x + 2"), (-(2 * x), "-2 * x"), (x * x, "square(x)"),
    (2 * (3 * x), "6 * x"), (x * (2 * y), "2 * x * y"), ((2 * x) * y, "2 * x * y"),
    (x * -y, "-x * y"), (-x * y, "-x * y"), (x * (1 / y), "x / y"), ((1 / x) * y, "y / x"),
    (x / 1, "x"), (x / -1, "-x"), (0 / x, "0"), (x / x, "1"), (-x / y, "-x / y"),
    (x / -y, "-x / y"), ((4 * x) / 2, "2 * x"), ((2 * x) / 3, "2 * x / 3"), (x ** 1, "x"),
    (x ** 0, "1"), (x ** 2, "square(x)"), (x ** y, "x ** y"), (-x ** y, "-x ** y"),
    ((-x) ** y, "(-x) ** y"), ((x + y) * r, "(x + y) * r"), (x - (y - r), "x - (y - r)"),
    (x / (y * r), "x / (y * r)"), (x * (y % r), "x * (y % r)"), (x @ (y @ r), "x @ (y @ r)"),
    (atoms.where(x > 0, y, y), "y"), (2 * atoms.where(x > 0, y, 0), "where(x > 0, 2 * y, 0)"),
    (atoms.where(x > 0, 0, y) * r, "where(x > 0, 0, y * r)"),
    (atoms.where(x > 0, y, 0) / r, "where(x > 0, y / r, 0)"),
    (atoms.where(x > 0, y, 0) + atoms.where(x > 0, 0, r), "where(x > 0, y, r)"),
    (atoms.where(x > 0, y, 0) + atoms.where(y > 0, 0, r),
     "where(x > 0, y, 0) + where(y > 0, 0, r)"),
    (atoms.where(x > 0, y, r) * 2, "2 * where(x > 0, y, r)"),
    (atoms.less(0, x), "x > 0"), (atoms.greater_equal(0, x), "x <= 0"),
    (atoms.equal(0, x), "x == 0"), (atoms.sqrt(notation.term(1)), "1"),
    (atoms.sqrt(notation.term(2)), "sqrt(2)"), (x + 1e-7, "x + 1e-07"),
    (x * 1e9, "1000000000.0 * x"),
    (symbol("a") + 2 * 3, "a + 6"), (notation.term(2) + notation.term(3), "5"),
    (notation.term(2) - notation.term(3), "-1"), (notation.term(1) / notation.term(4), "0.25"),
    (notation.term(1) / notation.term(3), "1 / 3"), (-notation.term(2), "-2"),
    (notation.term(2) * notation.term(3), "6"), (x + convert(2.0), "x + 2"),
    (atoms.sum(x, axis=-1), "sum(x, axis=-1)"), (atoms.stop_gradient(notation.term(3)), "3"),
    (+x, "x"), (x / notation.term(0), "x / 0"), (x + (x / 3 + 1), "x + x / 3 + 1"),
])
def test_terms_are_written_as_a_person_would(made, text):
    assert str(made) == text
    assert repr(made) == f"<term {text}>"


def test_latex():
    assert notation.tex(sigmoid, "x") == r"\frac{1}{1 + e^{-x}}"
    assert notation.tex(silu, "x") == r"x \, \sigma\left(x\right)"
    assert (x / y ** 2)._repr_latex_() == r"$\frac{x}{y^2}$"
    assert notation.write((x / y) ** 2, "tex") == r"\left(\frac{x}{y}\right)^2"
    assert notation.write((x + y) * r, "tex") == r"\left(x + y\right) \, r"
    assert notation.write(relu6(x), "tex") == r"\operatorname{relu6}\left(x\right)"


@pytest.mark.parametrize("value, text", [
    (2.0, "2"), (0.5, "0.5"), (1e-7, "10^{-7}"), (-1e-7, "-10^{-7}"),
    (2.5e10, r"2.5 \cdot 10^{10}"),
    (np.sqrt(2), r"\sqrt{2}"), (-np.pi, r"-\pi"), (float("inf"), r"\infty"),
    (float("-inf"), r"-\infty")])
def test_numbers_are_printed_as_in_a_book(value, text):
    assert number_tex(value) == text


@pytest.mark.parametrize("name, text", [
    ("x", "x"), ("σ", r"\sigma"), ("Σ", r"\Sigma"), ("λ", r"\lambda"), ("w_12", "w_{12}"),
    ("a1", "a_{1}"), ("θ2", r"\theta_{2}"), ("relu", r"\operatorname{relu}"), ("ŷ", "ŷ"),
    ("log_softmax", r"\operatorname{log\_softmax}"), ("β₁", r"\beta₁"), ("m'", "m'"),
    ("v_max'", "v_{max}'")])
def test_symbols_are_printed_as_in_a_book(name, text):
    assert tex_name(name) == text


@pytest.mark.parametrize("op, named, text", [
    (sigmoid, {"output": "a"}, "a * (1 - a)"), (tanh, {"output": "a"}, "1 - square(a)"),
    (silu, {}, "sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))"),
    (atoms.rsqrt, {}, "-1 / sqrt(x) / sqrt(x) / (2 * sqrt(x))"), (atoms.floor, {}, "0"),
    (softmax, {"output": "a", "seed": "g"}, "a * (g - sum(g * a, axis=-1, keepdims=True))"),
    (atoms.stop_gradient, {}, "0"), (selu, {}, None)])
def test_derivatives_are_printed(op, named, text):
    printed = notation.derivative_text(op, **named)
    assert printed == text if text else "1.0507009873554805" in printed
    assert notation.derivative_tex(op, **named).count("{") >= 0


def test_the_derivative_of_a_power_by_its_exponent():
    assert notation.derivative_text(atoms.power, "x", "n", by=1, output="p") == (
        "p * log(where(x > 0, x, 1))")
    assert str(derivative(x ** 3, x)) == "3 * square(x)"


def test_a_named_term_hides_what_it_is_made_of():
    a = sigmoid(2 * x).called("a")
    assert str(a * a) == "square(a)"
    assert str(derivative(a, x)) == "2 * a * (1 - a)"
    assert str(derivative(a * y, symbol("a"))) == "y"
    assert str(derivative(atoms.stop_gradient(x) * x, x)) == "stop_gradient(x)"


def test_what_depends_on_shapes_is_written_by_its_name():
    assert notation.text(atoms.mean, "x", axis=0) == "mean(x, axis=0)"
    assert notation.text(sparsemax, "x") == "sparsemax(x)"        # its formula is too long
    assert notation.text(lambda a, b: a * b + 1, "u", "v") == "u * v + 1"
    for asks in (bool, list, np.asarray, lambda t: t.shape, lambda t: t + np.ones(3)):
        with pytest.raises(NeedsValue):
            asks(x)


def test_what_has_no_derivative_on_symbols_is_refused():
    with pytest.raises(KindError, match="join has no derivative on symbols"):
        derivative(atoms.concatenate([x, y]), x)


def test_a_symbol_has_a_dtype():
    assert x.dtype == "float64"
