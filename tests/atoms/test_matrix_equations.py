"""Linear algebra: Keras's numbers, gradients by nudging, every engine, and what has no answer."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.tape import GradientTape
from pellucid.engines.trace import trace
from tests.atoms.host_cases import as_keras, assert_alike, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
A = RANDOM.normal(size=(2, 3, 3)) + 2 * np.eye(3)
TALL, WIDE = RANDOM.normal(size=(2, 4, 3)), RANDOM.normal(size=(2, 3, 4))
POSITIVE = A @ A.swapaxes(-1, -2)
B, V = RANDOM.normal(size=(2, 3, 2)), RANDOM.normal(size=3)


@pytest.mark.deep
@live
@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.deep)])
def test_results_are_those_of_keras(dtype):
    a, p, b, v = (x.astype(dtype) for x in (A, POSITIVE, B, V))
    precision = {"tolerance": 1e-4 if dtype == "float32" else 1e-10}
    for name in ("det", "slogdet", "logdet", "inv"):
        as_keras(name, a, **precision)
        as_keras(name, a[0], **precision)
    as_keras("cholesky", p, **precision)
    as_keras("cholesky", p, upper=True, **precision)
    lower = np.linalg.cholesky(p)
    as_keras("cholesky_inverse", lower[0], **precision)
    as_keras("cholesky_inverse", lower[0].T.copy(), upper=True, **precision)
    as_keras("solve", a, b, **precision)
    as_keras("solve", a[0], v, **precision)
    as_keras("solve_triangular", a, b, **precision)
    as_keras("solve_triangular", a[0], v, lower=True, **precision)
    for x in (TALL.astype(dtype), WIDE.astype(dtype), a):
        as_keras("lu_factor", x, **precision)
        as_keras("matrix_rank", x)
        as_keras("pinv", x, **precision)
        as_keras("svd", x, compute_uv=False, **precision)
    as_keras("lstsq", TALL[0].astype(dtype), b.reshape(4, 3), **precision)
    as_keras("lstsq", WIDE[0].astype(dtype), v, **precision)


@live
@pytest.mark.deep
def test_decompositions_are_those_of_keras_but_for_signs():
    import keras

    def signless(parts):
        return [np.abs(np.asarray(each)) for each in parts]

    for x in (TALL, WIDE, A):
        for mode in ("reduced", "complete"):
            assert_alike(signless(ops.qr(x, mode=mode)), signless(keras.ops.qr(x, mode=mode)), 1e-8)
        u, s, vt = ops.svd(x, full_matrices=False)
        assert_alike(signless((u, s, vt)), signless(keras.ops.svd(x, full_matrices=False)), 1e-8)
        np.testing.assert_allclose(u * s[:, None, :] @ vt, x, atol=1e-12)
        assert [each.shape for each in ops.svd(x)] == [each.shape for each in keras.ops.svd(x)]
    assert_alike(signless(ops.eigh(POSITIVE)), signless(keras.ops.eigh(POSITIVE)), 1e-8)


@live
def test_complex_eigenvalues_come_as_pairs():
    import keras

    x = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.5], [0.0, 0.0, 2.0]])
    (w, wi), (v, vi) = ops.eig(x)
    z, vectors = np.asarray(w) + 1j * wi.numpy(), v.numpy() + 1j * vi.numpy()
    np.testing.assert_allclose(x @ vectors, vectors * z, atol=1e-12)
    theirs = np.asarray(keras.ops.eig(x)[0])
    np.testing.assert_allclose(np.sort_complex(z), np.sort_complex(theirs), atol=1e-10)
    y = ops.convert_to_tensor(x)
    with GradientTape() as tape:
        tape.watch(y)
        w = ops.eig(y)[0][0]
    with pytest.raises(KindError, match="no gradient is known for eig"):
        tape.gradient(w, y)


def test_decompositions_give_the_matrix_back():
    for x in (TALL, WIDE, A):
        for mode in ("reduced", "complete"):
            q, r = ops.qr(x, mode=mode)
            np.testing.assert_allclose(ops.matmul(q, r), x, atol=1e-12)
            assert q.shape[-1] == (x.shape[-2] if mode == "complete" else min(x.shape[-2:]))
        u, s, vt = in_every_engine(lambda x: ops.svd(x, full_matrices=False), x)
        np.testing.assert_allclose(u * s[:, None, :] @ vt, x, atol=1e-12)
        assert ops.svd(x)[0].shape[-2:] == (x.shape[-2],) * 2
    w, v = (each.numpy() for each in ops.eigh(POSITIVE))
    np.testing.assert_allclose(POSITIVE @ v, v * w[:, None, :], atol=1e-10)


# Each is a function of anything near what it is given, so that nudging keeps what it needs.
SMOOTH = {
    "cholesky": (lambda x: ops.cholesky(x), POSITIVE),
    "cholesky upper": (lambda x: ops.cholesky(x, upper=True), POSITIVE[0]),
    "cholesky_inverse": (lambda x: ops.cholesky_inverse(x), A),
    "cholesky_inverse upper": (lambda x: ops.cholesky_inverse(x, upper=True), A),
    "det": (ops.det, A), "slogdet": (ops.slogdet, A), "logdet": (ops.logdet, A),
    "inv": (ops.inv, A),
    "solve": (ops.solve, A, B), "solve one": (ops.solve, A[0], V),
    "solve_triangular": (ops.solve_triangular, A, B),
    "solve_triangular lower": (lambda a, b: ops.solve_triangular(a, b, lower=True), A, B),
    "eigh": (ops.eigh, POSITIVE), "svd": (ops.svd, A),
    "svd tall": (lambda x: ops.svd(x, full_matrices=False), TALL),
    "svd wide": (lambda x: ops.svd(x, full_matrices=False), WIDE),
    "svd values": (lambda x: ops.svd(x, compute_uv=False), TALL),
    "qr": (ops.qr, A), "qr tall": (ops.qr, TALL),
    "pinv tall": (ops.pinv, TALL), "pinv wide": (ops.pinv, WIDE),
    "lstsq": (ops.lstsq, TALL[0], RANDOM.normal(size=(4, 2))),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_are_what_nudging_shows(name):
    function, *arrays = SMOOTH[name]
    has_gradient(function, *arrays)


@pytest.mark.parametrize("name", ["cholesky", "inv", "solve", "slogdet", "eigh", "svd tall", "qr",
                                  "det"])
def test_gradients_have_gradients(name):
    function, *arrays = SMOOTH[name]

    def slope(*xs):
        with GradientTape() as tape:
            tape.watch(list(xs))
            made = function(*xs)
            made = made if isinstance(made, tuple) else (made,)
            total = sum(ops.sum(ops.sin(each)) for each in made)
        return tape.gradient(total, list(xs))

    has_gradient(slope, *[x[0] if x.ndim > 2 else x for x in arrays], engines=False,
                 tolerance=1e-5)


def test_what_has_no_answer_is_not_a_number():
    """One singular matrix among others: the others have their inverse, on every engine."""
    x = np.stack([np.eye(2), np.ones((2, 2)), 2 * np.eye(2)])
    found = in_every_engine(ops.inv, x)[0]
    assert np.isnan(found[1]).all()
    np.testing.assert_array_equal(found[2], np.eye(2) / 2)
    assert np.isnan(in_every_engine(ops.solve, x, np.ones((3, 2)))[0]).tolist() == [
        [False] * 2, [True] * 2, [False] * 2]
    assert ops.slogdet(x)[1].tolist()[1] == -np.inf


def test_singular_matrices_have_a_determinant_with_a_slope():
    """Of rank n - 1 the matrix of cofactors, of a lower rank nothing; on every engine."""
    x = np.stack([np.outer(V, V) + np.diag([1.0, 0.0, 0.0]), np.outer(V, V), A[0]])
    has_gradient(ops.det, x)
    one = np.array([[1.0, 2.0], [2.0, 4.0]])
    with GradientTape() as tape:
        tape.watch(t := ops.convert_to_tensor(one))
        y = ops.det(t)
    np.testing.assert_allclose(tape.gradient(y, t), [[4, -2], [-2, 1]], atol=1e-12)


def test_no_root_of_what_is_not_positive():
    x = np.stack([np.eye(2), -np.eye(2)])
    with pytest.raises(ArgumentError, match="cholesky needs positive definite matrices"):
        ops.cholesky(x)
    found = trace(ops.cholesky, x, engine="native")([x])
    assert np.isnan(found.numpy()[1]).all()
    np.testing.assert_array_equal(found.numpy()[0], np.eye(2))


def test_singular_values_that_are_nearly_nothing():
    x = np.diag([3.0, 1.0, 1e-3])
    assert int(ops.matrix_rank(x)) == 3
    assert int(ops.matrix_rank(x, tol=0.01)) == 2
    np.testing.assert_allclose(ops.pinv(x, rcond=0.01), np.diag([1 / 3, 1.0, 0.0]), atol=1e-15)
    np.testing.assert_allclose(ops.lstsq(x, [3.0, 1.0, 1.0], rcond=0.01), [1.0, 1.0, 0.0],
                               atol=1e-12)
    _, pivots = ops.lu_factor([[0.0, 0.0], [0.0, 1.0]])
    assert pivots.tolist() == [0, 1]


@pytest.mark.parametrize("call, told", [
    (lambda: ops.inv(TALL), "inv needs square matrices in the last two axes, but got shape"),
    (lambda: ops.det([1.0]), "det needs square matrices"),
    (lambda: ops.solve(A, np.ones((2, 4, 1))), "as many numbers in b as A has rows"),
    (lambda: ops.solve(A[0], np.ones(())), "as many numbers in b as A has rows"),
])
def test_shapes_that_do_not_fit_are_told(call, told):
    with pytest.raises(ShapeError, match=told):
        call()


def test_modes_without_a_gradient_are_told():
    def slope(function, x):
        x = ops.convert_to_tensor(x)
        with GradientTape() as tape:
            tape.watch(x)
            y = function(x)[0]
        return tape.gradient(y, x)

    with pytest.raises(ShapeError, match="gradient of svd needs full_matrices=False"):
        slope(ops.svd, TALL)
    with pytest.raises(ShapeError, match="at least as many rows as columns"):
        slope(ops.qr, WIDE)
    with pytest.raises(ArgumentError, match='"reduced" or "complete", but got \'r\''):
        ops.qr(A, mode="r")
