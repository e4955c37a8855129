"""Models that begin with words: host stages run before the Plan, and the rest is compiled."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, DataError, KindError, TracingError
from pellucid.keras import Input, Model, Sequential, layers, models, optimizers

TEXTS = np.array([["the cat"], ["the dog sat on"], ["Cat!"], ["dog"]])
AMOUNTS = np.arange(4.0)[:, None]
WORDS, NUMBERS = np.array([["a"], ["zz"]]), np.array([[1.0, 2.0], [3.0, 4.0]])

# what Keras 3.15.1 on TensorFlow 2.21 gives for the same models, read from the files saved here
PREDICTED = [-0.05, -0.2, 0.05, 0.1]
ONE_BY_ONE = [-0.4, -0.2, -0.7, -0.5]
LOSSES = [1.4495785236358643, 17.77385139465332]
TRAINED = [-1.3127601146697998, 0.8036525249481201, -1.5352630615234375, -1.2498574256896973]
MIXED = [16.25, 33.25]


def sentences(length=None, first=True):
    vectorize = layers.TextVectorization(output_sequence_length=length)
    vectorize.adapt(["the cat sat", "the dog"])
    rest = [layers.Embedding(10, 2), layers.GlobalAveragePooling1D(), layers.Dense(1)]
    model = Sequential([Input((1,), dtype="string")] * first + [vectorize, *rest])
    if first:
        model.set_weights(WEIGHTS)
    return model


WEIGHTS = [np.arange(20.0).reshape(10, 2) / 10, [[1.0], [-2.0]], [0.5]]


def mixed():
    word, amount = Input((1,), dtype="string", name="word"), Input((2,), name="amount")
    known = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")(word)
    model = Model([word, amount], layers.Dense(1)(layers.Concatenate()([known, amount])))
    model.set_weights([np.arange(1.0, 6.0)[:, None], [0.25]])
    return model


def test_predictions_of_keras():
    model = sentences()
    assert model.output_shape == (None, 1)
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0).ravel(), PREDICTED, atol=2e-7)
    np.testing.assert_allclose(model.predict(TEXTS, batch_size=1, verbose=0).ravel(), ONE_BY_ONE,
                               atol=2e-7)                # each as wide as its own longest text
    np.testing.assert_allclose(model(TEXTS).numpy().ravel(), PREDICTED, atol=2e-7)
    np.testing.assert_allclose(model.predict(TEXTS.tolist(), verbose=0).ravel(), PREDICTED,
                               atol=2e-7)
    np.testing.assert_allclose(model.predict_on_batch(TEXTS).ravel(), PREDICTED, atol=2e-7)


def test_training_of_keras():
    model = sentences()
    model.compile(optimizers.SGD(0.5), "mse")
    history = model.fit(TEXTS, AMOUNTS, batch_size=2, shuffle=False, epochs=2, verbose=0).history
    np.testing.assert_allclose(history["loss"], LOSSES, rtol=1e-6)
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0).ravel(), TRAINED, rtol=1e-6)


def test_words_beside_numbers_as_in_keras():
    model = mixed()
    for x in ([WORDS, NUMBERS], {"word": WORDS, "amount": NUMBERS}, [WORDS.ravel(), NUMBERS]):
        np.testing.assert_allclose(model.predict(x, verbose=0).ravel(), MIXED)
    np.testing.assert_allclose(model([WORDS, NUMBERS]).numpy().ravel(), MIXED)


@pytest.mark.parametrize("eagerly", [False, True])
def test_training_equals_that_of_the_rest_on_numbers(eagerly):
    whole = sentences(length=4)
    rest = Sequential([Input((4,), dtype="int64"), *map(copy.deepcopy, whole.layers[1:])])
    rest.set_weights(WEIGHTS)
    numbers = whole.layers[0](TEXTS)
    for model in (whole, rest):
        model.compile("adam", "mse", metrics=["mae"], run_eagerly=eagerly)
    told = {"epochs": 3, "batch_size": 2, "verbose": 0, "shuffle": False}
    one = whole.fit(TEXTS, AMOUNTS, validation_data=(TEXTS, AMOUNTS), **told).history
    other = rest.fit(np.asarray(numbers), AMOUNTS, validation_data=(np.asarray(numbers), AMOUNTS),
                     **told).history
    assert one == other
    assert (whole.evaluate(TEXTS, AMOUNTS, verbose=0)
            == rest.evaluate(np.asarray(numbers), AMOUNTS, verbose=0))


@pytest.mark.parametrize("length", [None, 4])
def test_generators_splits_and_single_steps(length):
    model = sentences(length)
    model.compile("adam", "mse")
    assert np.isfinite(model.train_on_batch(TEXTS, AMOUNTS))
    assert np.isfinite(model.test_on_batch(TEXTS, AMOUNTS))
    history = model.fit(((TEXTS, AMOUNTS) for _ in range(3)), verbose=0).history
    assert np.isfinite(history["loss"]).all()
    history = model.fit(TEXTS, AMOUNTS, validation_split=0.5, epochs=2, verbose=0).history
    assert len(history["val_loss"]) == 2
    assert model.predict((TEXTS for _ in range(2)), verbose=0).shape == (8, 1)


@pytest.mark.parametrize("make, x", [(sentences, TEXTS), (mixed, [WORDS, NUMBERS])])
def test_files_and_copies_predict_alike(make, x, tmp_path):
    model = make()
    model.save(tmp_path / "words.keras")
    again = models.load_model(tmp_path / "words.keras")
    for other in (again, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert (other.predict(x, verbose=0) == model.predict(x, verbose=0)).all()
    assert again.get_config() == model.get_config()
    assert models.clone_model(model).predict(x, verbose=0).shape == model.predict(
        x, verbose=0).shape


@pytest.mark.parametrize("begin", ["fit", "predict", "call"])
def test_without_an_input_the_first_data_draw_the_model(begin):
    model = sentences(first=False)
    model.compile("adam", "mse")
    if begin == "fit":
        model.fit(TEXTS, AMOUNTS, verbose=0)
    elif begin == "call":
        model(TEXTS)
    assert model.predict(TEXTS, verbose=0).shape == (4, 1)
    assert model.input_shape == (None, 1)
    assert model.inputs[0].dtype == "string"


@pytest.mark.parametrize("layer, dtype, x, expected", [
    (layers.StringLookup(vocabulary=["a", "b"]), "string", WORDS, [[1], [0]]),
    (layers.IntegerLookup(vocabulary=[7, 9]), "int64", np.array([[9], [8]]), [[2], [0]]),
    (layers.Hashing(3), "string", np.array([["A"], ["B"]]), [[1], [0]]),
])
def test_each_host_stage_may_begin_a_model(layer, dtype, x, expected):
    model = Sequential([Input((1,), dtype=dtype), layer])
    assert model.output_shape == (None, 1)
    assert model.predict(x, verbose=0).tolist() == expected
    behind = Sequential([Input((1,), dtype=dtype), layer, layers.Embedding(4, 2)])
    assert behind.output_shape == (None, 1, 2)
    behind.compile("adam", "mse")
    assert np.isfinite(behind.fit(x, np.ones((2, 1, 2)), verbose=0).history["loss"]).all()


def test_a_crossing_of_two_inputs():
    day, hour = (Input((1,), dtype="string") for _ in range(2))
    crossed = layers.HashedCrossing(5)
    model = Model([day, hour], crossed([day, hour]))
    assert (model.predict([WORDS, WORDS[::-1]], verbose=0)
            == crossed([WORDS, WORDS[::-1]]).numpy()).all()


def test_the_picture_of_costs_and_graph_leave_the_words_out(capsys):
    model = sentences(length=4)
    model.summary()
    assert "text_vectorization" in capsys.readouterr().out
    assert "embedding" in str(model.graph())


def string(*then):
    return Sequential([Input((1,), dtype="string"), *then])


@pytest.mark.parametrize("make, error, told", [
    (lambda: string(layers.Dense(1)), KindError, "works on numbers.*put TextVectorization"),
    (lambda: Input((1,), dtype="string") + 1, KindError, "works on numbers"),
    (lambda: layers.Dense(1)(sentences()(Input((1,), dtype="string"))), KindError,
     "call its layers one by one"),
    (lambda: Sequential([Input((1,)), layers.StringLookup(vocabulary=["a"])]), TracingError,
     'needs words, but got .*float32.*dtype="string"'),
    (lambda: string(layers.IntegerLookup(vocabulary=[1])), TracingError,
     'needs whole numbers.*dtype="int64"'),
    (lambda: Sequential([Input((2,)), layers.Rescaling(2.0), layers.Hashing(3)]), TracingError,
     "right behind the model's Input"),
    (lambda: string(layers.TextVectorization(output_mode="count"), layers.Dense(1)),
     ArgumentError, "no vocabulary yet"),
    (lambda: layers.StringLookup(vocabulary=["a"], invert=True)(Input((1,), dtype="int64")),
     TracingError, "call it on what predict gives"),
    (lambda: sentences().predict(np.ones((2, 1)), verbose=0), KindError, "needs strings"),
    (lambda: string(layers.StringLookup(vocabulary=["a", "b"]), layers.Embedding(2, 2)).predict(
        np.array([["b"]]), verbose=0), DataError, "rows for the numbers 0 to 1"),
])
def test_what_cannot_be_is_said_at_once(make, error, told):
    with pytest.raises(error, match=f"(?i){told}"):
        make()


def test_targets_must_still_be_numbers():
    model = sentences()
    model.compile("adam", "mse")
    with pytest.raises(KindError, match="y must hold numbers"):
        model.fit(TEXTS, TEXTS, verbose=0)
