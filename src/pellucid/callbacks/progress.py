"""The progress of `fit`, `evaluate` and `predict` on the console."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.callbacks.console_line import can_redraw, can_show, line, say
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.kinds import shown

WIDTH = 20                    # characters of the bar
INTERVAL = 0.1                # seconds between two drawings, at least


class ProgressBar(Callback):
    """Epoch, time, loss and metrics; ``verbose`` 1 is a live bar, 2 a line per epoch, 0 nothing.

    The bar is drawn only where a line can be drawn again (a terminal, a notebook), at most ten
    times a second; elsewhere 1 is as 2. "auto" is as 1, but `predict` leaves no line behind.

    >>> from pellucid.callbacks import CallbackList
    >>> CallbackList([ProgressBar(2)]).hears("on_train_batch_end")       # no bar, no work per batch
    False
    """

    now_and_then = ("on_train_batch_end", "on_test_batch_end")

    def __init__(self, verbose: Any = "auto") -> None:
        super().__init__()
        self._in_fit, self._heading = False, ""
        self._began = self._drawn = 0.0
        self._seen = 0
        self._choose(verbose)

    def _choose(self, verbose: Any) -> None:
        """How much to show, and so which events to hear."""
        if verbose not in ("auto", 0, 1, 2):
            raise ArgumentError('verbose must be "auto", 0, 1 or 2', got=shown(verbose),
                                where=user_line())
        self.verbose = verbose if verbose == "auto" else int(verbose)
        self._live = verbose in ("auto", 1) and can_redraw()
        self.unheard = () if self._live else (           # then batches are of no interest
            ProgressBar.on_train_batch_end, ProgressBar.on_test_batch_end,
            ProgressBar.on_predict_batch_end)

    def on_train_begin(self, logs: Any = None) -> None:
        self._in_fit = True

    def on_train_end(self, logs: Any = None) -> None:
        self._in_fit = False
        self.close()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        total = (self.params or {}).get("epochs", "?")
        self._start(f"Epoch {epoch + 1:>{len(str(total))}}/{total}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(self._heading, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._in_fit:
            self._start("")
        elif self._live and line.width:                  # only where an epoch takes its time
            line.draw(f"{self._heading} {self._bar()} validating")

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._in_fit:
            self._step(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._in_fit:
            self._finish(self._count(), logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._start("")

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, None)                          # the outputs are no figures to show

    def on_predict_end(self, logs: Any = None) -> None:
        if self.verbose == "auto":
            line.clear()
        else:
            self._finish(self._count(), None)

    def close(self) -> None:
        """Leave the console in order, whatever has happened."""
        line.end()

    @property
    def _steps(self) -> int | None:
        return (self.params or {}).get("steps")

    def _start(self, heading: str) -> None:
        self._heading, self._seen = heading, 0
        self._began = self._drawn = time.perf_counter()

    def _step(self, batch: int, logs: Any) -> None:
        self._seen, now = batch + 1, time.perf_counter()
        if not self._live or now - self._drawn < INTERVAL:
            return
        self._drawn = now
        parts = [f"{self._heading} {self._bar()}".strip(), self._remaining(now), written(logs)]
        line.draw(" - ".join(part for part in parts if part))

    def _finish(self, heading: str, logs: Any) -> None:
        if self.verbose != 0:
            parts = [heading, duration(time.perf_counter() - self._began), written(logs)]
            say(" - ".join(part for part in parts if part))

    def _bar(self) -> str:
        if not self._steps:
            return self._count()
        return f"{bar(self._seen, self._steps)} {self._count()}"

    def _count(self) -> str:
        total = self._steps
        if not total:
            return f"{self._seen} steps" if self._seen else ""
        seen = self._seen or total                       # uncounted where no bar is drawn
        return f"{seen:>{len(str(total))}}/{total}"

    def _remaining(self, now: float) -> str:
        if not self._steps:
            return duration(now - self._began)
        return remaining(now - self._began, self._seen, self._steps)


class ProgbarLogger(ProgressBar):
    """The bar that `fit` shows by itself, as a callback: it takes `verbose` from `fit`.

    Where one is among the callbacks, `fit` adds no other.

    >>> from pellucid.callbacks import CallbackList
    >>> CallbackList([ProgbarLogger()], verbose=2).callbacks[0].verbose
    2
    """

    def __init__(self) -> None:
        super().__init__("auto")

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        self._choose(params.get("verbose", "auto"))


def bar(seen: int, total: int, width: int = WIDTH) -> str:
    """A bar that fills as steps are done.

    >>> bar(1, 2, 4) in ("━━──", "==..")
    True
    """
    full, empty = ("━", "─") if can_show("━─") else ("=", ".")
    done = min(width, width * seen // total)
    return full * done + empty * (width - done)


def remaining(elapsed: float, seen: int, total: int) -> str:
    """How long the rest takes, if it goes on as so far.

    >>> remaining(10.0, 2, 4)
    '0:10 left'
    """
    left = math.ceil(elapsed * (total / seen - 1))
    return f"{left // 60}:{left % 60:02d} left"


def written(logs: Any) -> str:
    """The figures of the logs in one line.

    >>> written({"loss": 0.123456, "accuracy": 1.0})
    'loss: 0.1235 - accuracy: 1'
    """
    return " - ".join(f"{name}: {_figure(value)}" for name, value in (logs or {}).items())


def _figure(value: Any) -> str:
    array = np.asarray(value)
    return f"{float(array):.4g}" if array.ndim == 0 and array.dtype.kind == "f" else str(value)


def duration(seconds: float) -> str:
    """A time that people can read.

    >>> duration(0.0123), duration(4.21), duration(125), duration(7322)
    ('12 ms', '4.2 s', '2 min 5 s', '2 h 2 min')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
