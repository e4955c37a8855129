"""Catalogue F3: the callbacks, each at work in a real training."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from pellucid import keras, layers, set_random_seed
from pellucid.callbacks import (
    BackupAndRestore,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from pellucid.core.errors import PellucidWarning
from pellucid.data import load
from pellucid.models import load_model

MOONS = load("moons", rows=120, noise=0.35, seed=1)
TRAIN, CHECK = (MOONS.x[:80], MOONS.y[:80]), (MOONS.x[80:], MOONS.y[80:])


def network(rate=0.02, dropout=0.0):
    set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(24, "relu"), layers.Dropout(dropout),
                              layers.Dense(1, "sigmoid")])
    model.compile(keras.optimizers.Adam(rate), "binary_crossentropy", metrics=["accuracy"])
    return model


def fit(model, *listeners, epochs=6, **options):
    return model.fit(*TRAIN, epochs=epochs, batch_size=16, verbose=0, callbacks=list(listeners),
                     validation_data=CHECK, **options).history


def test_F3_early_stopping_ends_3000_epochs_by_itself_at_the_best_weights():
    model = network()
    losses = fit(model, EarlyStopping(monitor="val_loss", patience=30, min_delta=1e-3,
                                      restore_best_weights=True), epochs=3000)["val_loss"]
    assert 30 < len(losses) < 3000
    record, wait = math.inf, 0
    for loss in losses[:-1]:                             # told again, by the rule of the notes
        record, wait = (loss, 0) if loss < record - 1e-3 else (record, wait + 1)
        assert wait < 30
    assert wait == 29
    assert losses[-1] >= record - 1e-3
    assert model.evaluate(*CHECK, verbose=0)[0] == pytest.approx(record, rel=1e-6)


def test_F3_checkpoints_keep_the_best_model(tmp_path):
    model, path = network(rate=0.2), tmp_path / "best.keras"
    losses = fit(model, ModelCheckpoint(path, save_best_only=True), epochs=25)["val_loss"]
    assert losses[-1] > min(losses)
    best = load_model(path)
    assert best.evaluate(*CHECK, verbose=0)[0] == pytest.approx(min(losses), rel=1e-6)


def test_F3_the_rate_falls_on_a_plateau():
    history = fit(network(0.1), ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=2,
                                                  min_lr=0.02, min_delta=0), epochs=40)
    rate, best, wait = 0.1, math.inf, 0
    for loss, told in zip(history["val_loss"], history["learning_rate"], strict=True):
        assert told == pytest.approx(rate)
        best, wait = (loss, 0) if loss < best else (best, wait + 1)
        if wait >= 2:
            rate, wait = max(rate / 2, 0.02), 0
    assert history["learning_rate"][-1] == pytest.approx(0.02)


def test_F3_the_rate_follows_a_schedule():
    history = fit(network(), LearningRateScheduler(lambda epoch, rate: 0.1 * 0.5 ** epoch))
    assert history["learning_rate"] == pytest.approx([0.1 * 0.5 ** i for i in range(6)])


def test_F3_nan_ends_the_training():
    model = network()
    x = TRAIN[0].copy()
    x[40] = np.nan
    batches = []
    listeners = [TerminateOnNaN(), LambdaCallback(on_train_batch_end=lambda i, logs:
                                                  batches.append(i))]
    with pytest.warns(PellucidWarning, match="2 numbers that are NaN"):        # told beforehand
        history = model.fit(x, TRAIN[1], epochs=6, batch_size=16, shuffle=False, verbose=0,
                            callbacks=listeners)
    assert len(history.epoch) == 1
    assert batches == [0, 1, 2]                          # row 40 is in the third batch of 16
    assert math.isnan(history.history["loss"][0])


def test_F3_a_csv_file_holds_the_history(tmp_path):
    history = fit(network(), CSVLogger(tmp_path / "log.csv"), epochs=4)
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines()))
    assert [int(row["epoch"]) for row in rows] == [0, 1, 2, 3]
    for name, column in history.items():
        assert [float(row[name]) for row in rows] == pytest.approx(column)


class StoppedError(Exception):
    """The training is broken off here."""


@pytest.mark.parametrize("at", ["an epoch", "a batch"])
def test_F3_a_broken_training_goes_on_as_if_nothing_had_happened(at, tmp_path):
    whole = network(dropout=0.3)
    expected = fit(whole)
    backup = BackupAndRestore(tmp_path / "backup", save_freq="epoch" if at == "an epoch" else 1)

    def stop(i, logs):
        if i == 3:
            raise StoppedError

    stopping = (LambdaCallback(on_epoch_begin=stop) if at == "an epoch"
                else LambdaCallback(on_train_batch_end=stop))
    with pytest.raises(StoppedError):
        fit(network(dropout=0.3), backup, stopping)
    again = network(dropout=0.3)
    history = fit(again, BackupAndRestore(tmp_path / "backup", save_freq=backup.save_freq))
    for a, b in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)              # to the last bit
    assert history["loss"] == expected["loss"][-len(history["loss"]):]


def test_F3_functions_become_callbacks():
    seen = []
    fit(network(), LambdaCallback(
        on_train_begin=lambda logs: seen.append("begin"),
        on_epoch_end=lambda epoch, logs: seen.append((epoch, logs["val_accuracy"] >= 0)),
        on_train_end=lambda logs: seen.append("end")), epochs=2)
    assert seen == ["begin", (0, True), (1, True), "end"]
