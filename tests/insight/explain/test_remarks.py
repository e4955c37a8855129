"""Other names of the numbers of small dense networks, and remarks on what might mislead."""

import pytest

from pellucid import Sequential, layers, optimizers, schedules
from pellucid.core.errors import ArgumentError

X, Y = [[0.1, 0.3]], [[1.0]]


def dense(*units: int, activation: str = "sigmoid", **compiled) -> Sequential:
    inputs, *widths = units
    model = Sequential([layers.Input((inputs,)), *[layers.Dense(n, activation) for n in widths]])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compiled})
    return model


# other names -------------------------------------------------------------------------------------

def test_weights_and_biases_are_numbered_unit_by_unit():
    explanation = dense(2, 2, 2).explain(X, [[0.0, 1.0]])
    assert [explanation[f"w{n}"].name for n in range(1, 9)] == [
        "w^1_11", "w^1_21", "w^1_12", "w^1_22", "w^2_11", "w^2_21", "w^2_12", "w^2_22"]
    assert [explanation[f"b{n}"].name for n in range(1, 5)] == ["b_11", "b_12", "b_21", "b_22"]
    assert explanation["∂E/∂w3"].name == "∂L/∂w^1_12"
    assert explanation["new w6"].name == explanation["w6'"].name == "w^2_21'"


@pytest.mark.parametrize("activation, of", [("sigmoid", "z_21"), ("linear", "ŷ")])
def test_delta_is_the_gradient_of_what_goes_into_a_unit(activation, of):
    model = dense(2, 2, 1, activation=activation)
    explanation = model.explain(X, Y)
    assert explanation["δ_21"].name == explanation["delta_21"].name == f"∂L/∂{of}"
    assert explanation["δ_12"].name == ("∂L/∂o_12" if of == "ŷ" else "∂L/∂z_12")
    assert model.explain(X, Y, weight="δ_21").of("backward")[-1].name == f"∂L/∂{of}"
    assert model.explain(X, Y, weight="w4").of("given")[0].name == "w^1_22"


def test_a_row_has_deltas_of_its_own():
    explanation = dense(2, 2, 1).explain([*X, *X], [*Y, *Y])
    assert explanation["δ_12[2]"].name == "∂L/∂z_12[2]"


def test_the_heading_says_which_names_there_are():
    legend = dense(2, 2, 1).explain(X, Y).legend
    assert "Other names: w1 = w^1_11, w2 = w^1_21, …, w6 = w^2_21; b1 = b_11, …, b3 = b_21." in [
        each.replace("b2 = b_12, ", "…, ") for each in legend]
    assert "δ_kj is the gradient of what goes into unit j of layer k." in legend


@pytest.mark.parametrize("model", [
    lambda: dense(2, 9, 1), lambda: dense(2, 30, 1), lambda: Sequential([
        layers.Input((2,)), layers.Dense(1), layers.LayerNormalization()])],
    ids=["b10 or b_10", "too many", "not only dense"])
def test_where_a_number_would_be_a_riddle_there_is_none(model):
    made = model()
    made.compile("sgd", "mse")
    explanation = made.explain(X, Y, level="weight")
    assert not [each for each in explanation.legend if each.startswith("Other names")]
    for name in ("w1", "δ_11"):
        with pytest.raises(ArgumentError, match="is called"):
            explanation[name]


def test_checks_know_the_other_names():
    model = dense(2, 2, 1)
    right = model.explain(X, Y)
    checked = model.explain(X, Y, check={"δ_21": right["δ_21"].value,
                                         "w5'": right["w^2_11'"].value}).checked
    assert not checked.slips


# remarks -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("level", ["weight", "unit", "layer"])
def test_a_gradient_of_0_but_for_rounding_is_said_to_be_one(level):
    model = Sequential([layers.Input((2,)), layers.Dense(2), layers.BatchNormalization(),
                        layers.Dense(1)])
    model.compile("sgd", "mse")
    explanation = model.explain([[0.1, 0.3], [0.7, -0.2], [0.5, 1.0]], [[1.0], [0.0], [2.0]],
                                level=level)
    said = [each.name for each in explanation.of("backward") if "0 but for rounding" in each.note]
    assert 0 < len(said) <= 2
    assert set(said) <= {"∂L/∂b_11", "∂L/∂b_12", "∂L/∂b1"}


def test_a_rate_by_a_schedule_is_told_in_full():
    model = dense(2, 1, optimizer=optimizers.SGD(schedules.ExponentialDecay(0.1, 10, 0.9)))
    assert model.explain(X, Y)["η"].value == 0.1
    model.train_on_batch(X, Y)
    assert model.explain(X, Y)["η"].value == pytest.approx(0.1 * 0.9 ** 0.1, rel=1e-14)
    assert model.optimizer.learning_rate.dtype == "float32"
