"""The progress of a training: a bar on a terminal, a few lines anywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pellucid.callbacks import Callback

OFTEN = 0.1                                         # seconds between two looks at a running epoch
LINES = {1, 2, 5}                                   # epochs that get a line, times 1, 10, 100, …


class Before(Callback):
    """What is told when everything has been judged and the training begins."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self.tell = tell

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        self.tell()


class Bar(Callback):
    """One line that shows the epoch, the losses and the metric, ten times a second at most."""

    def __init__(self, screen: Console) -> None:
        super().__init__()
        self.progress = Progress(
            TextColumn("Epoch {task.fields[epoch]}"), BarColumn(bar_width=20),
            TextColumn("{task.fields[logs]}"), TimeElapsedColumn(), console=screen)
        self.task: TaskID = TaskID(0)
        self.epoch, self.shown = 0, 0.0

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        params = self.params or {}
        self.epochs, self.steps = params.get("epochs") or 1, params.get("steps") or 1
        self.task = self.progress.add_task("", total=self.epochs * self.steps, logs="",
                                           epoch=f"1/{self.epochs}")
        self.progress.start()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        if time.monotonic() - self.shown > OFTEN:
            self.shown = time.monotonic()
            self.progress.update(self.task, completed=self.epoch * self.steps + batch + 1,
                                 epoch=f"{self.epoch + 1}/{self.epochs}")

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.progress.update(self.task, completed=(epoch + 1) * self.steps,
                             epoch=f"{epoch + 1}/{self.epochs}", logs=logs_line(logs or {}))

    def on_train_end(self, logs: Mapping[str, float] | None = None) -> None:
        self.stop()

    def stop(self) -> None:
        """Leave the terminal as it was; for a training that ended by an exception too."""
        self.progress.stop()


class Lines(Callback):
    """A line at epochs 1, 2, 5, 10, 20, 50 …: a log file stays short however long it takes."""

    def __init__(self, screen: Console) -> None:
        super().__init__()
        self.screen = screen

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        digits = str(epoch + 1)
        if int(digits[0]) in LINES and not digits[1:].strip("0"):
            self.screen.print(f"Epoch {digits}: {logs_line(logs or {})}")

    def stop(self) -> None:
        """Nothing to tidy up."""


def progress(screen: Console) -> Bar | Lines:
    """The one that suits the console."""
    return Bar(screen) if screen.is_terminal else Lines(screen)


def logs_line(logs: Mapping[str, float]) -> str:
    """``loss 0.312  val loss 0.401  val accuracy 0.91``: what changes, short for 80 columns."""
    short = {"loss": "loss", "val_loss": "val loss", "val_accuracy": "val accuracy",
             "val_absolute_error_in_std": "val error (in std)"}
    return "  ".join(f"{name} {float(logs[key]):.4g}" for key, name in short.items() if key in logs)
