"""`compile`, `fit`, `evaluate`, `predict` and their one-batch forms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers
from pellucid.core.errors import DataError, PellucidWarning

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")


def linear(**compile: Any) -> Any:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": "mse", **compile})
    return model


@pytest.mark.parametrize("x, y", [
    (X.tolist(), Y.tolist()), (X.astype("float64"), Y[:, 0]), (X, Y.astype("float16")),
    ((10 * X).astype(int), (Y > 0)), ((X > 0), (10 * Y).astype("int8"))])
def test_whatever_numbers(x, y):
    """Lists, floats of any width, ints, bools."""
    history = linear().fit(x, y, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    assert np.isfinite(history.history["loss"]).all()


def test_frames():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    for library in (pandas, polars):
        frame = library.DataFrame({"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]})
        model = linear()
        model.fit(frame, library.Series(Y[:, 0]), verbose=0)
        assert np.allclose(model.predict(frame, verbose=0), model.predict(X, verbose=0))


def test_the_order_of_rows_depends_on_the_seed_alone():
    results = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        model = linear()
        model.set_weights([np.ones((3, 1)), np.zeros(1)])
        model.fit(X, Y, epochs=2, batch_size=4, verbose=0)
        results.append(model.get_weights()[0])
    assert (results[0] == results[1]).all()
    assert (results[0] != results[2]).any()


def test_results_as_number_list_or_dict():
    model = linear()
    loss = model.evaluate(X, Y, verbose=0)
    assert isinstance(loss, float)
    assert model.train_on_batch(X, Y) == pytest.approx(loss, rel=1e-5)
    assert model.test_on_batch(X, Y) < loss
    model = linear(metrics=["mae"])
    both = model.evaluate(X, Y, verbose=0)
    assert [len(both), type(both[0])] == [2, float]
    named = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert named == dict(zip(["loss", "mae"], both, strict=True))
    assert set(model.train_on_batch(X, Y, return_dict=True)) == {"loss", "mae"}
    assert isinstance(model.predict(X, verbose=0), np.ndarray)
    assert model.predict_on_batch(X).shape == (20, 1)
    assert model.metrics_names == ["loss", "mae"]


def test_stopping_inside_an_epoch():
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                self.model.stop_training = True

    model = linear()
    history = model.fit(X, Y, epochs=5, batch_size=2, verbose=0, callbacks=[Stop()])
    assert history.epoch == [0]
    assert int(model.optimizer.iterations) == 3
    assert model.history is history


def test_going_on_where_one_stopped():
    model = linear()
    assert model.fit(X, Y, epochs=5, initial_epoch=3, verbose=0).epoch == [3, 4]
    assert model.fit(X, Y, epochs=2, initial_epoch=2, verbose=0).history == {}


def test_validation_now_and_then():
    history = linear().fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y), validation_freq=2)
    assert len(history.history["val_loss"]) == 2
    history = linear().fit(X, Y, epochs=4, verbose=0, validation_data=(X, Y),
                           validation_freq=[1, 4])
    assert len(history.history["val_loss"]) == 2


def test_generators_and_datasets():
    def ten() -> Iterator[Any]:
        for i in range(10):
            yield X[2 * i:2 * i + 2], Y[2 * i:2 * i + 2]

    class Batches(keras.utils.PyDataset):
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> Any:
            rows = slice(4 * index, 4 * index + 4)
            return X[rows], Y[rows], np.ones(4)

    model = linear()
    model.fit(ten(), epochs=1, verbose=0)
    assert int(model.optimizer.iterations) == 10
    model.fit(Batches(), epochs=2, verbose=0, validation_data=Batches())
    assert int(model.optimizer.iterations) == 20
    assert model.evaluate(Batches(), verbose=0) == pytest.approx(
        model.evaluate(X, Y, verbose=0), rel=1e-5)
    assert model.predict(Batches(), verbose=0).shape == (20, 1)
    with pytest.warns(PellucidWarning, match="ran out of batches"):
        model.fit(ten(), epochs=2, verbose=0)


def test_freezing_after_compile_takes_effect():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, name="a"), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(X, Y, verbose=0)
    before = model.get_weights()
    model.get_layer("a").trainable = False
    model.fit(X, Y, verbose=0)
    after = model.get_weights()
    assert (before[0] == after[0]).all()
    assert (before[2] != after[2]).any()
    model.get_layer("a").trainable = True
    model.fit(X, Y, verbose=0)
    assert (model.get_weights()[0] != before[0]).any()


def test_a_frozen_layer_without_weights_of_its_own_is_noticed_too():
    """Batch normalization without γ and β still changes its way when it is frozen."""
    model = keras.Sequential([keras.Input((3,)), layers.BatchNormalization(
        center=False, scale=False), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()
    model.fit(X, Y, verbose=0)
    assert all((a == b).all() for a, b in zip(before, model.layers[0].get_weights(), strict=True))


def test_a_metric_keeps_its_name_however_often_it_is_compiled():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, [layers.Dense(1, name="a")(inputs),
                                 layers.Dense(1, name="b")(inputs)])
    metric = keras.metrics.MeanAbsoluteError(name="far")
    for _ in range(2):
        model.compile("sgd", "mse", metrics={"b": metric})
        history = model.fit(X, [Y, Y], verbose=0)
        assert set(history.history) == {"loss", "a_loss", "b_loss", "b_far"}
        assert model.metrics_names[-1] == "b_far"
    assert metric.name == "far"


def test_an_input_may_be_wider_than_its_model():
    model = keras.Sequential([keras.Input((3,), dtype="float64"),
                              layers.Dense(1, dtype="float64", kernel_initializer="ones")])
    x = np.array([[1 / 3, 1e-9, 0.0]])
    assert model.compute_dtype == "float32"
    assert model(x).numpy().item() == model.predict(x, verbose=0).item() == x.sum()


def test_compiling_again_starts_a_new_optimizer():
    model = linear(optimizer="adam")
    model.fit(X, Y, verbose=0)
    weights = model.get_weights()
    model.compile("adam", "mae")
    assert int(model.optimizer.iterations) == 0
    assert all((a == b).all() for a, b in zip(weights, model.get_weights(), strict=True))
    model.fit(X, Y, verbose=0)
    assert model.optimizer.built


def test_a_learning_rate_changed_between_fits_is_used():
    model = linear(optimizer=keras.optimizers.SGD(0.1))
    model.fit(X, Y, verbose=0)
    before = model.get_weights()[0]
    model.optimizer.learning_rate = 0.0
    model.fit(X, Y, verbose=0)
    assert (model.get_weights()[0] == before).all()
    assert len(model.traced_functions["train"].compiled) == 1    # the rate is no constant


def test_each_form_of_data_is_traced_once():
    model = linear()
    model.fit(X, Y, epochs=3, batch_size=8, verbose=0)
    assert len(model.traced_functions["train"].compiled) == 2    # batches of 8, the last of 4
    model.fit(X, Y[:, 0], epochs=1, batch_size=10, verbose=0)
    assert len(model.traced_functions["train"].compiled) == 3


def test_progress_is_printed(capsys):
    linear().fit(X, Y, epochs=2, verbose=2)
    out = capsys.readouterr().out
    assert "loss" in out
    linear().fit(X, Y, verbose=0)
    assert capsys.readouterr().out == ""


def test_own_compute_loss_and_metrics_by_attribute():
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = layers.Dense(1)
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, inputs: Any) -> Any:
            return self.dense(inputs)

        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None,
                         sample_weight: Any = None, training: bool = True) -> Any:
            loss = keras.ops.mean(keras.ops.abs(y - y_pred))
            self.seen.update_state(loss * 2)
            return loss

    model = Own()
    model.compile("sgd")
    history = model.fit(X, Y, epochs=2, verbose=0, batch_size=20).history
    assert history["seen"][0] == pytest.approx(2 * history["loss"][0], rel=1e-5)


def test_predict_without_compile_and_in_parts():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
    whole = model.predict(X, verbose=0)
    assert np.allclose(whole, model.predict(X, batch_size=7, verbose=0))
    with pytest.raises(DataError, match="yields no batch|no batch"):
        model.predict(iter([]), verbose=0)


def test_outputs_without_a_loss_need_no_target():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, [layers.Dense(1, name="a")(inputs),
                                 layers.Dense(2, name="b")(inputs)])
    model.compile("sgd", {"a": "mse"})
    with pytest.warns(PellucidWarning, match="No gradient reaches b/kernel, b/bias"):
        history = model.fit(X, {"a": Y}, verbose=0)
    assert set(history.history) == {"loss"}              # the only one is the loss, as in Keras
