"""Each op printed and read back: the text means what the op computes."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.core.errors import KindError
from pellucid.core.tensor import OPS, convert
from pellucid.spaces import notation
from pellucid.spaces.terms import NeedsValue
from tests.agreement.cases import CASES, FLAT, Case, each_case, gradients

NAMES = ("x", "y", "z")


def read_back(text: str, operands: list[np.ndarray], **more: object) -> np.ndarray:
    values = dict(zip(NAMES, map(convert, operands), strict=False))
    return np.asarray(eval(text, {"inf": float("inf"), **OPS, **values, **more}))


def names_of(case: Case) -> tuple[str, ...]:
    return NAMES[:len(case.samples)]


# Far from 0 the textbook form overflows, which is why the stable body runs: see the edges.
# An index may be a slice, which Python reads as one and the names of ops as another.
@pytest.mark.parametrize("case", [case for case in CASES if case.op.name != "get_item" and not any(
    abs(point) > 1e3 for each in case.samples for point in each.points)], ids=repr)
def test_printed_text_means_what_the_op_computes(case):
    operands = case.operands(0)
    printed = notation.text(case.op, *names_of(case), **case.options)
    np.testing.assert_allclose(read_back(printed, operands),
                               np.asarray(case.op(*operands, **case.options)),
                               rtol=1e-12, atol=1e-13)


def printed_derivative(case: Case) -> str | None:
    """None where the rule works on shapes, which symbols do not have, or mixes its operands."""
    if case.op.name in {*FLAT, "cumsum", "transpose", "softmax", "log_softmax", "matrix_product",
                        "place", "broadcast_to", "scatter_add", "overlap_add"}:
        return None
    if case.samples[case.differentiable[0]].points:
        return None
    try:
        return notation.derivative_text(case.op, *names_of(case), by=case.differentiable[0],
                                        output="a", **case.options)
    except (NeedsValue, KindError):
        return None


PRINTED = [(case, text) for case in CASES if (text := printed_derivative(case)) is not None]


def test_the_derivatives_of_all_common_functions_can_be_printed():
    assert {case.op.name for case, _ in PRINTED} >= {
        "sigmoid", "tanh", "softplus", "relu", "elu", "selu", "gelu", "silu", "mish", "exp", "log",
        "power", "divide", "maximum", "where", "clip", "logaddexp", "softsign"}


@pytest.mark.parametrize("case, printed", PRINTED, ids=repr)
def test_printed_derivative_means_the_gradient(case, printed):
    operands, by = case.operands(0), case.differentiable[0]
    value = case.op(*operands, **case.options)
    slopes = np.broadcast_to(read_back(printed, operands, a=value), operands[by].shape)
    direction = np.random.default_rng(3).normal(size=operands[by].shape)
    ways = [direction if i == by else None for i in range(len(operands))]
    assert float(np.sum(slopes * direction)) == pytest.approx(       # where(c, 1, 0) is float32
        gradients(case, operands, 1.0, ways, 1), rel=1e-6)


@each_case
def test_latex_is_balanced(case):
    printed = notation.tex(case.op, *names_of(case), **case.options)
    assert printed.count("{") == printed.count("}")
    assert printed.count(r"\left") == printed.count(r"\right")
    assert printed.count(r"\begin") == printed.count(r"\end")
