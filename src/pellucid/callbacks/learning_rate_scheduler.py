"""The learning rate as a function of the epoch."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.callbacks.console_line import say
from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.field import check
from pellucid.core.kinds import LOUDNESS


class LearningRateScheduler(Callback):
    """Set the rate at the start of each epoch: ``schedule(epoch, rate)`` gives the new one.

    Epochs count from 0; ``schedule(epoch)`` works too. The rate of each epoch stands in the
    history as ``learning_rate``. Raises ArgumentError where the schedule gives no number.

    >>> halve = LearningRateScheduler(lambda epoch, rate: rate / 2)
    """

    _looked_at: Any = None
    _takes_rate = True

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise KindError("LearningRateScheduler needs a function (epoch, rate) → rate",
                            got=repr(schedule), where=user_line(), hint="a LearningRateSchedule "
                            "over steps goes to the optimizer: Adam(learning_rate=schedule)")
        self.schedule = schedule
        self.verbose = check("LearningRateScheduler", "verbose", verbose, kind=LOUDNESS)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        optimizer = self.model.optimizer
        rate = self._asked(epoch, float(optimizer.learning_rate))
        if np.ndim(rate) != 0 or isinstance(rate, (str, bool)) or rate is None:
            raise ArgumentError("the schedule must give a number as the new learning rate",
                                got=repr(rate), where=f"for epoch {epoch}")
        optimizer.learning_rate = float(rate)
        if self.verbose:
            say(f"Epoch {epoch + 1}: the learning rate is {float(rate):.4g}")

    def _asked(self, epoch: int, rate: float) -> Any:
        if self._looked_at is not self.schedule:         # not in every epoch: it takes its time
            self._looked_at, self._takes_rate = self.schedule, _takes_rate(self.schedule)
        return self.schedule(epoch, rate) if self._takes_rate else self.schedule(epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)


def _takes_rate(schedule: Callable[..., Any]) -> bool:
    """Whether a schedule is a function of epoch and rate, rather than of the epoch alone."""
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return False
    except ValueError:                                   # built-in functions may have no signature
        pass
    return True
