"""Copies of the model on disk while it trains."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.callbacks.console_line import say
from pellucid.callbacks.monitor import MonitorCallback
from pellucid.core.errors import ArgumentError, FileError, PellucidWarning, nearest, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import LOUDNESS, PATH


class ModelCheckpoint(MonitorCallback):
    """Save the model (or its weights) after each epoch, or after every so many batches.

    The path may hold the epoch, counted from 1, and any figure of the logs:
    ``"{epoch:02d}-{val_loss:.2f}.keras"``. With ``save_best_only`` it saves only when the monitored
    figure is the best so far; the file is replaced as a whole, so a crash never harms the last one.

    Raises ArgumentError for another suffix than ``.keras`` (``.weights.h5`` with
    ``save_weights_only``) and for a figure in the path that the logs have not.

    >>> ModelCheckpoint("best.keras", save_best_only=True).filepath
    'best.keras'
    """

    filepath: Any = field(kind=PATH,
                          help="where to save; {epoch} and figures of the logs are filled in")
    monitor: str = field("val_loss", help="the name in the logs")
    verbose: Any = field(0, kind=LOUDNESS, help="1 says when it saves")
    save_best_only: bool = field(False, help="save only what is better than all before")
    save_weights_only: bool = field(False, help="save the weights alone")
    mode: str = field("auto", one_of=("auto", "min", "max"), help="which way is better")
    save_freq: Any = field("epoch", help='"epoch", or a number of batches')
    initial_value_threshold: float | None = field(None, infinite=True,
                                                  help="a value to beat from the start")
    lasting = ("best", "_epoch", "_unsaved", "_last_batch")

    def settle(self) -> None:
        self.filepath = os.fspath(self.filepath)
        suffix = ".weights.h5" if self.save_weights_only else ".keras"
        if not self.filepath.endswith(suffix):
            what = "save_weights_only=True" if self.save_weights_only else "a whole model"
            raise ArgumentError(f"ModelCheckpoint's filepath must end in {suffix} for {what}",
                                got=self.filepath, where=user_line())
        self.best = self.initial_value_threshold
        self._epoch, self._unsaved, self._last_batch = 0, 0, -1
        if self.save_freq == "epoch":
            self.unheard = (ModelCheckpoint.on_train_batch_end,)
        elif not _is_count(self.save_freq):
            raise ArgumentError('ModelCheckpoint\'s save_freq must be "epoch" or a number of '
                                "batches, at least 1", got=self.save_freq, where=user_line())

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._last_batch = epoch, -1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        self._unsaved += batch - self._last_batch
        self._last_batch = batch
        if self._unsaved >= self.save_freq:
            self._unsaved = 0
            self._save(self._epoch, dict(logs or {}, batch=batch + 1))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, dict(logs or {}))

    def _save(self, epoch: int, logs: dict[str, Any]) -> None:
        path = self._path(epoch, logs)
        if self.save_best_only and not self._is_best(logs):
            if self.verbose:
                say(f"Epoch {epoch + 1}: {self.monitor} did not improve on {self.best:.5g}")
            return
        if Path(path).is_dir():
            raise FileError(f"ModelCheckpoint cannot save to {path!r}: it is a folder")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        save = self.model.save_weights if self.save_weights_only else self.model.save
        save(path, overwrite=True)
        if self.verbose:
            say(f"Epoch {epoch + 1}: saved to {path}")

    def _is_best(self, logs: dict[str, Any]) -> bool:
        """Whether to save; a figure that cannot be judged is no reason to lose the model."""
        self._resolve_direction(logs)
        current = self._monitored(logs)
        if current is None:
            return True
        if np.ndim(current) > 0:
            warnings.warn(f"ModelCheckpoint can find the best of single figures only, and "
                          f"{self.monitor!r} has {np.size(current)}: it saves every time.",
                          PellucidWarning, stacklevel=4)
            return True
        if not self._is_improvement(current, self.best):
            return False
        self.best = current
        return True

    def _path(self, epoch: int, logs: dict[str, Any]) -> str:
        try:
            return self.filepath.format(epoch=epoch + 1, **logs)
        except KeyError as error:
            name, known = str(error.args[0]), ["epoch", *logs]
            raise ArgumentError(f"the path {self.filepath!r} holds {{{name}}}, which is not in the "
                                "logs", where=user_line(), hint=nearest(name, known)
                                or f"there are {', '.join(known)}") from None
        except (ValueError, IndexError) as error:
            raise ArgumentError(f"the path {self.filepath!r} cannot be filled in ({error})",
                                where=user_line()) from None


def _is_count(value: Any) -> bool:
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    return whole and int(value) >= 1
