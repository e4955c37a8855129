"""A training that is broken off and started again ends with the same bits as one that never was."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import numpy as np
import pytest

from pellucid import callbacks, metrics, optimizers
from pellucid.core.errors import ArgumentError, FileError, KindError, PellucidWarning
from pellucid.data.pydataset import PyDataset
from pellucid.layers import BatchNormalization, Dense, Dropout, Input
from pellucid.models import Sequential
from pellucid.random import SeedGenerator, set_random_seed, uniform

EPOCHS, STEPS = 6, 4
RNG = np.random.default_rng(2)
X = RNG.normal(size=(30, 4)).astype("float32")
Y = (X[:, :1] * 2 + RNG.normal(size=(30, 1))).astype("float32")


class BrokenError(Exception):
    """What ends a training in the middle."""


class Break(callbacks.Callback):
    """Raises after a batch, or at the beginning of an epoch."""

    def __init__(self, epoch: int, batch: int | None = None) -> None:
        super().__init__()
        self.at = epoch, batch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch
        if self.at == (epoch, None):
            raise BrokenError

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.at == (self.epoch, batch):
            raise BrokenError


class Halving(callbacks.Callback):
    """Changes the rate when an epoch begins, and draws from the generator that all share."""

    lasting = ("drawn",)
    drawn = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.model.optimizer.learning_rate = float(self.model.optimizer.learning_rate) * 0.7
        self.drawn += float(uniform(()))


def made(eager: bool = False) -> Any:
    """A model with everything that has a state: averages, masks, momenta, figures made late."""
    set_random_seed(7)
    model = Sequential([Input((4,)), Dense(6, "tanh"), BatchNormalization(), Dropout(0.3),
                        Dense(1)])
    model.compile(optimizers.Adam(0.05, use_ema=True), "mse",
                  metrics=["mae", metrics.R2Score()], run_eagerly=eager)
    return model


def listeners(*others: Any) -> list[Any]:
    return [*others, Halving(),
            callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.2),
            callbacks.EarlyStopping("val_mae", patience=3, restore_best_weights=True)]


def trained(model: Any, told: list[Any], x: Any = X, y: Any = Y, **how: Any) -> Any:
    how = {"epochs": EPOCHS, "verbose": 0, "validation_data": (X[:9], Y[:9]),
           **({} if y is None else {"batch_size": 8}), **how}
    return model.fit(x, y, callbacks=told, **how)


def everything(model: Any) -> list[np.ndarray]:
    return [each.numpy() for each in [*model.variables, *model.optimizer.variables]]


def assert_same_bits(model: Any, whole: list[np.ndarray]) -> None:
    for a, b in zip(everything(model), whole, strict=True):
        np.testing.assert_array_equal(a, b)


@functools.cache
def unbroken(eager: bool = False, **how: Any) -> tuple[Any, Any, list[Any]]:
    """(all that a training changes, its history, its callbacks) where nothing breaks it off."""
    model, told = made(eager), listeners()
    history = trained(model, told, **how)
    return everything(model), history, told


@pytest.mark.parametrize(("place", "often"), [
    ((3, None), "epoch"), ((0, 2), "epoch"), ((4, 1), "epoch"), ((2, 3), 1), ((2, 0), 3),
    ((4, 1), 3)], ids=str)
def test_it_goes_on_with_the_same_bits(place, often, tmp_path):
    """In a model of its own, as in a new program; the backup may be older than the break."""
    whole, history, told = unbroken()
    with pytest.raises(BrokenError):
        trained(made(), listeners(callbacks.BackupAndRestore(tmp_path / "b", often), Break(*place)))
    model, again = made(), listeners(callbacks.BackupAndRestore(tmp_path / "b", often))
    rest = trained(model, again)
    assert_same_bits(model, whole)
    assert again[1].drawn == told[0].drawn
    assert vars(again[3])["best"] == vars(told[2])["best"]
    for name, values in rest.history.items():            # the history is that of this fit
        assert values == history.history[name][-len(values):]
    assert not (tmp_path / "b").exists()                 # training has ended


@pytest.mark.parametrize("how", [{"shuffle": False}, {"shuffle": "batch"}, {"eager": True},
                                 {"steps_per_epoch": 2}, {"initial_epoch": 1}],
                         ids=lambda how: "-".join(how))
def test_in_every_kind_of_loop(how, tmp_path):
    whole, _, _ = unbroken(**how)
    eager = how.pop("eager", False)
    keep = callbacks.BackupAndRestore(tmp_path / "b", 2)
    if eager:                                            # a figure made late, and step by step
        with pytest.raises(BrokenError):
            trained(made(eager), listeners(keep, Break(2, 1)), **how)
        model = made(eager)
        with pytest.warns(PellucidWarning, match="counts this epoch from the middle"):
            trained(model, listeners(keep), **how)
        assert_same_bits(model, whole)
        return
    with pytest.raises(BrokenError):
        trained(made(), listeners(keep, Break(2, 1)), **how)
    model = made()
    trained(model, listeners(keep), **how)
    assert_same_bits(model, whole)


def batches(count: int) -> Any:
    """A generator that never draws the same batch twice."""
    rng = np.random.default_rng(9)
    for _ in range(count):
        x = rng.normal(size=(5, 4)).astype("float32")
        yield x, x[:, :1]


def test_a_generator_is_drawn_up_to_the_place(tmp_path):
    how = {"y": None, "steps_per_epoch": STEPS}
    trained(first := made(), listeners(), batches(EPOCHS * STEPS), **how)
    keep = callbacks.BackupAndRestore(tmp_path / "b", 3)
    with pytest.raises(BrokenError):
        trained(made(), listeners(keep, Break(3, 1)), batches(EPOCHS * STEPS), **how)
    model = made()
    trained(model, listeners(keep), batches(EPOCHS * STEPS), **how)
    assert_same_bits(model, everything(first))


class Shifting(PyDataset):
    """Batches that change from epoch to epoch."""

    shift = 0.0

    def __len__(self) -> int:
        return STEPS

    def __getitem__(self, index: int) -> Any:
        x = X[5 * index:5 * index + 5] + np.float32(self.shift)
        return x, x[:, :1]

    def on_epoch_end(self) -> None:
        self.shift += 0.25


def test_a_dataset_that_changes_itself(tmp_path):
    """Its batches change places by the same seed, and it hears of the epochs that are over."""
    trained(first := made(), listeners(), Shifting(), y=None)
    keep = callbacks.BackupAndRestore(tmp_path / "b", 3)
    with pytest.raises(BrokenError):
        trained(made(), listeners(keep, Break(3, 1)), Shifting(), y=None)
    model = made()
    trained(model, listeners(keep), Shifting(), y=None)
    assert_same_bits(model, everything(first))


def test_the_same_model_goes_on_too(tmp_path):
    """What the broken run has changed since the backup is put back."""
    whole, _, _ = unbroken()
    model = made()
    for place in ((1, 2), (2, 1), (2, 3)):
        with pytest.raises(BrokenError):
            trained(model, listeners(callbacks.BackupAndRestore(tmp_path / "b", 2), Break(*place)))
    trained(model, listeners(callbacks.BackupAndRestore(tmp_path / "b", 2)))
    assert_same_bits(model, whole)


def test_what_was_stopped_stays_stopped(tmp_path):
    """Early stopping had struck, and the program died before the end of fit."""
    class Dies(callbacks.Callback):
        comes_last = True

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if self.model.stop_training:
                raise BrokenError

    stop = {"monitor": "loss", "min_delta": 1e9, "patience": 2}
    model = made()
    with pytest.raises(BrokenError):
        trained(model, [callbacks.BackupAndRestore(tmp_path / "b"), Dies(),
                        callbacks.EarlyStopping(**stop)])
    rest = trained(again := made(), [callbacks.BackupAndRestore(tmp_path / "b")])
    assert rest.epoch == []
    for a, b in zip(again.trainable_variables, model.optimizer._averages, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


PROGRAM = """
    import os, signal, sys
    import numpy as np
    import pellucid
    from pellucid import callbacks, layers

    folder, epoch, batch = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

    class Kill(callbacks.Callback):
        def on_epoch_begin(self, now, logs=None):
            self.now = now
        def on_train_batch_end(self, at, logs=None):
            if (self.now, at) == (epoch, batch):
                os.kill(os.getpid(), signal.SIGKILL)

    pellucid.set_random_seed(3)
    model = pellucid.Sequential([pellucid.Input((4,)), layers.Dense(8, "relu"),
                                 layers.Dropout(0.4), layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    x = np.random.default_rng(1).normal(size=(40, 4)).astype("float32")
    kept = [] if folder == "none" else [callbacks.BackupAndRestore(folder, save_freq=2)]
    stop = callbacks.EarlyStopping("mae", patience=2, restore_best_weights=True)
    model.fit(x, x[:, :1] ** 2, epochs=5, batch_size=8, verbose=0, callbacks=[*kept, stop, Kill()])
    for each in [*model.variables, *model.optimizer.variables]:
        print(each.numpy().tobytes().hex())
"""


def test_a_killed_program_goes_on_with_the_same_bits(tmp_path):
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(PROGRAM))

    def run(*arguments: Any) -> Any:
        return subprocess.run([sys.executable, script, *map(str, arguments)], text=True,
                              capture_output=True, check=False, env=os.environ)

    whole = run("none", -1, -1)
    assert whole.returncode == 0, whole.stderr
    assert run(tmp_path / "b", 2, 3).returncode == -signal.SIGKILL
    assert (tmp_path / "b" / "latest.npz").exists()
    rest = run(tmp_path / "b", -1, -1)
    assert rest.returncode == 0, rest.stderr
    assert rest.stdout == whole.stdout


def test_the_backup_before_helps_where_the_latest_is_damaged(tmp_path):
    whole, _, _ = unbroken()
    folder = tmp_path / "b"
    for double in (False, True):
        with pytest.raises(BrokenError):
            trained(made(), listeners(callbacks.BackupAndRestore(
                folder, double_checkpoint=double), Break(4, 1)))
        (folder / "latest.npz").write_bytes(b"PK damaged")
        model, keep = made(), callbacks.BackupAndRestore(folder)
        if double:
            with pytest.warns(PellucidWarning, match="the latest backup is not used"):
                trained(model, listeners(keep))
            assert_same_bits(model, whole)
        else:
            with pytest.raises(FileError, match=r"latest.npz' is damaged"):
                trained(model, listeners(keep))
            (folder / "latest.npz").unlink()


def test_a_backup_of_another_model_is_refused(tmp_path):
    with pytest.raises(BrokenError):
        trained(made(), [callbacks.BackupAndRestore(tmp_path), Break(2)])
    other = Sequential([Input((4,)), Dense(1)])
    other.compile("adam", "mse")
    before = other.get_weights()
    with pytest.raises(FileError, match="is of another model. Delete it, or choose another"):
        trained(other, [callbacks.BackupAndRestore(tmp_path)])
    for a, b in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (tmp_path / "latest.npz").exists()


def test_a_kept_backup_and_a_folder_that_others_use(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    trained(made(), [callbacks.BackupAndRestore(tmp_path, delete_checkpoint=False)], epochs=2)
    model = made()
    assert trained(model, [callbacks.BackupAndRestore(tmp_path)], epochs=2).epoch == []
    assert sorted(each.name for each in tmp_path.iterdir()) == ["notes.txt"]


def test_only_data_can_be_kept(tmp_path):
    class Odd(callbacks.Callback):
        lasting = ("what",)

        def on_train_begin(self, logs: Any = None) -> None:
            self.what = SeedGenerator(1)

    with pytest.raises(KindError, match="a backup holds numbers, text, arrays"):
        trained(made(), [Odd(), callbacks.BackupAndRestore(tmp_path)])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options", [{"save_freq": "batch"}, {"save_freq": 0}, {"save_freq": False},
                                     {"save_freq": 2.5}, {"backup_dir": ""}],
                         ids=lambda options: "-".join(map(str, options.values())))
def test_arguments_without_meaning(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        callbacks.BackupAndRestore(**{"backup_dir": "b", **options})
