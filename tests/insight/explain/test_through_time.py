"""Backpropagation through time in matrices: what each step of a sequence adds."""

from typing import Any

import numpy as np
import pytest

from pellucid import Sequential, layers, ops
from pellucid.insight.explain.worlds import Derivation

rng = np.random.default_rng(5)


class Cell(layers.Layer):
    """A cell of one's own; with ``held`` no gradient passes from step to step."""

    state_size = 2

    def __init__(self, held: bool = False) -> None:
        super().__init__(name="own_cell")
        self.held = held

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], 2), name="kernel")
        self.recurrent = self.add_weight((2, 2), name="recurrent_kernel")

    def call(self, x: Any, states: Any) -> Any:
        before = ops.stop_gradient(states[0]) if self.held else states[0]
        h = ops.tanh(ops.matmul(x, self.kernel) + ops.matmul(before, self.recurrent))
        return h, [h]


KINDS = {
    "simple": lambda: [layers.SimpleRNN(2)],
    "linear": lambda: [layers.SimpleRNN(2, activation=None)],
    "lstm": lambda: [layers.LSTM(2)],
    "gru": lambda: [layers.GRU(2)],
    "gru before": lambda: [layers.GRU(2, reset_after=False)],
    "unrolled": lambda: [layers.GRU(2, unroll=True, go_backwards=True)],
    "both ways": lambda: [layers.Bidirectional(layers.LSTM(2))],
    "in turn": lambda: [layers.LSTM(2, return_sequences=True), layers.SimpleRNN(2)],
    "one on the other": lambda: [layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)])],
    "own": lambda: [layers.RNN(Cell())],
    "all steps": lambda: [layers.GRU(2, return_sequences=True), layers.GlobalAveragePooling1D()]}


def explained(*some: layers.Layer, rows: int = 2, steps: int = 3, level: str = "layer") -> Any:
    model = Sequential([layers.Input((steps, 3)), *some, layers.Dense(1)])
    model.compile("sgd", "mse")
    return model.explain(rng.normal(size=(rows, steps, 3)), rng.normal(size=(rows, 1)),
                         level=level)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_every_gradient_of_a_recurrent_layer_has_its_formula(kind, rows):
    found = explained(*KINDS[kind](), rows=rows)
    assert not [each.name for each in found.of("backward") if each.formula is None]
    told = [each for each in found.of("backward") if each.name.startswith("∂L/∂W1<")]
    assert len(told) == 3
    np.testing.assert_allclose(sum(each.value for each in told), found["∂L/∂W1"].value, atol=1e-9)


@pytest.mark.parametrize("kind", ["simple", "lstm", "both ways", "own"])
@pytest.mark.parametrize("rows", [1, 2])
def test_what_is_printed_computes_what_is_printed(kind, rows):
    """A formula that gives another number than stands beside it is left out of `Derivation`."""
    found = explained(*KINDS[kind](), rows=rows)
    lines = {line.name: line for line in Derivation(found.steps).lines}
    assert [each.name for each in found.of("backward") if lines[each.name].formula is None
            and each.formula.value is None and "∂L/∂ℓ" not in str(each.formula)] == []


def test_an_lstm_is_told_gate_by_gate():
    found = explained(layers.LSTM(2))
    gates = "[∂L/∂i1<{0}> | ∂L/∂f1<{0}> | ∂L/∂g1<{0}> | ∂L/∂ω1<{0}>]"
    told = {each.name: str(each.formula) for each in found.of("backward")}
    assert told["∂L/∂H1<2>"] == f"{gates.format(3)} U1ᵀ"
    assert told["∂L/∂W1<1>"] == f"X<1>ᵀ {gates.format(1)}"
    assert told["∂L/∂U1<2>"] == f"H1<1>ᵀ {gates.format(2)}"
    assert told["∂L/∂b1<3>"] == f"Σ {gates.format(3)}"
    assert told["∂L/∂U1"] == "∂L/∂U1<2> + ∂L/∂U1<3>"
    assert found["∂L/∂W1<1>"].shapes == "(2×3)ᵀ(2×8) → (3×8)"
    assert any("∂L/∂W1<t> is what that step adds" in each for each in found.legend)


def test_the_sums_of_a_gru_are_told_apart_by_what_they_give():
    found = explained(layers.GRU(2))
    told = {each.name: str(each.formula) for each in found.of("forward")}
    assert told["ζ1<2>"] == "sigmoid(zζ1<2>)"
    assert told["n1<2>"] == "tanh(zn1<2>)"
    assert told["H1<1>"] == "(1 - ζ1<1>) * n1<1>"
    assert r"z_{1}^{r\langle 2 \rangle}" in found.to_latex()


def test_of_a_long_sequence_the_ends_are_told_and_the_rest_is_found():
    found = explained(layers.SimpleRNN(2), steps=9)
    names = [each.name for each in found.steps]
    assert [name for name in names if name.startswith("∂L/∂W1<")] == [
        "∂L/∂W1<1>", "∂L/∂W1<2>", "∂L/∂W1<8>", "∂L/∂W1<9>"]
    assert "H1<2>" in names
    assert "H1<5>" not in names
    total = "∂L/∂W1<1> + ∂L/∂W1<2> + [5 more] + ∂L/∂W1<8> + ∂L/∂W1<9>"
    assert str(found["∂L/∂W1"].formula) == total
    assert "5 more steps of the sequence, <3> to <7>" in str(found)
    assert str(found["∂L/∂W1<5>"].formula) == "X<5>ᵀ ∂L/∂Z1<5>"
    assert str(found["H1<5>"].formula) == "tanh(Z1<5>)"
    assert found.to_html().count("5 more steps") == 2


def test_a_state_that_a_mask_lets_pass_has_the_gradient_of_all_its_uses():
    model = Sequential([layers.Input((3, 1)), layers.Masking(), layers.LSTM(2), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.array([[[1.0], [0.5], [0.0]], [[0.7], [0.3], [0.2]]])
    found = model.explain(x, [[1.0], [0.0]], level="layer")
    told = {each.name: str(each.formula) for each in found.of("backward")}
    assert "∂L/∂H1<1> * sigmoid(ω1<1>)" in told["∂L/∂c1<1>"]     # by way of what is shown
    assert told["∂L/∂H1<3>"] == "mask<3> * ∂L/∂Ŷ W2ᵀ"
    assert [name for name, formula in told.items() if formula == "None"] in ([], ["∂L/∂W1"])


@pytest.mark.parametrize("level", ["weight", "layer"])
def test_what_is_hidden_inside_a_scan_stays_where_it_is_when_a_weight_is_nudged(level):
    found = explained(layers.RNN(Cell(held=True)), level=level)
    assert not [each.name for each in found.of("backward") if "nudge differs" in each.note]
    for each in found.of("backward"):
        if each.nudged is not None:
            assert each.nudged == pytest.approx(each.value, abs=1e-9), each.name


def test_what_is_hidden_in_a_scan_within_a_scan_is_held_too():
    class Twice(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight((1,), initializer="ones", name="kernel")

        def call(self, x: Any) -> Any:
            def outer(c: Any, row: Any) -> Any:
                def inner(d: Any, z: Any) -> Any:
                    d = ops.tanh(d * self.w + z)
                    return ops.stop_gradient(d) * 0.5 + d * d, d
                d, _ = ops.scan(inner, c, row)
                return ops.stop_gradient(d * self.w) + d, d
            return ops.scan(outer, ops.zeros_like(x[:, 0, 0:1]), ops.transpose(
                ops.stack([x, 2 * x], axis=-1), (1, 2, 0, 3))[..., :1])[0]

    found = explained(Twice(), level="weight")
    step, = (each for each in found.of("backward") if each.nudged is not None
             and each.place == "twice")
    assert step.value != 0
    assert step.nudged == pytest.approx(step.value, rel=1e-6)


def test_a_dropout_that_silences_a_whole_row_is_told():
    for seed in range(20):
        model = Sequential([layers.Input((2,)), layers.Dense(2), layers.Dropout(0.9, seed=seed),
                            layers.Dense(2, "tanh"), layers.Dense(1)])
        model.compile("sgd", "mse")
        found = model.explain([[1.0, 2.0]], [[1.0]], level="layer")
        if any("silences every unit" in each for each in found.legend):
            break
    assert str(found["z2"].formula) == "b2"
    assert not [each.name for each in found.steps if "no short formula" in each.note]
    assert str(found["∂L/∂W2"].formula) == str(found["∂L/∂o1"].formula) == "0"


def test_dropout_noise_and_tables_have_short_formulas():
    model = Sequential([layers.Input((3,)), layers.Embedding(4, 2), layers.LSTM(2),
                        layers.Dropout(0.5, seed=1), layers.GaussianNoise(0.1, seed=2),
                        layers.Dense(1)])
    model.compile("sgd", "mse")
    found = model.explain(np.array([[1, 2, 3], [0, 1, 1]]), [[1.0], [0.0]], level="layer")
    told = {each.name: str(each.formula) for each in found.of("forward")}
    assert told["P"] == "mask * O2 / 0.5"
    assert told["Q"] == "P + noise"
    assert told["i2<2>"] == "(e1[X[:, 1]] W2 + b2 + H2<1> U2)[:, 0:2]"
