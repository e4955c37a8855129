"""What callbacks that watch one figure share: which way is better, what is an improvement."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, PellucidWarning, nearest, user_line
from pellucid.core.fields import Declared


class MonitorCallback(Declared, Callback):
    """A callback that watches ``logs[monitor]``.

    Whether lower or higher is better is told by ``mode`` ("min" or "max"); with "auto" it is
    lower for a loss, and for a metric what the metric itself says.
    """

    monitor: str
    mode: str
    min_delta: float = 0
    monitor_op: Any = None
    best: Any = None

    def _resolve_direction(self, logs: Any) -> None:
        """Find out which way is better; in the first epoch, when the model's metrics exist."""
        if self.monitor_op is None:
            lower = self.mode == "min" or (self.mode == "auto" and self._lower_is_better(logs))
            self.monitor_op = np.less if lower else np.greater

    def _lower_is_better(self, logs: Any) -> bool:
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", ()):
            if metric.name == name and hasattr(metric, "_direction"):
                return metric._direction != "up"
        if name == "loss":
            return True
        who = f"{type(self).__name__} monitors {self.monitor!r}"
        if self.monitor not in (logs or {}):
            raise ArgumentError(f"{who}, which is not in the logs", where=user_line(),
                                hint=_names(self.monitor, logs))
        raise ArgumentError(f"{who}, and whether lower or higher is better is not known",
                            where=user_line(), hint='pass mode="min" or mode="max"')

    def _is_improvement(self, value: Any, reference: Any) -> bool:
        """Whether a value beats another by more than ``min_delta``; all beat None."""
        if reference is None:
            return True
        margin = abs(self.min_delta) * (-1 if self.monitor_op is np.less else 1)
        return bool(self.monitor_op(value - margin, reference))

    def _monitored(self, logs: Any) -> Any:
        """The monitored value, or None with a warning that names those that exist."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            warnings.warn(f"{type(self).__name__} monitors {self.monitor!r}, which is not in the "
                          f"logs: {_names(self.monitor, logs)}.", PellucidWarning, stacklevel=3)
        return value


def _names(monitor: str, logs: Any) -> str:
    """What there is to monitor, and what was perhaps meant."""
    known = list(logs or {})
    there = f"there are {', '.join(known)}" if known else "they are empty"
    if monitor.startswith("val_") and not any(name.startswith("val_") for name in known):
        return f"{there}; for val_ figures, give validation_data or validation_split"
    meant = nearest(monitor, known)
    return f"{there}; {meant}" if meant else there
