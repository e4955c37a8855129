"""What the forward pass itself renews, and what stop_gradient hides: averages, power iterations."""

import numpy as np
import pytest

from pellucid import Sequential, layers
from pellucid.core.errors import ArgumentError

X, Y = [[0.1, 0.3], [0.7, -0.2], [0.5, 1.0]], [[1.0], [0.0], [2.0]]


def model_of(*hidden: layers.Layer, dtype: str = "float64") -> Sequential:
    model = Sequential([layers.Input((2,), dtype=dtype), *hidden, layers.Dense(1, dtype=dtype)])
    model.compile("sgd", "mse")
    return model


RENEWED = {
    "averages": lambda: layers.BatchNormalization(momentum=0.9, dtype="float64"),
    "renormalization": lambda: layers.BatchNormalization(renorm=True, dtype="float64"),
    "power iteration": lambda: layers.SpectralNormalization(
        layers.Dense(2, dtype="float64"), power_iterations=2, dtype="float64")}


@pytest.mark.parametrize("kind", RENEWED)
def test_what_the_forward_pass_renews_has_its_line(kind):
    model = model_of(RENEWED[kind]())
    by_weight, by_layer = (model.explain(X, Y, level=level) for level in ("weight", "layer"))
    before = {each.path: each.numpy() for each in model.weights}
    new = {alias: step.value for step in by_weight.of("update") for alias in step.aliases}
    whole = {step.name: step for step in by_layer.of("update")}
    assert {each.path: each.numpy().tolist() for each in model.weights} == {
        path: values.tolist() for path, values in before.items()}
    model.train_on_batch(X, Y)
    followed = [each for each in model.non_trainable_variables if each.dtype == "float64"]
    assert followed
    for each in followed:
        for where in np.ndindex(each.shape):
            name = f"{each.path}[{', '.join(map(str, where))}]'"
            assert new[name] == pytest.approx(each.numpy()[where], rel=1e-9), name
        step = whole[f"{each.name}1'"]
        np.testing.assert_allclose(step.value, each.numpy(), rtol=1e-9)
        assert step.formula is not None


def test_an_average_is_told_with_its_momentum():
    model = model_of(RENEWED["averages"]())
    explanation = model.explain(X, Y)
    assert str(explanation["moving_mean_11'"].formula) == "0.9 * moving_mean_11 + 0.1 * μ_11"
    assert str(model.explain(X, Y, level="layer")["moving_variance1'"].formula) == (
        "0.9 * moving_variance1 + 0.1 * σ21")


def test_an_average_is_renewed_after_what_it_is_made_of():
    explanation = model_of(RENEWED["renormalization"]()).explain(X, Y)
    names = [each.name for each in explanation.of("update")]
    assert names.index("moving_stddev_11'") < names.index("moving_variance_11'")


def test_an_average_can_be_asked_about():
    explanation = model_of(RENEWED["averages"]()).explain(X, Y, weight="moving_mean_12")
    assert [each.name for each in explanation.steps] == [
        "moving_mean_12", "μ_12", "moving_mean_12'", "L'"]
    assert explanation.why("moving_mean_12").startswith(
        "No gradient moves moving_mean_12, the forward pass does: moving_mean_12' = 0.9·")


def test_an_average_that_rests_is_not_told():
    frozen = layers.BatchNormalization(trainable=False, dtype="float64")
    explanation = model_of(frozen).explain(X, Y)
    assert not [each for each in explanation.of("update") if each.name.startswith("moving")]
    with pytest.raises(ArgumentError, match="knows no weight or unit"):
        model_of(frozen).explain(X, Y, weight="moving_mean_11")


@pytest.mark.parametrize("make, count", [
    (lambda: layers.SimpleRNN(2, stateful=True), 1), (lambda: layers.LSTM(2, stateful=True), 2)])
def test_a_state_that_is_kept_has_its_line(make, count):
    layer = make()
    model = Sequential([layers.Input((2, 1), batch_size=1), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    x, y = [[[0.5], [1.0]]], [[1.0]]
    model.train_on_batch(x, y)
    steps = {each.name: each for each in model.explain(x, y, level="weight").of("update")}
    model.train_on_batch(x, y)
    for i, state in enumerate(layer.states, 1):
        name = "state" if count == 1 else f"state{i}"
        for j in (1, 2):
            step = steps[f"{name}_1{j}'"]
            assert step.value == pytest.approx(float(state.numpy()[0, j - 1]), abs=1e-6)
            assert step.formula is not None


def test_weights_of_a_wrapped_layer_have_one_name():
    explanation = model_of(RENEWED["power iteration"]()).explain(X, Y)
    assert str(explanation["w^2_11'"].formula) == "w^2_11 - η * ∂L/∂w^2_11"
    assert not [each for each in explanation.steps if each.name.startswith("w^1")]


# what stop_gradient hides ------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["renormalization", "power iteration"])
@pytest.mark.parametrize("level", ["weight", "unit"])
def test_a_nudge_leaves_what_stop_gradient_hides_where_it_is(kind, level):
    for step in model_of(RENEWED[kind]()).explain(X, Y, level=level).of("backward"):
        if step.nudged is not None:
            assert step.nudged == pytest.approx(step.value, rel=1e-6, abs=1e-9), step.name
            assert "the nudge differs" not in step.note


def test_the_loss_after_the_step_moves_what_stop_gradient_hides():
    model = model_of(RENEWED["power iteration"]())
    after, (u,) = model.explain(X, Y)["L'"].value, model.layers[0].non_trainable_variables
    before = u.numpy()
    model.train_on_batch(X, Y)
    u.assign(before)                                     # the step's own round is not done twice
    assert model.train_on_batch(X, Y) == pytest.approx(after, rel=1e-6)     # η is float32


def test_in_matrices_a_nudge_that_differs_is_remarked_on():
    model = Sequential([layers.Input((1,)), layers.Dense(1, "relu", kernel_initializer="ones")])
    model.compile("sgd", "mse")
    model.set_weights([[[1.0]], [-1.0]])                 # z = 0, where relu has its bend
    step = model.explain([[1.0]], [[1.0]], level="layer")["∂L/∂W1"]
    assert "the nudge differs: it crosses a bend" in step.note
