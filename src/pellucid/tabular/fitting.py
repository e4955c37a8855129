"""Training with an eye on Ctrl-C: the step in hand is finished, the best weights are kept."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import numpy as np

from pellucid.callbacks import Callback, EarlyStopping
from pellucid.models import Model
from pellucid.tabular.config import Config
from pellucid.tabular.wording import counted

Rows = tuple[np.ndarray, np.ndarray]                              # features and targets


class Stopped(Exception):  # noqa: N818 - it is no error: a person asked for it
    """Ctrl-C was pressed, and the step that was running has ended."""


@dataclass
class Course:
    """How a training went: the logs of each epoch, the best one, why it ended, and how long."""

    history: dict[str, list[float]] = field(default_factory=dict)
    best_epoch: int | None = None
    reason: str = ""
    interrupted: bool = False
    seconds: float = 0.0

    @property
    def epochs(self) -> int:
        return len(self.history.get("loss", ()))


def fit(network: Model, train: Rows, validation: Rows, config: Config,
        callbacks: Sequence[Callback] = ()) -> Course:
    """Train until the validation loss stops falling, the epochs are over, or Ctrl-C.

    Whatever the end, the network then has the weights of its best epoch (those of the moment, if
    Ctrl-C came before the first epoch was over).
    """
    course, start = Course(), time.perf_counter()
    best = EarlyStopping(monitor="val_loss", patience=config.patience or 1,
                         restore_best_weights=True)
    with _ctrl_c() as pressed:
        try:
            network.fit(*train, validation_data=validation, epochs=config.epochs or 1, verbose=0,
                        batch_size=config.batch_size,
                        callbacks=[_Course(course), best, *callbacks, _Interruption(pressed)])
        except Stopped:
            course.interrupted = True
            if best.best_weights is not None:
                network.set_weights(best.best_weights)
    losses = course.history.get("val_loss", [])
    course.best_epoch = int(np.nanargmin(losses)) + 1 if np.isfinite(losses).any() else None
    course.reason = _reason(course, config)
    course.seconds = time.perf_counter() - start
    return course


def _reason(course: Course, config: Config) -> str:
    if course.interrupted:
        at = f"Stopped by Ctrl-C in epoch {course.epochs + 1}"
        return at if course.best_epoch else f"{at}: the weights are those of that step"
    if not np.isfinite(course.history["loss"][-1]):
        return f"The loss was no number any more in epoch {course.epochs}"
    if course.epochs == config.epochs:
        return ("The one epoch is done" if course.epochs == 1
                else f"All {course.epochs:,} epochs are done")
    return f"The validation loss had not fallen for {counted(config.patience or 1, 'epoch')}"


class _Course(Callback):
    """Writes down the logs of each epoch, so that they survive an interruption; stops at NaN."""

    def __init__(self, course: Course) -> None:
        super().__init__()
        self.course = course

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        for name, value in (logs or {}).items():
            self.course.history.setdefault(name, []).append(float(value))
        if not np.isfinite(self.course.history["loss"][-1]):
            self.model.stop_training = True                     # no epoch after this one can help


class _Interruption(Callback):
    """Ends the training after the step during which Ctrl-C was pressed."""

    def __init__(self, pressed: threading.Event) -> None:
        super().__init__()
        self.pressed = pressed

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        if self.pressed.is_set():
            raise Stopped


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Turn a Ctrl-C into a note. After it no other counts until the caller restores the handler:

    the best weights are then still to be written.
    """
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed                                # signals reach the main thread only
        return
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        if not pressed.is_set():
            signal.signal(signal.SIGINT, before)
