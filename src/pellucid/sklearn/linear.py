"""One linear unit with exchangeable activation and loss: logistic, softmax, linear regression."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.metaestimators import available_if

from pellucid import activations, losses
from pellucid.atoms import sum
from pellucid.core.errors import ArgumentError, DataError, user_line
from pellucid.sklearn.arguments import (
    NamedArguments,
    at_least,
    check_kinds,
    factors_of_classes,
    known_to_fit,
    one_of,
    row_weights,
    validated,
)
from pellucid.sklearn.columns import deviation, shortest
from pellucid.sklearn.lines import LinearClassifier, classes_of, scores
from pellucid.sklearn.minimise import minimise

SOLVERS = ("liblinear", "newton-cg", "newton-cholesky", "sag", "saga")    # that are not here
JOBS = "leave it out: the native engine takes as many cores as help"


class LinearUnit(NamedArguments, BaseEstimator):
    r"""The unit behind the estimators of this file: :math:`\hat y = \phi(w \cdot x + b)`.

    What it minimises is the weighted mean of a loss, and a penalty on the weights,

    .. math:: J = \frac{\sum_i s_i \, L(y_i, z_i)}{\sum_i s_i} + \frac{\alpha}{2} \|w\|^2

    with full gradients in float64 (`LogisticRegression` and `LinearRegression` say which loss).
    Rows of weight 0 are left out, and the order of rows does not matter. Columns are standardised
    while searching, which changes the way and not the result.

    >>> isinstance(LinearRegression(), LinearUnit)
    True
    """

    fit_intercept: Any
    solver: Any
    max_iter: Any
    tol: Any
    coef_: Any
    intercept_: Any

    def _minimise(self, x: np.ndarray, y: np.ndarray, weight: np.ndarray, alpha: float,
                  loss: Any, again: bool = False, positive: bool = False) -> None:
        """Set ``coef_`` (outputs, features), ``intercept_``, ``n_iter_`` and ``loss_``.

        ``again`` starts from the last of them, ``positive`` keeps coefficients from 0 up.
        """
        middle = np.average(x, axis=0, weights=weight) * bool(self.fit_intercept)
        size, spread = np.abs(x).max(axis=0, initial=0), deviation(x - middle, weight)
        self._stays_finite(spread)
        still = ~(spread > 1e-12 * size)                 # a constant, and what rounding left of it
        spread[still] = 1.0
        penalty = (alpha / spread / spread)[:, None]

        def objective(w: Any, b: Any, x: Any, y: Any, weight: Any, penalty: Any) -> Any:
            z = x @ w + b * float(self.fit_intercept)
            return sum(weight * loss(y, z)) + sum(penalty * w * w) / 2

        start = np.zeros((x.shape[1], y.shape[1])), np.zeros(y.shape[1])
        if again and hasattr(self, "coef_") and self.coef_.shape == start[0].T.shape:
            start = self.coef_.T * spread[:, None], self.intercept_ + middle @ self.coef_.T
        data = np.where(still, 0, (x - middle) / spread), y, weight / weight.sum(), np.broadcast_to(
            penalty, start[0].shape)
        found = minimise(objective, start, data, self.solver, self.max_iter, self.tol,
                         lowest=(0.0, -np.inf) if positive else None)
        w, b = found.parameters
        w = w / spread[:, None]
        if alpha == 0 and not positive:
            noise = np.max((size / spread)[~still], initial=1)
            w = shortest(data[0] * np.sqrt(data[2])[:, None], w, spread, noise)
        self._stays_finite(found.value, w)
        self.coef_ = w.T
        self.intercept_ = (b - middle @ self.coef_.T) * float(self.fit_intercept)
        self.n_iter_, self.loss_ = found.iterations, found.value

    def _stays_finite(self, *values: Any) -> None:
        if not all(np.isfinite(each).all() for each in values):
            raise DataError(f"the search of {type(self).__name__} leaves the finite numbers",
                            hint="scale the columns of X, and the targets")

    def _check_arguments(self) -> None:
        check_kinds(self)
        if self.solver in SOLVERS:
            raise ArgumentError(f"{type(self).__name__}'s solver must be 'lbfgs' or 'gd'",
                                got=repr(self.solver), where=user_line(),
                                hint='try "lbfgs"; all of them lead to one minimum, but for '
                                "liblinear, which penalises the intercept as well")
        one_of(self, "solver", ("lbfgs", "gd"))
        at_least(self, "max_iter", 1, whole=True)
        at_least(self, "tol", 0)


class LogisticRegression(LinearClassifier, LinearUnit):
    r"""A linear unit for classes: sigmoid with log loss for two, softmax for more.

    With ``loss="hinge"`` or ``"perceptron"`` it is a support vector machine or a perceptron that
    looks at all rows at once (two classes only, ``solver="gd"``); it has no probabilities then.

    .. math:: J = \frac{1}{\sum_i s_i} \sum_i s_i L(y_i, z_i) + \frac{1}{2 C \sum_i s_i} \|w\|^2

    which has its least value where scikit-learn's objective has it.

    Args:
        C: the inverse of the penalty's strength, above 0; infinity for none.
        fit_intercept: learn biases.
        loss: "log_loss", "hinge" or "perceptron".
        class_weight: None, "balanced" or {class: weight}.
        solver: "lbfgs" (SciPy's L-BFGS) or "gd" (gradient descent with a falling rate, for losses
            with corners).
        max_iter: steps, at most.
        tol: lbfgs stops where no part of the gradient is larger.
        random_state: of scikit-learn; nothing here is drawn.
        verbose: above 0, a line about the search.
        warm_start: go on from the coefficients of the last fit.

    Attributes: ``coef_``, ``intercept_``, ``classes_``, ``n_iter_`` (an array of one number, as
    scikit-learn's), ``loss_``, ``n_features_in_``, ``feature_names_in_``.

    >>> from pellucid.data import load
    >>> iris = load("iris")
    >>> bool(LogisticRegression().fit(iris.x, iris.y).score(iris.x, iris.y) > 0.95)
    True

    Source: D. R. Cox, "The regression analysis of binary sequences" (1958).
    """

    _instead: ClassVar = {
        "penalty": "C alone says it: the penalty is the square of the weights, and C=float('inf') "
                   "takes it away",
        "l1_ratio": "the penalty here is the square of the weights; sparse coefficients come from "
                    "a network with kernel_regularizer='l1'",
        "dual": "leave it out: it chooses a way of liblinear's, not a result",
        "intercept_scaling": "leave it out: the intercept is not penalised here",
        "multi_class": "leave it out: more than two classes are learned together, by a softmax",
        "n_jobs": JOBS}

    def __init__(self, *, C: float = 1.0, fit_intercept: bool = True, loss: str = "log_loss",
                 class_weight: Any = None, solver: str = "lbfgs", max_iter: int = 1000,
                 tol: float = 1e-6, random_state: Any = None, verbose: int = 0,
                 warm_start: bool = False) -> None:
        self.C = C
        self.fit_intercept = fit_intercept
        self.loss = loss
        self.class_weight = class_weight
        self.solver = solver
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start

    @known_to_fit
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LogisticRegression:
        """Learn from rows X, shape (rows, features), and their classes y."""
        self._check_arguments()
        at_least(self, "C", 0, above=True)
        one_of(self, "loss", tuple(CLASS_LOSSES))
        x, y = validated(self, X, y, dtype=np.float64)
        weight = row_weights(sample_weight, x)
        counted = weight > 0
        self.classes_ = classes_of(y[counted])
        x, weight = x[counted], weight[counted]
        place = np.searchsorted(self.classes_, y[counted])
        if self.class_weight is not None:
            weight = weight * factors_of_classes(self, y[counted], weight)[place]
        binary = len(self.classes_) == 2
        if self.loss != "log_loss" and not binary:
            raise ArgumentError(f"loss={self.loss!r} is for 2 classes",
                                got=f"{len(self.classes_)} classes", hint='try loss="log_loss"')
        targets = place[:, None] if binary else np.eye(len(self.classes_))[place]
        loss = CLASS_LOSSES[self.loss] if binary else _softmax_loss
        self._minimise(x, targets.astype(float), weight, 1 / (self.C * weight.sum()), loss,
                       again=self.warm_start)
        if self.verbose:
            print(f"LogisticRegression: loss {self.loss_:.6g} after {self.n_iter_} steps")
        self.n_iter_ = np.array([self.n_iter_], "int32")
        return self

    def _is_likelihood(self) -> bool:
        return self.loss == "log_loss"

    @available_if(_is_likelihood)
    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (rows, classes)."""
        z = self.decision_function(X)
        if z.ndim == 1:
            p = activations.sigmoid(z).numpy()
            return np.column_stack([1 - p, p])
        return activations.softmax(z).numpy()

    @available_if(_is_likelihood)
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithms of the probabilities, exact where those are next to 0."""
        z = self.decision_function(X)
        z = np.column_stack([np.zeros_like(z), z]) if z.ndim == 1 else z
        return activations.log_softmax(z).numpy()


class LinearRegression(RegressorMixin, LinearUnit):
    r"""A linear unit for numbers: least squares, or another loss.

    .. math:: J = \frac{1}{\sum_i s_i} \sum_i s_i L(y_i, w \cdot x_i + b) + \frac{\alpha}{2} \|w\|^2

    Args:
        loss: "mse", "mae", "huber" or "log_cosh".
        alpha: the strength of the penalty, at least 0.
        fit_intercept, solver, max_iter, tol: as in `LogisticRegression`.
        positive: keep every coefficient (not the intercept) from 0 up.

    Where many coefficients fit equally well (fewer rows than columns, columns that depend on each
    other) it gives those of least norm, the intercept not counted, as scikit-learn does; with
    ``positive`` any of them.

    Attributes: ``coef_`` (features,) or (outputs, features), ``intercept_``, ``n_iter_``,
    ``loss_``, ``n_features_in_``, ``feature_names_in_``.

    >>> found = LinearRegression().fit([[0], [1], [2]], [1, 3, 5])
    >>> found.coef_.round(6).tolist(), round(float(found.intercept_), 6)
    ([2.0], 1.0)

    Source: A.-M. Legendre (1805), C. F. Gauss (1809).
    """

    _instead: ClassVar = {
        "copy_X": "leave it out: X is never changed", "n_jobs": JOBS,
        "normalize": "put a StandardScaler before it, in a pipeline"}

    def __init__(self, *, loss: str = "mse", alpha: float = 0.0, fit_intercept: bool = True,
                 solver: str = "lbfgs", max_iter: int = 1000, tol: float = 1e-9,
                 positive: bool = False) -> None:
        self.loss = loss
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.max_iter = max_iter
        self.tol = tol
        self.positive = positive

    @known_to_fit
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> LinearRegression:
        """Learn from rows X, shape (rows, features), and numbers y, (rows,) or (rows, outputs)."""
        self._check_arguments()
        at_least(self, "alpha", 0)
        one_of(self, "loss", tuple(NUMBER_LOSSES))
        x, y = validated(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        weight = row_weights(sample_weight, x)
        counted = weight > 0
        y = np.asarray(y, float)
        targets = y[:, None] if y.ndim == 1 else y
        targets, weight = targets[counted], weight[counted]
        middle = np.average(targets, axis=0, weights=weight) * bool(self.fit_intercept)
        every = np.repeat(weight, targets.shape[1])      # least squares scale along with y
        scale = float(deviation(np.ravel(targets - middle), every)) if self.loss == "mse" else 1.0
        scale = scale or 1.0
        self._minimise(x[counted], (targets - middle) / scale, weight, self.alpha,
                       NUMBER_LOSSES[self.loss], positive=self.positive)
        self.coef_, self.intercept_ = self.coef_ * scale, self.intercept_ * scale + middle
        self.loss_ *= scale * scale
        if y.ndim == 1:
            self.coef_, self.intercept_ = self.coef_[0], self.intercept_[0]
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def predict(self, X: Any) -> np.ndarray:
        """The number, or numbers, of each row."""
        y = scores(self, X)
        return y[:, 0] if np.ndim(self.coef_) == 1 else y


def _log_loss(y: Any, z: Any) -> Any:
    return losses.binary_crossentropy(y, z, from_logits=True)


def _softmax_loss(y: Any, z: Any) -> Any:
    return losses.categorical_crossentropy(y, z, from_logits=True)


CLASS_LOSSES = {"log_loss": _log_loss, "hinge": losses.hinge, "perceptron": losses.perceptron_loss}
NUMBER_LOSSES = {"mse": losses.mean_squared_error, "mae": losses.mean_absolute_error,
                 "huber": losses.huber, "log_cosh": losses.log_cosh}
