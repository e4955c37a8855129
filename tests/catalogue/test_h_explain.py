"""Catalogue H1-H3 and B1, B2: `explain` shows the derivations of the notes, to all their digits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pellucid import Sequential, ops, optimizers
from pellucid.layers import Dense, Input


def network(*units: int, activation: str = "sigmoid", loss: object = "mse", rate: float = 0.5
            ) -> Sequential:
    inputs, *rest = units
    model = Sequential([Input((inputs,)), *(Dense(n, activation=activation) for n in rest)])
    model.compile(optimizers.SGD(rate), loss)
    return model


def half_square(y, p):
    return 0.5 * (y - p) ** 2


def half_sum_of_squares(y, p):
    return 0.5 * ops.sum((y - p) ** 2, axis=-1)


# H1: the 1-1-1 chain --------------------------------------------------------------------------

H1 = {"z1": 0.415, "a1": 0.6022861768886306, "z2": 0.8910287795998838, "a2": 0.7091024309276002,
      "∂E/∂w2": 0.05703764086303308, "∂E/∂θ2": 0.09470189264127836,
      "∂E/∂w1": 0.001020809619400057, "∂E/∂θ1": 0.010208096194000569,
      "new w1": 0.14897919038059992, "new w2": 0.3929623591369669,
      "new θ1": 0.38979190380599943, "new θ2": 0.5252981073587216}


def chain() -> Sequential:
    model = network(1, 1, 1, loss=half_square, rate=1.0)
    model.set_weights([[[0.15]], [0.40], [[0.45]], [0.62]])
    return model


def test_H1_explain_prints_the_chain_to_all_digits():
    explanation = chain().explain([[0.1]], [[0.25]], digits=17)
    found = {alias: step for step in explanation.steps for alias in (step.name, *step.aliases)}
    text = str(explanation)
    for name, value in H1.items():
        assert found[name].value == pytest.approx(value, rel=0, abs=2e-16), name
        assert repr(found[name].value) in text, name
    assert found["w1"].value == 0.15                     # and not the float32 nearest to it
    for step in explanation.of("backward"):
        assert step.nudged is None or step.nudged == pytest.approx(step.value, abs=1e-12)


def test_H1_every_factor_of_the_chain_rule_is_named_and_valued():
    explanation = chain().explain([[0.1]], [[0.25]])
    factors = {each.name: (str(each.formula), each.value) for step in explanation.of("backward")
               for product in step.products for each in product.factors if each.formula is not None}
    a1, a2 = H1["a1"], H1["a2"]
    assert factors == {
        "∂ŷ/∂z_21": ("ŷ * (1 - ŷ)", pytest.approx(a2 * (1 - a2))),
        "∂z_21/∂w^2_11": ("o_11", pytest.approx(a1)), "∂z_21/∂b_21": ("1", 1),
        "∂z_21/∂o_11": ("w^2_11", 0.45),
        "∂o_11/∂z_11": ("o_11 * (1 - o_11)", pytest.approx(a1 * (1 - a1))),
        "∂z_11/∂w^1_11": ("x", 0.1), "∂z_11/∂b_11": ("1", 1)}
    reason = explanation.why("w1")
    assert ("∂L/∂ŷ (0.4591) · ∂ŷ/∂z_21 (0.2063) · ∂z_21/∂o_11 (0.45) · ∂o_11/∂z_11 (0.2395) · "
            "∂z_11/∂w^1_11 (0.1)") in reason
    assert "smallest factor is ∂z_11/∂w^1_11 = x = 0.1 in dense" in reason


# H2: any small network ------------------------------------------------------------------------

def two_two_two() -> Sequential:
    """The 2-2-2 network that goes round in lecture notes; its biases are kept."""
    model = network(2, 2, 2, loss=half_sum_of_squares)
    model.set_weights([[[0.15, 0.25], [0.20, 0.30]], [0.35, 0.35],
                       [[0.40, 0.50], [0.45, 0.55]], [0.60, 0.60]])
    for layer in model.layers:
        layer.bias.trainable = False
    return model


def test_H2_the_well_known_two_two_two_network():
    model = two_two_two()
    explanation = model.explain([[0.05, 0.10]], [[0.01, 0.99]])
    text, value = str(explanation), {each.name: each.value for each in explanation.steps}
    digits = {"o_11": ".593269992", "o_12": ".596884378", "ŷ_1": ".751365070",
              "ŷ_2": ".772928465", "L": ".298371109", "L'": ".291027774",
              "w^2_11'": ".35891648", "w^2_21'": ".40866619", "w^2_12'": ".51130127",
              "w^2_22'": ".56137012", "w^1_11'": ".14978072", "w^1_21'": ".19956143",
              "w^1_12'": ".24975114", "w^1_22'": ".29950229"}
    for name, printed in digits.items():
        assert f"{value[name]:.{len(printed) - 1}f}" == f"0{printed}", name
        assert f"0{printed[:8].rstrip('0')}" in text, name
    assert not any(name.startswith("b_") and name.endswith("'") for name in value)


@pytest.mark.parametrize("units", [(2, 2, 1), (4, 3, 2, 1), (3, 2)])
def test_H2_every_weight_of_a_small_network_is_derived(units):
    model = network(*units)
    rng = np.random.default_rng(3)
    explanation = model.explain(rng.normal(size=(1, units[0])), rng.normal(size=(1, units[-1])))
    text = str(explanation)
    for k, (left, right) in enumerate(pairwise(units), 1):
        for j in range(1, right + 1):
            names = [f"w^{k}_{i}{j}" for i in range(1, left + 1)] + [f"b_{k}{j}"]
            for name in names:
                assert f"∂L/∂{name} = ∂L/∂z_{k}{j} · ∂z_{k}{j}/∂{name}" in text
                assert f"{name}' = {name} - η·∂L/∂{name}" in text


def test_H2_explain_leaves_the_model_as_it_was():
    model, twin = (network(2, 2, 1) for _ in range(2))
    twin.set_weights(model.get_weights())
    x, y = np.ones((2, 2)), np.zeros((2, 1))
    model.explain(x, y)
    assert not model.optimizer.built
    assert int(model.optimizer.iterations) == 0
    for each, other in zip(model.weights, twin.weights, strict=True):
        assert each.dtype == "float32"
        assert (each.numpy() == other.numpy()).all()
    assert model.train_on_batch(x, y) == twin.train_on_batch(x, y)
    for each, other in zip(model.weights, twin.weights, strict=True):
        assert (each.numpy() == other.numpy()).all()


# H3: a linear output and (y - ŷ)² -------------------------------------------------------------

def test_H3_a_linear_output_has_the_gradient_minus_two_error_times_output():
    model = network(1, 1, activation="linear", loss=lambda y, p: (y - p) ** 2)
    model.set_weights([[[0.5]], [0.1]])
    explanation = model.explain([[2.0]], [[3.0]])
    first, weight = explanation["∂L/∂ŷ"], explanation["∂L/∂w^1_11"]
    assert str(first.formula) == "-2 * (y - ŷ)"
    [product] = weight.products
    assert [each.name for each in product.factors] == ["∂L/∂ŷ", "∂ŷ/∂w^1_11"]
    assert str(product.factors[1].formula) == "x"
    assert weight.value == pytest.approx(-2 * (3.0 - 1.1) * 2.0)


# B1, B2: notation and shapes --------------------------------------------------------------------

@pytest.mark.parametrize("units, count", [((4, 3, 2, 1), 26), ((2, 2, 1), 9)])
def test_B1_parameters_are_counted_and_named_as_in_the_notes(units, count):
    explanation = network(*units).explain(np.ones((1, units[0])), np.ones((1, 1)))
    given = [each.name for each in explanation.of("given") if each.name[0] in "wb"]
    wanted = [f"w^{k}_{i}{j}" for k, (left, right) in enumerate(pairwise(units), 1)
              for i in range(1, left + 1) for j in range(1, right + 1)]
    wanted += [f"b_{k}{j}" for k, n in enumerate(units[1:], 1) for j in range(1, n + 1)]
    assert len(given) == count
    assert sorted(given) == sorted(wanted)
    assert f"{count} weights" in explanation.title


def test_B1_a_weight_leads_from_i_into_unit_j_of_layer_k():
    model = network(3, 2, 1)
    kernel = model.layers[0].kernel.numpy()
    explanation = model.explain(np.ones((1, 3)), np.ones((1, 1)))
    assert explanation["w^1_32"].value == pytest.approx(kernel[2, 1], abs=1e-6)
    assert "x_3 * w^1_32" in str(explanation["z_12"].formula)
    assert explanation["o_21"].name == "ŷ"               # the output, under its other name


def test_B2_forward_propagation_layer_by_layer_with_shapes():
    explanation = network(4, 3, 2, 1).explain(np.ones((1, 4)), np.ones((1, 1)), level="layer")
    lines = {each.name: (str(each.formula), each.shapes) for each in explanation.of("forward")}
    assert lines == {
        "z1": ("W1ᵀ x + b1", "(4×3)ᵀ(4×1) + (3×1) → (3×1)"), "o1": ("sigmoid(z1)", "→ (3×1)"),
        "z2": ("W2ᵀ o1 + b2", "(3×2)ᵀ(3×1) + (2×1) → (2×1)"), "o2": ("sigmoid(z2)", "→ (2×1)"),
        "z3": ("W3ᵀ o2 + b3", "(2×1)ᵀ(2×1) + (1×1) → (1×1)"), "ŷ": ("sigmoid(z3)", "→ (1×1)")}
    assert "z1 = W1ᵀ x + b1   (4×3)ᵀ(4×1) + (3×1) → (3×1)" in str(explanation)


def test_B2_many_rows_stand_in_a_matrix():
    explanation = network(4, 3, 1).explain(np.ones((5, 4)), np.ones((5, 1)), level="layer")
    assert explanation["Z1"].shapes == "(5×4)(4×3) + (3) → (5×3)"
    back = {each.name: str(each.formula) for each in explanation.of("backward")}
    assert back["∂L/∂W2"] == "O1ᵀ ∂L/∂Z2"
    assert back["∂L/∂O1"] == "∂L/∂Z2 W2ᵀ"
