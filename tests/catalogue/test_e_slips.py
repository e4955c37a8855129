"""Catalogue E: descent on x² - y² explained, and the slip that the notes made in it."""

from __future__ import annotations

import pytest

import pellucid
from pellucid import optimizers


def explained(**given):
    return pellucid.explain(lambda x, y: x * x - y * y, (2, 3), optimizers.SGD(0.1), **given)


def test_E1_every_number_of_the_row():
    found = explained(steps=[1, 2, 100])
    for name, value in {"x_1": 1.6, "y_1": 3.6, "x_2": 1.28, "y_2": 4.32,
                        "x_100": 4.07407195e-10, "y_100": 248453923.5660}.items():
        assert found[name].value == pytest.approx(value, rel=1e-9)
    assert str(found["∂f/∂y_1"].formula) == "-2 * y_1"
    assert str(found["x_2"].formula) == "x_1 - η * ∂f/∂x_1"


def test_E1_it_is_told_to_be_a_saddle():
    assert "(0, 0) is a saddle, not a minimum" in explained().to_text()


def test_E1_the_slip_of_the_notes_is_found():
    """They print (1.24, 3.72) for step 2; the second number comes of the y before step 1."""
    found = explained(steps=2, check={"x_1": 1.6, "y_1": 3.6, "x_2": 1.24, "y_2": 3.72}).checked
    assert found.agreed == ("x_1", "y_1")
    assert [(slip.name, slip.right) for slip in found.slips] == [
        ("x_2", pytest.approx(1.28)), ("y_2", pytest.approx(4.32))]
    x, y = found.slips
    assert x.off == pytest.approx(-0.04)
    assert found == explained(steps=2, check={
        "(x_1, y_1)": (1.6, 3.6), "(x_2, y_2)": (1.24, 3.72)}).checked
    assert x.cause == "y_1 = 3.6 was used where ∂f/∂x_1 = 3.2 belongs"
    assert y.cause == "the old y_0 = 3 was used where y_1 = 3.6 belongs"
