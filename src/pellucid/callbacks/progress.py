"""The progress of training on the console: a live bar in a terminal, one line per epoch elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from pellucid.callbacks.base import Callback


class ProgressBar(Callback):
    """Epoch, time, loss and metrics; ``verbose`` 1 is a live bar, 2 a line per epoch.

    "auto" draws the bar where it can be drawn (a terminal or a notebook), else prints lines. The
    bar is redrawn at most ten times a second.
    """

    def __init__(self, verbose: Any = "auto") -> None:
        super().__init__()
        live = sys.stdout.isatty() if verbose in ("auto", 1, True) else False
        self._bar: Any = None
        self._task: Any = None
        if live:
            self.on_train_batch_end = self._advance      # heard only when there is a bar to draw
        self._live, self._began, self._shown = live, 0.0, 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._began = time.perf_counter()
        if not self._live:
            return
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
        self._bar = Progress(TextColumn("Epoch {task.fields[epoch]}"), BarColumn(bar_width=24),
                             TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn(),
                             TextColumn("{task.fields[logs]}"), transient=True)
        self._bar.start()
        self._task = self._bar.add_task("", total=(self.params or {}).get("steps"), logs="",
                                        epoch=self._count(epoch))

    def _advance(self, batch: int, logs: Any = None) -> None:
        now = time.perf_counter()
        if self._bar is not None and now - self._shown > 0.1:
            self._shown = now
            self._bar.update(self._task, completed=batch + 1, logs=_written(logs))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        seconds = time.perf_counter() - self._began
        print(f"Epoch {self._count(epoch)} - {_duration(seconds)} - {_written(logs)}", flush=True)

    def on_train_end(self, logs: Any = None) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def on_test_end(self, logs: Any = None) -> None:
        if (self.params or {}).get("epochs") == 1 and self.model is not None \
                and not self._began and logs:
            print(_written(logs), flush=True)

    def _count(self, epoch: int) -> str:
        total = (self.params or {}).get("epochs", "?")
        return f"{epoch + 1:>{len(str(total))}}/{total}"


def _written(logs: Any) -> str:
    return " - ".join(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}"
                      for name, value in (logs or {}).items())


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
