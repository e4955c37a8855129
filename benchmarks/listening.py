"""An epoch of XOR (4 rows, 2-8-1, Adam) with somebody listening: what Python adds to the engine.

One unit is an epoch of a `fit` of a thousand. Whoever listens to epochs makes the engine come back
after each; the printed lines go nowhere.
"""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np

EPOCHS = 1000
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
Y = np.array([[0], [1], [1], [0]], np.float32)


def contenders() -> dict[str, Callable[[], float]]:
    """Nobody, then one listener each."""
    from pellucid import Input, Sequential, callbacks, layers, set_random_seed
    from pellucid.insight import Recorder

    def epoch_of(**fit: Any) -> Callable[[], float]:
        set_random_seed(0)
        model = Sequential([Input((2,)), layers.Dense(8, activation="tanh"),
                            layers.Dense(1, activation="sigmoid")])
        model.compile("adam", "mse")

        def once() -> float:
            given = {"verbose": 0} | {name: each() if callable(each) else each
                                      for name, each in fit.items()}
            start = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):
                model.fit(X, Y, epochs=EPOCHS, **given)
            return (time.perf_counter() - start) / EPOCHS
        return once

    def heard(**events: Any) -> Callable[[], float]:
        return epoch_of(callbacks=lambda: [callbacks.LambdaCallback(**events)])

    return {"nobody": epoch_of(),
            "on_epoch_end": heard(on_epoch_end=lambda epoch, logs: None),
            "on_train_batch_end": heard(on_train_batch_end=lambda batch, logs: None),
            "LearningRateScheduler": epoch_of(callbacks=lambda: [
                callbacks.LearningRateScheduler(lambda epoch, rate: rate)]),
            "validation_data": epoch_of(validation_data=(X, Y)),
            "verbose=2": epoch_of(verbose=2),
            "Recorder": epoch_of(callbacks=lambda: [Recorder()])}
