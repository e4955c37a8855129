"""The examples of scikit-learn's documentation, with its estimators and, by the import alone, ours.

Each program below follows an example of the user guide, of a docstring or of the gallery: the same
data, the same settings, words of our own. It takes the module that the estimators come from, and a
seed, and gives scores (higher is better). The two libraries draw different first weights from a
seed, so scores are compared as means over the same seeds: ours must reach scikit-learn's, less two
standard errors of the difference between the two means. From the same first weights the two go the
same way, which a test of its own shows. Examples that download data, and those of restricted
Boltzmann machines, are left out.
"""

from __future__ import annotations

import os
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn import datasets, linear_model, neural_network
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler

import pellucid.sklearn as ours

DEEP = os.environ.get("PELLUCID_PROFILE") == "deep"
THEIRS = SimpleNamespace(**{name: getattr(home, name) for home, names in (
    (neural_network, ("MLPClassifier", "MLPRegressor")),
    (linear_model, ("Perceptron", "LogisticRegression", "LinearRegression"))) for name in names})


def first_steps(of, seed):
    """User guide: two points, and two questions outside of them."""
    x, y = [[0.0, 0.0], [1.0, 1.0]], [0, 1]
    unit = of.MLPClassifier(solver="lbfgs", alpha=1e-5, hidden_layer_sizes=(5, 2),
                            random_state=seed).fit(x, y)
    assert [w.shape for w in unit.coefs_] == [(2, 5), (5, 2), (2, 1)]
    np.testing.assert_allclose(unit.predict_proba([[2.0, 2.0], [1.0, 2.0]]).sum(axis=1), 1)
    return {"right": np.mean(unit.predict([[2.0, 2.0], [-1.0, -2.0]]) == [1, 0])}


def several_labels(of, seed):
    """User guide: two labels a row."""
    x, y = [[0.0, 0.0], [1.0, 1.0]], [[0, 1], [1, 1]]
    unit = of.MLPClassifier(solver="lbfgs", alpha=1e-5, hidden_layer_sizes=(15,),
                            random_state=seed).fit(x, y)
    answers = unit.predict([[1.0, 2.0], [0.0, 0.0]])
    assert answers.shape == (2, 2)
    return {"right": np.mean(answers == [[1, 1], [0, 1]])}


def more_control(of, seed):
    """User guide: epoch by epoch with warm_start."""
    unit = of.MLPClassifier(hidden_layer_sizes=(15,), random_state=seed, max_iter=1,
                            warm_start=True)
    losses = []
    for _ in range(10):
        unit.fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
        losses.append(unit.loss_)
    assert losses[-1] < losses[0]
    return {"the fall of the loss": losses[0] - losses[-1]}


def alpha_by_search(of, seed):
    """User guide: scale the columns, then search for α among the powers of ten."""
    x, y = datasets.load_iris(return_X_y=True)
    chain = make_pipeline(StandardScaler(), of.MLPClassifier(
        solver="lbfgs", hidden_layer_sizes=(10,), random_state=seed, max_iter=200))
    search = GridSearchCV(chain, {"mlpclassifier__alpha": 10.0 ** -np.arange(1, 7)}, cv=3)
    return {"cross-validated accuracy": search.fit(x, y).best_score_}


def classifier_of_the_docstring(of, seed):
    x, y = datasets.make_classification(n_samples=100, random_state=1)
    x, x_test, y, y_test = train_test_split(x, y, stratify=y, random_state=1)
    unit = of.MLPClassifier(random_state=seed, max_iter=300).fit(x, y)
    assert unit.predict_proba(x_test[:1]).shape == (1, 2)
    assert unit.predict(x_test[:5]).shape == (5,)
    return {"accuracy": unit.score(x_test, y_test)}


def regressor_of_the_docstring(of, seed):
    x, y = datasets.make_regression(n_samples=200, n_features=20, random_state=1)
    x, x_test, y, y_test = train_test_split(x, y, random_state=1)
    unit = of.MLPRegressor(random_state=seed, max_iter=2000, tol=0.1).fit(x, y)
    assert unit.predict(x_test[:2]).shape == (2,)
    return {"R²": unit.score(x_test, y_test)}


def partial_fits(of, seed):
    """User guide, out-of-core learning: chunk after chunk."""
    x, y = datasets.load_digits(return_X_y=True)
    unit = of.MLPClassifier(random_state=seed)
    for _ in range(3):
        for rows in np.array_split(np.arange(1200), 6):
            unit.partial_fit(x[rows] / 16, y[rows], classes=np.arange(10))
    return {"accuracy": unit.score(x[1200:] / 16, y[1200:])}


def clouds(seed=2):
    """The three sets of the gallery's pictures: moons, circles, and two noisy clouds."""
    x, y = datasets.make_classification(n_features=2, n_redundant=0, n_informative=2,
                                        random_state=1 if seed is None else 0,
                                        n_clusters_per_class=1)
    x += 2 * np.random.RandomState(2).uniform(size=x.shape)
    return {"moons": datasets.make_moons(noise=0.3, random_state=0),
            "circles": datasets.make_circles(noise=0.2, factor=0.5, random_state=1),
            "clouds": (x, y)}


def varying_regularization(of, seed):
    """Gallery: five strengths of the penalty on three sets."""
    scores = {}
    for name, (x, y) in clouds().items():
        parts = train_test_split(x, y, test_size=0.4, random_state=42)
        for alpha in np.logspace(-1, 1, 5):
            chain = make_pipeline(StandardScaler(), of.MLPClassifier(
                solver="lbfgs", alpha=alpha, random_state=seed, max_iter=2000,
                early_stopping=True, hidden_layer_sizes=[10, 10]))
            scores[f"{name}, α = {alpha:.2g}"] = chain.fit(parts[0], parts[2]).score(
                parts[1], parts[3])
    return scores


def comparison_of_classifiers(of, seed):
    """Gallery: the network among the classifiers that are compared."""
    scores = {}
    for name, (x, y) in clouds(None).items():
        x, x_test, y, y_test = train_test_split(x, y, test_size=0.4, random_state=42)
        chain = make_pipeline(StandardScaler(), of.MLPClassifier(alpha=1, max_iter=1000,
                                                                 random_state=seed))
        scores[name] = chain.fit(x, y).score(x_test, y_test)
    return scores


STRATEGIES = [
    {"solver": "sgd", "learning_rate": "constant", "momentum": 0, "learning_rate_init": 0.2},
    {"solver": "sgd", "learning_rate": "constant", "momentum": 0.9, "nesterovs_momentum": False,
     "learning_rate_init": 0.2},
    {"solver": "sgd", "learning_rate": "constant", "momentum": 0.9, "nesterovs_momentum": True,
     "learning_rate_init": 0.2},
    {"solver": "sgd", "learning_rate": "invscaling", "momentum": 0, "learning_rate_init": 0.2},
    {"solver": "sgd", "learning_rate": "invscaling", "momentum": 0.9, "nesterovs_momentum": False,
     "learning_rate_init": 0.2},
    {"solver": "sgd", "learning_rate": "invscaling", "momentum": 0.9, "nesterovs_momentum": True,
     "learning_rate_init": 0.2},
    {"solver": "adam", "learning_rate_init": 0.01},
]


def learning_strategies(of, seed):
    """Gallery: seven ways down, on four sets; the score on the training rows, as there."""
    sets = {"iris": datasets.load_iris(return_X_y=True),
            "digits": datasets.load_digits(return_X_y=True),
            "circles": datasets.make_circles(noise=0.2, factor=0.5, random_state=1),
            "moons": datasets.make_moons(noise=0.3, random_state=0)}
    scores = {}
    for name, (x, y) in sets.items():
        x = MinMaxScaler().fit_transform(x)
        for i, how in enumerate(STRATEGIES):
            unit = of.MLPClassifier(random_state=seed, max_iter=15 if name == "digits" else 400,
                                    **how).fit(x, y)
            assert len(unit.loss_curve_) == unit.n_iter_
            scores[f"{name}, strategy {i}"] = unit.score(x, y)
    return scores


SEEDS = {first_steps: (8, 100), several_labels: (4, 50), more_control: (4, 20),
         classifier_of_the_docstring: (2, 60), partial_fits: (2, 10), alpha_by_search: (0, 6),
         regressor_of_the_docstring: (0, 10), varying_regularization: (0, 15),
         comparison_of_classifiers: (0, 20), learning_strategies: (0, 4)}       # short, deep


def compared(program, seeds):
    """Mean scores of scikit-learn and of ours over all seeds and parts, and the standard error."""
    rows = [[], []]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)          # the examples ignore them too
        for seed in seeds:
            for each, of in zip(rows, (THEIRS, ours), strict=True):
                each.append(list(program(of, seed).values()))
    theirs, mine = np.array(rows[0]).mean(axis=1), np.array(rows[1]).mean(axis=1)
    error = np.sqrt((theirs.var(ddof=1) + mine.var(ddof=1)) / len(seeds))
    return theirs.mean(), mine.mean(), error


@pytest.mark.parametrize("program", [
    pytest.param(program, id=program.__name__, marks=[pytest.mark.deep] * (not short))
    for program, (short, _) in SEEDS.items()])
def test_scores_are_at_least_scikit_learns(program):
    theirs, mine, error = compared(program, range(SEEDS[program][DEEP]))
    print(f"{program.__name__}: scikit-learn {theirs:.4f}, pellucid {mine:.4f} ± {error:.4f}")
    assert mine >= theirs - 2 * error, (theirs, mine, error)


@pytest.mark.parametrize("how", [
    {"solver": "adam", "learning_rate_init": 0.01, "alpha": 0.1, "activation": "tanh"},
    *({**each, "activation": "logistic"} for each in STRATEGIES[:-1]),
    {"solver": "sgd", "learning_rate": "adaptive", "learning_rate_init": 0.5, "tol": 0.01,
     "n_iter_no_change": 3, "power_t": 0.3}], ids=lambda how: f"{how['solver']} {len(how)}")
def test_the_same_first_weights_go_the_same_way(how, monkeypatch):
    """One batch of all rows, so that the order of rows plays no part either."""
    x, y = datasets.load_iris(return_X_y=True)
    x, first, init = MinMaxScaler().fit_transform(x), [], neural_network.MLPClassifier._init_coef
    monkeypatch.setattr(neural_network.MLPClassifier, "_init_coef", lambda *given: first.append(
        init(*given)) or [each.copy() for each in first[-1]])
    theirs = neural_network.MLPClassifier((6, 5), max_iter=60, random_state=0, **how)
    mine = ours.MLPClassifier((6, 5), max_iter=60, random_state=0, **how)
    begin = ours.MLPClassifier._begin

    def begin_there(self, *given):
        begin(self, *given)
        self._network.set_weights([each for pair in first for each in pair])

    monkeypatch.setattr(ours.MLPClassifier, "_begin", begin_there)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(x, y)
        mine.fit(x, y)
    assert mine.n_iter_ == theirs.n_iter_
    np.testing.assert_allclose(mine.loss_curve_, theirs.loss_curve_, rtol=1e-6)
    for a, b in zip(mine.coefs_ + mine.intercepts_, theirs.coefs_ + theirs.intercepts_,
                    strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert mine.score(x, y) == theirs.score(x, y)


def perceptron_on_digits(of):
    x, y = datasets.load_digits(return_X_y=True)
    return of.Perceptron(tol=1e-3, random_state=0).fit(x, y).score(x, y)


def perceptron_and_products(of):
    """User guide: XOR becomes separable with the product of the two inputs as a column."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    y = x[:, 0] ^ x[:, 1]
    x = PolynomialFeatures(interaction_only=True).fit_transform(x).astype(int)
    unit = of.Perceptron(fit_intercept=False, max_iter=10, tol=None, shuffle=False).fit(x, y)
    assert unit.predict(x).tolist() == [0, 1, 1, 0]
    return unit.score(x, y)


def logistic_on_iris(of):
    x, y = datasets.load_iris(return_X_y=True)
    unit = of.LogisticRegression(random_state=0).fit(x, y)
    assert unit.predict(x[:2]).tolist() == [0, 0]
    np.testing.assert_allclose(unit.predict_proba(x[:2])[:, 0], [0.98, 0.97], atol=0.01)
    return unit.score(x, y)


def a_plane(of):
    x = np.array([[1, 1], [1, 2], [2, 2], [2, 3]])
    unit = of.LinearRegression().fit(x, x @ (1, 2) + 3)
    np.testing.assert_allclose(unit.coef_, [1, 2])
    np.testing.assert_allclose(unit.intercept_, 3)
    np.testing.assert_allclose(unit.predict([[3, 5]]), [16])
    return unit.score(x, x @ (1, 2) + 3)


def two_equal_columns(of):
    """User guide: of all planes that fit, the one with the shortest w."""
    unit = of.LinearRegression().fit([[0, 0], [1, 1], [2, 2]], [0, 1, 2])
    np.testing.assert_allclose(unit.coef_, [0.5, 0.5])
    return unit.score([[0, 0], [1, 1], [2, 2]], [0, 1, 2])


def a_line_through_diabetes(of):
    """Gallery, ordinary least squares: one column, the last twenty rows for the test."""
    x, y = datasets.load_diabetes(return_X_y=True)
    x, x_test, y, y_test = train_test_split(x[:, [2]], y, test_size=20, shuffle=False)
    unit = of.LinearRegression().fit(x, y)
    np.testing.assert_allclose(unit.coef_, [938.24], atol=0.01)
    return -mean_squared_error(y_test, unit.predict(x_test))


@pytest.mark.parametrize("program", [
    pytest.param(program, id=program.__name__, marks=[pytest.mark.deep] * slow)
    for program, slow in ((perceptron_on_digits, True), (perceptron_and_products, False),
                          (logistic_on_iris, False), (a_plane, False), (two_equal_columns, False),
                          (a_line_through_diabetes, False))])
def test_linear_examples_score_at_least_as_scikit_learns(program):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")              # lbfgs ran out of steps, digits overlap
        theirs, mine = program(THEIRS), program(ours)
    print(f"{program.__name__}: scikit-learn {theirs:.6f}, pellucid {mine:.6f}")
    assert mine >= theirs - 1e-6 * max(1, abs(theirs))
