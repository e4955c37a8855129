"""What every optimizer does besides its rule: identifiers, checks, state, warnings."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from pellucid import optimizers, schedules
from pellucid.core.errors import (
    ArgumentError,
    KindError,
    NotBuiltError,
    PellucidWarning,
    ShapeError,
)
from pellucid.core.tape import GradientTape
from pellucid.core.variable import Variable
from pellucid.engines.trace import Traced

NAMES = {"adadelta": "Adadelta", "adagrad": "Adagrad", "adam": "Adam", "adamax": "Adamax",
         "adamw": "AdamW", "lion": "Lion", "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD"}


def weight(value=1.0, name="w", dtype="float64"):
    return Variable(value, dtype=dtype, name=name)


def one_step(optimizer, w, g=1.0):
    optimizer.apply([np.float64(g)], [w])
    return float(w)


# identifiers


@pytest.mark.parametrize(("name", "cls"), NAMES.items())
def test_names(name, cls):
    for identifier in (name, cls, getattr(optimizers, cls), {"class_name": name, "config": {}},
                       {"class_name": cls, "config": {"learning_rate": 0.5}}):
        assert type(optimizers.get(identifier)).__name__ == cls


def test_get_leaves_objects_and_none():
    optimizer = optimizers.SGD()
    assert optimizers.get(optimizer) is optimizer
    assert optimizers.get(None) is None
    assert type(optimizers.deserialize("adam")) is optimizers.Adam


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(ArgumentError, match="'rmsprob' is not a known optimizer. .*\"rmsprop\""):
        optimizers.get("rmsprob")
    for wrong in (3, lambda: 0.1, schedules.LearningRateSchedule()):
        with pytest.raises(KindError, match="an optimizer is named by a string"):
            optimizers.get(wrong)


def test_a_copy_before_building_is_independent():
    one = optimizers.Adam(0.5)
    two = copy.deepcopy(one)
    two.learning_rate = 0.25
    assert (float(one.learning_rate), float(two.learning_rate)) == (0.5, 0.25)
    assert one_step(two, weight(0.0)) == pytest.approx(-0.25, rel=1e-5)
    assert int(one.iterations) == 0


# checks


@pytest.mark.parametrize(("options", "told"), [
    ({"learning_rate": -1.0}, "Adam's learning_rate must be at least 0, but got -1.0"),
    ({"learning_rate": float("nan")}, "learning_rate must be at least 0, but got nan"),
    ({"learning_rate": float("inf")}, "learning_rate must be at least 0, but got inf"),
    ({"beta_1": 1.5}, "Adam's beta_1 must be at least 0 and below 1, but got 1.5"),
    ({"beta_2": 1.0}, "beta_2 must be at least 0 and below 1"),
    ({"epsilon": float("inf")}, "epsilon must be at least 0"),
    ({"clipnorm": -1.0}, "Adam's clipnorm must be at least 0"),
    ({"ema_momentum": 1.5}, "ema_momentum must be at least 0 and at most 1"),
    ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps must be a whole number"),
    ({"ema_overwrite_frequency": 0}, "ema_overwrite_frequency must be a whole number at least 1"),
    ({"clipnorm": 1.0, "clipvalue": 1.0}, "one way only, but got clipnorm and clipvalue"),
])
def test_arguments_without_meaning(options, told):
    with pytest.raises(ValueError, match=told):
        optimizers.Adam(**options)


@pytest.mark.parametrize("options", [{"beta_1": "a"}, {"learning_rate": "fast"}, {"lr": 0.1},
                                     {"beta_1": None}])
def test_arguments_of_the_wrong_kind(options):
    with pytest.raises(KindError, match="Adam"):
        optimizers.Adam(**options)


def test_a_rate_is_needed():
    class Own(optimizers.Optimizer):
        pass

    with pytest.raises(ArgumentError, match="Own needs a learning_rate"):
        Own()


@pytest.mark.parametrize(("optimizer", "words"), [
    (optimizers.Adam(0.0), ["learning_rate is 0"]),
    (optimizers.Adam(epsilon=0.0), ["epsilon is 0"]),
    (optimizers.SGD(0.0), ["learning_rate is 0"]),
    (optimizers.Adam(), []),
    (optimizers.Adam(schedules.CosineDecay(0.0, 10)), []),
])
def test_advice(optimizer, words):
    told = list(optimizer.advice())
    assert len(told) == len(words)
    assert all(word in sentence for word, sentence in zip(words, told, strict=True))


# the rate


def test_rate_can_be_assigned_also_in_a_plan():
    optimizer, w = optimizers.SGD(0.5), weight(0.0)
    step = Traced(lambda g: optimizer.apply([g], [w]))
    step(np.float64(1.0))
    optimizer.learning_rate = 0.25
    step(np.float64(1.0))
    optimizer.learning_rate.assign(0.125)
    step(np.float64(1.0))
    assert float(w) == -0.875
    assert len(step.compiled) == 1


def test_rate_may_be_a_function_or_a_schedule():
    assert one_step(optimizers.SGD(lambda: 0.5), weight(0.0)) == -0.5
    optimizer = optimizers.SGD(schedules.PiecewiseConstantDecay([0], [0.5, 0.25]))
    w = weight(0.0)
    assert [one_step(optimizer, w), one_step(optimizer, w)] == [-0.5, -0.75]
    with pytest.raises(KindError, match="is a schedule and cannot be set to a number"):
        optimizer.learning_rate = 0.1


def test_a_rate_may_be_shared():
    rate = Variable(0.5, trainable=False)
    one, two = optimizers.SGD(rate), optimizers.Adam(rate)
    rate.assign(0.25)
    assert (float(one.learning_rate), float(two.learning_rate)) == (0.25, 0.25)
    assert one.variables[1] is rate
    with pytest.raises(ArgumentError, match="learning_rate must be at least 0"):
        optimizers.SGD(Variable(-1.0))


def test_any_function_may_take_the_place_of_another():
    optimizer = optimizers.SGD(lambda: 0.5)
    optimizer.learning_rate = lambda: 0.25
    assert optimizer.learning_rate == 0.25


def test_building_twice_changes_nothing():
    for optimizer in (optimizers.Adam(), optimizers.Nadam()):
        w = weight()
        optimizer.build([w])
        before = list(map(id, optimizer.variables))
        optimizer.build([weight(name="other")])
        assert list(map(id, optimizer.variables)) == before
        assert one_step(optimizer, w) != 1.0
    assert len(optimizers.SGD().variables) == 2


def test_a_schedule_may_take_the_place_of_a_number():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = schedules.PiecewiseConstantDecay([0], [0.5, 0.25])
    assert [v.name for v in optimizer.variables] == ["iteration"]
    assert one_step(optimizer, weight(0.0)) == -0.5
    assert optimizer.get_config()["learning_rate"]["class_name"] == "PiecewiseConstantDecay"


@pytest.mark.parametrize("value", [-1.0, float("nan")])
def test_assigned_rates_are_checked(value):
    optimizer = optimizers.SGD(0.1)
    with pytest.raises(ArgumentError, match="learning_rate must be at least 0"):
        optimizer.learning_rate = value


# gradients and variables


def test_missing_gradients():
    a, b = weight(1.0, "a"), weight(1.0, "b")
    optimizer = optimizers.SGD(0.5)
    with pytest.warns(PellucidWarning, match="No gradient reaches b: the loss does not depend on"):
        optimizer.apply([np.float64(1.0), None], [a, b])
    assert (float(a), float(b)) == (0.5, 1.0)
    with pytest.raises(ArgumentError, match="no gradient reaches any variable"):
        optimizer.apply([None, None], [a, b])


def test_variables_must_be_known():
    optimizer = optimizers.SGD(0.5)
    with pytest.raises(NotBuiltError, match="does not know any variables yet"):
        optimizer.apply([np.float64(1.0)])
    optimizer.build([weight()])
    optimizer.apply([np.float64(1.0)])
    with pytest.raises(ArgumentError, match="was built for other variables, but got 'other'"):
        optimizer.apply([np.float64(1.0)], [weight(name="other")])
    with pytest.raises(ArgumentError, match="one gradient for each of 1 variables, but got 2"):
        optimizer.apply([np.float64(1.0)] * 2)


def test_apply_gradients_takes_pairs_and_counts():
    optimizer, w = optimizers.SGD(0.5), weight()
    assert int(optimizer.apply_gradients([(np.float64(1.0), w)])) == 1
    assert float(w) == 0.5
    assert optimizer.apply([]) is None
    assert int(optimizer.iterations) == 1


def test_one_plan_holds_loss_gradient_and_step():
    w, optimizer = weight(3.0), optimizers.Adam(0.1)
    optimizer.build([w])

    def step():
        with GradientTape() as tape:
            loss = w * w
        optimizer.apply([tape.gradient(loss, w)])
        return loss

    traced = Traced(step)
    losses = [float(traced()) for _ in range(3)]
    plan = next(iter(traced.compiled.values())).plan
    assert losses[0] == 9.0 > losses[1] > losses[2]
    assert len(plan.state) == 4                      # w, m, v and the counter go out again
    assert "adam/learning_rate" in plan.names.values()


def test_weights_keep_their_dtype():
    for dtype in ("float16", "float32", "float64"):
        w = weight(1.0, dtype=dtype)
        optimizer = optimizers.Adam(0.5, clipnorm=1.0, weight_decay=0.1, use_ema=True)
        optimizer.apply([np.float32(1.0)], [w])
        assert {v.dtype for v in [w, *optimizer.variables[2:]]} == {dtype}


# weight decay


@pytest.mark.parametrize("excluded", [{"var_names": ["bias", "gamma"]}, {"var_list": "bias"}])
def test_weights_left_out_of_the_decay(excluded):
    kernel, bias = weight(1.0, "kernel"), weight(1.0, "bias")
    if "var_list" in excluded:
        excluded = {"var_list": [bias]}
    optimizer = optimizers.SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(**excluded)
    optimizer.apply([np.float64(0.0)] * 2, [kernel, bias])
    assert (float(kernel), float(bias)) == (0.75, 1.0)
    with pytest.raises(ArgumentError, match="before the optimizer is built"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


# state


def test_state_is_saved_and_restored():
    w, optimizer = weight(3.0), optimizers.Adam(0.1)
    for _ in range(3):
        one_step(optimizer, w)
    store = {}
    optimizer.save_own_variables(store)
    assert list(store) == ["0", "1", "2", "3"]
    assert (store["0"], store["0"].dtype) == (3, np.int32)
    other, copy = optimizers.Adam(), weight(float(w))
    other.build([copy])
    other.load_own_variables(store)
    assert one_step(other, copy) == one_step(optimizer, w)


def test_state_of_another_length_is_left_alone_aloud():
    optimizer = optimizers.Adam(0.1)
    with pytest.warns(PellucidWarning, match="has 2 variables, but 1 were saved"):
        optimizer.load_own_variables({"0": np.int32(5)})
    assert int(optimizer.iterations) == 0


def test_set_weights():
    optimizer = optimizers.SGD(0.1)
    optimizer.set_weights([np.int32(4), np.float32(0.5)])
    assert [float(v) for v in optimizer.variables] == [4.0, 0.5]
    with pytest.raises(ShapeError, match="sgd/iteration has shape"):
        optimizer.set_weights([np.zeros(2), np.float32(0.5)])


def test_add_variable():
    optimizer = optimizers.SGD()
    made = optimizer.add_variable((2,), initializer="ones", dtype="float64", name="extra")
    assert (made.path, made.dtype, made.tolist()) == ("sgd/extra", "float64", [1.0, 1.0])
    assert optimizer.add_variable_from_reference(made).path == "sgd/sgd_extra_var"
    with pytest.raises(ArgumentError, match="2 names need as many initializers"):
        optimizer.add_optimizer_variables([made], ["a", "b"], ["zeros"])


def test_repr_shows_what_was_given():
    assert repr(optimizers.Adam(0.5, clipnorm=1.0)) == "Adam(learning_rate=0.5, clipnorm=1.0)"
    assert repr(optimizers.SGD()) == "SGD()"


def test_loss_is_scaled_up_where_gradients_are_scaled_down():
    assert float(optimizers.SGD(loss_scale_factor=8.0).scale_loss(2.0)) == 16.0
    assert optimizers.SGD().scale_loss(2.0) == 2.0


def test_averages_take_the_weights_place_at_the_end():
    w, optimizer = weight(0.0), optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    one_step(optimizer, w)
    assert one_step(optimizer, w) == -2.0
    optimizer.finalize_variable_values([w])
    assert float(w) == -1.5
