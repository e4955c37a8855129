"""The judge himself: values and derivatives known in closed form."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

from pellucid import atoms
from pellucid.core.variable import Variable
from pellucid.spaces.exact import Exact, exact, exact_derivative


def test_values_have_fifty_digits():
    with mpmath.workdps(50):
        assert abs(exact(atoms.exp, 1.0).item() - mpmath.e) < mpmath.mpf(10) ** -48
        third = exact(atoms.divide, 1.0, 3.0).item()
        assert abs(third - mpmath.mpf(1) / 3) < mpmath.mpf(10) ** -49


@pytest.mark.parametrize("order, true", [(1, np.cos(0.5)), (2, -np.sin(0.5)), (3, -np.cos(0.5))])
def test_derivatives_of_any_order(order, true):
    found = exact_derivative(atoms.sin, [0.5], [1.0], order=order)
    assert float(found) == pytest.approx(true, rel=1e-15)


def test_what_stands_still_is_a_constant():
    found = exact_derivative(atoms.multiply, [2.0, np.array([3.0, 5.0])], [1.0, None], [1.0, 10.0])
    assert float(found) == 53.0


def test_functions_of_tensors_are_read_as_well():
    def f(v):
        assert (v.shape, v.dtype, (v > 0).dtype, atoms.argmax(v).dtype) == (
            (2,), "float64", "bool", "int32")
        assert isinstance(v, Exact)
        return v @ v + Variable(1.0) + np.int32(2)

    assert float(exact(f, np.array([3.0, 4.0]))) == 28.0


def test_casts():
    x = np.array([-1.75, 0.0, 2.5])
    assert exact(atoms.cast, x, dtype="int32").tolist() == [-1, 0, 2]
    assert exact(atoms.cast, x, dtype="bool").tolist() == [True, False, True]
    assert exact(atoms.cast, x, dtype="float32").astype(float).tolist() == x.tolist()
    positive = exact(lambda v: atoms.cast(v > 0, dtype="float32"), x)
    assert positive.astype(float).tolist() == [0, 0, 1]
    assert exact(atoms.round, x, decimals=1).astype(float).tolist() == [-1.8, 0, 2.5]
