"""What an explanation says: whole and elided, asked about one number, and told what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import Model, Sequential, layers, losses, optimizers
from pellucid.core.errors import ArgumentError, DataError, KindError, NotBuiltError, ShapeError
from pellucid.insight.explain.precision import as_written


def network(*units: int, activation: str = "sigmoid", **compiled) -> Sequential:
    inputs, *rest = units
    model = Sequential([layers.Input((inputs,)),
                        *(layers.Dense(n, activation=activation) for n in rest)])
    model.compile(**{"optimizer": optimizers.SGD(0.5), "loss": "mse"} | compiled)
    return model


X, Y = np.array([[0.5, -1.0]]), np.array([[1.0]])


# asked about one number -------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["w^1_21", "dense/kernel[1, 0]", "dense/kernel[-1,0]",
                                  "∂L/∂w^1_21", "sequential/dense/kernel[1, 0]"])
def test_one_weight_is_found_in_any_spelling(name):
    explanation = network(2, 2, 1).explain(X, Y, weight=name)
    assert explanation.of("given")[0].name == "w^1_21"
    last = explanation.of("backward")[-1]
    assert last.name == "∂L/∂w^1_21"
    assert last.nudged == pytest.approx(last.value, abs=1e-9)
    assert explanation.of("update")[-1].name == "w^1_21'"
    assert last.note == explanation.why("w^1_21")


@pytest.mark.parametrize("name, hint", [
    ("w^1_12x", '"w^1_12"'), ("dense/kernel[1, 5]", '"dense/kernel[1, 1]"'), ("v^1_11", "w^1_11"),
    ("dense/kernle[0, 0]", '"dense/kernel[0, 0]"'), (7, "Some of them are")])
def test_an_unknown_name_is_told_the_nearest(name, hint):
    with pytest.raises(ArgumentError, match="knows no weight or unit") as error:
        network(2, 2, 1).explain(X, Y, weight=name)
    assert hint in str(error.value)


def test_commas_between_small_indices_may_be_left_out():
    wide, narrow = network(2, 12, 1), network(2, 2, 1)
    assert wide.explain(X, Y, weight="w^1_21").of("given")[0].name == "w^1_2,1"
    assert narrow.explain(X, Y, weight="w^1_2,1").of("given")[0].name == "w^1_21"
    with pytest.raises(ArgumentError, match="no weight or unit of this name"):
        wide.explain(X, Y, weight="w^1_111")             # 1,11 or 11,1?


def test_a_unit_can_be_asked_about():
    explanation = network(2, 2, 1).explain(X, Y, weight="z_12")
    assert explanation.of("backward")[-1].name == "∂L/∂z_12"
    assert not explanation.of("update")


def test_a_weight_of_a_large_network_is_told_in_short():
    model = network(784, 128, 10, activation="relu", loss="mse", optimizer="adam")
    rng = np.random.default_rng(1)
    x, y = rng.random((8, 784)), rng.random((8, 10))
    explanation = model.explain(x, y, weight="w^1_300,7")
    assert len(explanation.steps) < 60                   # one way, not a hundred thousand weights
    step = explanation["∂L/∂w^1_300,7"]
    assert step.nudged == pytest.approx(step.value, rel=1e-5, abs=1e-9)
    total = sum(each.value for each in step.products) + step.rest
    assert total == pytest.approx(step.value, rel=1e-9, abs=1e-12)
    model.train_on_batch(x, y)
    assert explanation["w^1_300,7'"].value == pytest.approx(
        model.layers[0].kernel.numpy()[299, 6], abs=1e-6)


def test_long_sums_say_how_much_was_left_out():
    model = network(40, 1, activation="linear")
    x = np.arange(40.0)[None] / 40
    step = model.explain(x, Y, level="unit")["ŷ"]
    assert "[35 more]" in str(step.formula)
    assert step.value == pytest.approx(float(model(x)[0, 0]), abs=1e-5)


# why ----------------------------------------------------------------------------------------------

def test_a_dead_relu_is_named_as_the_reason():
    model = network(1, 1, 1, activation="relu")
    model.set_weights([[[1.0]], [-5.0], [[1.0]], [0.5]])
    reason = model.explain([[1.0]], [[1.0]]).why("w^1_11")
    assert reason.startswith("∂L/∂w^1_11 = 0 comes by way of ∂L/∂ŷ (-1)")
    assert ("It is 0 because ∂o_11/∂z_11 = 0 in dense: o_11 = max(0, z_11) does not move with "
            "z_11 here.") in reason


def test_an_input_of_zero_is_named_as_the_reason():
    reason = network(2, 1).explain([[0.0, 1.0]], Y).why("w^1_11")
    assert "It is 0 because ∂z_11/∂w^1_11 = x_1 = 0 in dense." in reason


def test_what_dropout_takes_out_is_said_to_be_unused():
    model = Sequential([layers.Input((2,)), layers.Dense(6), layers.Dropout(0.5, seed=1),
                        layers.Dense(1)])
    model.compile("sgd", "mse")
    explanation = model.explain(X, Y)
    masked = [step for step in explanation.of("forward") if step.name[0] == "p"]
    dropped = [step.name.replace("p_", "o_1") for step in masked if step.value == 0]
    assert 0 < len(dropped) < 6
    assert f"nothing on the way to the loss uses {dropped[0]} here" in explanation.why(dropped[0])


def test_saturation_shows_as_the_smallest_factor():
    model = network(1, 1, 1)
    model.set_weights([[[9.0]], [0.0], [[1.0]], [0.0]])
    assert "smallest factor is ∂o_11/∂z_11 = o_11·(1 - o_11) = 0.0001234 in dense" in (
        model.explain([[1.0]], [[0.0]]).why("w^1_11"))


# kinds of models --------------------------------------------------------------------------------

def test_the_mask_is_the_one_that_training_draws():
    model = Sequential([layers.Input((4,)), layers.Dense(4), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((3, 4)), np.ones((3, 1))
    for _ in range(3):                                   # in float32: its draws, not float64's
        loss = model.explain(x, y)["L"].value
        assert loss == pytest.approx(model.train_on_batch(x, y), rel=1e-5)


def test_clipping_decay_and_regularization_are_shown():
    model = Sequential([layers.Input((2,)), layers.Dense(1, kernel_regularizer="l2")])
    model.compile(optimizers.SGD(0.1, global_clipnorm=0.01, weight_decay=0.1), "mse")
    text = str(model.explain(X, Y))
    assert "(∂L/∂w^1_11)direct = 0.02·w^1_11" in text
    assert "ĝ(w^1_11) = ∂L/∂w^1_11·" in text
    assert "w^1_11' = " in text


def test_several_inputs_and_outputs_have_numbers_of_their_own():
    one, other = layers.Input((1,)), layers.Input((1,))
    model = Model([one, other], [layers.Dense(1)(one), layers.Dense(1)(
        layers.Add()([one, other]))])
    model.compile("sgd", ["mse", "mae"], loss_weights=[1.0, 0.5])
    explanation = model.explain([np.ones((1, 1)), np.ones((1, 1))],
                                [np.zeros((1, 1)), np.zeros((1, 1))])
    names = {each.name for each in explanation.steps}
    assert {"x^1", "x^2", "y^1", "y^2", "ŷ^1", "ŷ^2", "L"} <= names


def test_an_lstm_is_told_in_the_letters_of_its_definition():
    model = Sequential([layers.Input((2, 1)), layers.LSTM(1), layers.Dense(1)])
    model.compile("sgd", "mse")
    explanation = model.explain(np.ones((1, 2, 1)), Y)
    formulas = {each.name: str(each.formula) for each in explanation.of("forward")}
    assert formulas["f<2>_11"] == "x_2 * w^1_12 + b_12 + h<1>_11 * u^1_12"
    assert formulas["c<2>_11"] == (
        "sigmoid(f<2>_11) * c<1>_11 + sigmoid(i<2>_11) * tanh(g<2>_11)")


def test_batch_normalization_uses_the_statistics_of_the_batch():
    model = Sequential([layers.Input((1,)), layers.BatchNormalization(), layers.Dense(1)])
    model.compile("sgd", "mse")
    explanation = model.explain([[1.0], [3.0]], [[0.0], [1.0]])
    assert str(explanation["μ_11"].formula) == "(x[1] + x[2]) / 2"
    assert explanation["σ2_11"].value == 1.0


def test_adam_is_told_with_its_letters_and_moments():
    model = network(1, 1, optimizer=optimizers.Adam(0.1))
    model.train_on_batch([[1.0]], [[0.0]])
    explanation = model.explain([[1.0]], [[0.0]])
    formulas = {each.name: str(each.formula) for each in explanation.of("update")}
    assert formulas["m'(w^1_11)"] == "β₁ * m(w^1_11) + (1 - β₁) * ∂L/∂w^1_11"
    assert formulas["w^1_11'"] == ("w^1_11 - η * sqrt(1 - β₂ ** t) / (1 - β₁ ** t) * m'(w^1_11) / "
                                   "(sqrt(v'(w^1_11)) + ε)")
    assert explanation["t"].value == 2                   # one step was done before


# what is wrong ----------------------------------------------------------------------------------

def bare() -> Sequential:
    return Sequential([layers.Dense(1)])


def built(**compiled) -> Sequential:
    return network(2, 1, **compiled)


@pytest.mark.parametrize("act, error, said", [
    (lambda: Sequential([layers.Input((2,)), layers.Dense(1)]).explain(X, Y), ArgumentError,
     "compile the model before explain"),
    (lambda: _compiled(bare()).explain(X, Y), NotBuiltError, "has no weights yet"),
    (lambda: built().explain(X[0], Y), ShapeError, "as many rows"),
    (lambda: built().explain(np.ones((2, 2)), Y), ShapeError, "as many rows"),
    (lambda: built().explain(np.ones((1, 3)), Y), ShapeError, "2"),
    (lambda: built().explain(np.ones((0, 2)), np.ones((0, 1))), ShapeError, "at least one"),
    (lambda: built(loss="categorical_crossentropy").explain(X, np.ones((1, 3))), ShapeError,
     "shape"),
    (lambda: built().explain([[1.0, np.nan]], Y), DataError, r"finite numbers in x.*\(0, 1\)"),
    (lambda: built().explain(X, [[np.inf]]), DataError, "finite numbers in y"),
    (lambda: built().explain([["a", "b"]], Y), DataError, "numbers in x"),
    (lambda: built().explain(X, Y, sample_weight=[1.0, 3.0]), DataError,
     "x and sample_weight must have the same number of rows, but got 1 and 2"),
    (lambda: built().explain(X, Y, sample_weight=2.0), KindError, "sample_weight must have rows"),
    (lambda: built().explain(X), ArgumentError, "no targets were given. Pass y"),
    (lambda: _compiled(Sequential([layers.Input((2,)), layers.Dense(1), layers.Dropout(
        0.5, name="hidden")])).explain(X, Y, weight="hidden"), ArgumentError, "has no weights"),
    (lambda: built().explain(X, Y, level="neuron"), ArgumentError, "level"),
    (lambda: built().explain(X, Y, digits=0), ArgumentError, "digits"),
    (lambda: built().explain(X, Y, digits=2.5), ArgumentError, "digits"),
    (lambda: built(activation="exponential", loss=losses.MeanSquaredError()).explain(
        [[1e4, 1e4]], Y), DataError, "finite loss")])
def test_bad_input_is_told_clearly(act, error, said):
    with pytest.raises(error, match=said):
        act()


def test_several_inputs_may_be_lists_in_a_dict():
    a, b = layers.Input((2,), name="a"), layers.Input((1,), name="b")
    model = Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
    model.compile("sgd", "mse")
    lists, given = {"a": [[1.0, 2.0]], "b": [[3.0]]}, {"a": np.array([[1, 2]]), "b": [[3]]}
    found = model.explain(lists, [[1.0]])
    assert found["L"].value == model.explain(given, [[1.0]])["L"].value
    assert found["L"].value == pytest.approx(model.test_on_batch(
        {key: np.array(each) for key, each in lists.items()}, np.array([[1.0]])), rel=1e-5)


def _compiled(model: Sequential) -> Sequential:
    model.compile("sgd", "mse")
    return model


def test_a_step_of_ones_own_is_not_explained_as_if_it_were_the_usual_one():
    class Own(Sequential):
        def train_step(self, data):
            return {}
    model = _compiled(Own([layers.Input((2,)), layers.Dense(1)]))
    with pytest.raises(ArgumentError, match="a train_step of its own"):
        model.explain(X, Y)


def test_after_an_error_the_model_is_as_it_was():
    model = built(loss="categorical_crossentropy")
    before = [each.numpy() for each in model.weights]
    with pytest.raises(ShapeError):
        model.explain(X, np.ones((1, 3)))
    assert [each.dtype for each in model.weights] == ["float32"] * 2
    assert all((each.numpy() == old).all() for each, old in zip(model.weights, before, strict=True))
    assert not model.optimizer.built


def test_numbers_are_taken_as_they_were_written():
    thirds = np.array([1 / 3, 0.1, -2.5e-3, 0.0], "float32")
    wide = as_written(thirds)
    assert wide[1:].tolist() == [0.1, -0.0025, 0.0]
    assert wide.astype("float32").tolist() == thirds.tolist()
    assert wide[0] == float(thirds[0])


def test_a_state_that_is_kept_from_call_to_call_stays():
    model = Sequential([layers.Input((2, 1), batch_size=1), layers.SimpleRNN(1, stateful=True),
                        layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = np.ones((1, 2, 1)), np.zeros((1, 1))
    model.train_on_batch(x, y)
    first = model.explain(x, y)["L"].value
    assert model.explain(x, y)["L"].value == first
    assert model.train_on_batch(x, y) == pytest.approx(first, rel=1e-5)


@pytest.mark.parametrize("make", [
    lambda: layers.MultiHeadAttention(1, 2), lambda: layers.SpectralNormalization(layers.Dense(2)),
    lambda: layers.GroupNormalization(1), lambda: layers.GaussianNoise(0.1)])
def test_layers_that_nobody_thought_of_are_read_like_all_others(make):
    inputs, layer = layers.Input((3, 2)), make()
    hidden = layer(inputs, inputs) if isinstance(layer, layers.MultiHeadAttention) else layer(
        inputs)
    model = Model(inputs, layers.Dense(1, dtype="float32")(layers.Flatten()(hidden)))
    model.compile("adam", "mse")
    x, y = np.random.default_rng(5).normal(size=(1, 3, 2)), Y
    new = {alias: each.value for each in model.explain(x, y, level="weight").of("update")
           for alias in each.aliases}
    model.train_on_batch(x, y)
    for weight in model.trainable_variables:
        for where in np.ndindex(weight.shape):
            name = f"{weight.path}[{', '.join(map(str, where))}]'"
            assert new[name] == pytest.approx(weight.numpy()[where], abs=1e-5), name


def test_a_nudge_that_shows_something_else_is_remarked_on():
    model = network(1, 1, activation="relu")
    model.set_weights([[[1.0]], [-1.0]])                 # z = 0, where relu has its bend
    note = model.explain([[1.0]], [[1.0]])["∂L/∂w^1_11"].note
    assert note.startswith("the nudge differs: it crosses a bend")
