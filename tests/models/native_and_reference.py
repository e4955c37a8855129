"""The same work twice: on the native engine, and with PELLUCID_NATIVE=off on the reference."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

import pellucid
from pellucid.core import names
from pellucid.engines.native import NativePlan


def on(engine: str) -> Any:
    """A context in which training runs on that engine: "native" or "reference"."""
    choice = {"native": "require", "reference": "off"}[engine]
    return mock.patch.dict(os.environ, {"PELLUCID_NATIVE": choice})


def ran_natively(model: Any, kind: str = "train") -> bool:
    """Whether all traced steps of that kind are programs of the native engine."""
    steps = model.traced_functions[kind].compiled.values()
    return bool(steps) and all(isinstance(step.run, NativePlan) for step in steps)


def train_on_both(make: Callable[[], Any], *data: Any, **fit: Any) -> list[tuple[Any, Any]]:
    """(model, history) natively and on the reference, from the same seed.

    ``make`` gives a compiled model; callbacks come as a function that makes them anew.
    """
    runs = []
    for engine in ("native", "reference"):
        names.reset_names()
        pellucid.set_random_seed(3)
        with on(engine):
            model = make()
            own = fit | ({"callbacks": fit["callbacks"]()} if "callbacks" in fit else {})
            given = [each() if callable(each) else each for each in data]
            history = model.fit(*given, verbose=0, **own)
        assert model.run_eagerly or ran_natively(model) is (engine == "native")
        runs.append((model, history))
    return runs


def assert_same(runs: list[tuple[Any, Any]], tolerance: float = 1e-10) -> None:
    """Weights, seeds, optimizer state, metrics and logs agree; whole numbers to the last."""
    (_, history), (_, expected) = runs
    state = [(model.variables + model.optimizer.variables + [
        each for metric in model.metrics for each in metric.variables]) for model, _ in runs]
    for a, b in zip(*state, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.array.dtype.kind in "iub":
            assert np.array_equal(a.array, b.array), a.path
        else:                                          # metrics count in float32
            wide = tolerance if a.array.dtype == np.float64 else max(tolerance, 1e-5)
            assert np.allclose(a.array, b.array, rtol=wide, atol=wide, equal_nan=True), a.path
    assert history.epoch == expected.epoch
    assert list(history.history) == list(expected.history)
    for name, values in history.history.items():
        assert np.allclose(values, expected.history[name], rtol=max(tolerance, 1e-5),
                           atol=max(tolerance, 1e-6), equal_nan=True), name


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python of its own that runs the code."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("PELLUCID_")}
    return subprocess.run([sys.executable, "-c", code], env=keep | environment, text=True,
                          capture_output=True, timeout=120)


SMALL = """
import os, threading, time, signal, resource
import numpy as np
from pellucid import keras, layers
X = np.random.default_rng(0).normal(size=(64, 10)).astype("float32")
model = keras.Sequential([keras.Input((10,)), layers.Dense(16, "relu"), layers.Dense(1)])
model.compile("adam", "mse")
"""
