"""Keras's loops and maps, rules of one's own, derivatives along a direction."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import GradientTape, Variable, ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError, TracingError
from pellucid.engines.trace import Traced, trace
from tests.atoms.host_cases import as_keras, assert_alike, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(5, 3))


@pytest.mark.parametrize("index", [-3, 0, 1, 2, 7])
def test_switch_takes_one_branch(index):
    branches = [lambda x: x, lambda x: x * 2, lambda x: x - 1]

    def f(i, x):
        return ops.switch(i, branches, x)

    taken = in_every_engine(f, np.array(index), X)[0]
    np.testing.assert_array_equal(taken, branches[min(max(index, 0), 2)](X))
    has_gradient(lambda x: ops.switch(index, branches, x), X)
    with pytest.raises(ArgumentError, match="at least one branch"):
        ops.switch(0, [], X)


@live
def test_while_loops_are_those_of_keras():
    import keras

    for library in (keras.ops, ops):
        assert int(library.while_loop(lambda i: i < 10, lambda i: i + 1, 0)) == 10
        x, y = library.while_loop(lambda x, y: x < 10, lambda x, y: (x + 1, y + 1), (0, 1))
        assert (int(x), int(y)) == (10, 11)
        x, y = library.while_loop(lambda x, y: x < 10, lambda x, y: (x + 1, y + 1), [0, 1],
                                  maximum_iterations=3)
        assert (int(x), int(y)) == (3, 4)


@pytest.mark.parametrize("most", [None, 2])
@pytest.mark.parametrize("start", [0.5, 7.0, 200.0])
def test_a_loop_whose_end_is_found_on_the_way(start, most):
    """Collections of the carry that trade places, a captured tensor, a variable that is read."""
    scale = Variable(2.0, dtype="float64")

    def f(x, step):
        return ops.while_loop(lambda v, n: v["a"][0] < 100.0,
                              lambda v, n: ({"a": v["b"], "b": v["a"] * scale + step}, n + 1),
                              ({"a": x, "b": x + 1}, 0), maximum_iterations=most)

    in_every_engine(f, np.array([start, 1.0]), np.array(0.25))


def test_what_a_compiled_while_loop_cannot_do_is_told():
    x, count = np.ones(2), Variable(0.0)

    def counted(x):
        def body(v):
            count.assign_add(1.0)
            return v * 2
        return ops.while_loop(lambda v: ops.sum(v) < 9, body, x)

    with pytest.raises(TracingError, match="cannot be assigned inside of while_loop"):
        trace(counted, x)
    assert counted(ops.convert_to_tensor(x)).tolist() == [8.0, 8.0]
    with pytest.raises(ShapeError, match="must keep their shapes and dtypes"):
        trace(lambda x: ops.while_loop(lambda v: ops.sum(v) < 9, lambda v: v[:1], x), x)

    def slope(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.while_loop(lambda v: ops.sum(v) < 9, lambda v: v * v + 1, x)
        return tape.gradient(y, x)

    with pytest.raises(KindError, match="a compiled while_loop has no gradient"):
        trace(slope, x)
    assert slope(ops.convert_to_tensor(x)).tolist() == [8.0, 8.0]


@live
def test_counted_loops_are_those_of_keras():
    as_keras("fori_loop", 1, 5, lambda i, v: v * i, np.int32(1))
    as_keras("fori_loop", 3, 3, lambda i, v: v * i, np.float32(2))
    in_every_engine(lambda n, x: ops.fori_loop(0, n, lambda i, v: v + x * 2, x), np.array(3), X)
    has_gradient(lambda x: ops.fori_loop(0, 3, lambda i, v: v * x, x), X)


@live
@pytest.mark.parametrize("name", ["map", "vectorized_map"])
def test_maps_are_those_of_keras(name):
    x = X.astype("float32")
    as_keras(name, lambda x: x * 2 + 1, x)
    as_keras(name, lambda x: {"a": x["p"] + x["q"], "b": [x["p"]]}, {"p": x, "q": x + 1})
    function = getattr(ops, name)
    in_every_engine(lambda x: function(lambda row: ops.sort(row), x), X)
    has_gradient(lambda x: function(lambda row: ops.cumsum(row * row), x), X)


@live
@pytest.mark.deep
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
def test_associative_scans_are_those_of_keras(reverse, axis):
    x = np.arange(15, dtype="float32").reshape(5, 3)
    as_keras("associative_scan", lambda a, b: a + b, x, reverse=reverse, axis=axis)
    # the composition of affine maps is associative, and does not commute
    pairs = [1 + x / 9, x]
    as_keras("associative_scan", lambda f, g: [f[0] * g[0], f[1] * g[0] + g[1]], pairs,
             reverse=reverse, axis=axis)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
def test_associative_scans_are_running_results(reverse, axis):
    x = X[::-1] if reverse and axis == 0 else X[:, ::-1] if reverse else X
    wanted = np.cumsum(x, axis=axis)
    found = ops.associative_scan(lambda a, b: a + b, X, reverse, axis)
    np.testing.assert_allclose(np.flip(found, axis) if reverse else found, wanted, rtol=1e-12)
    in_every_engine(lambda x: ops.associative_scan(lambda a, b: a + b, x, reverse, axis - 2), X)
    has_gradient(lambda x: ops.associative_scan(lambda a, b: a * b, x, reverse, axis), X)
    with pytest.raises(ShapeError, match=r"one length along its axis, but got lengths \[2, 3\]"):
        ops.associative_scan(lambda a, b: a, [np.ones(2), np.ones(3)])


@live
def test_functions_of_numbers_become_functions_of_tensors():
    import keras

    x, y = X.astype("float32"), np.arange(3, dtype="float32")
    for options, function, args in (
            ({}, lambda a, b: a * b + 1, (x, y)),
            ({}, lambda a: a * a, (np.float32(3),)),
            ({"signature": "(n),(n)->()"}, lambda a, b: (a * b)[0] + a[1], (x, y)),
            ({"signature": "(n)->(n)"}, lambda a: a + a[0], (x,)),
            ({"excluded": {1}}, lambda a, k: a * k, (x, 3))):
        theirs = keras.ops.vectorize(function, **options)(*args)
        assert_alike(ops.vectorize(function, **options)(*args), theirs)
    assert ops.vectorize(lambda a, by: a * by)(x, by=2).tolist() == (x * 2).tolist()
    with pytest.raises(KindError, match="vectorize needs a function, but got 3"):
        ops.vectorize(3)
    with pytest.raises(ArgumentError, match=r"a signature such as .* but got '\(n->\(\)'"):
        ops.vectorize(len, signature="(n->()")
    with pytest.raises(ArgumentError, match="is one of 1 operands, but got 2"):
        ops.vectorize(lambda a, b: a, signature="(n)->()")(x, y)


@ops.custom_gradient
def log1pexp(x):
    e = ops.exp(x)

    def grad(*args, upstream=None):
        if upstream is None:
            (upstream,) = args
        return ops.multiply(upstream, 1.0 - 1.0 / ops.add(1, e))

    return ops.log(1 + e), grad


def test_a_rule_of_ones_own_has_gradients_itself():
    """Eagerly, in Plans, inside loops, and of second order, through what the rule closes over."""
    has_gradient(log1pexp, X)
    has_gradient(lambda x: ops.scan(lambda c, row: (c + log1pexp(row * c), None), x[0], x)[0], X)

    def slope(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(log1pexp(x))
        return tape.gradient(y, x)

    has_gradient(slope, X)


def test_a_rule_for_several_inputs_and_outputs():
    @ops.custom_gradient
    def both(pair, k):
        a, b = pair
        return {"sum": a + b, "same": a}, lambda up: ((up["sum"] * 10, None), up["same"] * k)

    @ops.custom_gradient
    def lacks(a, b):
        return a + b, lambda up: up

    a, b, k = (ops.convert_to_tensor(each) for each in (1.0, 2.0, 3.0))
    with GradientTape(persistent=True) as tape:
        tape.watch([a, b, k])
        made = both((a, b), k)
        y = made["sum"] + 2 * made["same"]
        wrong = lacks(a, b)
    assert float(y) == 5.0
    found = tape.gradient(y, [a, b, k])
    assert [None if each is None else float(each) for each in found] == [10.0, None, 6.0]
    with pytest.raises(ArgumentError, match="one gradient for each of its 2 inputs, but got 1"):
        tape.gradient(wrong, a)


@live
def test_derivatives_along_a_direction_are_those_of_keras():
    x, t = X.astype("float32"), X[::-1].astype("float32").copy()

    def f(x, y):
        return {"a": ops.sin(x) * y, "n": ops.argmax(x), "c": y * 2}

    y, moved = ops.jvp(f, (x, t), (t, x))
    np.testing.assert_allclose(y["a"], np.sin(x) * t, rtol=1e-6)
    np.testing.assert_allclose(moved["a"], np.cos(x) * t * t + np.sin(x) * x, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(moved["c"], x * 2)
    assert int(moved["n"]) == 0
    import keras
    for has_aux in (False, True):
        both = [library.jvp(
            lambda a, o=library, aux=has_aux: (o.exp(a), o.sum(a)) if aux else o.exp(a),
            (x,), (t,), has_aux=has_aux) for library in (ops, keras.ops)]
        assert_alike(*both)
    in_every_engine(lambda x, t: ops.jvp(lambda x: ops.sort(x) ** 2, (x,), (t,)), X, X + 1)
    still = ops.jvp(lambda x: ops.convert_to_tensor(1.0), (x,), (t,))
    assert float(still[1]) == 0.0
    with pytest.raises(ShapeError, match="a tangent of the same shape for each primal"):
        ops.jvp(ops.sin, (x,), (t[:2],))
    assert Traced(lambda x: ops.jvp(ops.sin, (x,), (x,))[1])(X).shape == X.shape
