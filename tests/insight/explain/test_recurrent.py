"""Recurrent layers: gates by their names, and in matrices by parts of what all gates share."""

import numpy as np
import pytest

from pellucid import Sequential, layers


def explained(layer: layers.Layer, rows: int, level: str):
    model = Sequential([layers.Input((2, 1)), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    rng = np.random.default_rng(3)
    return model, model.explain(rng.random((rows, 2, 1)), rng.random((rows, 1)), level=level)


@pytest.mark.parametrize("rows, first, second", [
    (1, "(W1ᵀ x<1> + b1)[2:4]", "(W1ᵀ x<2> + b1 + U1ᵀ h1<1>)[2:4]"),
    (3, "(X<1> W1 + b1)[:, 2:4]", "(X<2> W1 + b1 + H1<1> U1)[:, 2:4]")])
def test_the_gates_of_an_lstm_have_formulas_in_matrices(rows, first, second):
    _, explanation = explained(layers.LSTM(2), rows, "layer")
    told = {each.name: str(each.formula) for each in explanation.of("forward")}
    assert (told["f1<1>"], told["f1<2>"]) == (first, second)
    assert told["c1<2>"] == "sigmoid(f1<2>) * c1<1> + sigmoid(i1<2>) * tanh(g1<2>)"
    assert not [name for name, formula in told.items() if formula == "None"]
    assert any("counted from 0" in each for each in explanation.legend)


def test_what_is_read_of_a_part_is_what_was_computed():
    model, explanation = explained(layers.LSTM(2), 3, "layer")
    x = np.random.default_rng(3).random((3, 2, 1))
    kernel, recurrent, bias = (np.asarray(each, np.float64) for each in model.get_weights()[:3])
    told = {each.name: each.value for each in explanation.of("forward")}
    both = (x.transpose(1, 0, 2) @ kernel + bias)[1] + told["H1<1>"] @ recurrent
    for i, name in enumerate(("i1<2>", "f1<2>", "g1<2>", "ω1<2>")):
        np.testing.assert_allclose(told[name], both[:, 2 * i:2 * i + 2], atol=1e-6)


@pytest.mark.parametrize("layer, letter, name", [
    (lambda: layers.LSTM(2), "ω", "o"), (lambda: layers.GRU(2), "ζ", "z")])
@pytest.mark.parametrize("level", ["unit", "layer"])
def test_a_gate_is_not_called_as_something_else_is(layer, letter, name, level):
    _, explanation = explained(layer(), 1, level)
    assert f"{letter} is what the code of the layer calls {name}." in explanation.legend
    names = [each.name for each in explanation.of("forward")]
    assert f"{letter}{'1' if level == 'layer' else ''}<1>" in {
        each.split("_")[0] for each in names}
    assert len(set(names)) == len(names)
    assert not [each for each in names if each.startswith(("a", "A", "o1<", "o<"))]
