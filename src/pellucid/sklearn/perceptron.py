"""The perceptron as scikit-learn's users know it, but it is sure, and it says why.

scikit-learn stops when a loss stalls, and then misses gates such as NAND for some seeds. Here it
goes on while any line can separate the classes, and where none can, it stops and names the reason.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from pellucid.core.errors import ArgumentError
from pellucid.perceptron.learning import sweep
from pellucid.perceptron.separability import LARGE, Overlap, separate, tell
from pellucid.perceptron.unit import Learned, mistakes
from pellucid.sklearn.arguments import (
    NamedArguments,
    at_least,
    check_kinds,
    known_to_fit,
    validated,
)
from pellucid.sklearn.lines import LinearClassifier, check_stream, classes_of


class Perceptron(NamedArguments, LinearClassifier, BaseEstimator):
    r"""A unit with a step, taught by its mistakes: :math:`w \leftarrow w + \eta (y - \hat y) x`.

    More than two classes are learned one against the rest. An epoch without a mistake ends the
    training. While mistakes remain, and after ``n_iter_no_change`` epochs without fewer of them, a
    linear program tells whether any line can be right on all rows: if one can, training goes on (to
    ``max_iter``); if none can, it stops with a `NotSeparableWarning` that names the rows which
    stand in each other's way, and keeps the weights with the fewest mistakes.

    ``fit`` takes no ``sample_weight``, and there is no ``class_weight``: the rule looks at one
    sample after the other, a sample seen twice is not one of twice the weight, and where a line is
    right everywhere it is right whatever the classes weigh.

    Args:
        fit_intercept: learn a bias.
        max_iter: epochs, at most.
        tol: of the rows; fewer mistakes by less than this share count as no progress. None: only
            an epoch without mistakes, or ``max_iter``, ends the training.
        shuffle: look at the rows in a new random order in each epoch.
        verbose: above 0, a line for each class.
        eta0: the rate η, above 0.
        random_state: of the orders.
        n_iter_no_change: epochs without progress before separability is asked.
        warm_start: go on from the weights of the last fit.

    Attributes: ``coef_`` (1 or classes, features), ``intercept_``, ``classes_``, ``n_iter_``
    (epochs), ``t_`` (1 and the looks at a row), ``overlap_`` (for each problem the
    reason why it has no line, or None), ``n_features_in_``, ``feature_names_in_``.

    >>> Perceptron(random_state=0).fit([[0, 0], [0, 1], [1, 0], [1, 1]], [1, 1, 1, 0]).coef_.shape
    (1, 2)

    Source: F. Rosenblatt, "The perceptron" (1958).
    """

    _on_line_is_second = True                # as in the rule: an answer of 1 where z ≥ 0

    _instead: ClassVar = {
        **dict.fromkeys(("penalty", "alpha", "l1_ratio"),
                        "the rule has no penalty; LogisticRegression(loss='perceptron', "
                        "solver='gd', C=1.0) has one"),
        "class_weight": "where a line is right everywhere it is right whatever the classes weigh; "
                        "LogisticRegression takes class_weight",
        "sample_weight": "the rule looks at one row after the other; LogisticRegression takes "
                         "sample_weight",
        "early_stopping": "it ends by itself: at the first epoch without a mistake, or when no "
                          "line can be right",
        "validation_fraction": "it ends by itself, and holds no rows out",
        "n_jobs": "leave it out: the classes are learned one after the other",
        "coef_init": "warm_start=True goes on from the last fit, and pellucid.perceptron.learn "
                     "takes weights and bias",
        "intercept_init": "warm_start=True goes on from the last fit, and "
                          "pellucid.perceptron.learn takes weights and bias"}

    def __init__(self, *, fit_intercept: bool = True, max_iter: int = 1000,
                 tol: float | None = 1e-3, shuffle: bool = True, verbose: int = 0,
                 eta0: float = 1.0, random_state: Any = 0, n_iter_no_change: int = 5,
                 warm_start: bool = False) -> None:
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.tol = tol
        self.shuffle = shuffle
        self.verbose = verbose
        self.eta0 = eta0
        self.random_state = random_state
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start

    @known_to_fit
    def fit(self, X: Any, y: Any) -> Perceptron:
        """Learn from rows X, shape (rows, features), and their classes y."""
        self._check_arguments()
        x, y = validated(self, X, y, dtype=np.float64)
        self.classes_ = classes_of(y)
        units = self._units(x.shape[1], keep=self.warm_start)
        random = check_random_state(self.random_state)
        results = [self._learn(unit, x, targets, random)
                   for unit, targets in zip(units, self._problems(y), strict=True)]
        self.overlap_ = [overlap for _, overlap in results]
        self.n_iter_ = max(epochs for epochs, _ in results)
        self.t_ = self.n_iter_ * len(x) + 1.0
        self._keep(units)
        self._tell()
        return self

    @known_to_fit
    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> Perceptron:
        """One epoch over some rows; ``classes`` names all of them at the first call."""
        self._check_arguments()
        first = not hasattr(self, "coef_")
        check_stream(None if first else self.classes_, classes)
        x, y = validated(self, X, y, dtype=np.float64, reset=first)
        if first:
            self.classes_ = classes_of(np.asarray(classes))
        if unknown := set(np.unique(y).tolist()) - set(self.classes_.tolist()):
            raise ArgumentError(f"y holds {sorted(map(str, unknown))}, which are not in classes",
                                got=f"classes {self.classes_.tolist()}")
        units = self._units(x.shape[1], keep=True)
        random = check_random_state(self.random_state)
        for unit, targets in zip(units, self._problems(y), strict=True):
            order = random.permutation(len(x)) if self.shuffle else np.arange(len(x))
            sweep(unit, x, targets, order, self.eta0, bool(self.fit_intercept))
        self.overlap_ = [None] * len(units)
        self.n_iter_, self.t_ = 1, getattr(self, "t_", 1.0) + len(x)
        self._keep(units)
        return self

    def _learn(self, unit: Learned, x: np.ndarray, y: np.ndarray, random: np.random.RandomState
               ) -> tuple[int, Overlap | None]:
        """Teach one unit; the epochs that it took, and why it cannot be right, if it cannot."""
        best, fewest, idle, asked = (unit.weights, unit.bias), mistakes(unit, x, y), 0, False
        for epoch in range(1, self.max_iter + 1):
            before = unit.updates
            order = random.permutation(len(x)) if self.shuffle else np.arange(len(x))
            sweep(unit, x, y, order, self.eta0, bool(self.fit_intercept))
            wrong = mistakes(unit, x, y)
            if wrong == 0 or unit.updates == before:
                return epoch, None
            idle = 0 if wrong < fewest - (self.tol or 0) * len(x) else idle + 1
            if wrong < fewest:
                best, fewest = (unit.weights, unit.bias), wrong
            if self.tol is not None and idle >= self.n_iter_no_change and not asked:
                asked, overlap = True, self._overlap(x, y)
                if overlap is not None or x.size > LARGE:
                    unit.weights, unit.bias = best
                    return epoch, overlap
        unit.weights, unit.bias = best
        return self.max_iter, None if asked else self._overlap(x, y)

    def _overlap(self, x: np.ndarray, y: np.ndarray) -> Overlap | None:
        if x.size > LARGE:
            return None
        if not self.fit_intercept:                        # mirrored rows: a line through the origin
            x, y = np.vstack([x, -x]), np.append(y, 1 - y)
        found = separate(x, y)
        return found if isinstance(found, Overlap) else None

    def _tell(self) -> None:
        """Say once why some rows stay wrong."""
        for overlap, name in zip(self.overlap_, self._names(), strict=True):
            if overlap is not None:
                tell(overlap, name)
            if self.verbose:
                print(f"Perceptron{name}: {self.n_iter_} epochs")

    def _check_arguments(self) -> None:
        check_kinds(self)
        at_least(self, "max_iter", 1, whole=True)
        at_least(self, "n_iter_no_change", 1, whole=True)
        at_least(self, "eta0", 0, above=True)
        if self.tol is not None:
            at_least(self, "tol", 0)

    def _problems(self, y: np.ndarray) -> list[np.ndarray]:
        """0/1 targets: the second of two classes, or each class against the rest."""
        classes = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        return [(y == each).astype(int) for each in classes]

    def _names(self) -> list[str]:
        if len(self.classes_) == 2:
            return [""]
        return [f" (class {each} against the rest)" for each in self.classes_]

    def _units(self, features: int, keep: bool) -> list[Learned]:
        count = 1 if len(self.classes_) == 2 else len(self.classes_)
        if keep and hasattr(self, "coef_") and self.coef_.shape == (count, features):
            return [Learned(w.copy(), float(b)) for w, b in zip(self.coef_, self.intercept_,
                                                                strict=True)]
        return [Learned(np.zeros(features), 0.0) for _ in range(count)]

    def _keep(self, units: list[Learned]) -> None:
        self.coef_ = np.array([unit.weights for unit in units])
        self.intercept_ = np.array([unit.bias for unit in units])
