"""Share: the same step twice is one step."""

from __future__ import annotations

import numpy as np

from pellucid.atoms import cond, cumsum, exp, max, maximum, random_uniform, scan, sum
from pellucid.engines.passes.share import share
from tests.engines.passes.soundness import after, assert_sound

X = np.array([[1.0, -2.0], [0.5, 3.0]])


def test_a_step_that_comes_again_is_done_once():
    assert after(share, lambda x: exp(x) + exp(x), X) == ["exp", "add"]
    assert after(share, lambda x: exp(exp(x)) * exp(exp(x)), X) == ["exp", "exp", "multiply"]


def test_operands_may_change_places_where_that_changes_nothing():
    assert after(share, lambda x, y: (x + y) * (y + x), X, X) == ["add", "multiply"]
    assert after(share, lambda x, y: maximum(x, y) * maximum(y, x), X, X) == ["maximum", "multiply"]
    assert after(share, lambda x, y: (x - y) * (y - x), X, X) == ["subtract", "subtract",
                                                                    "multiply"]
    assert after(share, lambda x, y: (x < y) == (y < x), X, X) == ["less", "less", "equal"]


def test_options_tell_steps_apart():
    assert after(share, lambda x: sum(x, axis=0) + sum(x, axis=1), X) == ["sum", "sum", "add"]
    assert after(share, lambda x: sum(x, axis=(0,)) + sum(x, axis=(0,)), X) == ["sum", "add"]
    assert after(share, lambda x: cumsum(x, axis=0) + cumsum(x, axis=1), X) == ["cumsum", "cumsum",
                                                                               "add"]


def test_numbers_of_different_kinds_are_different():
    def f(x):
        return x + 1, x + 1.0, x + True, x + 1

    assert len(after(share, f, np.array([1, 2], "uint8"))) == 4       # one of them by way of a cast


def test_zeros_of_either_sign_are_different():
    assert after(share, lambda x: x / 0.0 + x / -0.0, X).count("divide") == 2


def test_random_draws_are_named_by_their_state():
    def f(s):
        return (random_uniform(s, (2,)) + random_uniform(s, (2,)),
                random_uniform(s, (2,), stream=1))

    assert after(share, f, np.array([1, 2], "uint32")).count("random_uniform") == 2


def test_bodies_are_looked_through_but_not_shared():
    def f(x):
        return cond(max(x) > 0, lambda: exp(x) + exp(x), lambda: x)

    assert after(share, f, X) == ["max", "greater", "cond"]

    def twice(x):
        return scan(lambda c, _: (c * 2, c), x, length=2)[0] + scan(
            lambda c, _: (c * 2, c), x, length=2)[0]

    assert after(share, twice, X).count("scan") == 2


def test_random_plans_keep_their_meaning():
    assert_sound(share, range(60))
