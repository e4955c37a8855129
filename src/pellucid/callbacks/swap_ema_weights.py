"""Judge, and save, the moving averages of the weights instead of the weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.field import check
from pellucid.core.kinds import TRUTH


class SwapEMAWeights(Callback):
    """Put the optimizer's averages in the weights' place while the model is judged.

    For an optimizer with ``use_ema=True``: in `evaluate`, `predict` and the validation of `fit`
    weights and averages change places, and back again afterwards. With ``swap_on_epoch`` they do so
    at the end of each epoch until the next one begins, so that callbacks behind this one (a
    `ModelCheckpoint`) meet the averages.

    Raises ArgumentError for an optimizer that keeps no averages.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> import numpy as np
    >>> model = Sequential([Input((1,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0, callbacks=[SwapEMAWeights()])
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: SwapEMAWeights needs an optimizer with use_ema=True, ...

    Source: B. Polyak, A. Juditsky, "Acceleration of stochastic approximation by averaging" (1992).
    """

    lasting = ("_ema_weights_in_model",)

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = bool(check("SwapEMAWeights", "swap_on_epoch", swap_on_epoch,
                                        kind=TRUTH))
        self._ema_weights_in_model = False

    def on_train_begin(self, logs: Any = None) -> None:
        list(self._pairs())                              # a mistake is told before training

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._show(averages=False)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not self.swap_on_epoch:
            return
        self._show(averages=True)
        if epoch == (self.params or {}).get("epochs", 0) - 1 or self.model.stop_training:
            for weight, average in self._pairs():        # the end of `fit` takes the averages from
                average.assign(weight)                   # where they belong, and finds them there

    def on_test_begin(self, logs: Any = None) -> None:
        self._show(averages=True)

    def on_test_end(self, logs: Any = None) -> None:
        self._show(averages=False)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._show(averages=True)

    def on_predict_end(self, logs: Any = None) -> None:
        self._show(averages=False)

    def _show(self, averages: bool) -> None:
        """Let weights and averages change places, if that is not done yet."""
        if averages == self._ema_weights_in_model:
            return
        for weight, average in self._pairs():
            value = weight.numpy()
            weight.assign(average)
            average.assign(value)
        self._ema_weights_in_model = averages

    def _pairs(self) -> Iterator[tuple[Any, Any]]:
        """Each weight with its average."""
        optimizer = self.model.optimizer
        single = getattr(optimizer, "optimizers", [optimizer])
        keeping = [each for each in single if getattr(each, "use_ema", False)]
        if not keeping:
            raise ArgumentError("SwapEMAWeights needs an optimizer with use_ema=True",
                                got=repr(optimizer), where=user_line())
        for each in keeping:
            yield from zip(each._trainable_variables, each._averages, strict=True)
