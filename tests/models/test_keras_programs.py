"""What programs written for Keras do as a matter of course: the same here, or told plainly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid.callbacks.base import CallbackList
from pellucid.core.errors import PellucidError
from tests.parity.oracle import assert_same_logs, assert_same_weights, live, real_keras, twins

X = np.random.default_rng(4).normal(size=(24, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)
ONES = np.ones((24, 1), "float32")


def fitted(model: Any, **how: Any) -> Any:
    return model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, **how).history


# models within models --------------------------------------------------------------------------


def generator_before_judge(k: Any) -> Any:
    """The GAN of many tutorials: a compiled judge, frozen, behind a generator."""
    judge = k.Sequential([k.Input((3,)), k.layers.Dense(1, activation="sigmoid")], name="judge")
    judge.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    judge.train_on_batch(X, ONES)
    judge.trainable = False
    noise = k.Input((3,))
    made = k.layers.Dense(3, name="maker")(noise)
    return k.Model(noise, judge(made))


@live
def test_the_logs_of_a_model_are_its_own_not_those_of_a_compiled_model_within() -> None:
    pair = twins(generator_before_judge)
    for model in pair:
        model.compile("sgd", "binary_crossentropy")
    for _ in range(3):
        theirs, mine = (model.train_on_batch(X, ONES) for model in pair)
        assert np.isclose(theirs, mine, rtol=1e-5)
    assert_same_weights(pair)
    assert_same_logs(*(model.evaluate(X, ONES, verbose=0, return_dict=True) for model in pair))


def test_metrics_of_a_layer_within_a_model_within_are_still_told() -> None:
    class Watched(ours.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.seen = ours.metrics.Mean(name="seen")

        def call(self, x: Any) -> Any:
            self.seen.update_state(x)
            return x

    inner = ours.Sequential([ours.Input((3,)), Watched()])
    inner.compile("sgd", "mse", metrics=["mae"])
    x = ours.Input((3,))
    model = ours.Model(x, ours.layers.Dense(1)(inner(x)))
    model.compile("sgd", "mse")
    assert set(fitted(model)) == {"loss", "seen"}
    assert np.isclose(model.evaluate(X, Y, verbose=0, return_dict=True)["seen"], X.mean())


# a loss of one's own ---------------------------------------------------------------------------


def with_own_loss(k: Any, takes_training: bool) -> Any:
    class Halved(k.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = k.layers.Dense(1)
            self.dense.build((None, 3))
            self.built = True

        def call(self, x: Any) -> Any:
            return self.dense(x)

    def plain(self: Any, x: Any = None, y: Any = None, y_pred: Any = None,
              sample_weight: Any = None) -> Any:
        return k.ops.mean((y - y_pred) ** 2) / 2

    def told(self: Any, x: Any = None, y: Any = None, y_pred: Any = None,
             sample_weight: Any = None, training: bool = True) -> Any:
        return plain(self, x, y, y_pred) * (1.0 if training else 10.0)

    Halved.compute_loss = told if takes_training else plain
    return Halved()


@live
@pytest.mark.parametrize("takes_training", [False, True])
def test_evaluate_tells_the_loss_of_compute_loss(takes_training: bool) -> None:
    pair = twins(lambda k: with_own_loss(k, takes_training))
    for model in pair:
        model.compile("sgd", metrics=["mae"])
    assert_same_logs(*(fitted(model, validation_data=(X, Y)) for model in pair))
    logs = [model.evaluate(X, Y, verbose=0, return_dict=True) for model in pair]
    assert logs[1]["loss"] > 0
    assert_same_logs(*logs)


@pytest.mark.parametrize("use", ["fit", "evaluate", "predict"])
def test_losses_after_a_traced_step_are_numbers(use: str) -> None:
    class Penalised(ours.layers.Layer):
        def call(self, x: Any) -> Any:
            self.add_loss(ours.ops.mean(x ** 2))
            return x

    model = ours.Sequential([ours.Input((3,)), Penalised(),
                             ours.layers.Dense(1, kernel_regularizer="l2")])
    model.compile("sgd", "mse")
    getattr(model, use)(*((X,) if use == "predict" else (X, Y)), verbose=0)
    assert [np.isfinite(float(each)) for each in model.losses] == [True]
    model(X)                                             # a call of one's own: both penalties
    assert np.isclose(float(model.losses[0]), np.mean(X ** 2), rtol=1e-5)


# what callbacks hear ---------------------------------------------------------------------------


@live
def test_callbacks_hear_logs_that_are_dicts_as_in_keras() -> None:
    heard: dict[Any, list[Any]] = {}

    def listener(k: Any) -> Any:
        mine = heard.setdefault(k, [])

        class Hears(k.callbacks.Callback):
            def on_train_begin(self, logs: Any = None) -> None: mine.append(("train", logs))
            def on_test_begin(self, logs: Any = None) -> None: mine.append(("test", logs))
            def on_predict_begin(self, logs: Any = None) -> None: mine.append(("predict", logs))
            def on_epoch_begin(self, epoch: Any, logs: Any = None) -> None:
                mine.append((epoch, logs))

        return Hears()

    for k in (real_keras(), ours):
        model = k.Sequential([k.Input((3,)), k.layers.Dense(1)])
        model.compile("sgd", "mse")
        hears = listener(k)
        model.fit(X, Y, validation_data=(X, Y), verbose=0, callbacks=[hears])
        model.predict(X, verbose=0, callbacks=[hears])
    assert heard[ours] == heard[real_keras()]


def test_a_list_of_callbacks_tells_a_dict_where_it_was_told_nothing() -> None:
    class Hears(ours.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None: heard.append(logs)

    heard: list[Any] = []
    CallbackList([Hears()], model=None).on_train_begin()
    assert heard == [{}]


# slips -----------------------------------------------------------------------------------------


def test_python_can_tell_the_nearest_of_a_misspelt_method() -> None:
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    with pytest.raises(AttributeError, match="sumary") as failure:
        model.sumary()
    told = failure.value                                 # of which Python makes "Did you mean"
    assert told.name == "sumary"
    assert told.obj is model


@pytest.mark.parametrize(("name", "instead"), [
    ("export", "save"), ("fit_generator", "fit"), ("predict_classes", "argmax"),
    ("predict_proba", "predict"), ("evaluate_generator", "evaluate"),
    ("predict_generator", "predict"), ("reset_states", "reset_state"), ("quantize", "float32")])
def test_methods_that_are_not_here_or_no_more_say_what_to_use(name: str, instead: str) -> None:
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    with pytest.raises(AttributeError, match=f"{name}.*{instead}"):
        getattr(model, name)


def test_one_weight_a_sample_for_losses_of_several_steps_says_which_shape_fits() -> None:
    model = ours.Sequential([ours.Input((4, 3)), ours.layers.Dense(2)])
    model.compile("sgd", "mse")
    with pytest.raises(PellucidError, match=r"\(8, 4\).*\(8,\).*shape \(8, 1\)"):
        model.fit(np.ones((8, 4, 3)), np.ones((8, 4, 2)), sample_weight=np.ones(8), verbose=0)


# ops between the layers of a functional model --------------------------------------------------


def between(k: Any) -> dict[str, Any]:
    """What ops make of an Input, whose number of rows nobody knows yet."""
    x = k.Input((4, 3))
    return {"input": x, "zeros_like": k.ops.zeros_like(x),
            "ones_like": k.ops.ones_like(x[:, 0]), "full_like": k.ops.full_like(x, 2.5),
            "other dtype": k.ops.ones_like(x, dtype="int32"),
            "repeat": k.ops.repeat(x, 2, axis=1), "repeat rows": k.ops.repeat(x, 3, axis=0),
            "repeat the last": k.ops.repeat(x, 2, axis=-1),
            "convert": k.ops.convert_to_tensor(x) * 2}


@live
def test_ops_that_ask_for_a_shape_take_an_input_as_in_keras() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    answers = []
    for k in (real_keras(), ours):
        made = between(k)
        given = made.pop("input")
        told = {name: (tuple(each.shape), each.dtype) for name, each in made.items()}
        answers.append((told, {name: np.asarray(k.Model(given, each)(x))
                               for name, each in made.items()}))
    (told, values), (shown, found) = answers
    assert shown == told
    for name, value in values.items():
        assert np.array_equal(found[name], value), name


@live
def test_models_with_such_ops_are_saved_and_open_in_keras(tmp_path: Any) -> None:
    x = ours.Input((4, 3))
    model = ours.Model(x, ours.ops.repeat(x + ours.ops.full_like(x, 2.5), 2, axis=1))
    model.save(tmp_path / "model.keras")
    rows = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    for k in (real_keras(), ours):
        again = k.models.load_model(tmp_path / "model.keras")
        assert np.array_equal(np.asarray(again(rows)), np.repeat(rows + 2.5, 2, axis=1))


@live
def test_full_makes_floats_as_in_keras() -> None:
    for k in (real_keras(), ours):
        assert k.backend.standardize_dtype(k.ops.full((2,), 3).dtype) == "float32"


# a return that was forgotten, and other slips ---------------------------------------------------


class Forgetful(ours.layers.Layer):
    def call(self, x: Any) -> None:
        _ = x * 2


class ByName(ours.layers.Layer):
    """Adds its weight as it is told: ``how`` are the arguments, ``named`` those by name."""

    def __init__(self, *how: Any, **named: Any) -> None:
        super().__init__()
        self.how, self.named = how, named

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight(*self.how, **self.named)

    def call(self, x: Any) -> Any:
        return x


def forgotten(y_true: Any, y_pred: Any) -> None:
    ours.ops.mean((y_true - y_pred) ** 2)


@pytest.mark.parametrize(("slip", "told"), [
    (lambda: ours.Sequential([ours.Input((3,)), Forgetful(name="f"), ours.layers.Dense(1)]),
     r'Forgetful "f".call gave None.*return'),
    (lambda: ByName("kernel", (3, 2), "float32")(X), r"begins with its shape.*name='kernel'"),
    (lambda: ByName("kernel", shape=(3, 2))(X), r"add_weight takes one shape"),
    (lambda: ByName(shape=(3, 2), intializer="zeros")(X), r"intializer.*initializer"),
])
def test_slips_in_layers_of_ones_own_are_told(slip: Any, told: str) -> None:
    with pytest.raises(PellucidError, match=told):
        slip()


def test_a_loss_that_gives_nothing_is_named() -> None:
    model = ours.Sequential([ours.Input((3,)), ours.layers.Dense(1)])
    model.compile("sgd", forgotten)
    with pytest.raises(PellucidError, match="the loss forgotten gave None.*return"):
        fitted(model)


def test_a_single_image_is_told_of_its_batch() -> None:
    model = ours.Sequential([ours.Input((8, 8, 3)), ours.layers.Conv2D(2, 3)])
    with pytest.raises(PellucidError, match=r"got shape \(8, 8, 3\).*x\[None\]"):
        model.predict(np.ones((8, 8, 3)), verbose=0)
