"""A training of MNIST's size (784-128-10, 60,000 rows, batch 128, Adam), watched by a Recorder.

One unit is an epoch of a `fit` of eight; what tracing the probe costs is in it. The bound that
`Recorder` keeps is a ratio of 1.10. The data are drawn at random: only their size matters.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

EPOCHS, ROWS, BATCH, SIZES = 8, 60_000, 128, (784, 128, 10)


def contenders() -> dict[str, Callable[[], float]]:
    """The same training without anybody watching, and with a `Recorder` as it comes."""
    from pellucid import Input, Sequential, layers, set_random_seed
    from pellucid.insight import Recorder
    draw = np.random.default_rng(0)
    x = draw.random((ROWS, SIZES[0]), np.float32)
    y = draw.integers(0, SIZES[-1], ROWS)

    def epoch_of(watchers: Callable[[], list[Any]]) -> Callable[[], float]:
        set_random_seed(0)
        model = Sequential([Input((SIZES[0],)), layers.Dense(SIZES[1], activation="relu"),
                            layers.Dense(SIZES[2], activation="softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

        def once() -> float:
            start = time.perf_counter()
            model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=watchers())
            return (time.perf_counter() - start) / EPOCHS
        return once

    return {"fit": epoch_of(list), "fit with Recorder()": epoch_of(lambda: [Recorder()])}
