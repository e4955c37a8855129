"""`tf.function`: Plans for tensors, values for the rest, and nothing hidden from a tape."""

import numpy as np
import pytest

import pellucid
from pellucid import keras, tf
from pellucid.core.errors import ArgumentError
from pellucid.core.op import Op


def test_a_tape_around_sees_inside() -> None:
    w = tf.Variable(3.0)
    f = tf.function(lambda z: w * z * z)
    with tf.GradientTape() as tape:
        out = f(tf.constant(2.0))
    assert float(tape.gradient(out, w)) == 4.0


def test_a_model_as_a_function_gives_the_same_gradient() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    x = tf.constant(np.ones((2, 3), "float32"))
    found = []
    for forward in (model, tf.function(model)):
        with tf.GradientTape() as tape:
            out = tf.reduce_sum(forward(x))
        found.append(tape.gradient(out, model.trainable_variables[0]).numpy())
    assert np.array_equal(*found)


def test_keywords_and_fixed_values() -> None:
    traces = []

    @tf.function
    def repeated(x, n, kind="sum", training=False):
        traces.append(n)
        for _ in range(n):
            x = x + 1 if training else x * 2
        return tf.reduce_sum(x) if kind == "sum" else x

    x = tf.constant([1.0, 2.0])
    assert float(repeated(x, 2)) == 12.0
    assert float(repeated(x, 2)) == 12.0
    assert float(repeated(x, n=3, training=True)) == 9.0
    assert repeated(x, 1, kind="none").tolist() == [2.0, 4.0]
    assert traces == [2, 3, 1]           # one Plan for each set of fixed values


def test_methods() -> None:
    class Scale:
        def __init__(self, factor):
            self.factor = factor

        @tf.function
        def step(self, a):
            return a * self.factor

    two, three = Scale(2.0), Scale(3.0)
    assert float(two.step(tf.constant(5.0))) == 10.0
    assert float(three.step(tf.constant(5.0))) == 15.0
    assert float(two.step(tf.constant(6.0))) == 12.0


def test_a_rule_must_give_a_gradient_for_each_input() -> None:
    product = Op(lambda a, b: a * b)
    product.gradient(lambda g, y, a, b: g * b)
    a, b = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = product(a, b)
    with pytest.raises(ArgumentError, match="one gradient for each of its 2 inputs, but got 1"):
        tape.gradient(y, [a, b])


def test_a_name_that_is_not_here_is_said_so() -> None:
    with pytest.raises(AttributeError, match="has no 'TorchModuleWrapper' in this version; docs/"):
        _ = keras.layers.TorchModuleWrapper
    with pytest.raises(AttributeError, match='did you mean "Dense"'):
        _ = pellucid.layers.Dens


def test_gaps_in_the_inputs_are_named_before_the_first_step() -> None:
    x = np.ones((40, 2))
    x[39, 1] = np.nan
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.warns(pellucid.PellucidWarning, match="1 numbers that are NaN") as seen:
        model.fit(x, x[:, :1], verbose=0)
    assert seen[0].filename == __file__


def test_an_argument_that_is_misspelt_is_found() -> None:
    with pytest.raises(TypeError, match='Did you mean "activation"'):
        keras.layers.Dense(3, actvation="relu")
