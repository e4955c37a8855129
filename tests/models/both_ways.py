"""The same training twice: step by step (``run_eagerly=True``) and as a Plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import pellucid
from pellucid.core import names


def train_both_ways(make: Callable[[], Any], compile: Callable[[Any, bool], Any], x: Any,
                    y: Any = None, **fit: Any) -> list[tuple[Any, Any]]:
    """(model, history) of the eager run and of the Plan, from the same seed."""
    runs = []
    for eagerly in (True, False):
        names.reset_names()
        pellucid.set_random_seed(3)
        model = make()
        compile(model, eagerly)
        history = model.fit(x, y, verbose=0, **fit)
        assert bool(model.traced_functions) is not eagerly       # it ran as it was told to
        runs.append((model, history.history))
    return runs


def assert_alike(runs: list[tuple[Any, Any]], tolerance: float = 1e-12) -> None:
    """Weights, optimizer state and logs of both runs are equal, and something was learned."""
    (eager, eager_logs), (plan, plan_logs) = runs
    for a, b in zip(eager.variables, plan.variables, strict=True):
        assert np.allclose(a.array, b.array, rtol=0, atol=tolerance), a.path
    for a, b in zip(eager.optimizer.variables, plan.optimizer.variables, strict=True):
        assert np.allclose(a.array, b.array, rtol=0, atol=tolerance), a.path
    assert eager_logs.keys() == plan_logs.keys()
    for key in eager_logs:
        # metrics add up in float32 whatever the model's dtype, so the last bit may differ
        assert np.allclose(eager_logs[key], plan_logs[key], rtol=1e-6 + tolerance), key
    assert plan_logs["loss"][-1] < plan_logs["loss"][0]
