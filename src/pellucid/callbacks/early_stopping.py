"""Early stopping: train no longer than it helps."""

from __future__ import annotations

from typing import Any

from pellucid.callbacks.console_line import say
from pellucid.callbacks.monitor import MonitorCallback
from pellucid.core.fields import field
from pellucid.core.kinds import LOUDNESS


class EarlyStopping(MonitorCallback):
    """Stop when the monitored figure has not improved for ``patience`` epochs.

    With ``restore_best_weights`` the weights of the best epoch are put back at the end of training
    (whether it was stopped or ran out of epochs). With a ``baseline`` the waiting only starts anew
    when the figure beats the baseline too.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> import numpy as np
    >>> model = Sequential([Input((1,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> stop = EarlyStopping("loss", min_delta=1e9, patience=2)
    >>> x = np.ones((4, 1))
    >>> len(model.fit(x, x, epochs=9, callbacks=[stop], verbose=0).epoch)
    3

    Source: L. Prechelt, "Early stopping - but when?" (1998).
    """

    monitor: str = field("val_loss", help="the name in the logs")
    min_delta: float = field(0, infinite=True, help="a smaller change is no improvement")
    patience: int = field(0, at_least=0, whole=True, help="epochs to wait for an improvement")
    verbose: Any = field(0, kind=LOUDNESS, help="1 says when it acts")
    mode: str = field("auto", one_of=("auto", "min", "max"), help="which way is better")
    baseline: float | None = field(None, infinite=True, help="a value to beat")
    restore_best_weights: bool = field(False, help="put the best epoch's weights back at the end")
    start_from_epoch: int = field(0, at_least=0, whole=True, help="epochs before it watches")
    lasting = ("wait", "stopped_epoch", "best_epoch", "best", "best_weights")

    def settle(self) -> None:
        self.min_delta = abs(self.min_delta)
        self._start()

    def _start(self) -> None:
        self.wait, self.stopped_epoch, self.best_epoch = 0, 0, 0
        self.best, self.best_weights = None, None

    def on_train_begin(self, logs: Any = None) -> None:
        self._start()                                    # one object may serve several fits

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._resolve_direction(logs)
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self._remember(epoch)
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self._remember(epoch)
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _remember(self, epoch: int) -> None:
        self.best_epoch = epoch
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()

    def on_train_end(self, logs: Any = None) -> None:
        if self.stopped_epoch > 0 and self.verbose:
            say(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose:
                say(f"Restoring the weights of the best epoch, {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Any) -> Any:
        """The monitored value of an epoch's logs, None (with a warning) if it is not there."""
        return self._monitored(logs)
