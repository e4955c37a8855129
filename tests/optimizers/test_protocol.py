"""Users' optimizers: Keras's protocol runs unchanged, and the house form is a few lines."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import optimizers
from pellucid.atoms import cast, multiply, sign, subtract
from pellucid.core.custom_objects import register_keras_serializable
from pellucid.core.errors import ArgumentError
from pellucid.core.fields import field
from pellucid.core.variable import Variable
from tests.optimizers.steps import first_weights, ours


class PlainMomentum(optimizers.Optimizer):
    """Written as Keras's own guide for own optimizers tells."""

    def __init__(self, learning_rate=0.01, mu=0.9, **kwargs):
        super().__init__(learning_rate=learning_rate, **kwargs)
        self.mu = mu

    def build(self, variables):
        super().build(variables)
        self.momentums = []
        for variable in variables:
            self.momentums.append(self.add_variable_from_reference(
                reference_variable=variable, name="momentum"))

    def update_step(self, gradient, variable, learning_rate):
        learning_rate = cast(learning_rate, dtype=variable.dtype)
        gradient = cast(gradient, dtype=variable.dtype)
        m = self.momentums[self._get_variable_index(variable)]
        self.assign(m, subtract(multiply(m, self.mu), multiply(gradient, learning_rate)))
        self.assign_add(variable, m)

    def get_config(self):
        config = super().get_config()
        config.update({"mu": self.mu})
        return config


class Signs(optimizers.Optimizer):
    """The house form, with a field of its own and none of Keras's hooks."""

    learning_rate: float = field(0.25, at_least=0)
    keep: float = field(0.5, at_least=0, below=1)
    state = {"m": "mean"}  # noqa: RUF012

    def update(self, w, g, *, m, t, rate):
        m = self.keep * m + g
        return w - rate * sign(m), m


@pytest.mark.parametrize("traced", [False, True])
@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1, "clipnorm": 1.0},
                                     {"gradient_accumulation_steps": 2, "use_ema": True}])
def test_protocol_equals_the_built_in_one(traced, options):
    built_in = ours(optimizers.SGD(0.05, momentum=0.9, **options))
    own = ours(PlainMomentum(0.05, **options), traced)
    for a, b in zip(built_in, own, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


def test_protocol_config_makes_it_again():
    config = PlainMomentum(0.5, mu=0.1, clipnorm=2.0).get_config()
    again = PlainMomentum.from_config(config)
    assert (again.mu, again.clipnorm, float(again.learning_rate)) == (0.1, 2.0, 0.5)


def test_own_arguments_are_in_the_config_without_get_config():
    class Own(PlainMomentum):
        get_config = optimizers.Optimizer.get_config

    config = Own(0.5, mu=0.25, name="own").get_config()
    assert (config["mu"], config["learning_rate"], config["name"]) == (0.25, 0.5, "own")


@pytest.mark.parametrize("traced", [False, True])
def test_house_form(traced):
    weights = ours(Signs(0.125, keep=0.0), traced)[:3]
    moves = (first_weights()[0] - weights[0]) / 0.125
    np.testing.assert_allclose(moves, np.round(moves), atol=1e-12)    # whole steps of the rate
    assert np.abs(moves).max() <= 9                                  # one gradient was 0
    optimizer = Signs()
    assert isinstance(optimizer.learning_rate, Variable)
    assert float(optimizer.learning_rate) == 0.25
    assert optimizer.get_config()["keep"] == 0.5


def test_assign_sub_and_the_class_attribute():
    class Down(optimizers.Optimizer):
        def update_step(self, gradient, variable, learning_rate):
            self.assign_sub(variable, learning_rate * gradient)

    w = Variable(1.0)
    Down(0.5).apply([np.float32(1.0)], [w])
    assert float(w) == 0.5
    assert not isinstance(Down.learning_rate, float)


def test_registered_optimizer_comes_back_by_data():
    register_keras_serializable("tests")(Signs)
    again = optimizers.get(optimizers.serialize(Signs(0.5, keep=0.75, name="s")))
    assert type(again) is Signs
    assert again.get_config() == Signs(0.5, keep=0.75, name="s").get_config()


def test_an_optimizer_without_a_rule_says_so():
    class Empty(optimizers.Optimizer):
        pass

    with pytest.raises(ArgumentError, match="Empty has neither update nor update_step"):
        Empty(0.1).apply([np.ones(1)], [Variable(np.zeros(1))])


def test_variables_in_attributes_belong_to_the_optimizer():
    optimizer = optimizers.SGD()
    optimizer.extra = Variable(1.0, trainable=False)
    assert optimizer.variables[-1] is optimizer.extra
