"""A recorded run: it says what is so, changes nothing, and stays small."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from pellucid import (
    GradientTape,
    Input,
    Model,
    Sequential,
    activations,
    layers,
    ops,
    random,
    set_random_seed,
)
from pellucid.callbacks import CallbackList, EarlyStopping, LambdaCallback, LearningRateScheduler
from pellucid.core.errors import ArgumentError, FileError, KindError, PellucidWarning
from pellucid.data.pydataset import PyDataset
from pellucid.insight import Record, Recorder
from pellucid.insight.recording.measures import BINS, COUNTED, SMALLEST, flat_ends, histogram, sizes
from pellucid.insight.recording.moments import Logs, Moments
from pellucid.insight.signals import signals
from pellucid.random import next_seed

draw = np.random.default_rng(0)
X = draw.normal(size=(40, 3)).astype("float32")
Y = X[:, :1] * X[:, 1:2]


def net(*hidden, optimizer="adam", loss="mse", **how):
    set_random_seed(3)
    model = Sequential([Input((3,)), *hidden, layers.Dense(1, name="last")])
    model.compile(optimizer, loss, **how)
    return model


def tanh_net(**how):
    return net(layers.Dense(4, "tanh", name="hidden"), **how)


def recorded(model, x=X, y=Y, epochs=3, recorder=None, callbacks=(), **how):
    recorder = recorder or Recorder()
    model.fit(x, y, **{"epochs": epochs, "batch_size": 8, "verbose": 0, **how},
              callbacks=[*callbacks, recorder])
    return recorder.record


# it changes nothing -------------------------------------------------------------------------


class Jittered(PyDataset):
    """Batches that are drawn anew whenever they are asked for."""

    def __init__(self):
        super().__init__()
        self.random = np.random.default_rng(0)

    def __len__(self):
        return 5

    def __getitem__(self, k):
        rows = slice(8 * k, 8 * k + 8)
        return X[rows] + self.random.normal(size=(8, 3)).astype("float32"), Y[rows]


def endless():
    while True:
        for k in range(5):
            yield X[8 * k:8 * k + 8], Y[8 * k:8 * k + 8]


def noisy_layers():
    return [layers.Dense(6, "relu"), layers.BatchNormalization(), layers.Dropout(0.5),
            layers.GaussianNoise(0.1), layers.Reshape((3, 2)), layers.LSTM(4, dropout=0.2)]


class OwnStep(Model):
    """A model with a training step of its own, and noise that nobody gave a seed."""

    def __init__(self):
        super().__init__()
        self.hidden, self.drop = layers.Dense(4, "relu"), layers.Dropout(0.5)
        self.last = layers.Dense(1)

    def call(self, inputs, training=None):
        noise = random.normal(ops.shape(inputs)) if training else 0.0
        return self.last(self.drop(self.hidden(inputs + 0.1 * noise), training=training))

    def train_step(self, data):
        x, y = data
        with GradientTape() as tape:
            loss = ops.mean(ops.square(self(x, training=True) - y))
        weights = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return {"loss": loss}


def trained(kind, callbacks):
    """The state after a training of each kind, and the next numbers drawn at random."""
    set_random_seed(5)
    if kind == "own step":
        model = OwnStep()
    else:
        model = Sequential([Input((3,)), *noisy_layers(), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=kind == "eager")
    data = {"x": Jittered()} if kind == "dataset" else {
        "x": endless(), "steps_per_epoch": 5} if kind == "generator" else {"x": X, "y": Y}
    how = {"validation_split": 0.2} if kind in ("arrays", "batches") else {}
    if "y" in data:
        how["batch_size"] = 8
    epochs = 2 if kind == "eager" else 4
    history = model.fit(**data, **how, epochs=epochs, verbose=0, callbacks=callbacks)
    state = [each.numpy() for each in [*model.variables, *model.optimizer.variables]]
    return state, history.history, next_seed(), np.random.random(), ops.convert_to_numpy(
        model.predict(X, verbose=0))


@pytest.mark.parametrize("kind", ["arrays", "batches", "generator", "dataset", "own step", "eager"])
def test_training_is_the_same_bit_for_bit(kind):
    recorder = Recorder(frames=3, batches=2 if kind == "batches" else None)
    plain = trained(kind, [])
    watched = trained(kind, [recorder])
    assert len(plain[0]) == len(watched[0]) > 10
    for one, other in zip(plain[0], watched[0], strict=True):
        np.testing.assert_array_equal(one, other)
    assert plain[1] == watched[1]
    assert plain[2:4] == watched[2:4]
    np.testing.assert_array_equal(plain[4], watched[4])
    assert 2 <= len(recorder.record) <= 3


# what it says is so -------------------------------------------------------------------------


def test_the_first_moment_is_what_signals_say():
    model = tanh_net()
    told = signals(model, X[:20], Y[:20])
    record = recorded(model, epochs=1, recorder=Recorder(rows=20))
    assert record.layers == ("hidden", "last")
    for each in told:
        layer = record.layer(each.name)
        assert layer.mean[0] == pytest.approx(each.output.mean(), rel=1e-5)
        assert layer.std[0] == pytest.approx(each.spread, rel=1e-5)
        assert layer.gradient[0] == pytest.approx(each.gradient_spread, rel=1e-4)
        assert layer.gradient_norm[0] == pytest.approx(each.gradient_norm, rel=1e-4)
        assert layer.counts[0].sum() == each.output.size
        assert layer.low[0] == pytest.approx(each.output.min(), rel=1e-5)
        assert layer.high[0] == pytest.approx(each.output.max(), rel=1e-5)
        assert layer.sizes[0].sum() == sum(map(np.count_nonzero, each.weight_gradients))
        assert layer.norm[0] == pytest.approx(np.sqrt(sum(w.norm[0] ** 2 for w in layer.weights)))
        for weight, gradient in zip(layer.weights, each.weight_gradients, strict=True):
            assert weight.gradient_norm[0] == pytest.approx(
                np.sqrt((gradient.astype(float) ** 2).sum()), rel=1e-4)
            assert weight.sizes[0].sum() == np.count_nonzero(gradient)
    assert record.loss[0] == pytest.approx(
        np.square(net_output(model, record) - Y[:20]).mean(), rel=1e-5)


def net_output(model, record):
    """What the model gave at the first moment of a record, from the weights kept there."""
    now = model.get_weights()
    model.set_weights(record.at(0).values)
    try:
        return model.predict(X[:20], verbose=0)
    finally:
        model.set_weights(now)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_step_that_it_tells_is_the_step_that_is_taken(optimizer):
    model = tanh_net(optimizer=optimizer)
    record = recorded(model, epochs=2, batch_size=40, shuffle=False)        # all rows: a step
    assert record.steps.tolist() == [0, 1, 2]
    assert record.since.tolist() == [0, 1, 1]
    for name in record.weight_names:
        weight = record.weight(name)
        np.testing.assert_allclose(weight.step_norm[:2], weight.moved[1:], rtol=1e-4)
        w = [each.values[record.weight_names.index(name)] for each in record]
        for k in range(3):
            assert weight.norm[k] == pytest.approx(np.linalg.norm(w[k]), rel=1e-5, abs=1e-12)
            assert weight.distance[k] == pytest.approx(np.linalg.norm(w[k] - w[0]), rel=1e-5)
        if weight.norm[0]:
            assert weight.update[0] == pytest.approx(weight.step_norm[0] / weight.norm[0])
            assert weight.speed[1] == pytest.approx(weight.moved[1] / weight.norm[1])
        else:                                                       # a bias that starts at 0
            assert np.isnan(weight.update[0])


def test_weights_of_rows_count_in_the_probe():
    model, weight = tanh_net(), np.linspace(0, 3, 40)
    expected = model.evaluate(X[:30], Y[:30], sample_weight=weight[:30], verbose=0)
    found = recorded(model, sample_weight=weight, epochs=1, recorder=Recorder(rows=30))
    assert found.loss[0] == pytest.approx(expected, rel=1e-5)


def test_dead_zero_and_saturated_units():
    relu = layers.Dense(4, "relu", name="hidden")
    model = net(relu, layers.Dense(5, "tanh", name="flat"))
    relu.set_weights([np.zeros((3, 4)), np.array([-1.0, -1.0, 1.0, 1.0])])
    model.layers[1].set_weights([np.full((4, 5), 9.0), np.zeros(5)])
    record = recorded(model, epochs=1)
    hidden, flat, last = map(record.layer, record.layers)
    assert (hidden.dead[0], hidden.zero[0]) == (0.5, 0.5)
    assert np.isnan(hidden.saturated[0])
    assert (flat.dead[0], flat.saturated[0]) == (0.0, 1.0)
    assert np.isnan(last.saturated).all()
    assert (hidden.kind, hidden.activation, hidden.shape) == ("Dense", "relu", (4,))


def test_units_are_found_where_the_layer_has_them():
    set_random_seed(0)
    conv = layers.Conv2D(2, 3, activation="relu", data_format="channels_first", name="conv")
    model = Sequential([Input((1, 5, 5)), conv, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    conv.set_weights([conv.get_weights()[0], np.array([-99.0, 99.0])])
    images = np.abs(draw.normal(size=(6, 1, 5, 5)))
    record = recorded(model, images, np.zeros((6, 1)), epochs=1)
    assert record.layer("conv").dead[0] == 0.5


def test_histograms_count_every_finite_number():
    values = np.array([-2.0, 0.0, 0.1, 2.0, np.nan, np.inf], "float32")
    share, low, high, counts = histogram(values)
    assert (share, low, high, counts.sum()) == (4 / 6, -2, 2, 4)
    np.testing.assert_array_equal(counts, np.histogram(values[:4], BINS, (-2, 2))[0])
    assert histogram(np.full(3, 7.0))[3][0] == 3
    assert histogram(np.array([-1.7e308, 1.7e308]))[3].tolist() == [1, *[0] * (BINS - 2), 1]
    assert histogram(np.array([5e-324, 0.0]))[3].sum() == 2
    nothing = histogram(np.array([np.nan]))
    assert (nothing[0], nothing[3].sum()) == (0, 0)
    assert np.isnan(nothing[1:3]).all()
    share, counts = sizes(np.array([0.0, 2.0 ** SMALLEST, 1e-300, -1e300, np.nan]))
    assert (share, counts[0], counts[-1], counts.sum()) == (0.8, 2, 1, 3)
    many = histogram(np.linspace(0, 1, 1_000_001))
    assert many[3].sum() == COUNTED
    assert many[3].max() - many[3].min() <= 2


def test_flat_ends_are_found_by_evaluating():
    assert flat_ends(activations.tanh) == (-1, 1)
    assert flat_ends(activations.relu6) == (0, 6)
    for other in (activations.relu, activations.softmax, activations.elu, None, len):
        assert flat_ends(other) is None


def test_what_the_logs_say_is_kept_for_every_epoch():
    model = tanh_net(metrics=["mae"])
    recorder = Recorder(frames=3)
    rate = LearningRateScheduler(lambda epoch: 0.1 / (epoch + 1))
    record = recorded(model, epochs=9, recorder=recorder, callbacks=[rate],
                      validation_data=(X, Y), validation_freq=3)
    np.testing.assert_array_equal(record.logged, np.arange(1, 10))
    assert record.logs["mae"].tolist() == model.history.history["mae"]
    np.testing.assert_allclose(record.logs["learning_rate"], 0.1 / np.arange(1, 10), rtol=1e-6)
    np.testing.assert_array_equal(np.isfinite(record.logs["val_loss"]),
                                  np.arange(1, 10) % 3 == 0)
    assert record.epochs.tolist() == [0, 8, 9]
    assert record.at(8).logs["loss"] == model.history.history["loss"][7]
    assert record.at(0).logs == {}
    assert record.at(8).learning_rate == pytest.approx(0.1 / 8)


def test_a_metric_of_several_numbers_and_one_that_comes_late():
    logs = Logs()
    logs.add(1, {"f1": np.array([0.5, 0.25])})
    logs.add(2, {"loss": 1.0})
    columns = logs.columns()
    assert list(columns) == ["f1[0]", "f1[1]", "loss"]
    np.testing.assert_array_equal(list(columns.values()),
                                  [[0.5, np.nan], [0.25, np.nan], [np.nan, 1.0]])


# any model, any data ------------------------------------------------------------------------


def test_nested_and_shared_layers_have_names_of_their_own():
    set_random_seed(0)
    one = Sequential([Input((3,)), layers.Dense(3, name="a")], name="left")
    other = Sequential([Input((3,)), layers.Dense(3, name="a")], name="right")
    x, same = Input((3,)), layers.Dense(3, "tanh", name="same")
    model = Model(x, layers.Dense(1, name="out")(same(same(other(one(x))))))
    model.compile("sgd", "mse")
    record = recorded(model, epochs=1)
    assert record.layers == ("left/a", "right/a", "same", "same (2)", "out")
    assert [each.name for each in record.layer("right/a").weights] == [
        "right/a/kernel", "right/a/bias"]
    assert record.layer("same (2)").gradient_norm[0] == record.layer("same").gradient_norm[0]
    assert record.layer("same (2)").mean[0] != record.layer("same").mean[0]


def test_several_inputs_and_outputs_one_without_a_loss():
    set_random_seed(0)
    words, numbers = Input((4,), dtype="int32", name="words"), Input((3,), name="numbers")
    seen = layers.LSTM(5, name="lstm")(layers.Embedding(10, 2, name="embedding")(words))
    both = layers.Concatenate(name="both")([seen, layers.Dense(5, "relu", name="side")(numbers)])
    outputs = {"score": layers.Dense(1, name="score")(both), "free": layers.Dense(2, name="free")(
        both)}
    model = Model({"words": words, "numbers": numbers}, outputs)
    model.compile("adam", {"score": "mse"})
    x = {"words": draw.integers(0, 10, (40, 4)), "numbers": X}
    with pytest.warns(PellucidWarning, match="No gradient reaches free/kernel"):
        record = recorded(model, x, {"score": Y}, epochs=2)
    assert set(record.layers) == {"embedding", "lstm", "both", "side", "score", "free"}
    assert record.layer("free").gradient_norm.tolist() == [0, 0, 0]
    assert record.layer("free").gradient.tolist() == [0, 0, 0]
    assert (record.layer("embedding").gradient_norm > 0).all()
    assert record.layer("lstm").shape == (5,)


def test_batch_sizes_that_a_model_insists_on():
    set_random_seed(0)
    model = Sequential([Input(batch_shape=(8, 3, 1)), layers.LSTM(4, stateful=True, name="lstm"),
                        layers.Dense(1)])
    model.compile("sgd", "mse")
    record = recorded(model, X[:, :, None], Y, shuffle=False, epochs=2)
    assert len(record) == 3


def test_layers_may_be_frozen_and_set_free():
    model = tanh_net()
    hidden = model.layers[0]

    def freeze(epoch, logs):
        hidden.trainable = epoch != 1

    record = recorded(model, epochs=3, callbacks=[LambdaCallback(on_epoch_begin=freeze)])
    kernel = record.weight("hidden/kernel")
    np.testing.assert_array_equal(np.isnan(kernel.gradient_norm), [False, False, True, False])
    np.testing.assert_array_equal(kernel.moved > 0, [False, True, False, True])


def test_a_step_of_its_own():
    set_random_seed(0)
    model = OwnStep()
    model.compile("sgd", "mse")
    record = recorded(model, epochs=2)
    assert record.epochs.tolist() == [1, 2]              # nothing is tried before `fit` has begun
    assert len(record.notes) == 1
    assert np.isnan(record.loss).all()
    kernel = record.weight(record.weight_names[0])
    assert (kernel.gradient_norm > 0).all()
    np.testing.assert_allclose(kernel.step_norm, 0.01 * kernel.gradient_norm, rtol=1e-4)
    assert np.isfinite(record.layer(record.layers[0]).mean).all()
    model = OwnStep()
    model.compile("sgd", "mse", run_eagerly=True)
    record = recorded(model, epochs=1)
    assert record.layers == ()
    assert "nothing but the weights" in record.notes[0]
    assert (record.weight(record.weight_names[0]).moved > 0).all()


class Adversaries(Model):
    """Two networks against each other, each with an optimizer of its own."""

    def __init__(self):
        super().__init__()
        self.maker = Sequential([Input((2,)), layers.Dense(3, "tanh", name="dense")], name="maker")
        self.judge = Sequential([Input((3,)), layers.Dense(1, name="dense")], name="judge")

    def call(self, inputs):
        return self.judge(inputs)

    def train_step(self, data):
        losses = {}
        for name, sign, rate in (("judge", 1, 0.1), ("maker", -1, 0.1)):
            with GradientTape() as tape:
                made = self.maker(random.normal((data.shape[0], 2)))
                losses[name] = sign * ops.mean(self.judge(made) - self.judge(data))
            for weight, each in zip(weights := getattr(self, name).trainable_variables,
                                    tape.gradient(losses[name], weights), strict=True):
                if each is not None:                     # a bias that both terms share cancels
                    weight.assign_sub(rate * each)
        return losses


def test_adversaries():
    def fit(*callbacks):
        set_random_seed(0)
        model = Adversaries()
        model.compile()
        model.fit(X, epochs=3, batch_size=8, verbose=0, callbacks=list(callbacks))
        return model.get_weights()

    recorder = Recorder()
    for one, other in zip(fit(), fit(recorder), strict=True):
        np.testing.assert_array_equal(one, other)
    record = recorder.record
    assert record.layers[:2] == ("maker/dense", "judge/dense")
    assert "judge/dense (2)" in record.layers
    assert set(record.weight_names) == {f"{net}/dense/{weight}" for net in ("maker", "judge")
                                        for weight in ("kernel", "bias")}
    assert (record.weight("maker/dense/kernel").step_norm > 0).all()
    assert np.isnan(record.weight("maker/dense/kernel").gradient_norm).all()


class Looped(Model):
    """A layer that is called inside a loop of the engine's own, and one that is not."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = layers.Dense(3, name="inner"), layers.Dense(1, name="outer")
        self.inner.build((None, 3))

    def call(self, inputs):
        carry, _ = ops.scan(lambda c, x: (self.inner(c) + x, c), inputs, ops.ones((2, 1, 3)))
        return self.outer(carry)


def test_layers_inside_a_loop_are_no_obstacle():
    model = Looped()
    model.compile("sgd", "mse")
    record = recorded(model, epochs=1)
    assert record.layers == ("outer",)
    assert (record.weight("inner/kernel").gradient_norm > 0).all()


def test_a_diverged_run_leaves_a_record_that_says_so():
    model = net(layers.Dense(4, name="hidden"), optimizer="sgd")
    model.optimizer.learning_rate = 1e12
    record = recorded(model, epochs=4)
    hidden = record.layer("hidden")
    assert hidden.finite[0] == 1
    assert hidden.finite[-1] < 1
    assert record.weight("hidden/kernel").finite[-1] < 1
    assert np.isfinite(hidden.mean[0])
    assert not np.isfinite(record.loss[-1])
    assert hidden.counts[0].sum() == 160


# how much is kept ---------------------------------------------------------------------------


def test_moments_are_spread_evenly_whatever_their_number():
    for most in (2, 3, 10):
        moments = Moments(most)
        for count in range(1000):
            if moments.wants(count):
                moments.add(count, count)
            assert 1 <= len(moments.kept) <= most
        steps = np.diff(moments.kept)
        assert moments.kept[0] == 0
        assert (steps == moments.stride).all()
        assert len(moments.kept) > most / 2
    assert len(Moments(2, 5).kept) == 0


def tiny_run(epochs, **how):
    model = net(layers.Dense(8, "tanh", name="hidden"), layers.Dense(8, "relu"), metrics=["mae"])
    return recorded(model, X[:8], Y[:8], epochs=epochs, recorder=Recorder(**how),
                    validation_data=(X[8:16], Y[8:16]))


def test_a_long_run_stays_small():
    record = tiny_run(300, frames=20)
    assert len(record) <= 20
    assert record.epochs[0] == 0
    assert record.epochs[-1] == 300
    assert len(record.logs["val_mae"]) == 300
    moment = record.weights[0].nbytes + record.outputs[0].nbytes + 4 * 200
    assert record.nbytes < 20 * moment + 8 * 300 * 6
    # with 200 moments, and 10,000 epochs, the same model takes at most
    assert 200 * moment + 8 * 10_000 * 6 < 2e6


@pytest.mark.deep
def test_ten_thousand_epochs_in_fifty_megabytes(tmp_path):
    record = tiny_run(10_000)
    assert record.epochs[-1] == 10_000
    assert len(record.logs["loss"]) == 10_000
    assert record.nbytes < 50e6
    assert len(pickle.dumps(record)) < 50e6
    record.save(tmp_path / "run.npz")
    assert (tmp_path / "run.npz").stat().st_size < 50e6


def test_weights_are_kept_where_they_are_small():
    small = recorded(tanh_net(), epochs=1)
    assert [each.shape for each in small.at(1).values] == [(3, 4), (4,), (4, 1), (1,)]
    assert recorded(tanh_net(), epochs=1, recorder=Recorder(weights=False)).values is None
    big = net(layers.Dense(6000))
    assert recorded(big, epochs=1).values is None
    assert recorded(big, epochs=1, recorder=Recorder(weights=True)).values is not None


def test_a_look_every_few_batches():
    record = recorded(tanh_net(), epochs=2, recorder=Recorder(batches=2))     # of five an epoch
    np.testing.assert_allclose(record.epochs, [0, 0.4, 0.8, 1.2, 1.6, 2])
    assert record.steps.tolist() == [0, 2, 4, 6, 8, 10]
    assert record.at(1).epoch == 0.8
    few = recorded(tanh_net(), epochs=3, recorder=Recorder(batches=2, frames=4))
    np.testing.assert_allclose(few.epochs, [0, 1.6, 3])


def test_the_last_epoch_is_there_whoever_ends_the_training():
    for stop in (EarlyStopping("loss", patience=0, min_delta=9, restore_best_weights=True),
                 LambdaCallback(on_epoch_end=lambda epoch, logs: None)):
        record = recorded(tanh_net(), epochs=7, recorder=Recorder(frames=2), callbacks=[stop])
        assert record.epochs[-1] == len(record.logged)
    model, recorder = tanh_net(), Recorder(frames=2)
    rows = ((X[:8], Y[:8]) for _ in range(7))
    with pytest.warns(PellucidWarning, match="ran out"):
        model.fit(rows, steps_per_epoch=2, epochs=9, verbose=0, callbacks=[recorder])
    assert recorder.record.epochs[-1] == len(recorder.record.logged)


def test_later_epochs_and_a_second_training():
    recorder, model = Recorder(), tanh_net()
    recorded(model, recorder=recorder, epochs=2)
    record = recorded(model, recorder=recorder, initial_epoch=2, epochs=5)
    assert record.epochs.tolist() == [2, 3, 4, 5]
    assert record.steps.tolist() == [10, 15, 20, 25]
    assert (record.weight("hidden/kernel").distance[0], record.since[0]) == (0, 0)


def test_rows_of_ones_own_and_a_loop_of_ones_own():
    model, probe = tanh_net(), (X[:5], Y[:5])
    recorder = Recorder(probe=probe)
    callbacks = CallbackList([recorder], model=model, epochs=2)
    model.evaluate(X, Y, verbose=0)
    for epoch in range(2):
        callbacks.on_epoch_begin(epoch)
        model.train_on_batch(X, Y)
        callbacks.on_epoch_end(epoch, {"loss": 1.0})
    callbacks.on_train_end()
    assert recorder.record.epochs.tolist() == [0, 1, 2]
    assert recorder.record.loss[0] == pytest.approx(
        np.square(net_output(model, recorder.record)[:5] - Y[:5]).mean(), rel=1e-4)
    with pytest.raises(ArgumentError, match=r"Recorder\(probe=\(x, y\)\)"):
        CallbackList([Recorder()], model=model).on_epoch_begin(0)


# the record as a thing ----------------------------------------------------------------------


def test_a_record_is_saved_and_read_again(tmp_path):
    record = recorded(tanh_net(), validation_split=0.2)
    record.save(tmp_path / "run.npz")
    again = Record.load(tmp_path / "run.npz")
    assert repr(again) == repr(record) == (
        "<Record: 4 moments of epochs 0 to 3, 2 layers, 4 weights>")
    assert again.layers == record.layers
    assert again.nbytes == record.nbytes
    for name in ("epochs", "steps", "loss", "logged", "learning_rate"):
        np.testing.assert_array_equal(getattr(again, name), getattr(record, name))
    for name, column in record.logs.items():
        np.testing.assert_array_equal(again.logs[name], column)
    np.testing.assert_array_equal(again.layer("hidden").counts, record.layer("hidden").counts)
    for one, other in zip(again.at(2).values, record.at(2).values, strict=True):
        np.testing.assert_array_equal(one, other)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["run.npz"]


def test_files_that_are_no_record(tmp_path):
    with pytest.raises(FileError, match="there is no record"):
        Record.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    record = recorded(tanh_net(), epochs=1)
    record.save(tmp_path / "run.npz")
    whole = (tmp_path / "run.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(whole[:len(whole) // 2])
    for name in ("text", "other", "half"):
        with pytest.raises(FileError, match="no record of a run, or is damaged"):
            Record.load(tmp_path / f"{name}.npz")
    with pytest.raises(FileError, match="folder"):
        record.save(tmp_path / "missing" / "run.npz")


def test_names_and_epochs_that_are_not_there():
    record = recorded(tanh_net())
    with pytest.raises(ArgumentError, match='Did you mean "hidden"'):
        record.layer("hiden")
    with pytest.raises(ArgumentError, match="hidden/kernel"):
        record.weight("hidden/kernle")
    for epoch in (-1, 4, "2", None):
        with pytest.raises(ArgumentError, match="from epoch 0 to 3"):
            record.at(epoch)
    assert record.at(2.9).epoch == 2


def test_arguments_that_have_no_meaning():
    for given in ({"frames": 1}, {"batches": 0}, {"rows": 0}, {"probe": X}, {"weights": "big"},
                  {"frames": 2.5}):
        with pytest.raises((ArgumentError, KindError)):
            Recorder(**given)
    with pytest.raises(ArgumentError, match="nothing was recorded yet"):
        Recorder().record  # noqa: B018
    with pytest.raises((ArgumentError, ValueError)):
        recorded(tanh_net(), recorder=Recorder(probe=(X[:, :2], Y)))
