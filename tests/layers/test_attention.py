"""`Attention` and `AdditiveAttention` beside Keras's, and `ops.dot_product_attention`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers, ops
from pellucid.core.errors import ArgumentError, KindError, PellucidWarning, ShapeError
from pellucid.engines.trace import Traced
from pellucid.random import SeedGenerator, dropout
from tests.layers.recurrence import assert_same
from tests.parity.oracle import compile_both, exchanged, keras_marks, real_keras, train_both, twins

pytestmark = keras_marks

RNG = np.random.default_rng(12)
Q, V, K = (RNG.normal(size=shape).astype("float32") for shape in ((2, 3, 4), (2, 5, 6), (2, 5, 4)))
Q_MASK = np.array([[True, True, False], [True, False, False]])
V_MASK = np.array([[True, True, True, False, False], [False, True, False, True, True]])
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("Attention", {}), ("Attention", {"use_scale": True}), ("Attention", {"score_mode": "concat"}),
    ("Attention", {"score_mode": "concat", "use_scale": True}),
    ("AdditiveAttention", {}), ("AdditiveAttention", {"use_scale": False})]
DEEP = pytest.mark.deep
kinds = pytest.mark.parametrize("name, how", [
    pytest.param(*each, id=str(each), marks=[DEEP] if i in (1, 2, 5) else [])
    for i, each in enumerate(KINDS)])


def pair_for(name: str, how: dict[str, Any], inputs: list[Any]) -> tuple[Any, Any]:
    """(Keras's, ours), built, with equal weights that are not the first ones."""
    pair = [getattr(k, name)(**how) for k in (real_keras().layers, layers)]
    for layer in pair:
        layer(inputs)
    assert [w.name for w in pair[0].weights] == [w.name for w in pair[1].weights]
    values = [np.asarray(RNG.normal(size=w.shape), "float32") for w in pair[1].weights]
    for layer in pair:
        layer.set_weights(values)
    return pair[0], pair[1]


@kinds
@pytest.mark.parametrize("masks", [None, [Q_MASK, V_MASK], [None, V_MASK], [Q_MASK, None]],
                         ids=["plain", "both", "values", "queries"])
def test_values_scores_and_masks_are_keras_s(name, how, masks):
    for inputs, causal in (([Q, K], False), ([Q, V, K], True)):
        theirs, mine = pair_for(name, how, inputs)
        told = {"mask": masks, "use_causal_mask": causal}
        told["return_attention_scores"] = True
        assert_same(theirs(inputs, **told), mine(inputs, **told))
        assert_same(mine(inputs, **told), Traced(lambda *xs, layer=mine, told=told: layer(
            list(xs), **told))(*inputs), 1e-6)
        assert mine.compute_output_shape([x.shape for x in inputs]) == mine(inputs, **{
            **told, "return_attention_scores": False}).shape


@kinds
def test_on_inputs_and_in_float64(name, how):
    layer = getattr(layers, name)(**how)
    symbols = [ours.Input((None, 4)), ours.Input((5, 6)), ours.Input((5, 4))]
    y, scores = layer(symbols, return_attention_scores=True)
    assert (y.shape, scores.shape) == ((None, None, 6), (None, None, 5))
    theirs, mine = (getattr(k, name)(**how, dtype="float64") for k in (real_keras().layers, layers))
    inputs = [x.astype("float64") for x in (Q, V, K)]
    theirs(inputs), mine(inputs)
    mine.set_weights(theirs.get_weights())
    exact = how.get("score_mode", "dot") == "dot" and name == "Attention"    # its tanh is float32
    assert_same(theirs(inputs), mine(inputs), 1e-12 if exact else 1e-6)


def test_masks_travel_with_the_tensors():
    def model(k: Any) -> Any:
        words = k.layers.Embedding(9, 4, mask_zero=True)
        query, value = words(np.array([[3, 1, 0]])), words(np.array([[4, 0, 5, 0]]))
        layer = k.layers.Attention()
        y = layer([query, value])
        layer.scores_seen = layer([query, value], return_attention_scores=True)[1]
        return layer, y
    layer, y = model(ours)
    assert y._keras_mask.tolist() == [[True, True, False]]
    assert y.numpy()[0, 2].tolist() == [0.0] * 4
    assert (layer.scores_seen.numpy()[0, :, [1, 3]] == 0).all()
    _, theirs = model(real_keras())
    assert np.asarray(theirs._keras_mask).tolist() == y._keras_mask.tolist()


def reader(k: Any, kind: str, **how: Any) -> Any:
    """Questions look through texts; padding is left out."""
    question, text = k.Input((3,), dtype="int32"), k.Input((None,), dtype="int32")
    words = k.layers.Embedding(9, 4, mask_zero=True)
    found = getattr(k.layers, kind)(**how)([words(question), words(text)])
    return k.Model([question, text], k.layers.Dense(1)(k.layers.GlobalAveragePooling1D()(found)))


WORDS = [np.array([[3, 1, 0], [2, 7, 5], [8, 0, 0], [1, 1, 2]]),
         np.array([[4, 0, 5, 0, 0], [1, 2, 3, 4, 5], [6, 6, 7, 0, 0], [8, 0, 0, 0, 0]])]
Y = np.array([[0.0], [1.0], [1.0], [0.5]])


@pytest.mark.deep
@pytest.mark.parametrize("kind, how, optimizer", [
    ("Attention", {"use_scale": True, "score_mode": "concat"}, "adam"),
    ("AdditiveAttention", {}, "sgd"), pytest.param("AdditiveAttention", {}, "adam", marks=DEEP),
    pytest.param("Attention", {"use_scale": True}, "sgd", marks=DEEP)], ids=str)
def test_five_steps_of_training_and_a_file(kind, how, optimizer, tmp_path):
    pair = twins(lambda k: reader(k, kind, **how))
    compile_both(pair, lambda k: {"optimizer": optimizer, "loss": "mse"})
    train_both(pair, WORDS, Y)
    crossed = exchanged(pair, tmp_path)
    assert_same(*(model.predict(WORDS, verbose=0) for model in crossed))
    train_both(crossed, WORDS, Y, steps=2)


@kinds
def test_gradients_in_float64(name, how):
    pellucid.set_random_seed(4)
    model = reader(ours, name, **how)
    model.compile(loss="mse")
    report = pellucid.gradient_check(model, WORDS, Y)
    assert report, str(report)
    assert report.error <= 1e-6


def test_dropout_takes_shares_away_while_training():
    mine = layers.Attention(dropout=0.5, seed=7)
    y, shares = mine([Q, K], training=True, return_attention_scores=True)
    whole = layers.Attention()([Q, K], return_attention_scores=True)[1]
    want = dropout(whole, 0.5, seed=SeedGenerator(7)).numpy()
    assert np.allclose(shares.numpy(), want, atol=1e-6)
    assert np.allclose(y.numpy(), want @ K, atol=1e-5)
    assert (mine([Q, K]).numpy() == layers.Attention()([Q, K]).numpy()).all()
    assert len(mine.variables) == len(real_keras().layers.Attention(dropout=0.5).variables) == 1


@kinds
def test_the_config_is_keras_s(name, how):
    theirs, mine = (getattr(k, name)(**how, dropout=0.25, seed=3, name="a").get_config()
                    for k in (real_keras().layers, layers))
    assert {key: value for key, value in theirs.items() if key != "dtype"} == {
        key: value for key, value in mine.items() if key != "dtype"}
    assert getattr(layers, name).from_config(theirs).get_config() == mine
    assert getattr(real_keras().layers, name).from_config(mine).dropout == 0.25


@pytest.mark.parametrize("make, kind, said", [
    (lambda: layers.Attention(score_mode="dots"), ArgumentError, "'dot', 'concat'.*id you mean"),
    (lambda: layers.Attention(dropout=1.5), ArgumentError,
     "dropout must be at least 0 and at most 1"),
    (lambda: layers.Attention(use_scales=True), KindError, "no argument 'use_scales'.*use_scale"),
    (lambda: layers.AdditiveAttention(score_mode="dot"), KindError, "no argument 'score_mode'"),
    (lambda: layers.Attention()(Q), KindError, "inputs that are a list"),
    (lambda: layers.Attention()((Q, K)), KindError, "that are a list.*but got tuple"),
    (lambda: layers.Attention()([Q]), ArgumentError, "two or three inputs.*but got 1"),
    (lambda: layers.Attention()([Q, K], mask=Q_MASK), KindError, "mask that are a list"),
    (lambda: layers.Attention()([Q, K], mask=[Q_MASK]), ArgumentError, "two or three mask"),
    (lambda: layers.Attention()([Q, V]), ShapeError, "product"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


HEADS = [RNG.normal(size=shape).astype("float32")
         for shape in ((2, 3, 4, 5), (2, 6, 4, 5), (2, 6, 4, 5))]
SEEN = RNG.random((2, 1, 3, 6)) < 0.6
SEEN[1, 0, 2] = False                                # looks nowhere


@pytest.mark.parametrize("how", [
    {}, {"is_causal": True}, {"scale": 0.3}, {"mask": SEEN}, {"mask": SEEN, "is_causal": True},
    {"bias": RNG.normal(size=(2, 4, 3, 6)).astype("float32")}, {"flash_attention": False},
    {"bias": RNG.normal(size=(1, 1, 3, 6)).astype("float32"), "mask": SEEN[:, :, :1]}],
    ids=lambda how: "-".join(how) or "usual")
@pytest.mark.parametrize("heads", [2, *(pytest.param(n, marks=DEEP) for n in (4, 1))])
def test_dot_product_attention_is_keras_s(how, heads):
    query, key, value = HEADS[0], HEADS[1][:, :, :heads], HEADS[2][:, :, :heads]
    theirs = real_keras().ops.dot_product_attention(query, key, value, **how)
    assert_same(theirs, ops.dot_product_attention(query, key, value, **how))
    wide = [x.astype("float64") for x in (query, key, value)]        # there Keras rounds to float32
    theirs = np.asarray(real_keras().ops.dot_product_attention(*wide, **how))
    mine = ops.dot_product_attention(*wide, **how)
    assert mine.dtype == "float64"
    assert np.abs(theirs - mine.numpy()).max() <= 1e-6


def test_dot_product_attention_on_inputs_with_a_mask(tmp_path):
    x, mask = ours.Input((None, 2, 4)), ours.Input((1, None, None), dtype="bool")
    model = ours.Model([x, mask], ops.dot_product_attention(x, x, x, mask=mask))
    assert model.output_shape == (None, None, 2, 4)
    data = RNG.normal(size=(2, 3, 2, 4)).astype("float32")
    want = ops.dot_product_attention(data, data, data, mask=SEEN[..., :3]).numpy()
    assert np.allclose(model.predict([data, SEEN[..., :3]], verbose=0), want, atol=1e-6)
    with pytest.warns(PellucidWarning, match="Keras, which has no class for dot_product_attention"):
        model.save(tmp_path / "mine.keras")
    again = ours.models.load_model(tmp_path / "mine.keras")
    assert np.allclose(again.predict([data, SEEN[..., :3]], verbose=0), want, atol=1e-6)


@pytest.mark.parametrize("change, kind, said", [
    ({"query": Q}, ShapeError, "the four axes"),
    ({"key": HEADS[1][:, :5]}, ShapeError, "a value for each key"),
    ({"query": HEADS[0][..., :4]}, ShapeError, "queries and keys of one length"),
    ({"query": HEADS[0][:, :, :3]}, ShapeError, "heads of the keys divide"),
    ({"flash_attention": True}, ArgumentError, "flash_attention is for accelerators"),
    ({"attn_logits_soft_cap": 30.0}, ArgumentError, "attn_logits_soft_cap is for accelerators"),
])
def test_what_dot_product_attention_cannot_do_is_said(change, kind, said):
    arguments = dict(zip(("query", "key", "value"), HEADS, strict=True)) | change
    with pytest.raises(kind, match=said):
        ops.dot_product_attention(**arguments)
