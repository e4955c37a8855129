"""Mistakes of the Python side: what was expected, got, where it was and what to try."""

from __future__ import annotations

import re
import warnings
from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers, ops
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    PellucidError,
    PellucidWarning,
    ShapeError,
    TracingError,
)

X = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
LABELS = np.arange(12) % 3


def classifier(units: int = 3, activation: str | None = "softmax",
               loss: Any = "sparse_categorical_crossentropy", **compile: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)),
                              layers.Dense(units, activation, name="answer")])
    model.compile(**{"optimizer": "adam", "loss": loss, **compile})
    return model


@pytest.mark.parametrize("make, told", [
    (lambda: layers.Dense(3, activation="rleu"), "'rleu' is not a known activation.*\"relu\""),
    (lambda: layers.Activation("sofmax"), "'sofmax' is not a known activation.*\"softmax\""),
    (lambda: layers.Dense(3, kernel_initializer="he_norm"), 'known initializer.*"he_normal"'),
    (lambda: layers.Dense(3, kernel_regularizer="l3"), "'l3' is not a known regularizer"),
    (lambda: layers.Dense(3, kernel_constraint="max_nrm"), 'known constraint.*"max_norm"'),
    (lambda: classifier(optimizer="adm"), 'known optimizer.*"adam"'),
    (lambda: classifier(loss="mean_square_error"), 'known loss.*"mean_squared_error"'),
    (lambda: classifier(metrics=["acuracy"]), "known metric.*accuracy"),
    (lambda: classifier(weighted_metrics=["recal"]), 'known metric.*"recall"'),
    (lambda: layers.Dense(3, kernel_initialiser="zeros"),
     "Dense has no argument 'kernel_initialiser'"),
    (lambda: keras.optimizers.Adam(learning_rte=0.1), "Adam has no argument 'learning_rte'"),
    (lambda: layers.Dense(0), "Dense's units must be a whole number at least 1, but got 0"),
    (lambda: layers.Dense(2.5), "units must be a whole number at least 1, but got 2.5"),
    (lambda: layers.Dense("ten"), "units must be a whole number at least 1, but got 'ten'"),
    (lambda: layers.Dropout(1.5), "Dropout's rate must be at least 0 and at most 1, but got 1.5"),
    (lambda: layers.BatchNormalization(momentum=2), "momentum must be at least 0 and at most 1"),
    (lambda: keras.optimizers.Adam(learning_rate=-1.0), "at least 0, but got -1.0"),
    (lambda: keras.optimizers.Adam(beta_1=1.5), "beta_1 must be .*below 1, but got 1.5"),
    (lambda: keras.optimizers.SGD(momentum=float("nan")), "momentum must be .*got nan"),
    (lambda: keras.optimizers.SGD(clipnorm=1, clipvalue=1), "clips gradients in one way only"),
    (lambda: keras.losses.Huber(delta=0), "delta must be above 0, but got 0"),
    (lambda: keras.losses.MeanSquaredError(reduction="average"), "not a known reduction"),
], ids=lambda value: "" if callable(value) else value[:24])
def test_names_and_ranges(make, told):
    with pytest.raises((PellucidError), match=told) as caught:
        make()
    assert "Traceback" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_x_and_y_of_different_lengths():
    with pytest.raises(DataError, match=r"12.*11|11.*12"):
        classifier().fit(X, LABELS[:11], verbose=0)
    with pytest.raises(PellucidError, match="12"):
        classifier().fit(X, LABELS, sample_weight=np.ones(5), verbose=0)


def test_data_of_another_width_name_the_layer_and_the_line():
    with pytest.raises(ShapeError, match=r'Dense "answer" needs 4 features \(its kernel is 4 × 3\)'
                       r".*got shape \(12, 3\), at test_mistakes\.py:\d+"):
        classifier().fit(X[:, :3], LABELS, verbose=0)
    with pytest.raises(ShapeError, match=r'needs 4 features'):
        classifier().predict(X[:, :3], verbose=0)


@pytest.mark.parametrize("labels, told", [
    (LABELS + (LABELS == 2), "0 to 2, but got 3 in row 2.*Number the classes from 0"),
    (LABELS - 1, "0 to 2, but got -1 in row 0"),
    (LABELS + 0.5, "whole numbers 0 to 2, but got 0.5")])
def test_labels_outside_the_classes(labels, told):
    with pytest.raises(DataError, match=f'Dense "answer" has 3 classes.*{told}'):
        classifier().fit(X, labels, verbose=0)


def test_labels_of_the_validation_data():
    with pytest.raises(DataError, match='Dense "answer" has 3 classes.*got 3 in row 3'):
        classifier().fit(X, LABELS, validation_data=(X, np.arange(12)), verbose=0)


def test_training_before_compile():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    for act in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ArgumentError, match=r"compile the model before.*model\.compile\("):
            act(X, LABELS)


def test_targets_that_do_not_match_the_outputs():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [layers.Dense(1, name="a")(inputs),
                                 layers.Dense(1, name="b")(inputs)])
    model.compile("sgd", "mse")
    with pytest.raises(ShapeError, match="the model has 2 outputs, but got 1 targets"):
        model.fit(X, X[:, :1], verbose=0)
    for how, told in (({"loss": ["mse"] * 3}, "one entry for each of the 2 outputs, but got 3"),
                      ({"loss": {"a": "mse", "c": "mse"}}, "names the output 'c'"),
                      ({"loss": "mse", "loss_weights": 2.0}, "must be a list or a dict"),
                      ({"loss": "mse", "metrics": ["mae"]}, "one entry|must be a list or a dict")):
        model.compile("sgd", **how)
        with pytest.raises(ArgumentError, match=told):
            model.fit(X, [X[:, :1], X[:, :1]], verbose=0)


def test_a_loss_without_targets():
    with pytest.raises(ArgumentError, match="has a loss, but no targets were given"):
        classifier().fit(X, verbose=0)
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
    model.compile("sgd")
    with pytest.raises(ArgumentError, match="nothing to minimise"):
        model.fit(X, X[:, :1], verbose=0)


class Branch(layers.Layer):
    def call(self, inputs: Any) -> Any:
        if ops.sum(inputs) > 0:
            return inputs
        return -inputs


def test_a_python_if_on_a_traced_value():
    branching = keras.Sequential([layers.Dense(1), Branch()])
    branching.compile("sgd", "mse")
    with pytest.raises(TracingError, match=r"needs the numbers of a tensor of shape \(\).*at "
                       r"test_mistakes\.py:\d+: if ops\.sum\(inputs\) > 0:.*ops\.where.*"
                       r"run_eagerly=True"):
        branching.fit(X, X[:, :1], verbose=0)
    eager = keras.Sequential([keras.Input((4,)), layers.Dense(1), Branch(), layers.Dense(1)])
    eager.compile("sgd", "mse", run_eagerly=True)
    eager.fit(X, X[:, :1], verbose=0)


class Hoarder(layers.Layer):
    """Keeps a tensor of one trace for the next."""

    kept: Any = None

    def call(self, inputs: Any) -> Any:
        out = inputs if self.kept is None else inputs + self.kept
        self.kept = ops.mean(inputs)
        return out


def test_a_tensor_that_outlives_its_trace():
    model = keras.Sequential([layers.Dense(1), Hoarder()])
    model.compile("sgd", "mse")
    with pytest.raises(TracingError, match="from an earlier trace.*Keep values that outlive"):
        model.fit(X, X[:, :1], verbose=0)


def test_numpy_inside_a_traced_function():
    class Numpy(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * np.mean(inputs.numpy())

    model = keras.Sequential([Numpy(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(TracingError, match=r"ops instead of NumPy"):
        model.fit(X, X[:, :1], verbose=0)


def test_a_variable_made_in_call():
    class Late(layers.Layer):
        def call(self, inputs: Any) -> Any:
            return inputs * keras.Variable(ops.mean(inputs))

    model = keras.Sequential([Late(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match=r"Create variables in build"):
        model.fit(X, X[:, :1], verbose=0)


BINARY = (LABELS > 0).astype("float32")
ADVICE = {
    "softmax on one unit": (1, "softmax", "binary_crossentropy", BINARY,
                            'Dense "answer" puts a softmax on one unit'),
    "softmax with binary crossentropy": (
        3, "softmax", "binary_crossentropy", np.eye(3)[LABELS], "softmax over 3 classes.*yes-no"),
    "sigmoid with categorical": (3, "sigmoid", "categorical_crossentropy", np.eye(3)[LABELS],
                                 "ends in sigmoids.*add up to 1"),
    "logits taken for probabilities": (3, None, "sparse_categorical_crossentropy", LABELS,
                                       "activation is linear.*from_logits=True"),
    "squashed twice": (1, "sigmoid", keras.losses.BinaryCrossentropy(from_logits=True), BINARY,
                       "squashes its input itself"),
    "one unit for classes": (1, "softmax", "sparse_categorical_crossentropy", 0 * LABELS,
                             "a single unit, so nothing can be learned"),
    "targets beyond 1": (1, "sigmoid", "binary_crossentropy", LABELS.astype("float32"),
                         "targets between 0 and 1, but they reach from 0 to 2"),
}


@pytest.mark.parametrize("name", ADVICE)
def test_what_is_unwise_is_said_once_before_the_first_step(name):
    units, activation, loss, y, told = ADVICE[name]
    model = classifier(units, activation, loss)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y, epochs=2, verbose=0)
    said = [str(each.message) for each in caught if each.category is PellucidWarning]
    assert sum(re.search(told, sentence) is not None for sentence in said) == 1
    assert len(said) == len(set(said)) == len(caught)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, y, verbose=0)                               # once is enough


def test_an_optimizer_that_cannot_move_or_may_divide_by_zero():
    with pytest.warns(PellucidWarning, match="learning_rate is 0, so no weight will move"):
        classifier(optimizer=keras.optimizers.Adam(0.0)).fit(X, LABELS, verbose=0)
    with pytest.warns(PellucidWarning, match="epsilon is 0"):
        classifier(optimizer=keras.optimizers.Adam(epsilon=0.0)).fit(X, LABELS, verbose=0)


@pytest.mark.parametrize("units, activation, loss, y", [
    (3, "softmax", "sparse_categorical_crossentropy", LABELS),
    (3, "softmax", "categorical_crossentropy", np.eye(3)[LABELS]),
    (1, "sigmoid", "binary_crossentropy", BINARY),
    (3, "sigmoid", "binary_crossentropy", np.eye(3)[LABELS]),
    (3, None, keras.losses.SparseCategoricalCrossentropy(from_logits=True), LABELS),
    (1, lambda x: ops.sigmoid(2 * x), "binary_crossentropy", BINARY),
    (1, None, "mse", BINARY), (1, "relu", "huber", BINARY)])
def test_healthy_models_are_not_warned(units, activation, loss, y):
    classifier(units, activation, loss).fit(X, y, verbose=0)
    wrapped = keras.Sequential([*classifier(units, activation, loss).layers, layers.Dropout(0.1)])
    wrapped.compile("sgd", loss)
    wrapped.fit(X, y, verbose=0)
