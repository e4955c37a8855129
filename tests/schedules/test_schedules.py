"""Schedules against real Keras, step by step and inside a Plan."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import optimizers, schedules
from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced

CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5,
                          "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 2.0}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 2.0,
                          "staircase": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 20}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "power": 2.0,
                         "end_learning_rate": 0.01, "cycle": True}),
    ("PiecewiseConstantDecay", {"boundaries": [3, 10], "values": [0.1, 0.01, 0.001]}),
    ("PiecewiseConstantDecay", {"boundaries": [5], "values": [1.0, 0.5]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 20, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 20, "warmup_target": 0.1,
                     "warmup_steps": 6}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 6}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 6, "t_mul": 1.0,
                             "m_mul": 0.5, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10, "t_mul": 1.5,
                             "m_mul": 0.9}),
]
IDS = [f"{name}-{'-'.join(list(options)[1:])}" for name, options in CASES]
STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 14, 17, 18, 19, 20, 26, 30, 43]


@pytest.mark.keras
@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_schedule_equals_keras(name, options):
    import keras

    theirs = getattr(keras.optimizers.schedules, name)(**options)
    mine = getattr(schedules, name)(**options)
    expected = [float(theirs(np.int32(t))) for t in STEPS]
    np.testing.assert_allclose([float(mine(t)) for t in STEPS], expected, rtol=2e-6, atol=1e-9)
    traced = Traced(mine)
    np.testing.assert_allclose([float(traced(np.int32(t))) for t in STEPS], expected,
                               rtol=2e-6, atol=1e-9)
    assert mine.get_config() == theirs.get_config()
    assert str(mine(Tensor(np.int32(3))).dtype) == "float32"


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_schedule_comes_back_by_data(name, options):
    made = getattr(schedules, name)(**options)
    data = schedules.serialize(made)
    assert (data["module"], data["class_name"]) == ("keras.optimizers.schedules", name)
    again = schedules.deserialize(data)
    assert type(again) is type(made)
    assert again.get_config() == made.get_config()


@pytest.mark.parametrize("k", [1.5, 2.0, 3.0])
def test_a_restart_falls_on_its_step_exactly(k):
    """Where a cycle begins the rate is the highest, however the logarithm was rounded."""
    schedule = schedules.CosineDecayRestarts(1.0, first_decay_steps=16, t_mul=k)
    start = 0.0
    for i in range(5):
        if start == int(start):
            assert float(schedule(int(start))) == pytest.approx(1.0, abs=1e-5), (i, start)
        start += 16 * k ** i


@pytest.mark.parametrize(("make", "told"), [
    (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "decay_steps must be above 0"),
    (lambda: schedules.ExponentialDecay(-0.1, 1, 0.5), "initial_learning_rate must be at least 0"),
    (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "one value more than"),
    (lambda: schedules.PiecewiseConstantDecay([2, 1], [0.1, 0.2, 0.3]), "boundaries must rise"),
    (lambda: schedules.CosineDecay(0.1, 10, warmup_target=0.2), "needs warmup_steps above 0"),
    (lambda: schedules.LearningRateSchedule()(1), "LearningRateSchedule has no __call__"),
])
def test_arguments_without_meaning(make, told):
    with pytest.raises(ArgumentError, match=told):
        make()


def test_a_needed_argument_is_asked_for():
    with pytest.raises(KindError, match="ExponentialDecay needs decay_steps"):
        schedules.ExponentialDecay(0.1)


class Halving(schedules.LearningRateSchedule):
    """A user's schedule, as the guides of Keras write one."""

    def __init__(self, start):
        self.start = start

    def __call__(self, step):
        return self.start / 2.0 ** step


@pytest.mark.parametrize("traced", [False, True])
def test_own_schedule_drives_an_optimizer(traced):
    optimizer, w = optimizers.SGD(Halving(1.0)), Variable(0.0, dtype="float64")
    optimizer.build([w])
    step = (lambda g: optimizer.apply([g], [w]))
    step = Traced(step) if traced else step
    path = []
    for _ in range(3):
        step(np.float64(1.0))
        path.append(float(w))
    assert path == [-1.0, -1.5, -1.75]
    assert float(optimizer.learning_rate) == 0.125
    assert optimizer.get_config()["learning_rate"]["config"] == {"start": 1.0}
