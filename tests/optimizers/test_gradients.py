"""B11 for optimizers: how a step depends on gradient, weight and state, by tape and by nudging.

Step by step and as a Plan. Where a rule has corners (a sign, a maximum, a clipped length) the
numbers here are away from them.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

import pellucid.engines.native  # noqa: F401 (makes the engine known)
from pellucid.atoms import sum
from pellucid.core.gradient_check import as_it_is, gradient_check
from pellucid.core.serialization import BUILT_IN
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced
from pellucid.optimizers import clipping

MODES = {"eager": as_it_is, "compiled": partial(Traced, engine="native")}
# what says nothing of a step itself
APART = {"Optimizer", "MultiOptimizer", "OptimizerMap"}
OPTIONS: dict[str, list[dict[str, Any]]] = {
    "SGD": [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{"momentum": 0.5}, {"centered": True, "momentum": 0.5}],
    "Adam": [{"amsgrad": True}], "Muon": [{"nesterov": False, "rms_rate": None}],
    "Ftrl": [{"l1_regularization_strength": 0.01, "l2_shrinkage_regularization_strength": 0.1,
              "beta": 0.2}, {"learning_rate_power": 0.0}],
    "ScheduleFreeAdamW": [{"warmup_steps": 9}]}
CASES = [(name, options) for name in sorted(set(BUILT_IN["keras.optimizers"]) - APART)
         for options in ({}, *OPTIONS.get(name, []))]


def in_the_midst(name: str, options: dict[str, Any], shape: tuple[int, ...]) -> Any:
    """An optimizer with a state that a nudge takes across no corner, and the weight it moves."""
    random = np.random.default_rng(5)
    w = Variable(random.normal(size=shape), dtype="float64", name="w")
    optimizer = BUILT_IN["keras.optimizers"][name](0.01, **options)
    optimizer.apply([convert(random.normal(size=shape))], [w])
    for k, (letter, each) in enumerate(optimizer._slots_of(w).items(), start=1):
        if each.dtype == "float64":                      # the square of a mean a is below v
            width = 0.1 if letter == "a" else 1.0
            each.assign(width * (k + np.abs(random.normal(size=each.shape))))
    return optimizer, w


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shape", [(3, 2), (4,)], ids=str)
@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_B11_every_optimizer(name: str, options: dict[str, Any], shape: tuple[int, ...],
                             mode: str) -> None:
    optimizer, w = in_the_midst(name, options, shape)
    random = np.random.default_rng(6)
    g = Variable(random.normal(size=shape), dtype="float64", name="g")
    slots = optimizer._slots_of(w)
    directions: dict[int, Any] = {}

    def moved() -> Any:
        found = optimizer.update(w.value, g.value, t=convert(4.0, "float64"),
                                 rate=convert(0.01, "float64"),
                                 **{letter: each.value for letter, each in slots.items()})
        total = convert(0.0, "float64")
        for k, value in enumerate(found if isinstance(found, tuple) else (found,)):
            ray = directions.setdefault(k, np.asarray(random.normal(size=value.shape)))
            total = total + sum(ray * value)
        return total

    moving = [w, g, *(each for each in slots.values() if each.dtype == "float64")]
    report = gradient_check(moved, moving, run=MODES[mode])
    assert report, str(report)
    assert any(each.taped != 0 for each in report.checks)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("longest", [0.5, 50.0])
@pytest.mark.parametrize("clip", [
    lambda g, most: [clipping.clip_by_value(each, most) for each in g],
    lambda g, most: [clipping.clip_by_norm(each, most) for each in g],
    clipping.clip_by_global_norm], ids=["value", "norm", "global norm"])
def test_B11_clipped_gradients(clip: Any, longest: float, mode: str) -> None:
    random = np.random.default_rng(7)
    gradients = [Variable(random.normal(size=shape), dtype="float64") for shape in ((3, 2), (4,))]
    rays = [random.normal(size=each.shape) for each in gradients]

    def clipped() -> Any:
        kept = clip([each.value for each in gradients], longest)
        return sum(rays[0] * kept[0]) + sum(rays[1] * kept[1])

    report = gradient_check(clipped, gradients, run=MODES[mode])
    assert report, str(report)
