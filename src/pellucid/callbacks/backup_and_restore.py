"""Training that goes on where it was broken off, as if nothing had happened."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, FileError, advise, user_line
from pellucid.core.field import check
from pellucid.core.kinds import PATH, TRUTH


class BackupAndRestore(Callback):
    """Keep the state of training in a folder; the next `fit` with the same folder goes on there.

    The state is everything that the rest of training depends on: weights, optimizer, random
    generators, the order of the rows, epoch and batch, the figures so far, and what the other
    callbacks name in ``lasting``. So a training that was killed, and is started again in the same
    way, ends with the same bits as one that never stopped. Batches of a generator are drawn again
    up to that place, so it must yield the same ones.

    Arguments: ``backup_dir``; ``save_freq``, "epoch" or a number of batches; ``double_checkpoint``
    keeps the state before as well, should the latest be damaged; ``delete_checkpoint`` removes the
    state once training has ended. A backup is there whole or not at all.

    Raises ArgumentError for another save_freq, FileError for a backup of another model.

    >>> BackupAndRestore("backup", save_freq="batch")
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: BackupAndRestore's save_freq must be "epoch" or a number ...
    """

    comes_last = True                                    # the others have counted this epoch, too

    def __init__(self, backup_dir: Any, save_freq: Any = "epoch", double_checkpoint: bool = False,
                 delete_checkpoint: bool = True) -> None:
        super().__init__()
        if not backup_dir:
            raise ArgumentError("BackupAndRestore needs a folder, backup_dir", got=repr(backup_dir),
                                where=user_line())
        if save_freq == "epoch":
            self.unheard = (BackupAndRestore.on_train_batch_end,)
        elif isinstance(save_freq, bool) or not isinstance(save_freq, int | np.integer) or (
                save_freq < 1):
            raise ArgumentError('BackupAndRestore\'s save_freq must be "epoch" or a number of '
                                "batches, at least 1", got=repr(save_freq), where=user_line())
        owner = type(self).__name__
        self.backup_dir = os.fspath(check(owner, "backup_dir", backup_dir, kind=PATH))
        self.double_checkpoint = check(owner, "double_checkpoint", double_checkpoint, kind=TRUTH)
        self.delete_checkpoint = check(owner, "delete_checkpoint", delete_checkpoint, kind=TRUTH)
        self.save_freq = save_freq
        self._latest = Path(self.backup_dir) / "latest.npz"
        self._previous = Path(self.backup_dir) / "latest.npz.bkp"
        self._others: list[Any] = []
        self._epoch, self._unsaved, self._amid = 0, 0, None

    def meet(self, callbacks: Sequence[Any]) -> None:
        self._others = [each for each in callbacks if each is not self]

    def on_train_begin(self, logs: Any = None) -> None:
        self._epoch, self._unsaved, self._amid = 0, 0, None
        for path in (self._latest, self._previous):
            if not path.exists():
                continue
            try:
                at = self._restore(path, figures=False)
            except FileError as error:
                if path == self._previous or not self._previous.exists():
                    raise
                advise(f"the latest backup is not used ({error}), but the one before")
                continue
            self.model.resumption = at
            self._amid = path if at["batch"] else None
            return

    def _restore(self, path: Path, figures: bool) -> dict[str, Any]:
        """Put all back; gives where training stopped."""
        progress = self.model.restore_progress(path, figures)
        states = list(progress["callbacks"])
        for each in self._others:                        # the first of each class takes the first
            found = next((one for one in states if one[0] == type(each).__name__), None)
            if found is not None:
                states.remove(found)
                vars(each).update(found[1])
        return progress

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch
        if self._amid is not None:                       # this epoch's beginning was told twice:
            self._restore(self._amid, figures=True)      # what it has changed is put back
            self._amid = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._unsaved += 1
        if self.save_freq != "epoch" and self._unsaved >= int(self.save_freq):
            self._unsaved = 0
            self._save(self._epoch, batch + 1, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch + 1, 0, None)

    def _save(self, epoch: int, batch: int, logs: Any) -> None:
        try:
            self._latest.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"BackupAndRestore cannot make {self.backup_dir!r} "
                            f"({error.strerror})") from None
        if self.double_checkpoint and self._latest.exists():
            os.replace(self._latest, self._previous)
        states = [[type(each).__name__, {name: vars(each)[name] for name in each.lasting
                                         if name in vars(each)}]
                  for each in self._others if getattr(each, "lasting", ())]
        self.model.save_progress(self._latest, {
            "epoch": epoch, "batch": batch, "logs": dict(logs or {}), "callbacks": states})

    def on_train_end(self, logs: Any = None) -> None:
        if not self.delete_checkpoint:
            return
        for path in (self._latest, self._previous):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):               # not there, or others use it too
            os.rmdir(self.backup_dir)
