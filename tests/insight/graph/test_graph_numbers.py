"""The numbers on the nodes are those that the model computes and that the tape gives."""

from __future__ import annotations

import re

import numpy as np
import pytest

import pellucid
from pellucid import GradientTape, Model, Sequential, layers, ops
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.core.gradient_check import gradient_check
from pellucid.core.tensor import convert
from pellucid.core.variable import Variable
from pellucid.insight.graph.numbers import array_lines, shape_text
from pellucid.layers import LSTM, BatchNormalization, Dense, Dropout, Input, TextVectorization
from tests.insight.graph.drawn import read

XOR = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]])


def numbers(texts):
    """Every number in some texts, as Python reads it."""
    return [float(each.replace("−", "-").replace(",", "")) for text in texts
            for each in re.findall(r"[−-]?[\d,]*\.?\d+(?:e[−-]?\d+)?", text)]


@pytest.fixture
def xor():
    model = Sequential([Input((2,), name="x"), Dense(2, activation="sigmoid", name="hidden"),
                        Dense(1, activation="sigmoid", name="out")], name="xor")
    model.compile(loss="mse")
    return model


def test_values_and_gradients_are_those_of_a_training_step(xor):
    x, y = XOR
    drawn = xor.graph(x, y)
    with GradientTape() as tape:
        given = convert(x)
        tape.watch(given)
        hidden = xor.layers[0](given)
        out = xor.layers[1](hidden)
        loss = xor.compute_loss(given, convert(y), out)
    found = tape.gradient(loss, [given, hidden, out])
    for name, value, gradient in zip(("x", "hidden", "out"), (given, hidden, out), found,
                                     strict=True):
        np.testing.assert_array_equal(drawn[name].value, value)
        np.testing.assert_array_equal(drawn[name].gradient, gradient)
    assert float(drawn["loss"].value) == float(loss)
    assert drawn["hidden"].parameters == 6


def test_labels_show_these_numbers(xor):
    x, y = XOR
    drawn = xor.graph(x, y, digits=6)
    picture = read(drawn.to_svg())
    for name in ("hidden", "out", "loss"):
        shown = numbers([text for text, *_, style, _ in picture[name].words if style == "value"])
        np.testing.assert_allclose(shown, np.ravel(drawn[name].value), rtol=1e-4)
        shown = numbers([text for text, *_, style, _ in picture[name].words
                         if style == "gradient"])
        np.testing.assert_allclose(shown, np.ravel(drawn[name].gradient), rtol=2e-3)
    assert "∂L/∂value" in picture["out"].texts
    assert "6 parameters" in picture["hidden"].texts


def test_each_op_and_each_weight(xor):
    x, y = XOR
    drawn = xor.graph(x, y, level="op")
    with GradientTape() as tape:
        loss = xor.compute_loss(x, convert(y), xor(convert(x), training=True))
    weights = xor.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        node = drawn[weight.path.removeprefix("xor/")]
        assert node.role == "weight"
        np.testing.assert_array_equal(node.value, weight.numpy())
        np.testing.assert_array_equal(node.gradient, gradient)
    assert [each.name for each in drawn.inputs_of(drawn["add"])] == ["matrix_product",
                                                                     "hidden/bias"]
    assert drawn["add"].detail == "in hidden"
    assert [each.shapes for each in xor.graph(level="op")] == [
        tuple(tuple(None if n == 4 else n for n in shape) for shape in each.shapes)
        for each in drawn if each.role != "loss"]


def test_float64_gradients_agree_with_nudging():
    model = Sequential([Input((3,), dtype="float64"), Dense(4, activation="tanh", dtype="float64"),
                        Dense(2, dtype="float64")])
    model.compile(loss="mse")
    random = np.random.default_rng(3)
    x, y = random.normal(size=(5, 3)), random.normal(size=(5, 2))
    variable = Variable(x, dtype="float64", name="x")
    assert gradient_check(lambda: model.compute_loss(None, convert(y), model(variable.value)),
                          [variable]).error < 1e-8
    with GradientTape() as tape:
        loss = model.compute_loss(None, convert(y), model(variable.value))
    drawn = model.graph(x, y)
    np.testing.assert_array_equal(next(iter(drawn)).gradient, tape.gradient(loss, variable))
    assert drawn["loss"].value.dtype == np.float64


def test_the_model_is_left_as_it_was():
    model = Sequential([Input(batch_shape=(4, 3, 2)), LSTM(3, stateful=True), BatchNormalization(),
                        Dropout(0.5), Dense(1, activity_regularizer="l2")])
    model.compile(loss="mse")
    x, y = np.ones((4, 3, 2)), np.ones((4, 1))
    model.fit(x, y, epochs=1, batch_size=4, verbose=0)
    states = [each for layer in model.layers for each in getattr(layer, "states", None) or []]
    variables = [*model.variables, *model.optimizer.variables, *states]
    before = [each.numpy() for each in variables]
    first = model.graph(x, y)
    model.graph(x)
    model.graph()
    model.graph(x, y, level="op")
    assert states
    for each, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(each.numpy(), value)
    assert not any(layer._losses for layer in model._flatten_layers())
    assert not any("call" in vars(layer) for layer in model.layers)
    again = model.graph(x, y)
    np.testing.assert_array_equal(first["dropout"].value, again["dropout"].value)   # one mask
    assert first["loss"].notes == ("and the layers' penalties",)


def test_without_y_it_runs_as_predict_does():
    model = Sequential([Input((3,)), Dropout(0.9, name="drop"), Dense(2, name="last")])
    x = np.arange(6.0).reshape(2, 3)
    drawn = model.graph(x)
    np.testing.assert_array_equal(drawn["drop"].value, x)
    np.testing.assert_array_equal(drawn["last"].value, model.predict(x, verbose=0))
    assert not drawn["last"].gradients
    shapes = model.graph(x, values=False)
    assert not shapes["last"].values
    assert shapes["last"].shapes == ((2, 2),)


def test_strings_and_whole_numbers_have_values_but_no_gradient():
    words = TextVectorization(output_sequence_length=3, vocabulary=["a", "b"], name="words")
    model = Sequential([Input((), dtype="string"), words, layers.Embedding(5, 2, name="places"),
                        layers.Flatten(), Dense(1)])
    model.compile(loss="mse")
    drawn = model.graph(np.array(["a b", "b"]), np.ones((2, 1)))
    assert drawn["words"].value.tolist() == [[2, 3, 0], [3, 0, 0]]
    assert drawn["words"].gradient is None
    assert np.abs(drawn["places"].gradient).sum() > 0
    assert "2 strings" in str(drawn)


# functions of a few numbers --------------------------------------------------------------------


def test_the_example_of_the_books():
    """J = 3 (a + b c) at a = 5, b = 3, c = 2: u = bc = 6, v = a + u = 11, J = 33."""
    drawn = pellucid.graph(lambda a, b, c: 3 * (a + b * c), a=5, b=3, c=2)
    assert {each.name: (float(each.value), float(each.gradient)) for each in drawn} == {
        "a": (5, 3), "b": (3, 6), "c": (2, 9), "v1": (6, 3), "v2": (11, 3), "J": (33, 1)}
    assert [(drawn.nodes[each.source].name, drawn.nodes[each.target].name, each.label)
            for each in drawn.edges] == [
        ("b", "v1", "∂v1/∂b = 2"), ("c", "v1", "∂v1/∂c = 3"),
        ("a", "v2", "∂v2/∂a = 1"), ("v1", "v2", "∂v2/∂v1 = 1"), ("v2", "J", "∂J/∂v2 = 3")]
    assert [each.detail for each in drawn][3:] == ["= b · c", "= a + v1", "= 3 · v2"]
    assert [each.formula.split(" = ")[-1] for each in drawn.edges] == ["c", "b", "1", "1", "3"]
    picture = read(drawn.to_svg())
    assert picture["v1"].texts == ["v1", "= b · c", "value", "6", "∂J/∂v1", "3"]
    assert "∂v1/∂b = 2" in picture.words


def test_along_the_edges_the_chain_rule_holds():
    """A node's gradient is Σ gradient of each user · the slope on the edge to it."""
    def f(x, y):
        return ops.sin(x * y) / (1 + ops.exp(-x)) + ops.square(y) * x - ops.relu(y)
    drawn = pellucid.graph(f, 0.7, y=1.3, )
    slopes = {id(each): float(each.label.split("= ")[1].replace("−", "-")) for each in drawn.edges}
    for i, node in enumerate(drawn.nodes[:-1]):
        total = sum(float(drawn.nodes[each.target].gradient) * slopes[id(each)]
                    for each in drawn.edges if each.source == i)
        assert total == pytest.approx(float(node.gradient), rel=2e-3)
    assert drawn["f"].gradient == 1
    nudge = (float(f(convert(0.7 + 1e-4), convert(1.3))) - float(f(convert(0.7 - 1e-4),
                                                                   convert(1.3)))) / 2e-4
    assert float(drawn["x"].gradient) == pytest.approx(nudge, abs=1e-2)


def test_arguments_of_every_kind():
    drawn = pellucid.graph(lambda *x, k: x[0] * x[1] + k, 2.0, 3.0, k=1.0)
    assert [each.name for each in drawn][:3] == ["x1", "x2", "k"]
    assert float(pellucid.graph(lambda v1, v2: v1 * v2 + v2, v1=1.0, v2=2.0)["J"].value) == 4
    floor = pellucid.graph(lambda a, b: ops.where(a > 0, convert(np.array(7.0)), b), a=-1.0, b=2.0)
    assert floor["J"].detail == "= where(v1, 7, b)"      # what is constant is no operand's name
    assert [each.label for each in floor.edges] == ["", "", "∂J/∂b = 1"]
    assert floor["a"].gradient is None
    both = pellucid.graph(lambda a: a * a, a=3.0)
    assert [each.label for each in both.edges] == ["∂J/∂a = 3", "∂J/∂a = 3"]
    assert float(both["a"].gradient) == 6
    vector = pellucid.graph(lambda w: ops.sum(w * w), w=[1.0, 2.0])
    assert vector["w"].gradient.tolist() == [2, 4]
    assert not any(each.label for each in vector.edges)
    one = pellucid.graph(lambda a: a, a=2.0)
    assert (len(one), float(one["a"].gradient)) == (1, 1)
    unused = pellucid.graph(lambda a, b: a * 2, a=2.0, b=1.0)
    assert unused["b"].gradient is None


@pytest.mark.parametrize(("call", "kind", "said"), [
    (lambda: pellucid.graph(lambda a: np.exp(2.0), a=1.0), ArgumentError, "does not depend"),
    (lambda: pellucid.graph(lambda a: 2 * a, a=[1.0, 2.0]), ShapeError, "one number"),
    (lambda: pellucid.graph(lambda a: 2 * a, a="one"), KindError, "a must be a number"),
    (lambda: pellucid.graph(lambda a: 2 * a, b=1.0), KindError, "missing a required argument"),
    (lambda: pellucid.graph(3), KindError, "a model, a function or an error, but got 3"),
])
def test_functions_that_cannot_be_drawn(call, kind, said):
    with pytest.raises(kind, match=said):
        call()


# the words for arrays ----------------------------------------------------------------------------


@pytest.mark.parametrize(("array", "lines"), [
    (np.array(3.0), ["3"]), (np.array([0.5, -0.25]), ["0.5000   −0.2500"]),
    (np.array([1e-7, 2.0]), ["1e−07   2"]), (np.zeros((3, 40)), ["all 0"]), (np.ones(0), ["empty"]),
    (np.array([[-1.0, 10.0], [2.0, 3.0]]), ["−1   10", "\u20072   \u20073"]),
    (np.array([True, False]), ["1   0"]), (np.array(["a"]), ["1 string"]),
    (np.array([np.nan, 1.0]), ["nan   1"]),
    (np.full((2, 30), np.nan), ["60 of 60 not finite"])])
def test_arrays_in_words(array, lines):
    assert array_lines(array) == lines


def test_large_arrays_by_mean_spread_range_and_zeros():
    array = np.maximum(np.random.default_rng(0).normal(size=(50, 40)), 0)
    first, second = array_lines(array, 6)
    np.testing.assert_allclose(numbers([first]), [array.mean(), array.std()], rtol=1e-4)
    assert second.endswith("% zeros")
    np.testing.assert_allclose(numbers([second]), [0, array.max(), 100 * np.mean(array == 0)],
                               rtol=1e-3)
    array[3, 4] = np.inf
    assert array_lines(array)[2] == "1 of 2,000 not finite"


def test_shapes_in_words():
    assert shape_text(((None, 2), (None, 2), (None, 2))) == "3 × (None, 2)"
    assert shape_text(((None, 2), (3,))) == "(None, 2), (3,)"


def test_several_outputs():
    x = Input((4, 2), name="x")
    model = Model(x, LSTM(3, return_state=True, name="memory")(x))
    node = model.graph(np.ones((2, 4, 2)))["memory"]
    assert [each.shape for each in node.values] == [(2, 3)] * 3
    assert "3 × (None, 3)" in str(model.graph())
