"""`LinearRegression` where many coefficients fit equally well, beside scikit-learn's."""

import numpy as np
import pytest

from pellucid.sklearn import LinearRegression

sklearn = pytest.importorskip("sklearn")

from sklearn.datasets import load_diabetes  # noqa: E402
from sklearn.linear_model import LinearRegression as Theirs  # noqa: E402

X, Y = load_diabetes(return_X_y=True)
TWO = np.column_stack([Y, Y[::-1]])
rng = np.random.default_rng(0)
WEIGHTS = rng.uniform(0.2, 3, len(X))
DEPENDENT = np.column_stack([X, X[:, :3] @ rng.normal(size=(3, 2)), np.ones(len(X))])
WIDE = rng.normal(size=(6, 30)) * np.logspace(-2, 2, 30) + 5


@pytest.mark.parametrize("x, y, weight", [
    (X[:5], Y[:5], None), (X[:5], Y[:5], WEIGHTS[:5]), (X[:5], TWO[:5], None),
    (X[:5], TWO[:5], WEIGHTS[:5]), (X[:8], Y[:8], np.array([1, 0, 2, 1, 0, 1, 3, 1.0])),
    (X[:1], Y[:1], None), (WIDE, Y[:6], None), (DEPENDENT, Y, None), (DEPENDENT, TWO, WEIGHTS),
    (X, Y, WEIGHTS),
], ids=["wide", "weights", "outputs", "outputs weights", "weights of 0", "one row", "scales",
        "dependent", "dependent outputs", "full rank"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_the_coefficients_of_least_norm(x, y, weight, fit_intercept):
    ours = LinearRegression(fit_intercept=fit_intercept).fit(x, y, weight)
    theirs = Theirs(fit_intercept=fit_intercept).fit(x, y, weight)
    size = np.abs(theirs.coef_).max()
    np.testing.assert_allclose(ours.coef_, theirs.coef_, rtol=0, atol=1e-6 * size)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(ours.predict(x), theirs.predict(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("y", [Y, TWO], ids=["one", "two"])
def test_positive_coefficients(y):
    ours, theirs = (each(positive=True).fit(X, y) for each in (LinearRegression, Theirs))
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-3)
    few = [each(positive=True).fit(X[:5], y[:5]) for each in (LinearRegression, Theirs)]
    np.testing.assert_allclose(few[0].predict(X[:5]), few[1].predict(X[:5]), atol=1e-4)
    assert few[0].coef_.min() >= 0
