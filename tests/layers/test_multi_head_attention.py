"""`MultiHeadAttention` and `GroupQueryAttention` beside Keras's: masks, axes, training, files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras as ours
from pellucid import layers
from pellucid.core.errors import ArgumentError, KindError, ShapeError
from pellucid.engines.trace import Traced
from pellucid.random import SeedGenerator, dropout
from tests.layers.recurrence import assert_same
from tests.models.native_and_reference import assert_same as assert_same_runs
from tests.models.native_and_reference import ran_natively, train_on_both
from tests.parity.oracle import (
    assert_same_weights,
    compile_both,
    exchanged,
    keras_marks,
    real_keras,
    train_both,
    twins,
)

# Keras's grouped attention hands masked tensors to its own dense layers, and warns of that.
pytestmark = [*keras_marks, pytest.mark.filterwarnings("ignore:.*destroy the mask:UserWarning")]

RNG = np.random.default_rng(13)
Q, V, K = (RNG.normal(size=shape).astype("float32") for shape in ((2, 3, 4), (2, 5, 6), (2, 5, 4)))
IMAGE = RNG.normal(size=(2, 3, 4, 5)).astype("float32")
Q_MASK = np.array([[True, True, False], [True, False, False]])
V_MASK = np.array([[True, True, True, False, False], [False, True, False, True, True]])
SEEN = RNG.random((2, 3, 5)) < 0.5
SEEN[1, 2] = False                                   # looks nowhere

MANY: list[dict[str, Any]] = [
    {}, {"value_dim": 5, "use_bias": False}, {"output_shape": 7}, {"output_shape": (2, 3)},
    {"use_gate": True, "value_dim": 2}, {"sliding_window": 2}, {"attention_axes": 1},
    {"attention_axes": [-2], "flash_attention": False}]
GROUPED: list[dict[str, Any]] = [
    {}, {"use_bias": False, "sliding_window": 2}, {"use_gate": True, "num_key_value_heads": 1},
    {"num_key_value_heads": 4}]
LAYERS = [*(("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, **how}) for how in MANY),
          *(("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2,
                                     **how}) for how in GROUPED)]
BOTH = [LAYERS[0], LAYERS[len(MANY)]]                # as they are made usually
each_layer = pytest.mark.parametrize("name, how", [
    pytest.param(name, how, id=f"{name}-{i}", marks=[pytest.mark.deep] if i in (2, 6, 11) else [])
    for i, (name, how) in enumerate(LAYERS)])
both = pytest.mark.parametrize("name, how", BOTH, ids=["many", "grouped"])
TOLD: list[dict[str, Any]] = [
    {}, {"use_causal_mask": True}, {"attention_mask": SEEN}, {"attention_mask": SEEN[0]},
    {"attention_mask": SEEN[:, None]}, {"attention_mask": SEEN.astype("float32")},
    {"value_mask": V_MASK}, {"key_mask": V_MASK, "use_causal_mask": True},
    {"value_mask": V_MASK, "attention_mask": SEEN, "use_causal_mask": True}]


def pair_for(name: str, how: dict[str, Any], *inputs: Any) -> tuple[Any, Any]:
    """(Keras's, ours), built, with equal weights, biases at random too."""
    pair = [getattr(k, name)(**how) for k in (real_keras().layers, layers)]
    for layer in pair:
        layer(*inputs, return_attention_scores=True)
    assert [w.path.split("/")[1:] for w in pair[0].weights] == [
        w.path.split("/")[1:] for w in pair[1].weights]
    values = [RNG.normal(0, 0.5, w.shape).astype("float32") for w in pair[1].weights]
    for layer in pair:
        layer.set_weights(values)
    return pair[0], pair[1]


@each_layer
def test_values_and_scores_are_keras_s_whatever_is_masked(name, how):
    value = V if name == "MultiHeadAttention" else K
    theirs, mine = pair_for(name, how, Q, value, K)
    for told in TOLD if (name, how) in BOTH else TOLD[-1:]:
        if how.get("value_dim", 3) == 3:             # Keras on JAX cannot do the others so
            assert_same(theirs(Q, value, K, **told), mine(Q, value, K, **told))
        told = {**told, "return_attention_scores": True}
        assert_same(theirs(Q, value, K, **told), mine(Q, value, K, **told))
    y, _ = mine(Q, value, K, return_attention_scores=True)
    assert_same(y, mine(Q, value, K), 1e-6)          # with and without scores
    assert mine.compute_output_shape(Q.shape, value.shape, K.shape) == mine(Q, value, K).shape
    plan = Traced(lambda q, v, k: mine(q, v, k, use_causal_mask=True))(Q, value, K)
    assert_same(mine(Q, value, K, use_causal_mask=True), plan, 1e-6)


@each_layer
def test_on_itself_and_on_inputs_of_unknown_length(name, how):
    mine = getattr(layers, name)(**how)
    assert mine(Q, Q).shape == mine(Q, Q, Q).shape == mine.compute_output_shape(Q.shape, Q.shape)
    x = ours.Input((None, 4))
    y, scores = mine(x, x, return_attention_scores=True)
    assert y.shape == (None, None, *mine(Q, Q).shape[2:])
    assert scores.shape == (None, mine.weights[0].shape[1], None, None)


@pytest.mark.parametrize("axes", [None, (2,), *(
    pytest.param(each, marks=pytest.mark.deep) for each in ((1,), -2, (1, 2), (2, 1)))], ids=str)
def test_steps_along_several_axes(axes):
    theirs, mine = pair_for("MultiHeadAttention", {"num_heads": 2, "key_dim": 3,
                                                   "attention_axes": axes}, IMAGE, IMAGE)
    assert_same(theirs(IMAGE, IMAGE), mine(IMAGE, IMAGE))
    ours_, theirs_ = (layer(IMAGE, IMAGE, return_attention_scores=True) for layer in (mine, theirs))
    assert_same(theirs_, ours_)
    assert theirs.get_config()["attention_axes"] == mine.get_config()["attention_axes"]
    heads = ours_[1].ndim - 2 * len(mine.attention_axes) - 1         # one mask for all of them
    mask = RNG.random(np.delete(ours_[1].shape, heads)) < 0.7
    assert_same(theirs(IMAGE, IMAGE, attention_mask=mask), mine(IMAGE, IMAGE, attention_mask=mask))


@pytest.mark.deep
@both
def test_float64_is_keras_s(name, how):
    """To ten digits where Keras keeps them: without scores its softmax is one of float32."""
    theirs, mine = pair_for(name, {**how, "dtype": "float64"}, Q, K)
    told = {"return_attention_scores": True, "use_causal_mask": True}
    assert_same(theirs(Q, K, **told), mine(Q, K, **told), 1e-10)
    assert_same(theirs(Q, K), mine(Q, K), 1e-6)


WORDS = np.array([[3, 1, 4, 1, 5, 0], [2, 6, 0, 0, 0, 0], [0, 5, 3, 0, 5, 8], [7, 9, 3, 2, 3, 0]])
Y = np.array([[0.0], [1.0], [1.0], [0.0]])


@both
def test_masks_that_tensors_carry(name, how):
    table = RNG.normal(size=(10, 4)).astype("float32")
    theirs, mine = pair_for(name, how, Q, Q)

    def found(k: Any, layer: Any, **told: Any) -> Any:
        words = k.Embedding(10, 4, mask_zero=True, weights=[table])
        x, z = words(WORDS), words(WORDS[:, :4])
        return layer(x, z, **told)
    for told in ({}, {"return_attention_scores": True}):
        mine_, theirs_ = found(layers, mine, **told), found(real_keras().layers, theirs, **told)
        assert_same(theirs_, mine_)
        masks = [np.asarray((y[0] if isinstance(y, tuple) else y)._keras_mask)
                 for y in (theirs_, mine_)]
        assert (masks[0] == masks[1]).all()


def test_a_mask_of_the_queries_can_be_told_too():
    mine = layers.MultiHeadAttention(2, 3)
    y = mine(Q, K, query_mask=Q_MASK)
    assert y._keras_mask.tolist() == Q_MASK.tolist()
    assert np.allclose(y.numpy()[Q_MASK], mine(Q, K).numpy()[Q_MASK], atol=1e-6)


def reader(k: Any, attention: Any) -> Any:
    """Words and their places, a layer that looks around, a yes-no answer."""
    x = k.Input((6,), dtype="int32")
    h = k.layers.Embedding(10, 4, mask_zero=True)(x)
    h = attention(k.layers)(h, h, use_causal_mask=True)
    return k.Model(x, k.layers.Dense(1, "sigmoid")(k.layers.GlobalAveragePooling1D()(h)))


MADE = {
    "many": lambda k: k.MultiHeadAttention(
        2, 3, use_gate=True, kernel_regularizer="l2", bias_constraint="non_neg",
        activity_regularizer="l2"),
    "grouped": lambda k: k.GroupQueryAttention(3, 4, 2, sliding_window=4, kernel_regularizer="l2",
                                               activity_regularizer="l2"),
}


@pytest.mark.deep
@pytest.mark.parametrize("kind, optimizer", [
    ("many", "adam"), ("grouped", "sgd"), pytest.param("many", "sgd", marks=pytest.mark.deep),
    pytest.param("grouped", "adam", marks=pytest.mark.deep)])
def test_five_steps_of_training_and_a_file(kind, optimizer, tmp_path):
    pair = twins(lambda k: reader(k, MADE[kind]))
    compile_both(pair, lambda k: {"optimizer": k.optimizers.Adam(0.01) if optimizer == "adam"
                                  else k.optimizers.SGD(0.1), "loss": "binary_crossentropy"})
    train_both(pair, WORDS, Y)
    crossed = exchanged(pair, tmp_path)
    assert_same(*(model.predict(WORDS, verbose=0) for model in crossed))
    train_both(crossed, WORDS, Y, steps=2)
    train_both(pair, WORDS, Y, steps=2)
    assert_same_weights((pair[0], crossed[1]))
    for model, k in zip(pair, (real_keras(), ours), strict=True):
        model.save_weights(tmp_path / f"{k.__name__}.weights.h5")
    fresh = [reader(k, MADE[kind]) for k in (real_keras(), ours)]
    fresh[1].load_weights(tmp_path / "keras.weights.h5")
    fresh[0].load_weights(tmp_path / "pellucid.keras.weights.h5")
    assert_same_weights((fresh[0], fresh[1]))


@pytest.mark.deep
@pytest.mark.parametrize("kind", MADE)
def test_gradients_in_float64(kind):
    pellucid.set_random_seed(5)
    model = reader(ours, MADE[kind])
    model.compile(loss="binary_crossentropy")
    report = pellucid.gradient_check(model, WORDS, Y)
    assert report, str(report)
    assert report.error <= 1e-6


def test_dropout_takes_shares_away_while_training(tmp_path):
    how: dict[str, Any] = {"num_heads": 2, "key_dim": 3, "dropout": 0.5, "seed": 7}
    mine, whole = layers.MultiHeadAttention(**how), layers.MultiHeadAttention(2, 3)
    mine(Q, K), whole(Q, K)
    whole.set_weights(mine.get_weights())
    assert_same(whole(Q, K), mine(Q, K))
    _, shares = whole(Q, K, return_attention_scores=True)
    kept = dropout(shares, 0.5, seed=SeedGenerator(7)).numpy()
    values = whole.value_dense(K).numpy()
    want = whole.output_dense(np.einsum("bnts,bsnh->btnh", kept, values).astype("float32"))
    assert_same(want, mine(Q, K, training=True))

    def model(k: Any) -> Any:
        x = k.Input((3, 4))
        return k.Model(x, k.layers.MultiHeadAttention(**how, name="look")(x, x))
    pair = twins(model)                              # the state of its seed goes into files too
    assert [v.path for v in pair[1].variables][-1].endswith("seed_generator_state")
    assert_same(*(each.predict(Q, verbose=0) for each in exchanged(pair, tmp_path)))


@both
def test_the_config_is_keras_s(name, how):
    more: dict[str, Any] = {**how, "dropout": 0.25, "seed": 3, "name": "a", "activity_regularizer":
                            "l2", "kernel_initializer": "he_normal", "bias_constraint": "non_neg"}
    theirs, mine = (getattr(k, name)(**more) for k in (real_keras().layers, layers))
    assert set(theirs.get_config()) == set(mine.get_config())
    for layer in (theirs, mine):
        layer(Q, Q)                                  # Keras then tells axes it was not told
    plain = [{key: value for key, value in layer.get_config().items()
              if not isinstance(value, dict)} for layer in (theirs, mine)]
    assert plain[0] == plain[1]
    again = getattr(layers, name).from_config(theirs.get_config())
    assert again.get_config() == getattr(layers, name).from_config(mine.get_config()).get_config()
    assert getattr(real_keras().layers, name).from_config(mine.get_config()).dropout == 0.25
    assert again.penalty is not None


def transformer(k: Any, vocabulary: int = 10, length: int = 6, width: int = 8) -> Any:
    """Words and places, one block of attention and dense layers with residuals, the next word."""
    x, places = k.Input((length,), dtype="int32"), k.Input((length,), dtype="int32")
    h = k.layers.Embedding(vocabulary, width)(x) + k.layers.Embedding(length, width)(places)
    a = k.layers.LayerNormalization()(h)
    h = k.layers.Add()([h, k.layers.MultiHeadAttention(2, 4, dropout=0.0)(
        a, a, use_causal_mask=True)])
    a = k.layers.Dense(width)(k.layers.Dense(16, "gelu")(k.layers.LayerNormalization()(h)))
    return k.Model([x, places], k.layers.Dense(vocabulary, "softmax")(k.layers.Add()([h, a])))


def sentences() -> tuple[list[np.ndarray], np.ndarray]:
    """Words with their places, and the words that follow."""
    words = np.random.default_rng(3).integers(0, 10, (16, 6))
    return [words, np.tile(np.arange(6), (16, 1))], np.roll(words, -1, axis=1)


def test_a_transformer_trains_as_in_keras_natively():
    pair = twins(transformer)
    compile_both(pair, lambda k: {"optimizer": k.optimizers.SGD(0.1, momentum=0.9),
                                  "loss": "sparse_categorical_crossentropy"})
    texts, following = sentences()
    train_both(pair, texts, following)
    histories = [model.fit(texts, following, epochs=3, batch_size=8, verbose=0,
                           shuffle=False).history["loss"] for model in pair]
    assert np.allclose(*histories, rtol=1e-4)
    assert ran_natively(pair[1])
    assert_same_weights(pair, 1e-4)


def test_a_transformer_trains_alike_on_both_engines():
    ours.config.set_floatx("float64")
    try:
        def make() -> Any:
            model = transformer(ours)
            model.compile("sgd", "sparse_categorical_crossentropy")
            return model
        assert_same_runs(train_on_both(make, *sentences(), epochs=2, batch_size=8))
    finally:
        ours.config.set_floatx("float32")


def many(**how: Any) -> Any:
    return layers.MultiHeadAttention(**{"num_heads": 2, "key_dim": 3, **how})


def grouped(**how: Any) -> Any:
    return layers.GroupQueryAttention(**{"head_dim": 3, "num_query_heads": 4,
                                         "num_key_value_heads": 2, **how})


@pytest.mark.parametrize("make, kind, said", [
    (lambda: many(num_heads=0), ArgumentError, "num_heads must be a whole number at least 1"),
    (lambda: many(key_dim=2.5), ArgumentError, "key_dim must be a whole number at least 1"),
    (lambda: many(value_dim=-1), ArgumentError, "value_dim must be a whole number at least 1"),
    (lambda: many(dropout=2), ArgumentError, "dropout must be at least 0 and at most 1"),
    (lambda: many(sliding_window=0), ArgumentError, "sliding_window must be a whole number"),
    (lambda: many(output_shape="4"), KindError, "output_shape must be a whole number, a tuple"),
    (lambda: many(attention_axes=1.0), KindError, "attention_axes must be a whole number, a tuple"),
    (lambda: many(attention_axes=3)(Q, K), ArgumentError, r"look along the axes \(1,\)"),
    (lambda: many(attention_axes=(1, 1))(IMAGE, IMAGE), ArgumentError, r"along the axes \(1, 2\)"),
    (lambda: many(heads=3), KindError, "no argument 'heads'.*num_heads"),
    (lambda: many(flash_attention=True, dropout=0.1), ArgumentError, "no dropout with flash"),
    (lambda: many(flash_attention=True)(Q, K), ArgumentError, "is for accelerators"),
    (lambda: many(flash_attention=True)(Q, K, return_attention_scores=True), ArgumentError,
     "no scores to return with flash_attention"),
    (lambda: many(flash_attention="yes"), ArgumentError, "flash_attention must be one of"),
    (lambda: many()(Q, V, K[:, :4]), ShapeError, "needs a key for each value"),
    (lambda: many()(Q, IMAGE), ShapeError, "with equally many axes"),
    (lambda: many()(Q[0], K[0]), ShapeError, "three at least"),
    (lambda: many()(Q, K, attention_mask=V_MASK[0]), ShapeError, "mask with an axis for each"),
    (lambda: many()(Q), KindError, "cannot be called so: missing .*'value'.*It takes query, value"),
    (lambda: layers.MultiHeadAttention(2), KindError, "needs key_dim"),
    (lambda: grouped(num_key_value_heads=3), ArgumentError, "must divide num_query_heads.*3 and 4"),
    (lambda: grouped(head_dim=0), ArgumentError, "head_dim must be a whole number at least 1"),
    (lambda: grouped(window=2), KindError, "no argument 'window'"),
    (lambda: grouped(flash_attention=True, dropout=0.1), ArgumentError, "no dropout with flash"),
    (lambda: grouped()(IMAGE, IMAGE), ShapeError, "three axes"),
])
def test_what_has_no_meaning_is_said(make, kind, said):
    with pytest.raises(kind, match=said):
        make()
