"""Progbar: Keras's progress bar for loops of your own."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from pellucid.callbacks.console_line import can_redraw, line, say
from pellucid.callbacks.progress import bar, duration, remaining, written
from pellucid.core.errors import ArgumentError, user_line


class Progbar:
    """A progress bar, with the means of what was measured, for a loop of your own.

    It is drawn where a line can be drawn again (a terminal, a notebook); elsewhere only its last
    state is printed.

    Args:
        target: how many steps there are; None where nobody knows.
        width: characters of the bar.
        verbose: 1 for a bar, 2 for one line at the end, 0 for nothing.
        interval: seconds between two drawings, at least.
        stateful_metrics: names of values to show as they come; all others are averaged.
        stateless_metrics: or the other way, names of values to average; others are shown as they
            come. Give one of the two.
        unit_name: what a step is called.

    >>> bar = Progbar(4, verbose=2)
    >>> for step in range(4):
    ...     bar.add(1, [("loss", 1.0 / (step + 1))])            # doctest: +ELLIPSIS
    4/4 - ... - ...s/step - loss: 0.25
    """

    def __init__(self, target: int | None, width: int = 20, verbose: int = 1,
                 interval: float = 0.05, stateful_metrics: Iterable[str] | None = None,
                 stateless_metrics: Iterable[str] | None = None, unit_name: str = "step") -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ArgumentError("give stateful_metrics or stateless_metrics, not both",
                                where=user_line())
        self.target, self.width, self.verbose = target, width, verbose
        self.interval, self.unit_name = interval, unit_name
        self.stateful_metrics = None if stateless_metrics is not None else set(
            stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._sums: dict[str, tuple[Any, int]] = {}
        self._seen, self._began, self._drawn = 0, time.perf_counter(), 0.0

    def update(self, current: int, values: Any = None, finalize: bool | None = None) -> None:
        """Tell that ``current`` steps are done, with ``(name, value)`` pairs of what was measured.

        A value counts for all steps since the last update. With ``finalize`` (by default at the
        target) the values are shown as they come, and the line ends.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        for name, value in values or ():
            self._sums[name] = self._summed(name, value, current - self._seen, finalize)
        self._seen = current
        if self.verbose == 1:
            self._show(finalize)
        elif self.verbose == 2 and finalize and self.target:
            say(self._text(f"{self._count()}", finalize))

    def add(self, n: int, values: Any = None) -> None:
        """Tell that n more steps are done."""
        self.update(self._seen + n, values)

    def means(self) -> dict[str, Any]:
        """What is shown: the mean of each value, or the last one."""
        return {name: np.asarray(total, np.float64).mean() / count
                for name, (total, count) in self._sums.items()}

    def _summed(self, name: str, value: Any, steps: int, last: bool) -> tuple[Any, int]:
        averaged = (name in self.stateless_metrics if self.stateless_metrics is not None
                    else name not in (self.stateful_metrics or ()))
        if last or not averaged:
            return value, 1
        steps = max(steps, 1)
        total, count = self._sums.get(name, (0, 0))
        return total + value * steps, count + steps

    def _show(self, last: bool) -> None:
        now = time.perf_counter()
        if not last and (now - self._drawn < self.interval or not can_redraw()):
            return
        self._drawn = now
        text = self._text(f"{self._count()} {self._bar()}".rstrip(), last)
        if last:
            say(text)
        else:
            line.draw(text)

    def _bar(self) -> str:
        return bar(self._seen, self.target, self.width) if self.target else ""

    def _count(self) -> str:
        if not self.target:
            return f"{self._seen}/unknown"
        return f"{self._seen:>{len(str(self.target))}}/{self.target}"

    def _text(self, heading: str, last: bool) -> str:
        elapsed = time.perf_counter() - self._began
        left = "" if last or not self.target or not self._seen else remaining(
            elapsed, self._seen, self.target)
        each = f"{duration(elapsed / max(self._seen, 1))}/{self.unit_name}"
        parts = [heading, left or duration(elapsed), each, written(self.means())]
        return " - ".join(part for part in parts if part)
