"""Wrong arguments of the sklearn estimators: told when `fit` is called, misspelt ones at once."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import numpy as np
import pytest

from pellucid import sklearn as estimators
from pellucid.core.errors import KindError, PellucidError
from tests.arguments.wrong_values import FLAGS, NAN, misspelt

NAMES = ("Perceptron", "LogisticRegression", "LinearRegression", "MLPClassifier", "MLPRegressor")
X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.arange(12) % 2

POSITIVE = ["x", -1, NAN, 0, True]
NEGATIVE = ["x", -1, NAN, True]
SHARE = ["x", -1, NAN, 1.5, True]
WHOLE = [0, -1, "x", 1.5, True]
WRONG: dict[str, list[Any]] = {
    **dict.fromkeys(("fit_intercept", "shuffle", "warm_start", "early_stopping", "progress_bar",
                     "nesterovs_momentum", "batch_norm", "positive"), FLAGS),
    **dict.fromkeys(("max_iter", "n_iter_no_change", "max_fun", "batch_size"), WHOLE),
    **dict.fromkeys(("C", "eta0", "learning_rate_init"), POSITIVE),
    **dict.fromkeys(("alpha", "tol", "power_t", "epsilon"), NEGATIVE),
    **dict.fromkeys(("momentum", "beta_1", "beta_2", "dropout"), SHARE),
    "validation_fraction": [*SHARE, 0, 1.0], "hidden_layer_sizes": [0, -1, "x", (3, 0), (2.5,)],
    "activation": ["rleu", 3, ["relu", "tanh"]], "solver": ["admm", 3], "loss": ["log_los", 3],
    "learning_rate": ["constnat", 3], "random_state": ["x", 1.5], "class_weight": ["balancd", 3],
    "callbacks": [3, ["x"]], "verbose": ["loud", 1.5]}
# what another argument must be, for this one to be of use
WITH: dict[str, dict[str, Any]] = {
    "validation_fraction": {"early_stopping": True}, "momentum": {"solver": "sgd"}}


@pytest.mark.parametrize("name", NAMES)
def test_values_that_have_no_meaning(name: str) -> None:
    cls = getattr(estimators, name)
    short = {"max_iter": 1} if name.startswith("MLP") else {}
    for argument in inspect.signature(cls).parameters:
        for value in WRONG[argument]:
            made = cls(**{**short, **WITH.get(argument, {}), argument: value})
            with warnings.catch_warnings(action="ignore"), pytest.raises(PellucidError) as caught:
                made.fit(X, Y)
            assert argument in str(caught.value), (argument, value, str(caught.value))
            assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_misspelt_argument_is_told_with_the_nearest(name: str) -> None:
    cls = getattr(estimators, name)
    for argument in inspect.signature(cls).parameters:
        with pytest.raises(KindError, match=f'mean "{argument}"|Known: ') as caught:
            cls(**{misspelt(argument): 1})
        assert name in str(caught.value)
