"""The network of a run: its first answers, its scales, its units."""

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError
from pellucid.data.target import Target
from pellucid.tabular.config import Config
from pellucid.tabular.network import (
    build_network,
    compile_network,
    finished_model,
    training_target,
)
from pellucid.tabular.scores import scores

X = np.random.default_rng(3).normal(50, 10, (40, 3)).astype(np.float32)
PRICE = Target(("price", "rent"), "regression", centre=(1e6, -3.0), spread=(2e5, 0.5))
KIND = Target(("kind",), "multiclass", (("a", "b", "c"),), centre=(0.5, 0.25, 0.25))
SETTINGS = Config(layers="8 relu, batchnorm, dropout 0.2, 4 tanh", output="linear", skip=False,
                  loss="mean_squared_error", optimizer="adam", rate=0.01, schedule="constant",
                  l2=0.0, decay=0.0, label_smoothing=0.0, epochs=2, batch_size=16, patience=2)
CLASSES = SETTINGS.changed(output="softmax", loss="sparse_categorical_crossentropy")


def layers_of(model):
    return [type(layer).__name__ for layer in model.layers]


def predictions(model):
    return np.asarray(model.predict(X, verbose=0))


def test_layers_stand_as_written_after_the_scaling():
    network = build_network(X, PRICE, SETTINGS)
    assert layers_of(network) == ["InputLayer", "Normalization", "Dense", "BatchNormalization",
                                  "Dropout", "Dense", "Dense"]
    assert network.output_shape == (None, 2)


def test_numbers_are_standardised_inside():
    shifted = build_network(X * 1000 + 7, PRICE, SETTINGS.changed(layers="none"))
    assert np.abs(predictions(shifted)).max() < 1e3          # unscaled numbers would reach 1e5


def test_straight_path_starts_with_the_trivial_answer():
    network = build_network(X, KIND, CLASSES.changed(skip=True))
    assert "Add" in layers_of(network)
    assert np.allclose(predictions(network), 1 / 3)


def test_finished_model_answers_in_the_targets_units():
    network = build_network(X, PRICE, SETTINGS)
    compile_network(network, PRICE, SETTINGS, len(X))
    y = np.array(PRICE.centre) + np.array(PRICE.spread) * X[:, :2] / 10
    network.fit(X, training_target(PRICE, y, SETTINGS), epochs=2, batch_size=16, verbose=0)
    model = finished_model(network, PRICE, SETTINGS)
    expected = np.array(PRICE.centre) + np.array(PRICE.spread) * predictions(network)
    assert np.allclose(predictions(model), expected, rtol=1e-5)
    assert model.optimizer is network.optimizer


def test_classifier_is_finished_as_it_is():
    network = build_network(X, KIND, CLASSES)
    assert finished_model(network, KIND, CLASSES) is network


def test_target_takes_the_form_that_the_loss_needs():
    y = np.array([2, 0])
    assert training_target(KIND, y, CLASSES).tolist() == [2, 0]
    for other in (CLASSES.changed(loss="categorical_crossentropy"),
                  CLASSES.changed(label_smoothing=0.1)):
        assert training_target(KIND, y, other).tolist() == [[0, 0, 1], [1, 0, 0]]
    standard = training_target(PRICE, np.array([[1.2e6, -2.5]]), SETTINGS)
    assert standard.tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize("settings", [
    CLASSES.changed(label_smoothing=0.1), CLASSES.changed(schedule="cosine", optimizer="sgd"),
    CLASSES.changed(decay=0.01), CLASSES.changed(l2=0.01, skip=True),
    CLASSES.changed(loss="categorical_hinge")])
def test_every_setting_trains(settings):
    network = build_network(X, KIND, settings)
    compile_network(network, KIND, settings, len(X))
    before = predictions(network)
    y = training_target(KIND, np.arange(40) % 3, settings)
    network.fit(X, y, epochs=1, batch_size=16, verbose=0)
    assert not np.allclose(predictions(network), before)


def test_accuracy_of_labels_is_that_of_the_scores():
    labels = Target(("a", "b"), "multilabel", (("n", "y"), ("n", "y")), centre=(0.5, 0.5))
    settings = SETTINGS.changed(output="sigmoid", loss="binary_crossentropy")
    network = build_network(X, labels, settings)
    compile_network(network, labels, settings, len(X))
    y = np.random.default_rng(1).integers(0, 2, (40, 2))
    said = network.evaluate(X, y, batch_size=16, verbose=0, return_dict=True)["accuracy"]
    assert float(said) == pytest.approx(((predictions(network) > 0.5) == y).mean(), abs=1e-6)
    assert float(said) == pytest.approx(scores(labels, y, predictions(network))["accuracy"])


def test_error_of_standardised_numbers_says_so():
    network = build_network(X, PRICE, SETTINGS)
    compile_network(network, PRICE, SETTINGS, len(X))
    y = training_target(PRICE, np.tile(PRICE.centre, (40, 1)) + PRICE.spread, SETTINGS)
    logs = network.evaluate(X, y, verbose=0, return_dict=True)
    assert float(logs["absolute_error_in_std"]) == pytest.approx(
        np.abs(predictions(network) - 1).mean(), rel=1e-5)


def test_smoothing_needs_a_crossentropy():
    network = build_network(X, PRICE, SETTINGS)
    with pytest.raises(ArgumentError, match="label smoothing needs a crossentropy"):
        compile_network(network, PRICE, SETTINGS.changed(label_smoothing=0.1), len(X))
