"""`ReversibleEmbedding` beside Keras's: there and back, tied or not, masks, training, files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError
from tests.layers.recurrence import assert_same
from tests.parity.oracle import compile_both, exchanged, keras_marks, real_keras, train_both, twins

pytestmark = keras_marks

WORDS = np.array([[0, 5, 2], [3, 3, 0]])
HIDDEN = np.random.default_rng(3).normal(size=(2, 3, 4)).astype("float32")
HOWS: list[dict[str, Any]] = [
    {}, {"tie_weights": False}, {"logit_soft_cap": 0.5}, {"mask_zero": True},
    {"tie_weights": False, "logit_soft_cap": 2.0}, {"reverse_dtype": "float64"}]
each_how = pytest.mark.parametrize("how", HOWS, ids=lambda how: "-".join(how) or "usual")


@each_how
def test_there_and_back_is_keras_s(how):
    theirs, mine = (k.ReversibleEmbedding(6, 4, **how) for k in (real_keras().layers, layers))
    theirs(WORDS), mine(WORDS)
    assert [w.name for w in theirs.weights] == [w.name for w in mine.weights]
    mine.set_weights(theirs.get_weights())
    there = mine(WORDS)
    assert_same(theirs(WORDS), there)
    assert_same(theirs(HIDDEN, reverse=True), back := mine(HIDDEN, reverse=True))
    assert mine.compute_output_shape((2, 3)) == there.shape
    assert mine.compute_output_shape((2, 3, 4), reverse=True) == back.shape
    masks = [getattr(x, "_keras_mask", None) for x in (theirs(WORDS), there)]
    assert (masks[1] is None) is (masks[0] is None) is not bool(how.get("mask_zero"))
    assert masks[1] is None or (np.asarray(masks[0]) == masks[1].numpy()).all()
    x = ours.Input((None,), dtype="int32")
    assert mine(mine(x), reverse=True).shape == (None, None, 6)


def speaker(k: Any, **how: Any) -> Any:
    """The layer that reads words tells them too."""
    x = k.Input((3,), dtype="int32")
    words = k.layers.ReversibleEmbedding(6, 4, embeddings_regularizer="l2", **how)
    h = k.layers.Dense(4, "tanh")(words(x))
    return k.Model(x, k.layers.Activation("softmax")(words(h, reverse=True)))


@pytest.mark.parametrize("how, optimizer", [
    (HOWS[0], "adam"), (HOWS[-2], "sgd"), pytest.param(HOWS[0], "sgd", marks=pytest.mark.deep),
    pytest.param(HOWS[-2], "adam", marks=pytest.mark.deep)], ids=str)
def test_five_steps_of_training_and_a_file(how, optimizer, tmp_path):
    pair = twins(lambda k: speaker(k, **how))
    compile_both(pair, lambda k: {"optimizer": optimizer,
                                  "loss": "sparse_categorical_crossentropy"})
    train_both(pair, WORDS, WORDS[:, ::-1].copy())
    crossed = exchanged(pair, tmp_path)
    assert_same(*(model.predict(WORDS, verbose=0) for model in crossed))
    train_both(crossed, WORDS, WORDS, steps=2)


def test_gradients_in_float64():
    pellucid.set_random_seed(2)
    model = speaker(ours, tie_weights=False, logit_soft_cap=1.0)
    model.compile(loss="sparse_categorical_crossentropy")
    report = pellucid.gradient_check(model, WORDS, WORDS)
    assert report, str(report)
    assert report.error <= 1e-6


@each_how
def test_the_config_is_keras_s(how):
    theirs, mine = (k.ReversibleEmbedding(6, 4, **how, name="w").get_config()
                    for k in (real_keras().layers, layers))
    assert {key: theirs[key] for key in mine if not isinstance(mine[key], dict)} == {
        key: value for key, value in mine.items() if not isinstance(value, dict)}
    assert layers.ReversibleEmbedding.from_config(theirs).get_config() == mine
    assert real_keras().layers.ReversibleEmbedding.from_config(mine).input_dim == 6
    assert layers.ReversibleEmbedding(6, 4, False).tie_weights is False      # Keras's third


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.ReversibleEmbedding(6, 0), ArgumentError, "output_dim must be a whole number"),
    (lambda: layers.ReversibleEmbedding(6, 4, logit_soft_cap=0), ArgumentError,
     "logit_soft_cap must be above 0"),
    (lambda: layers.ReversibleEmbedding(6, 4, reverse_dtype="float31"), ArgumentError, "dtype"),
    (lambda: layers.ReversibleEmbedding(6, 4, tie=False), KindError, "no argument 'tie'"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()
