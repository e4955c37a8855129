"""What callbacks say about bad arguments, whom they listen to, and what `fit` does with them."""

import math

import numpy as np
import pytest

from pellucid import Sequential, callbacks, layers
from pellucid.callbacks import (
    Callback,
    CallbackList,
    CSVLogger,
    EarlyStopping,
    History,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from pellucid.callbacks.base import listens
from pellucid.core.errors import ArgumentError, FileError, KindError, PellucidWarning
from pellucid.models import load_model

X = np.linspace(-1, 1, 24).reshape(12, 2)


def small_model(rate=0.01, **compiled):
    model = Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", **compiled)
    model.optimizer.learning_rate = rate
    return model


def fit(*given, epochs=3, model=None, **options):
    model = model or small_model()
    return model.fit(X, X[:, :1], epochs=epochs, batch_size=4, verbose=0, callbacks=list(given),
                     **options)


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda: EarlyStopping(patience=-1), ArgumentError,
     "EarlyStopping's patience must be a whole number at least 0, but got -1"),
    (lambda: EarlyStopping(patience=1.5), ArgumentError, "whole number"),
    (lambda: EarlyStopping(start_from_epoch=-2), ArgumentError, "start_from_epoch"),
    (lambda: EarlyStopping(mode="mix"), ArgumentError, "mode must be one of .* mean \"min\""),
    (lambda: EarlyStopping(patient=3), KindError, 'no argument \'patient\'.* mean "patience"'),
    (lambda: ReduceLROnPlateau(factor=1.0), ArgumentError, "factor must be at least 0 and below 1"),
    (lambda: ReduceLROnPlateau(factor=-0.1), ArgumentError, "factor must be at least 0"),
    (lambda: ReduceLROnPlateau(cooldown=-1), ArgumentError, "cooldown"),
    (lambda: ReduceLROnPlateau(min_lr=-1.0), ArgumentError, "min_lr must be at least 0"),
    (lambda: ModelCheckpoint("model.h5"), ArgumentError, "must end in .keras for a whole model"),
    (lambda: ModelCheckpoint("m.keras", save_weights_only=True), ArgumentError,
     "must end in .weights.h5"),
    (lambda: ModelCheckpoint("m.keras", save_freq="batch"), ArgumentError, "save_freq must be"),
    (lambda: ModelCheckpoint("m.keras", save_freq=0), ArgumentError, "at least 1"),
    (lambda: ModelCheckpoint(), KindError, "needs filepath"),
    (lambda: LearningRateScheduler(0.1), KindError, "needs a function"),
    (lambda: LambdaCallback(on_epoch_ended=print), KindError, 'mean "on_epoch_end"'),
    (lambda: LambdaCallback(on_epoch_end=3), KindError, "must be a function, but got 3"),
    (lambda: CSVLogger("log.csv", separator=", "), KindError, "one character"),
    (lambda: callbacks.ProgressBar(3), ArgumentError, 'verbose must be "auto", 0, 1 or 2'),
    (lambda: CallbackList([EarlyStopping]), KindError, r"Try|EarlyStopping\(\)"),
    (lambda: CallbackList([print]), KindError, "derive from Callback"),
])
def test_bad_arguments(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_a_monitor_that_is_not_there_is_named_with_what_is():
    with pytest.warns(PellucidWarning, match='validation_data or validation_split'):
        fit(EarlyStopping("val_loss"), epochs=1)
    with pytest.warns(PellucidWarning, match='there are loss; did you mean "loss"'):
        fit(EarlyStopping("lossy", mode="min"), epochs=1)
    with pytest.raises(ArgumentError, match='monitors \'los\'.* did you mean "loss"'):
        fit(ReduceLROnPlateau("los"), epochs=1)
    with pytest.raises(ArgumentError, match='Pass mode="min" or mode="max"'):
        fit(LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(size=1.0)),
            EarlyStopping("size"), epochs=1)


def test_only_those_who_listen_hear_batches():
    class Old(Callback):
        def on_batch_end(self, batch, logs=None):
            pass

    class Saver(ModelCheckpoint):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)

    def heard(callback):
        return listens(callback, "on_train_batch_end")

    assert heard(Old())
    assert heard(TerminateOnNaN())
    assert heard(LambdaCallback(on_train_batch_end=print))
    assert heard(LambdaCallback(on_batch_end=print))
    assert heard(ModelCheckpoint("m.keras", save_freq=2))
    assert heard(Saver("m.keras"))
    silent = (Callback(), History(), EarlyStopping(), LambdaCallback(on_epoch_end=print),
              LambdaCallback(on_test_batch_end=print), ModelCheckpoint("m.keras"),
              CSVLogger("x.csv"), ReduceLROnPlateau(), callbacks.ProgressBar())
    for callback in silent:                              # no terminal here, so no bar either
        assert not heard(callback), callback
    assert not listens(Old(), "on_batch_end")            # it hears the newer event, once


def test_events_reach_functions():
    seen = []
    fit(LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_begin=lambda epoch, logs: seen.append(epoch),
        on_train_batch_end=lambda batch, logs: seen.append(f"batch {batch}"),
        on_test_end=lambda logs: seen.append("tested"),
        on_train_end=lambda logs: seen.append("end")), epochs=1, validation_data=(X, X[:, :1]))
    assert seen == ["begin", 0, "batch 0", "batch 1", "batch 2", "tested", "end"]


def test_early_stopping_puts_the_best_weights_back(capsys):
    model, kept = small_model(), []
    figures = iter([3.0, 1.0, 2.0, 2.0, 2.0])

    def judge(epoch, logs):
        logs["figure"] = next(figures)
        kept.append(model.get_weights())

    history = fit(LambdaCallback(on_epoch_end=judge), EarlyStopping(
        "figure", patience=2, mode="min", restore_best_weights=True, verbose=1),
        epochs=9, model=model)
    assert history.epoch == [0, 1, 2, 3]
    for mine, best in zip(model.get_weights(), kept[1], strict=True):
        assert np.array_equal(mine, best)
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 4: early stopping", "Restoring the weights of the best epoch, 2."]


def test_rates_stand_in_the_history(capsys):
    halve = LearningRateScheduler(lambda epoch, rate: rate / 2, verbose=1)
    history = fit(halve, model=small_model(0.08))
    np.testing.assert_allclose(history.history["learning_rate"], [0.04, 0.02, 0.01], rtol=1e-6)
    assert capsys.readouterr().out.startswith("Epoch 1: the learning rate is 0.04\n")
    plateau = ReduceLROnPlateau("loss", patience=1, min_delta=1e6, verbose=1)
    history = fit(plateau, model=small_model(0.08), epochs=3)
    np.testing.assert_allclose(history.history["learning_rate"], [0.08, 0.08, 0.008], rtol=1e-6)
    assert "goes from 0.08 to 0.008" in capsys.readouterr().out


@pytest.mark.parametrize("rate", [None, "fast", [0.1], True])
def test_a_schedule_must_give_a_number(rate):
    with pytest.raises(ArgumentError, match="must give a number"):
        fit(LearningRateScheduler(lambda epoch: rate))


def test_errors_inside_a_schedule_stay_what_they_are():
    with pytest.raises(TypeError, match="unsupported operand"):
        fit(LearningRateScheduler(lambda epoch, rate: rate + "x"))


def test_checkpoints_load_and_only_the_best_is_kept(tmp_path, capsys):
    model = small_model()
    best = ModelCheckpoint(tmp_path / "new" / "best.keras", "loss", save_best_only=True, verbose=1)
    figures = iter([2.0, 1.0, 3.0])
    judge = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(loss=next(figures)))
    weights = ModelCheckpoint(tmp_path / "{epoch:02d}.weights.h5", save_weights_only=True)
    fit(judge, best, weights, model=model)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "01.weights.h5", "02.weights.h5", "03.weights.h5", "new"]
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Epoch 1: saved to ")
    assert told[2] == "Epoch 3: loss did not improve on 1"
    saved = load_model(tmp_path / "new" / "best.keras")
    model.load_weights(tmp_path / "02.weights.h5")
    assert np.array_equal(saved.predict(X, verbose=0), model.predict(X, verbose=0))


def test_checkpoints_say_what_is_wrong_with_the_path(tmp_path):
    with pytest.raises(ArgumentError, match='holds {vall_loss}, .* Did you mean "val_loss"'):
        fit(ModelCheckpoint(str(tmp_path / "{vall_loss}.keras")), validation_data=(X, X[:, :1]))
    with pytest.raises(ArgumentError, match="cannot be filled in"):
        fit(ModelCheckpoint(str(tmp_path / "{epoch:.2q}.keras")))
    (tmp_path / "folder.keras").mkdir()
    with pytest.raises(FileError, match="it is a folder"):
        fit(ModelCheckpoint(tmp_path / "folder.keras"))


def test_a_figure_of_several_numbers_saves_every_time(tmp_path):
    many = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(each=np.ones(2)))
    best = ModelCheckpoint(tmp_path / "{epoch}.keras", "each", save_best_only=True, mode="max")
    with pytest.warns(PellucidWarning, match="single figures only"):
        fit(many, best, epochs=2)
    assert len(list(tmp_path.iterdir())) == 2


def test_csv_rows_are_on_disk_before_the_next_epoch(tmp_path):
    path, sizes = tmp_path / "log.csv", []
    fit(CSVLogger(path), LambdaCallback(
        on_epoch_end=lambda epoch, logs: sizes.append(path.read_text().count("\n"))))
    assert sizes == [2, 3, 4]
    assert path.read_text().startswith("epoch,loss,val_loss\n0,")


def test_csv_goes_on_after_a_crash(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("epoch,val_loss,loss\n0,2.0,1.0\n1,2.")
    logger = CSVLogger(path, append=True)
    logger.on_train_begin()
    logger.on_epoch_end(1, {"loss": 0.5, "val_loss": 1.5})
    logger.on_train_end()
    assert path.read_text().splitlines() == ["epoch,val_loss,loss", "0,2.0,1.0", "1,2.",
                                             "1,1.5,0.5"]
    logger = CSVLogger(path, append=True)
    logger.on_train_begin()
    with pytest.warns(PellucidWarning, match="appends columns epoch, acc, val_acc"):
        logger.on_epoch_end(0, {"acc": 0.5})
    logger.on_train_end()


def test_csv_says_that_it_cannot_write(tmp_path):
    with pytest.raises(FileError, match="cannot write"):
        fit(CSVLogger(tmp_path / "none" / "log.csv"))


def test_nan_ends_training(capsys):
    huge = small_model(1e30)
    with np.errstate(all="ignore"):
        history = fit(TerminateOnNaN(), epochs=9, model=huge)
    assert len(history.epoch) == 1
    assert not math.isfinite(history.history["loss"][0])
    assert "so training ends here" in capsys.readouterr().out
    with np.errstate(all="ignore"), pytest.raises(RuntimeError, match="must be a finite number"):
        fit(TerminateOnNaN(raise_error=True), model=small_model(1e30))


def test_one_object_serves_several_fits():
    stop = EarlyStopping("loss", min_delta=1e6, patience=1)
    assert len(fit(stop).epoch) == len(fit(stop).epoch) == 2


def test_a_list_for_loops_of_ones_own(tmp_path):
    seen = []
    told = CallbackList([LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(logs))],
                        add_history=True)
    told.append(LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch)))
    told.set_model("model")
    told.set_params({"epochs": 1})
    told.on_train_begin()
    told.on_train_batch_end(7, logs={})
    told.on_epoch_end(0, {"loss": 1.0})
    assert seen == [7, {"loss": 1.0}]
    assert told.history.history == {"loss": [1.0]}
    assert told.callbacks[0].model == "model"
    assert CallbackList(told).callbacks == told.callbacks
    with pytest.raises(AttributeError, match="no attribute 'on_lunch'"):
        told.on_lunch()
