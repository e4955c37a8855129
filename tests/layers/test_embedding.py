"""The embedding layer beside Keras's: rows, masks, training, files, numbers without a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning, ShapeError
from pellucid.engines.trace import Traced
from tests.parity.oracle import compile_both, exchanged, keras_marks, real_keras, train_both, twins

pytestmark = keras_marks

TABLE = np.random.default_rng(3).normal(size=(6, 2)).astype("float32")
WORDS = np.array([[0, 5, 2], [3, 3, 0]])


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "float32", "float64"])
def test_numbers_become_rows_whatever_their_dtype(dtype):
    theirs, mine = (k.Embedding(6, 2, weights=TABLE) for k in (real_keras().layers, layers))
    numbers = WORDS.astype(dtype) + (0.7 if dtype.startswith("float") else 0)
    assert mine(numbers).dtype == "float32"
    assert (mine(numbers).numpy() == TABLE[WORDS]).all()
    assert (np.asarray(theirs(numbers)) == mine(numbers).numpy()).all()
    assert mine(np.array(4)).shape == (2,)
    assert mine(WORDS[..., None]).shape == (2, 3, 1, 2)


def test_precision_is_the_layer_s_own():
    assert layers.Embedding(6, 2, dtype="float64", weights=[TABLE])(WORDS).dtype == "float64"
    assert layers.Embedding(6, 2, dtype="float16")(WORDS).dtype == "float16"


def test_a_number_without_a_row_is_an_error_with_its_place():
    layer = layers.Embedding(6, 2, name="words")
    with pytest.raises(ArgumentError, match=r'Embedding "words" has rows for the numbers 0 … 5, '
                                            r"but got 8 at \[1, 2\].*input_dim=9 would"):
        layer(np.array([[0, 1, 2], [3, 4, 8]]))
    with pytest.raises(ArgumentError, match=r"but got -1 at \[0\].*counted from 0"):
        layer(np.array([-1]))


def test_in_a_plan_such_a_number_is_what_it_is_in_keras():
    """NaN, which the loss will show; -1 is the last row; and no gradient for any other row."""
    theirs = real_keras().layers.Embedding(6, 2, weights=TABLE)
    mine = layers.Embedding(6, 2, weights=TABLE)
    numbers = np.array([[0, 6, -1], [-6, -7, 100]])
    found = Traced(mine)(numbers).numpy()
    assert np.array_equal(np.asarray(theirs(numbers)), found, equal_nan=True)
    assert np.isnan(found[..., 0]).tolist() == [[False, True, False], [False, True, True]]

    def slopes(numbers: Any) -> Any:
        with pellucid.GradientTape() as tape:
            y = mine(numbers)
        return tape.gradient(y, mine.embeddings)
    assert Traced(slopes)(numbers).numpy()[:, 0].tolist() == [2, 0, 0, 0, 0, 1]


def test_gradients_of_rows_that_occur_twice_add_up():
    layer = layers.Embedding(6, 2, weights=TABLE)
    with pellucid.GradientTape() as tape:
        y = layer(WORDS)
    assert tape.gradient(y, layer.embeddings).numpy()[:, 0].tolist() == [2, 0, 1, 2, 0, 1]


def test_zero_as_padding():
    y = layers.Embedding(6, 2, mask_zero=True)(WORDS)
    assert y._keras_mask.tolist() == [[False, True, True], [True, True, False]]
    assert getattr(layers.Embedding(6, 2)(WORDS), "_keras_mask", None) is None
    assert layers.Embedding(6, 2).compute_mask(WORDS) is None


def classifier(k: Any) -> Any:
    return k.Sequential([
        k.Input((3,), dtype="int32"),
        k.layers.Embedding(6, 2, embeddings_initializer="he_normal", embeddings_regularizer="l2",
                           embeddings_constraint=k.constraints.MaxNorm(0.8)),
        k.layers.Flatten(), k.layers.Dense(2, "softmax")])


def recommender(k: Any) -> Any:
    """How much a person likes a thing: the inner product of their rows."""
    person, thing = k.Input((1,), name="person"), k.Input((1,), name="thing")
    rows = [k.layers.Flatten()(k.layers.Embedding(6, 3)(each)) for each in (person, thing)]
    return k.Model([person, thing], k.layers.Dot(axes=1)(rows))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_five_steps_of_training(optimizer):
    pair = twins(classifier)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(0.05) if optimizer == "adam" else k.optimizers.SGD(0.5),
        "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]})
    train_both(pair, WORDS, np.array([0, 1]))


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_two_tables_and_their_inner_product(optimizer, tmp_path):
    pair = twins(recommender)
    compile_both(pair, lambda k: {
        "optimizer": k.optimizers.Adam(0.05) if optimizer == "adam" else k.optimizers.SGD(0.5),
        "loss": "mse"})
    x = [np.array([[0], [1], [1], [5]]), np.array([[2], [2], [3], [0]])]
    y = np.array([[1.0], [0.0], [1.0], [0.5]])
    train_both(pair, x, y)
    crossed = exchanged(pair, tmp_path)
    train_both(crossed, x, y, steps=2)
    assert np.allclose(crossed[1].predict(x, verbose=0), crossed[1](x).numpy(), atol=1e-6)


def test_gradients_in_float64():
    for make, x in ((classifier, WORDS), (recommender, [WORDS[:, :1], WORDS[:, 1:2]])):
        pellucid.set_random_seed(2)
        model = make(ours)
        model.compile(loss="mse")
        report = pellucid.gradient_check(model, x, np.ones((2, model.output_shape[-1])))
        assert report, str(report)
        assert report.error <= 1e-6


def test_the_config_is_keras_s():
    how: dict[str, Any] = {"input_dim": 6, "output_dim": 2, "mask_zero": True, "name": "words"}
    theirs = real_keras().layers.Embedding(**how).get_config()
    layer = layers.Embedding(**how)
    config = layer.get_config()
    assert {key: theirs[key] for key in config if not isinstance(config[key], dict)} == {
        key: value for key, value in config.items() if not isinstance(value, dict)}
    assert set(theirs) - set(config) == {"activity_regularizer", "quantization_config"}
    assert layers.Embedding.from_config(theirs).get_config() == config
    assert real_keras().layers.Embedding.from_config(config).mask_zero
    known = layers.Embedding(6, 2, weights=TABLE)
    assert "weights" not in known.get_config()
    assert known.built
    assert [w.path.split("/")[-1] for w in known.weights] == ["embeddings"]
    assert ours.Sequential([ours.Input((3,)), known])(WORDS).shape == (2, 3, 2)
    assert (known.embeddings.numpy() == TABLE).all()


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.Embedding(0, 2), ArgumentError, "input_dim must be a whole number at least 1"),
    (lambda: layers.Embedding(2, 2.5), ArgumentError, "output_dim must be a whole number"),
    (lambda: layers.Embedding(2), KindError, "needs output_dim"),
    (lambda: layers.Embedding(2, 2, lora_rank=4), ArgumentError, "no low-rank adaptation.*out"),
    (lambda: layers.Embedding(2, 2, mask=True), KindError, "no argument 'mask'.*mask_zero"),
    (lambda: layers.Embedding(2, 2, weights=TABLE), ShapeError, r"shape \(2, 2\)"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


def test_input_length_is_no_longer_needed():
    with pytest.warns(PellucidWarning, match="needs no input_length"):
        assert layers.Embedding(6, 2, input_length=3)(WORDS).shape == (2, 3, 2)
