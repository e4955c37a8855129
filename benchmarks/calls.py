"""Single calls of a model of 100 layers of 8 units: what they cost besides the steps they run.

One unit is a call with 32 rows, of a model that has been called so before; for the last three it is
making such a model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

LAYERS, WIDTH, ROWS, TIMES = 100, 8, 32, 20


def contenders() -> dict[str, Callable[[], float]]:
    """What is called in loops, the quickest first."""
    from pellucid import Input, Model, Sequential, layers

    def dense() -> list[Any]:
        return [layers.Dense(WIDTH, activation="tanh") for _ in range(LAYERS)]

    def chain() -> Any:
        return Sequential([Input((WIDTH,)), *dense()])

    def grown() -> Any:
        model = Sequential([Input((WIDTH,))])
        for layer in dense():
            model.add(layer)
        return model

    def drawn() -> Any:
        x = y = Input((WIDTH,))
        for layer in dense():
            y = layer(y)
        return Model(x, y)

    model = chain()
    model.compile("adam", "mse", metrics=["mae"])
    x = np.ones((ROWS, WIDTH), np.float32)
    return {"predict": timed(lambda: model.predict(x, verbose=0)),
            "predict, 4 batches": timed(lambda: model.predict(x, batch_size=8, verbose=0)),
            "train_on_batch": timed(lambda: model.train_on_batch(x, x)),
            "evaluate": timed(lambda: model.evaluate(x, x, verbose=0)),
            "fit": timed(lambda: model.fit(x, x, verbose=0)),
            "model(x)": timed(lambda: model(x)),
            "Sequential([...])": timed(chain, 1),
            "model.add(...)": timed(grown, 1),
            "Model(x, y)": timed(drawn, 1)}


def timed(call: Callable[[], Any], times: int = TIMES) -> Callable[[], float]:
    """Seconds of one call."""
    def once() -> float:
        start = time.perf_counter()
        for _ in range(times):
            call()
        return (time.perf_counter() - start) / times
    return once
