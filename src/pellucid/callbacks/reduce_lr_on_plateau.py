"""A smaller learning rate once learning stands still."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.callbacks.console_line import say
from pellucid.callbacks.monitor import MonitorCallback
from pellucid.core.fields import field
from pellucid.core.kinds import LOUDNESS


class ReduceLROnPlateau(MonitorCallback):
    r"""Multiply the learning rate by ``factor`` when ``patience`` epochs brought no improvement.

    :math:`η ← \max(η · \text{factor}, \text{min\_lr})`, then ``cooldown`` epochs pass before it
    watches again. The rate of each epoch stands in the history as ``learning_rate``.

    >>> ReduceLROnPlateau(factor=1.0)
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: ReduceLROnPlateau's factor must be ... below 1, ...
    """

    monitor: str = field("val_loss", help="the name in the logs")
    factor: float = field(0.1, at_least=0, below=1, help="what the rate is multiplied by")
    patience: int = field(10, at_least=0, whole=True, help="epochs to wait for an improvement")
    verbose: Any = field(0, kind=LOUDNESS, help="1 says when it acts")
    mode: str = field("auto", one_of=("auto", "min", "max"), help="which way is better")
    min_delta: float = field(1e-4, infinite=True, help="a smaller change is no improvement")
    cooldown: int = field(0, at_least=0, whole=True, help="epochs to rest after each reduction")
    min_lr: float = field(0.0, at_least=0, help="the rate never falls below")
    lasting = ("best", "cooldown_counter", "wait")

    def settle(self) -> None:
        self.min_delta = abs(self.min_delta)
        self.on_train_begin()

    def on_train_begin(self, logs: Any = None) -> None:
        self.best, self.cooldown_counter, self.wait = None, 0, 0

    def in_cooldown(self) -> bool:
        return self.cooldown_counter > 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = {} if logs is None else logs
        self._resolve_direction(logs)
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        current = self._monitored(logs)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and self._reduce(epoch):
                self.cooldown_counter, self.wait = self.cooldown, 0

    def _reduce(self, epoch: int) -> bool:
        """Make the rate smaller, if it is not at its lower bound yet."""
        old = float(self.model.optimizer.learning_rate)
        if old <= np.float32(self.min_lr):               # rates are stored as float32
            return False
        new = max(old * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = new
        if self.verbose:
            say(f"Epoch {epoch + 1}: the learning rate goes from {old:.4g} to {new:.4g}")
        return True
