"""scikit-learn's side: the same rows, training and validation together, and the same columns."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pellucid.tabular.preparation import Prepared


def rivals(prepared: Prepared) -> tuple[float, float]:
    """Test accuracy or R² of scikit-learn's network and of a linear model, both on scaled columns.

    The linear model is Ridge(alpha=10) for numbers, logistic regression for classes.
    """
    parts = [prepared.part(name) for name in ("train", "validation", "test")]
    x, y = (np.concatenate(each) for each in zip(*parts[:2], strict=True))
    numbers, seed = prepared.task.name == "regression", prepared.config.seed
    network = (MLPRegressor if numbers else MLPClassifier)(random_state=seed)
    linear = Ridge(alpha=10) if numbers else LogisticRegression(max_iter=1000)
    test_x, test_y = parts[2]
    return _score(network, x, y, test_x, test_y), _score(linear, x, y, test_x, test_y)


def _score(model: object, x: np.ndarray, y: np.ndarray, test_x: np.ndarray,
           test_y: np.ndarray) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)       # their defaults, as they are
        return make_pipeline(StandardScaler(), model).fit(x, y.ravel()).score(test_x,
                                                                              test_y.ravel())
