"""The callbacks against Keras's own, told the same story: a model that logs given figures.

Both sides are driven by hand, epoch by epoch, so that everything that a callback does (stop, set
rates, put weights back, save, write rows) can be compared exactly.
"""

import itertools
import math

import numpy as np
import pytest

from pellucid import callbacks as ours

keras = pytest.importorskip("keras")
from keras.src.trainers.compile_utils import MetricsList  # noqa: E402 (where Keras looks)

theirs = keras.callbacks
pytestmark = [pytest.mark.keras,
              pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]

SEQUENCES = {
    "falls": [5, 4, 3, 2, 1, 0.5],
    "rises": [1, 2, 3, 4, 5, 6],
    "stands": [1.0] * 8,
    "turns": [5, 4, 3, 3.5, 3.2, 2.9, 4, 5, 6, 7],
    "creeps": [1.0, 0.99995, 0.9999, 0.5, 0.49995, 0.4999, 0.49985, 0.4],
    "nan": [math.nan, 1.0, 0.5, 0.4],
    "breaks": [1.0, math.nan, math.nan, 0.5, 0.6],
    "gap": [3, 2, None, 4, 1, 5],
}


class Optimizer:
    def __init__(self, rate):
        self.learning_rate = np.float32(rate)


class Metric:
    def __init__(self, name, direction):
        self.name, self._direction = name, direction


class Model:
    """Weights that count the epochs, and a record of what was saved."""

    def __init__(self):
        self.stop_training, self.weights, self.saved = False, 0, []
        self.optimizer = Optimizer(0.1)
        compiled = [Metric("acc", "up"), Metric("err", "down")]
        self.metrics = [*compiled, MetricsList(compiled)]

    def get_weights(self):
        return [np.array(self.weights)]

    def set_weights(self, weights):
        self.weights = int(weights[0])

    def save(self, path, overwrite=True):
        self.saved.append(("model", path))

    def save_weights(self, path, overwrite=True):
        self.saved.append(("weights", path))


def story(callback, figures, name="val_loss", fits=1, steps=0):
    """Tell the callback a training; gives the model and the logs of each epoch."""
    model, told = Model(), []
    callback.set_model(model)
    callback.set_params({"epochs": len(figures), "steps": steps})
    for _ in range(fits):
        model.stop_training = False
        callback.on_train_begin()
        for epoch, figure in enumerate(figures):
            callback.on_epoch_begin(epoch, {})
            model.weights += 1
            for batch in range(steps):
                callback.on_train_batch_end(batch, {"loss": float(batch)})
            logs = {"loss": 1.0 + epoch}
            if figure is not None:
                logs[name] = figure
            callback.on_epoch_end(epoch, logs)
            told.append(logs)
            if model.stop_training:
                break
        callback.on_train_end(told[-1])
    return model, told


def state(callback, names):
    values = [getattr(callback, name) for name in names]
    return [None if value is None else round(float(value), 6) for value in values]


def both(kind, figures, options, watched, **how):
    results = []
    for module in (ours, theirs):
        callback = getattr(module, kind)(**options)
        model, told = story(callback, figures, **how)
        results.append((state(callback, watched), model.weights, model.stop_training, len(told),
                        float(model.optimizer.learning_rate), model.saved, told))
    np.testing.assert_equal(results[0], results[1])      # NaN equals NaN here
    return results[0]


@pytest.mark.filterwarnings("ignore")                    # a figure that is missing: see below
@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("options", [
    {}, {"patience": 2}, {"patience": 3, "restore_best_weights": True}, {"min_delta": 0.001},
    {"min_delta": -0.6, "patience": 1}, {"mode": "max", "patience": 1},
    {"baseline": 2.95, "patience": 2}, {"baseline": 0.1, "patience": 2,
                                        "restore_best_weights": True},
    {"start_from_epoch": 2, "patience": 1, "restore_best_weights": True}])
def test_early_stopping(sequence, options):
    both("EarlyStopping", SEQUENCES[sequence], options, [
        "wait", "stopped_epoch", "best", "best_epoch"])
    both("EarlyStopping", SEQUENCES[sequence], options, ["wait", "stopped_epoch", "best"], fits=2)


@pytest.mark.parametrize(("metric", "better"), [("acc", "higher"), ("err", "lower"),
                                                ("val_acc", "higher"), ("val_err", "lower")])
def test_the_metric_says_what_is_better(metric, better):
    result = both("EarlyStopping", [1, 2, 3, 4], {"monitor": metric}, ["best"], name=metric)
    assert result[0] == [4.0 if better == "higher" else 1.0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("options", [
    {"patience": 1}, {"patience": 0}, {"patience": 2, "factor": 0.5},
    {"patience": 1, "cooldown": 2}, {"patience": 1, "min_lr": 0.03},
    {"patience": 1, "min_delta": 0.0}, {"patience": 1, "factor": 0},
    {"patience": 1, "mode": "max"}])
def test_reduce_lr_on_plateau(sequence, options):
    both("ReduceLROnPlateau", SEQUENCES[sequence], options, ["wait", "cooldown_counter", "best"])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("sequence", SEQUENCES)
@pytest.mark.parametrize("options", [
    {}, {"save_best_only": True}, {"save_best_only": True, "mode": "max"},
    {"save_best_only": True, "initial_value_threshold": 2.95},
    {"save_freq": 3}, {"save_freq": 5, "save_best_only": True, "monitor": "loss", "mode": "min"}])
@pytest.mark.parametrize("weights", [False, True])
def test_model_checkpoint(sequence, options, weights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    suffix = ".weights.h5" if weights else ".keras"
    path = "{epoch:02d}-{loss:.1f}" + suffix
    both("ModelCheckpoint", SEQUENCES[sequence], {
        "filepath": path, "save_weights_only": weights, **options}, ["best"], steps=4)


def test_model_checkpoint_path_with_the_batch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = both("ModelCheckpoint", [1, 2], {
        "filepath": "new/{epoch}-{batch}.keras", "save_freq": 3}, ["best"], steps=4)
    assert result[5] == [("model", "new/1-3.keras"), ("model", "new/2-2.keras")]


@pytest.mark.parametrize("schedule", [
    lambda epoch, rate: rate * 0.5, lambda epoch: 0.1 / (epoch + 1),
    lambda epoch, rate: np.float32(rate) if epoch < 2 else np.float64(0.01)])
def test_learning_rate_scheduler(schedule):
    both("LearningRateScheduler", [1] * 5, {"schedule": schedule}, [])


@pytest.mark.parametrize("options", [{}, {"separator": ";"}])
@pytest.mark.parametrize("rows", [
    [{"loss": 1.5, "acc": 0.5}, {"loss": 1.25, "acc": 0.75}],
    [{"loss": 1.5}, {"loss": 1.25, "val_loss": 2.0}],
    [{"val_loss": 2.0, "loss": 1.5}, {"loss": 1.25}],
    [{"loss": 1.5, "each": np.array([1.0, 2.0])}, {"loss": np.float32(0.1), "each": "text, too"}],
    [{}, {"loss": 1.0}]])
def test_csv_logger_writes_the_same_bytes(tmp_path, options, rows):
    files = []
    for i, module in enumerate((ours, theirs)):
        path = tmp_path / f"{i}.csv"
        for append in (False, True):
            logger = module.CSVLogger(path, append=append, **options)
            logger.on_train_begin()
            for epoch, logs in enumerate(rows):
                logger.on_epoch_end(epoch, dict(logs))
            logger.on_train_end()
        files.append(path.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf, 1.0, None, np.float32("nan")])
def test_terminate_on_nan(loss, capsys):
    stopped = []
    for module in (ours, theirs):
        callback, model = module.TerminateOnNaN(), Model()
        callback.set_model(model)
        callback.on_batch_end(3, {} if loss is None else {"loss": loss})
        stopped.append(model.stop_training)
        if loss is not None and not np.isfinite(loss):
            with pytest.raises(RuntimeError):
                module.TerminateOnNaN(raise_error=True).on_batch_end(3, {"loss": loss})
    assert stopped[0] == stopped[1]
    assert ("Batch 3" in capsys.readouterr().out) == stopped[0]


@pytest.mark.parametrize("name", [
    "EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau", "TerminateOnNaN", "CSVLogger",
    "LearningRateScheduler", "LambdaCallback"])
def test_arguments_and_defaults(name):
    import inspect
    mine, other = (inspect.signature(getattr(module, name)) for module in (ours, theirs))
    for parameter in other.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        found = mine.parameters[parameter.name]
        assert (found.default, found.kind) == (parameter.default, parameter.kind), parameter
    assert list(itertools.islice(mine.parameters, len(other.parameters)))[:1] == list(
        other.parameters)[:1]


def test_a_real_fit_on_both_sides():
    """The same small regression: the same epochs, rates and history."""
    from pellucid import Sequential, layers
    x = np.linspace(-1, 1, 32, dtype="float32").reshape(32, 1)
    y = 3 * x + 1
    histories = []
    for model, module in (
            (Sequential([layers.Input((1,)), layers.Dense(1, kernel_initializer="zeros")]), ours),
            (keras.Sequential([keras.Input((1,)), keras.layers.Dense(
                1, kernel_initializer="zeros")]), theirs)):
        model.compile("sgd", "mse", metrics=["mae"])
        model.optimizer.learning_rate = 0.9
        history = model.fit(x, y, batch_size=8, epochs=30, shuffle=False, verbose=0,
                            validation_data=(x, y), callbacks=[
                                module.ReduceLROnPlateau(patience=1, factor=0.3, min_delta=1e-3),
                                module.EarlyStopping("val_mae", patience=3, min_delta=1e-3,
                                                     restore_best_weights=True)])
        histories.append((history.epoch, history.history, model.get_weights()))
    (epochs, mine, weights), (epochs_there, other, weights_there) = histories
    assert epochs == epochs_there
    assert len(epochs) < 30
    assert set(mine) == set(other)
    for name in mine:
        np.testing.assert_allclose(mine[name], other[name], rtol=1e-4, atol=1e-6)
    for a, b in zip(weights, weights_there, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
