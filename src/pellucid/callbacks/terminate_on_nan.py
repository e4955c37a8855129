"""Stop as soon as the loss is no number any more."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.callbacks.console_line import say
from pellucid.core.errors import PellucidError
from pellucid.core.field import check
from pellucid.core.kinds import TRUTH


class NonFiniteLossError(PellucidError, RuntimeError):
    """The loss became NaN or infinite, and `TerminateOnNaN` was asked to raise."""


class TerminateOnNaN(Callback):
    """Stop training at the first batch after which the loss is NaN or infinite.

    With ``raise_error`` it raises a RuntimeError at once, so that no callback hears that training
    has ended; else training ends in the usual way. Source of most such losses: too large a rate.

    >>> TerminateOnNaN(raise_error=True).on_batch_end(3, {"loss": float("nan")})
    Traceback (most recent call last):
    pellucid.callbacks.terminate_on_nan.NonFiniteLossError: the loss must be a finite number, ...
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = check("TerminateOnNaN", "raise_error", raise_error, kind=TRUTH)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or np.isfinite(loss):
            return
        if self.raise_error:
            raise NonFiniteLossError("the loss must be a finite number", got=f"{loss}",
                                     where=f"at batch {batch}", hint="try a smaller learning_rate, "
                                     "clipnorm=1.0, or scaled inputs")
        say(f"Batch {batch}: the loss is {loss}, so training ends here.")
        self.model.stop_training = True
