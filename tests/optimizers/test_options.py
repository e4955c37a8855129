"""Every option of every optimizer, ten steps against real Keras, step by step and traced."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import constraints, optimizers, schedules
from tests.optimizers.steps import compare, keras_steps, ours

pytestmark = [pytest.mark.keras,
              pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

OPTIONS = [
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("RMSprop", {"momentum": 0.5, "centered": True}),
    ("RMSprop", {"centered": True, "rho": 0.5, "epsilon": 1e-3}),
    ("RMSprop", {"momentum": 0.5}),
    ("Adagrad", {"initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    ("Adam", {"amsgrad": True, "beta_1": 0.5, "beta_2": 0.6}),
    ("Adam", {"beta_1": 0.3, "beta_2": 0.4, "weight_decay": 0.1}),
    ("AdamW", {"amsgrad": True, "weight_decay": 0.2}),
    ("Nadam", {"beta_1": 0.8, "beta_2": 0.5, "weight_decay": 0.1}),
    ("Adamax", {"beta_1": 0.8, "beta_2": 0.5, "epsilon": 1e-3}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.5, "epsilon": 1e-3}),
    ("Lion", {"beta_1": 0.5, "beta_2": 0.6, "weight_decay": 0.1}),
    ("Adam", {"use_ema": True, "ema_momentum": 0.8}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}),
    ("Adam", {"loss_scale_factor": 8.0}),
    ("Adam", {"gradient_accumulation_steps": 3, "clipnorm": 1.0, "weight_decay": 0.1}),
    ("Nadam", {"gradient_accumulation_steps": 3}),
    ("SGD", {"momentum": 0.9, "gradient_accumulation_steps": 2, "use_ema": True,
             "ema_overwrite_frequency": 2}),
]


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize(("name", "options"), OPTIONS,
                         ids=[f"{n}-{'-'.join(o)}" for n, o in OPTIONS])
def test_option_equals_keras(name, options, traced):
    compare(name, {"learning_rate": 0.05, **options}, traced)


@pytest.mark.parametrize("traced", [False, True])
def test_schedule_is_asked_before_the_counter_moves(traced):
    import keras

    theirs = keras.optimizers.schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True)
    mine = schedules.ExponentialDecay(0.5, 2, 0.5, staircase=True)
    compare("SGD", {"learning_rate": mine}, traced, theirs={"learning_rate": theirs})


@pytest.mark.parametrize("traced", [False, True])
def test_constraints_come_last(traced):
    import keras

    options = {"learning_rate": 0.02, "weight_decay": 0.1}
    mine = ours(optimizers.SGD(**options), traced, constraints.NonNeg())
    for a, b in zip(mine, keras_steps("SGD", options, keras.constraints.NonNeg()), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    free = ours(optimizers.SGD(**options))
    assert min(each.min() for each in mine[:3]) >= 0 > min(each.min() for each in free[:3])


@pytest.mark.parametrize(("name", "options"), OPTIONS,
                         ids=[f"{n}-{'-'.join(o)}" for n, o in OPTIONS])
def test_config_and_variable_paths_equal_keras(name, options):
    import keras

    from pellucid.core.variable import Variable
    mine, theirs = (getattr(module, name)(name="own", **options)
                    for module in (optimizers, keras.optimizers))
    assert mine.get_config() == theirs.get_config()
    assert list(mine.get_config()) == list(theirs.get_config())
    again = optimizers.deserialize(optimizers.serialize(mine))
    assert type(again) is type(mine)
    assert again.get_config() == mine.get_config()
    mine.build([Variable(1.0, name="a"), Variable(1.0, name="b")])
    theirs.build([keras.Variable(1.0, dtype="float32", name=name) for name in "ab"])
    assert [(v.path, v.dtype) for v in mine.variables if v.path != "own/u_product"] == [
        (v.path, v.dtype) for v in theirs.variables if not v.path.startswith("variable")]
    assert len(mine.variables) == len(theirs.variables)
