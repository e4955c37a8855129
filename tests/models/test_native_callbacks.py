"""Callbacks between native steps: what they change counts, what they hold stays."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras, layers
from tests.models.native_and_reference import assert_same, on, train_on_both

RNG = np.random.default_rng(1)
X = RNG.normal(size=(30, 4)).astype("float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5], [0.0]]) + 0.3).astype("float32")
Callback, Lambda = keras.callbacks.Callback, keras.callbacks.LambdaCallback


def network(**compile: Any) -> Any:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "tanh", name="first"),
                              layers.BatchNormalization(), layers.Dense(1, name="last")])
    model.compile(**{"optimizer": keras.optimizers.Adam(0.02), "loss": "mse",
                     "metrics": ["mae"], **compile})
    return model


class Doing(Callback):
    """Does something with the model, once, at an event."""

    def __init__(self, what: Any, event: str = "on_epoch_end", at: int = 1) -> None:
        super().__init__()
        self.what, self.at, self.done = what, at, False
        setattr(self, event, self.act)

    def act(self, number: int, logs: Any = None) -> None:
        if number == self.at and not self.done:
            self.done = True
            self.what(self.model)


def half(model: Any) -> None:
    model.set_weights([each / 2 for each in model.get_weights()])


def assign(model: Any) -> None:
    model.layers[0].kernel.assign(np.ones((4, 6)))
    model.optimizer.learning_rate = 0.001


def freeze(model: Any) -> None:
    model.get_layer("first").trainable = False


def recompile(model: Any) -> None:
    model.compile(keras.optimizers.SGD(0.01), "mae", metrics=["mse"])


def stop(model: Any) -> None:
    model.stop_training = True


def look(model: Any) -> None:
    model.predict(X, verbose=0)
    model.evaluate(X, Y, verbose=0)


@pytest.mark.parametrize("event", ["on_epoch_begin", "on_epoch_end", "on_train_batch_begin",
                                   "on_train_batch_end"])
@pytest.mark.parametrize("what", [half, assign, freeze, stop, look], ids=lambda f: f.__name__)
def test_what_a_callback_does_counts(what, event):
    assert_same(train_on_both(network, X, Y, batch_size=8, epochs=4, validation_split=0.2,
                              callbacks=lambda: [Doing(what, event)]), 2e-4)


@pytest.mark.parametrize("callback", [
    lambda: keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5),
    lambda: keras.callbacks.ReduceLROnPlateau("val_loss", patience=0, min_delta=10.0),
    lambda: keras.callbacks.EarlyStopping("loss", patience=1, min_delta=10.0,
                                          restore_best_weights=True),
    keras.callbacks.TerminateOnNaN])
def test_callbacks_that_steer(callback):
    runs = train_on_both(network, X, Y, batch_size=8, epochs=4, validation_data=(X, Y),
                         callbacks=lambda: [callback()])
    assert_same(runs, 2e-4)
    assert not runs[0][0].stop_training or len(runs[0][1].epoch) < 4


def test_checkpoints(tmp_path):
    place = iter(["native", "reference"])
    assert_same(train_on_both(network, X, Y, epochs=2, callbacks=lambda: [
        keras.callbacks.ModelCheckpoint(str(tmp_path / f"{next(place)}{{epoch}}.weights.h5"),
                                        save_weights_only=True)]), 2e-4)
    for epoch in (1, 2):                               # what was saved then is what was there then
        ours, theirs = network(), network()
        ours.load_weights(tmp_path / f"native{epoch}.weights.h5")
        theirs.load_weights(tmp_path / f"reference{epoch}.weights.h5")
        assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(
            ours.get_weights(), theirs.get_weights(), strict=True))


def test_events_and_logs_come_in_the_same_order():
    told: list[list[Any]] = []

    def listeners() -> list[Any]:
        told.append([])
        events = ["on_epoch_begin", "on_epoch_end", "on_train_batch_begin", "on_train_batch_end",
                  "on_test_batch_begin", "on_test_batch_end", "on_test_begin", "on_test_end",
                  "on_train_begin", "on_train_end"]

        class Notes(Callback):
            pass

        def note(event: str) -> Any:
            return lambda self, *said, **_: told[-1].append((event, *said))

        for event in events:
            setattr(Notes, event, note(event))
        return [Notes()]

    assert_same(train_on_both(network, X, Y, batch_size=8, epochs=2, validation_split=0.3,
                              callbacks=listeners), 2e-4)
    native, reference = told
    assert [each[:2] if isinstance(each[1], int) else each[0] for each in native] == [
        each[:2] if isinstance(each[1], int) else each[0] for each in reference]
    for mine, theirs in zip(native, reference, strict=True):
        a, b = mine[-1] or {}, theirs[-1] or {}
        assert list(a) == list(b)
        assert np.allclose(list(a.values()), list(b.values()), rtol=1e-3)


def test_history_is_the_same_whoever_listens():
    """Many epochs at once, epoch by epoch, and step by step: the same numbers to the last bit."""
    found = []
    for callbacks in ([], [Lambda(on_epoch_end=lambda epoch, logs: None)],
                      [Lambda(on_train_batch_end=lambda batch, logs: None)]):
        pellucid.set_random_seed(5)
        with on("native"):
            model = network()
            history = model.fit(X, Y, batch_size=8, epochs=6, verbose=0, callbacks=callbacks)
        found.append((history.epoch, history.history, [w.tobytes() for w in model.get_weights()]))
    assert found[0] == found[1] == found[2]


class Counting(keras.Sequential):
    """Counts how often it was told to begin its metrics anew."""

    resets = 0

    def reset_metrics(self) -> None:
        self.resets += 1
        super().reset_metrics()


@pytest.mark.parametrize("callbacks", [list, lambda: [Doing(lambda model: None)]])
def test_an_own_reset_of_metrics_runs_in_every_epoch(callbacks):
    def counting() -> Any:
        model = Counting([keras.Input((4,)), layers.Dense(1)])
        model.compile("sgd", "mse", metrics=["mae"])
        return model

    runs = train_on_both(counting, X, Y, epochs=3, callbacks=callbacks)
    assert_same(runs)
    assert [model.resets for model, _ in runs] == [3, 3]


def python_calls(model: Any, epochs: int, **fit: Any) -> int:
    """How many calls of Python functions a `fit` makes."""
    count = 0

    def note(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        model.fit(X, Y, epochs=epochs, verbose=0, **fit)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(("fit", "most"), [
    ({"callbacks": [Lambda(on_epoch_end=lambda epoch, logs: None)]}, 40),
    ({"callbacks": [Lambda(on_train_batch_end=lambda batch, logs: None)]}, 40),
    ({"validation_data": (X, Y)}, 70)], ids=["epochs", "batches", "validation"])
def test_what_an_epoch_takes_does_not_grow_with_the_layers(fit, most):
    """Whoever listens: nothing is looked for again that only another `fit` could have changed."""
    found = []
    with on("native"):
        for depth in (1, 8):
            model = keras.Sequential([keras.Input((4,)), *(
                layers.Dense(3, "tanh") for _ in range(depth)), layers.Dense(1)])
            model.compile("adam", "mse", metrics=["mae"])
            model.fit(X, Y, verbose=0, **fit)
            few, many = (python_calls(model, epochs, **fit) for epochs in (5, 25))
            found.append((many - few) / 20)
    assert found[0] == found[1]
    assert found[0] <= most


# copy on write ------------------------------------------------------------------------------------

def handed_out(model: Any) -> list[Any]:
    """Everything that shows the numbers of the variables."""
    variables = model.variables + model.optimizer.variables
    return [*model.get_weights(), *(np.asarray(each) for each in variables),
            *(each.numpy() for each in variables), *(each.value for each in variables),
            *(each.value.numpy()[...] for each in variables),
            *(memoryview(np.asarray(each)) for each in variables),
            *(np.asarray(each).T for each in variables)]


@pytest.mark.parametrize("event", [None, "on_epoch_end", "on_train_batch_end"])
def test_what_was_handed_out_never_changes(event):
    kept: list[Any] = []

    def keep(model: Any) -> None:
        kept.extend((each, np.array(each).copy()) for each in handed_out(model))

    with on("native"):
        model = network()
        model.fit(X, Y, epochs=1, verbose=0)
        keep(model)
        doing = [Doing(keep, event)] if event else []
        model.fit(X, Y, batch_size=8, epochs=4, verbose=0, callbacks=doing)
        assert all(np.array_equal(np.array(each), copy) for each, copy in kept)
        assert any(not np.array_equal(a, b) for a, (_, b) in zip(
            model.get_weights(), kept, strict=False))
        kernel = model.layers[0].kernel
        given = np.zeros((4, 6), "float32")
        kernel.assign(given)                           # and what came in is not written to
        model.layers[2].kernel.assign(np.ones((6, 1)))
        model.optimizer.variables[2].assign(kernel)
        model.fit(X, Y, epochs=1, verbose=0)
    assert not given.any()
    assert kernel.numpy().any()


@pytest.mark.parametrize("kind", ["train", "test"])
def test_what_was_handed_out_never_changes_by_single_batches(kind):
    with on("native"):
        model = network()
        step = getattr(model, f"{kind}_on_batch")
        step(X, Y)
        kept = [(each, np.array(each).copy()) for each in handed_out(model)]
        for _ in range(3):
            step(X, Y)
        assert all(np.array_equal(np.array(each), copy) for each, copy in kept)
        assert (kind == "test") is all(np.array_equal(a, b) for a, (_, b) in zip(
            model.get_weights(), kept, strict=False))


def test_what_nobody_holds_is_changed_in_place():
    """Weights and the optimizer's state stay where they are while epochs and calls of fit go by."""
    def places(model: Any) -> list[int]:
        variables = model.variables + model.optimizer.variables
        return [each.array.ctypes.data for each in variables if each.array.size > 1]

    with on("native"):
        model = network()
        model.fit(X, Y, epochs=1, verbose=0)
        first = places(model)
        model.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[Doing(lambda model: None)])
        model.fit(X, Y, batch_size=8, epochs=2, verbose=0)
        assert places(model) == first


def test_results_are_the_callers():
    with on("native"):
        model = network()
        first = model.predict(X, verbose=0)
        copy = first.copy()
        second = model.predict(X, verbose=0)           # the short way from now on
        assert second is not first
        assert not np.shares_memory(first, second)
        second[:] = 7.0
        assert np.array_equal(model.predict(X, verbose=0), copy)
        assert np.array_equal(first, copy)
        batch = model.predict_on_batch(X)
        batch[:] = 7.0
        assert np.array_equal(model.predict_on_batch(X), copy)


class Sums(keras.Sequential):
    """Tells the sum of each batch that it is tested on."""

    def test_step(self, data: Any) -> dict[str, Any]:
        return {"sum": pellucid.ops.sum(data[0])}


def test_single_batches_from_several_threads():
    """Each thread gets the figures of its own batch."""
    with on("native"):
        model = Sums([keras.Input((4,)), layers.Dense(1)])
        model.compile("sgd", "mse")

        def sums(i: int) -> set[float]:
            x = np.full((8, 4), i, "float32")
            return {model.test_on_batch(x, x[:, :1]) for _ in range(100)}

        assert sums(1) == {32.0}
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(sums, range(4))) == [{32.0 * i} for i in range(4)]


# the short way to predict ------------------------------------------------------------------------

class Mood(layers.Layer):
    """What it gives depends on whether it is frozen."""

    def call(self, x: Any) -> Any:
        return x if self.trainable else -x


def transform(model: Any) -> None:
    model.layers[1].trainable = not model.layers[1].trainable


def train(model: Any) -> None:
    model.fit(X, Y, verbose=0)


def one_batch(model: Any) -> None:
    model.train_on_batch(X, Y)


def eager(model: Any) -> None:
    model.run_eagerly = True
    model.layers[0].activation = keras.activations.get("relu")


@pytest.mark.parametrize("what", [half, assign, train, one_batch, transform, recompile, eager],
                         ids=lambda f: f.__name__)
def test_a_prediction_is_never_stale(what):
    with on("native"):
        model = keras.Sequential([keras.Input((4,)), layers.Dense(6, "tanh"), Mood(),
                                  layers.BatchNormalization(), layers.Dense(1, name="last")])
        model.compile("adam", "mse")
        for _ in range(3):
            before = model.predict(X, verbose=0)
        what(model)
        after = model.predict(X, verbose=0)
        model._forward = None
        assert np.array_equal(after, model.predict(X, verbose=0))
        assert np.allclose(after, model(X).numpy(), atol=1e-6)
    assert what in (freeze, recompile) or not np.array_equal(before, after)


@pytest.mark.parametrize("outputs", [lambda y: y, lambda y: [y], lambda y: {"y": y}])
def test_the_form_of_a_prediction_stays(outputs):
    x = keras.Input((4,))
    model = keras.Model(x, outputs(layers.Dense(1)(x)))
    with on("native"):
        found = [model.predict(X, verbose=0) for _ in range(3)]
    with on("reference"):
        model.traced_functions, model._forward = {}, None
        expected = model.predict(X, verbose=0)
    assert {type(each) for each in found} == {type(expected)}
