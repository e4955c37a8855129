"""`fit` on the native engine gives what the reference engine gives: every option, every form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pellucid
from pellucid import keras, layers
from tests.models.native_and_reference import assert_same, on, ran_natively, train_on_both

RNG = np.random.default_rng(0)
X = RNG.normal(size=(37, 5))
LABELS = (X[:, 0] * X[:, 1] > 0).astype("int64") + (X[:, 2] > 0.5)
Y = X[:, :2] @ np.array([[1.0], [-2.0]])
IMAGES = RNG.normal(size=(13, 8, 8, 2))
SERIES = RNG.normal(size=(14, 6, 3))
SERIES[:, 4:][::2] = 0.0                               # masked steps in every other row


def dense(dtype: str = "float64", loss: str = "sparse_categorical_crossentropy",
          **compile: Any) -> Any:
    penalty = keras.regularizers.L2(0.01)
    model = keras.Sequential([
        keras.Input((5,), dtype=dtype),
        layers.Dense(8, "relu", kernel_regularizer=penalty, dtype=dtype),
        layers.BatchNormalization(dtype=dtype), layers.Dropout(0.3, dtype=dtype),
        layers.Dense(3, "softmax", dtype=dtype)])
    model.compile(**{"optimizer": keras.optimizers.Adam(0.01, clipnorm=0.5), "loss": loss,
                     "metrics": ["accuracy"], **compile})
    return model


def linear(**compile: Any) -> Any:
    model = keras.Sequential([keras.Input((5,), dtype="float64"),
                              layers.Dense(1, dtype="float64")])
    model.compile(**{"optimizer": keras.optimizers.SGD(0.05, momentum=0.9), "loss": "mse",
                     **compile})
    return model


def convolutional() -> Any:
    model = keras.Sequential([
        keras.Input((8, 8, 2), dtype="float64"),
        layers.Conv2D(3, 3, activation="relu", dtype="float64"),
        layers.MaxPooling2D(dtype="float64"), layers.Dropout(0.2, dtype="float64"),
        layers.Flatten(dtype="float64"), layers.Dense(1, "sigmoid", dtype="float64")])
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy", "AUC"])
    return model


def recurrent() -> Any:
    model = keras.Sequential([
        keras.Input((6, 3), dtype="float64"), layers.Masking(dtype="float64"),
        layers.LSTM(4, return_sequences=True, dropout=0.2, dtype="float64"),
        layers.LSTM(3, dtype="float64"),
        layers.Dense(1, dtype="float64")])
    model.compile(keras.optimizers.AdamW(0.01, clipvalue=0.1), "huber", metrics=["mae"])
    return model


@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-10), ("float32", 1e-4)])
@pytest.mark.parametrize("weights", [{}, {"class_weight": {0: 1.0, 1: 3.0, 2: 0.5}},
                                     {"sample_weight": np.linspace(0.1, 2, 37)}])
def test_dense_with_everything(dtype, tolerance, weights):
    """Batch norm, dropout, L2, clipping; 37 rows in batches of 8 leave 5 over."""
    runs = train_on_both(lambda: dense(dtype), X, LABELS, batch_size=8, epochs=4, **weights)
    assert_same(runs, tolerance)
    assert len(runs[0][1].history["loss"]) == 4


def test_convolution():
    assert_same(train_on_both(convolutional, IMAGES, (IMAGES[:, 0, 0, 0] > 0), batch_size=4,
                              epochs=3))


def test_recurrence_with_masks():
    assert_same(train_on_both(recurrent, SERIES, SERIES.sum((1, 2))[:, None], batch_size=4,
                              epochs=2))


@pytest.mark.parametrize("fit", [
    {"shuffle": False}, {"shuffle": "batch"}, {"initial_epoch": 2}, {"batch_size": 1000},
    {"batch_size": 37}, {"batch_size": 36}, {"validation_split": 0.3},
    {"validation_split": 0.3, "validation_freq": 2, "validation_batch_size": 4},
    {"validation_data": (X[:9], LABELS[:9], np.arange(9.0)), "validation_freq": [1, 4]},
    {"steps_per_epoch": 5}, {"initial_epoch": 4}], ids=str)
def test_options_of_fit(fit):
    assert_same(train_on_both(dense, X, LABELS, **{"batch_size": 8, "epochs": 4, **fit}))


@pytest.mark.parametrize("rows", [1, 3])
def test_few_rows(rows):
    assert_same(train_on_both(dense, X[:rows], LABELS[:rows], epochs=3))


def test_generator_and_batches_by_hand():
    def batches():
        for _ in range(2):
            for i in range(0, 37, 10):
                yield X[i:i + 10], LABELS[i:i + 10]

    assert_same(train_on_both(dense, batches, epochs=2, steps_per_epoch=4))
    models = []
    for engine in ("native", "reference"):
        pellucid.set_random_seed(0)
        with on(engine):
            model = dense()
            logs = [model.train_on_batch(X[i:i + 9], LABELS[i:i + 9]) for i in (0, 9, 28)]
        models.append((model, logs))
    (native, logs), (reference, expected) = models
    assert ran_natively(native)
    assert np.allclose(logs, expected, rtol=1e-6)
    assert all(np.allclose(a, b, rtol=1e-10, atol=1e-12)
               for a, b in zip(native.get_weights(), reference.get_weights(), strict=True))


class Sums(keras.metrics.Metric):
    """A metric of several numbers, and with a reset of its own: it never forgets the first."""

    def __init__(self, keeps: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.sums = self.add_weight(shape=(2,), initializer="zeros")
        self.keeps = keeps

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.sums.assign_add(pellucid.ops.stack([pellucid.ops.sum(y_true),
                                                 pellucid.ops.sum(y_pred)]))

    def result(self) -> Any:
        return self.sums.value

    def reset_state(self) -> None:
        if not self.keeps:
            super().reset_state()


@pytest.mark.parametrize("metrics", [
    lambda: ["mse", "mse", "mae"], lambda: [Sums(name="sums")],
    lambda: [Sums(keeps=True, name="sums"), "mae"],
    lambda: [keras.metrics.RootMeanSquaredError(), keras.metrics.R2Score(),
             keras.metrics.CosineSimilarity()]], ids=["twice", "own", "own reset", "built in"])
def test_metrics(metrics):
    for callbacks in (list, lambda: [keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: None)]):
        runs = train_on_both(lambda: linear(metrics=metrics()), X, Y, batch_size=8, epochs=3,
                             validation_split=0.2, callbacks=callbacks)
        assert_same(runs)
        native, reference = (history.history for _, history in runs)
        for name, values in native.items():            # of the same kind, and free to change
            assert [np.asarray(each).dtype for each in values] == [
                np.asarray(each).dtype for each in reference[name]]
            assert all(each.flags.writeable and each.base is None for each in values
                       if isinstance(each, np.ndarray))


def test_confusion_metrics():
    metrics = [keras.metrics.AUC(name="auc"), keras.metrics.Precision(), "binary_accuracy"]

    def make() -> Any:
        model = keras.Sequential([keras.Input((5,)), layers.Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy",
                      metrics=[type(each).from_config(each.get_config())
                               if not isinstance(each, str) else each for each in metrics])
        return model

    assert_same(train_on_both(make, X, (Y > 0).astype("float32"), batch_size=8, epochs=3), 1e-4)


def branched() -> Any:
    a = keras.Input((5,), name="a", dtype="float64")
    b = keras.Input((2,), name="b", dtype="float64")
    both = layers.Concatenate(dtype="float64")([layers.Dense(4, "tanh", dtype="float64")(a), b])
    model = keras.Model({"a": a, "b": b}, {
        "number": layers.Dense(1, name="number", dtype="float64")(both),
        "label": layers.Dense(3, "softmax", name="label", dtype="float64")(both)})
    model.compile("adam", {"number": "mse", "label": "sparse_categorical_crossentropy"},
                  loss_weights={"number": 0.5, "label": 2.0},
                  metrics={"number": ["mae"], "label": ["accuracy"]})
    return model


def test_several_inputs_and_outputs():
    x, y = {"a": X, "b": X[:, 3:]}, {"number": Y, "label": LABELS}
    runs = train_on_both(branched, x, y, batch_size=8, epochs=3)
    assert_same(runs)
    (native, _), (reference, _) = runs
    with on("native"):
        mine = native.predict(x, verbose=0), native.evaluate(x, y, verbose=0)
    with on("reference"):
        theirs = reference.predict(x, verbose=0), reference.evaluate(x, y, verbose=0)
    assert set(mine[0]) == {"number", "label"}
    assert all(np.allclose(mine[0][name], theirs[0][name]) for name in mine[0])
    assert np.allclose(mine[1], theirs[1], rtol=1e-6)


def copying() -> Any:
    model = keras.Sequential([keras.Input((5,), dtype="float64"),
                              layers.Dense(2, dtype="float64"), layers.Dense(5, dtype="float64")])
    model.compile("adam", "mse", metrics=["mae"], weighted_metrics=["mae"])
    return model


def remembering() -> Any:
    model = keras.Sequential([keras.Input((5, 1), batch_size=4, dtype="float64"),
                              layers.LSTM(3, stateful=True, dtype="float64"),
                              layers.Dense(1, dtype="float64")])
    model.compile("adam", "mse")
    return model


class Ready(keras.utils.PyDataset):
    def __len__(self) -> int: return 4

    def __getitem__(self, index: int) -> Any: return X[index::4][:9], X[index::4][:9]


def test_other_forms():
    """The same array twice, weights of rows held out, a state that lasts, ready batches."""
    weights = np.arange(37.0)
    assert_same(train_on_both(copying, X, X, batch_size=8, epochs=3, sample_weight=weights,
                              validation_data=(X, X, weights), validation_batch_size=7))
    assert_same(train_on_both(remembering, X[:36, :, None], Y[:36], batch_size=4, epochs=2,
                              shuffle=False))
    assert_same(train_on_both(copying, Ready, epochs=2))
    same_place = X.ravel()[:37]                        # as x begins, but with shorter rows
    assert_same(train_on_both(linear, X, same_place, batch_size=8, epochs=3))


def test_own_train_step():
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.one = layers.Dense(1, dtype="float64")

        def call(self, x: Any, training: bool = False) -> Any:
            return self.one(x)

        def train_step(self, data: Any) -> dict[str, Any]:
            x, y = data[:2]
            with pellucid.GradientTape() as tape:
                loss = pellucid.ops.mean((self(x, training=True) - y) ** 2)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"twice": 2 * loss}

    def make() -> Any:
        model = Own()
        model.compile(keras.optimizers.SGD(0.01))
        return model

    runs = train_on_both(make, X, Y, batch_size=8, epochs=3)
    assert_same(runs)
    assert list(runs[0][1].history) == ["twice"]


@pytest.mark.parametrize("optimizer", [
    lambda: keras.optimizers.SGD(0.01, use_ema=True, ema_overwrite_frequency=3),
    lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=2),
    lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)),
    lambda: keras.optimizers.Nadam(0.01, weight_decay=0.01, global_clipnorm=0.1)],
    ids=["average", "accumulation", "schedule", "global norm"])
def test_optimizers_with_state(optimizer):
    assert_same(train_on_both(lambda: linear(optimizer=optimizer()), X, Y, batch_size=8, epochs=3))


def test_evaluate_and_predict_in_any_batches():
    x = X.astype("float32")
    with on("reference"):
        model = dense("float32")
        model.fit(x, LABELS, verbose=0)
        expected = model.predict(x, verbose=0)
        figures = model.evaluate(x, LABELS, verbose=0)
        model.traced_functions = {}
    with on("native"):
        for size in (None, 1, 5, 36, 37, 100):
            assert np.allclose(model.predict(x, size, verbose=0), expected, atol=1e-6)
            assert np.allclose(model.evaluate(x, LABELS, size, verbose=0), figures, rtol=1e-5)
        assert ran_natively(model, "predict")
        assert ran_natively(model, "test")
