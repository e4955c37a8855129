"""Keras's protocol of a layer: weights, nesting, dtypes, training, masks, config."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers, ops
from pellucid.core.errors import (
    ArgumentError,
    KindError,
    NotBuiltError,
    PellucidWarning,
    ShapeError,
)
from pellucid.core.variable import Variable


class Gated(layers.Layer):
    """Weights of both kinds, made in an order that Keras changes, and layers within."""

    def __init__(self, units: int, extra: list[int] = [1, 2], **kwargs: Any) -> None:  # noqa: B006
        super().__init__(**kwargs)
        self.units, self.extra = units, extra
        self.inner = [layers.Dense(units, name="a"), (layers.BatchNormalization(name="b"),)]
        self.named = {"c": layers.Dense(units, name="c")}

    def build(self, input_shape: Any) -> None:
        self.count = self.add_weight((), "zeros", dtype="int32", trainable=False, name="count")
        self.gate = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gate",
                                    regularizer=keras.regularizers.L1(0.5))
        self.shift = Variable(np.zeros(self.units, "float32"), name="shift")

    def call(self, inputs: Any, training: Any = None) -> Any:
        self.add_loss(ops.mean(inputs))
        h = self.inner[1][0](self.inner[0](inputs * self.gate), training=training)
        return self.named["c"](h) + self.shift


@pytest.fixture
def gated() -> Any:
    layer = Gated(3, name="gated")
    layer(np.ones((2, 4), "float32"))
    return layer


def test_weights_come_trainable_first_then_those_of_layers_within(gated):
    assert [w.path for w in gated.trainable_weights] == [
        "gated/gate", "gated/shift", "gated/a/kernel", "gated/a/bias", "gated/b/gamma",
        "gated/b/beta", "gated/c/kernel", "gated/c/bias"]
    assert [w.name for w in gated.non_trainable_weights] == [
        "count", "moving_mean", "moving_variance"]
    assert [w.name for w in gated.weights][:3] == ["gate", "shift", "count"]
    assert gated.count_params() == 4 + 3 + 1 + (12 + 3) + 4 * 3 + (9 + 3)
    assert gated.variables == gated.weights


def test_own_penalties_and_those_on_weights(gated):
    assert [float(each) for each in gated.losses] == [1.0, 2.0]
    gated(np.full((2, 4), 3.0, "float32"))
    assert [float(each) for each in gated.losses] == [3.0, 2.0]  # of the last call only
    gated.trainable = False
    assert [float(each) for each in gated.losses] == [3.0]


def test_freezing_reaches_everything_within(gated):
    gated.trainable = False
    assert gated.trainable_weights == []
    assert len(gated.non_trainable_weights) == 11
    gated.trainable = True
    gated.inner[0].trainable = False
    assert len(gated.trainable_weights) == 6


def test_get_and_set_weights(gated):
    values = [w + 1 for w in gated.get_weights()]
    gated.set_weights(values)
    assert all((a == b).all() for a, b in zip(values, gated.get_weights(), strict=True))
    values[0][:] = 99                                            # the layer keeps its own
    assert gated.get_weights()[0][0] == 2
    with pytest.raises(ShapeError, match='Gated "gated" has 11 weights, but got 2 values'):
        gated.set_weights(values[:2])
    with pytest.raises(ShapeError, match=r"'gated/gate' has shape \(4,\).*\(3,\)"):
        gated.set_weights([values[1], *values[1:]])


def test_config_is_what_init_was_given():
    layer = Gated(3, extra=[7], name="g", trainable=False)
    config = layer.get_config()
    assert config["units"] == 3
    assert config["extra"] == [7]
    assert config["name"] == "g"
    again = Gated.from_config(config)
    assert (again.units, again.extra, again.name, again.trainable) == (3, [7], "g", False)


@pytest.mark.parametrize("layer", [
    layers.Dense(3, "relu", kernel_regularizer="l2", name="d"),
    layers.Dense(2, use_bias=False, activity_regularizer=keras.regularizers.L2(0.2)),
    layers.BatchNormalization(axis=1, momentum=0.5, scale=False), layers.Dropout(0.3, seed=4),
    layers.Activation("gelu"), layers.Flatten(), layers.Reshape((2, -1)), layers.Permute((2, 1)),
    layers.RepeatVector(4), layers.Concatenate(axis=1), layers.Add(), layers.Average(),
    layers.Multiply(), layers.Maximum(), layers.Minimum(), layers.Subtract(),
    layers.Dense(1, dtype="float64", trainable=False)], ids=lambda layer: layer.name)
def test_config_makes_an_equal_layer(layer):
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert repr(again) == repr(layer)


def test_names_count_by_class():
    assert [layers.Dense(1).name, layers.Dense(1).name, layers.BatchNormalization().name] == [
        "dense", "dense_1", "batch_normalization"]
    with pytest.raises(ArgumentError, match="a string without '/'"):
        layers.Dense(1, name="a/b")


def test_float64_and_whole_numbers():
    layer = layers.Dense(2, dtype="float64")
    assert layer(np.ones((1, 3), "float32")).dtype == "float64"
    assert layer.kernel.dtype == layer.dtype == layer.compute_dtype == "float64"
    assert layers.Dense(2)(np.ones((1, 3), "float64")).dtype == "float32"
    assert layers.Dense(2)(np.ones((1, 3), "int64")).dtype == "float32"
    kept = layers.Activation("linear", autocast=False)
    assert kept(np.ones((1, 3), "float64")).dtype == "float64"
    with pytest.raises(ArgumentError, match=r"one float type per layer.*mixed_float16"):
        layers.Dense(2, dtype="mixed_float16")
    with pytest.raises(ArgumentError, match="not a known dtype"):
        layers.Dense(2, dtype="float31")


class Flag(layers.Layer):
    def call(self, inputs: Any, training: Any = None) -> Any:
        self.seen = training
        return inputs


class Outer(layers.Layer):
    def __init__(self, told: Any = None) -> None:
        super().__init__()
        self.flag, self.told = Flag(), told

    def call(self, inputs: Any) -> Any:
        return self.flag(inputs) if self.told is None else self.flag(inputs, training=self.told)


def test_training_reaches_layers_within_unless_they_are_told():
    x = np.ones((1, 2), "float32")
    outer = Outer()
    for training in (True, False, None):
        outer(x, training=training)
        assert outer.flag.seen is training
    told = Outer(told=False)
    told(x, training=True)
    assert told.flag.seen is False
    by_position = Flag()
    by_position(x, True)
    assert by_position.seen is True


def test_input_shape_in_the_first_layer():
    for first in (layers.Dense(2, input_dim=3), layers.Dense(2, input_shape=(3,)),
                  layers.Dense(2, batch_input_shape=(None, 3))):
        model = keras.Sequential([first, layers.Dense(1)])
        assert model.built
        assert model.input_shape == (None, 3)


def test_unbuilt_layers_say_so():
    with pytest.raises(NotBuiltError, match='Dense "dense" has no weights yet'):
        layers.Dense(2).count_params()
    assert layers.Dense(2).weights == []
    assert not layers.Dense(2).built


def test_two_inputs_give_build_two_shapes():
    class Pair(layers.Layer):
        def build(self, left_shape: Any, right_shape: Any) -> None:
            self.seen = (left_shape, right_shape)

        def call(self, left: Any, right: Any) -> Any:
            return ops.matmul(left, right)

    pair = Pair()
    assert pair(np.ones((2, 3)), right=np.ones((3, 4))).shape == (2, 4)
    assert pair.seen == ((2, 3), (3, 4))


def test_any_arguments_of_call():
    class Loose(layers.Layer):
        def call(self, *tensors: Any, scale: float = 1.0, **more: Any) -> Any:
            return scale * (tensors[0] + tensors[1]) + more.get("shift", 0.0)

    x = np.ones((1, 2), "float32")
    assert Loose()(x, x, scale=2.0, shift=0.5).numpy().tolist() == [[4.5, 4.5]]
    with pytest.raises(KindError, match=r"Dense \"dense\".call.* cannot be called so"):
        layers.Dense(2)(x, x, x)


def test_a_layer_without_call():
    with pytest.raises(ArgumentError, match=r'Layer "layer" has no call method'):
        layers.Layer()(np.ones((1, 2)))


def test_a_forgotten_super():
    class Forgetful(layers.Layer):
        def __init__(self) -> None:
            self.units = 3

        def call(self, inputs: Any) -> Any:
            return inputs

    with pytest.raises(ArgumentError, match=r"Forgetful\.__init__ has not called super"):
        Forgetful()(np.ones((1, 2)))
    with pytest.raises(AttributeError, match="'Dense' object has no attribute 'unit'"):
        _ = layers.Dense(2).unit


def test_unknown_arguments_are_named():
    with pytest.raises(TypeError, match=r"Dense has no argument 'unit'"):
        layers.Dense(3, unit=4)
    with pytest.raises(TypeError, match=r"Dense needs units: number of outputs"):
        layers.Dense()
    with pytest.raises(TypeError, match="has no argument 'colour'"):
        Gated(3, colour="red")


class Counter(layers.Layer):
    """State that is assigned in call."""

    def build(self, input_shape: Any) -> None:
        self.calls = self.add_weight((), "zeros", dtype="int32", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.calls.assign_add(1)
        return inputs


def test_output_shapes_without_numbers():
    assert layers.Dense(5).compute_output_shape((None, 7, 3)) == (None, 7, 5)
    assert layers.Concatenate()([keras.Input((2,)), keras.Input((3,))]).shape == (None, 5)
    assert layers.Flatten().compute_output_shape((None, 2, 3)) == (None, 6)
    assert Counter().compute_output_shape((4, 2)) == (4, 2)


def test_activity_regularizer_is_averaged_over_the_batch():
    layer = layers.Activation("linear", activity_regularizer=keras.regularizers.L1(1.0))
    layer(np.ones((4, 3), "float32"))
    assert float(layer.losses[0]) == 3.0


class Masker(layers.Layer):
    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return ops.not_equal(inputs[..., 0], 0.0)

    def call(self, inputs: Any) -> Any:
        return inputs


class Seer(layers.Layer):
    supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        self.seen = mask
        return inputs


def test_masks_travel_with_tensors():
    x = np.array([[[1.0], [0.0]], [[0.0], [2.0]]], "float32")
    seer = Seer()
    out = layers.Dense(2)(seer(Masker()(x)))
    assert seer.seen.numpy().tolist() == [[True, False], [False, True]]
    assert out._keras_mask is seer.seen
    with pytest.warns(PellucidWarning, match="does not pass masks on"):
        assert getattr(layers.Flatten()(out), "_keras_mask", None) is None
    both = layers.Concatenate(axis=1)([Masker()(x), Masker()(x)])
    assert both._keras_mask.shape == (2, 4)
    one = layers.Concatenate(axis=1)([Masker()(x), np.ones((2, 2, 1), "float32")])
    assert one._keras_mask.numpy().tolist() == [[True, False, True, True],
                                                [False, True, True, True]]
    added = layers.Add()([Masker()(x), Masker()(x * 0 + 1)])
    assert added._keras_mask.numpy().all()


def test_masks_reach_batch_normalization_and_the_loss():
    x = np.array([[[1.0], [0.0]], [[3.0], [0.0]]], "float32")
    norm = layers.BatchNormalization(momentum=0.0)
    norm(Masker()(x), training=True)
    assert float(norm.moving_mean[0]) == 2.0                     # the zeros are left out
    assert float(norm.moving_variance[0]) == 1.0
    y = Masker()(x)
    assert float(keras.losses.MeanSquaredError()(np.zeros((2, 2, 1)), y)) == 5.0


def test_a_shared_layer_counts_once():
    shared = layers.Dense(2)
    model = keras.Sequential([keras.Input((2,)), shared])
    both = keras.Model(model.inputs, shared(shared(model.inputs[0])))
    assert both.count_params() == 6
    assert shared.input is model.inputs[0]
    assert shared.output.shape == (None, 2)
