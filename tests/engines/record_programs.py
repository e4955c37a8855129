"""Programs with what they are run on and what the reference engine makes of it, in a file.

native/programs/replay.cpp runs them without Python, so that sanitizers see the engine alone;
the form of the file is told in native/programs/recording.hpp. Nothing here needs the extension.

>>> recording = record_run("one", random_plan(3).plan, random_plan(3).values)
>>> Words(recording.words[:4]).words
array('q', [3, 111, 110, 101])
"""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

import pellucid
from pellucid import Sequential, layers
from pellucid.atoms.random import ORDER, random_permutation
from pellucid.core import names, nest
from pellucid.core import settings as chosen
from pellucid.core.plan import Plan
from pellucid.engines.native.encoding import CODES, listed, number
from pellucid.engines.native.lowering import Constants, lowered
from pellucid.engines.passes import optimized
from tests.engines.comparison import largest
from tests.engines.random_plans import random_plan

MAGIC = int.from_bytes(b"pellucid", "little")
ROWS, EPOCHS, SEED = 22, 3, 5
# Of the largest number on the way: what rounding may make of one step, and of some epochs.
NEAR = {"float32": 1e-4, "float64": 1e-9}


class Words:
    """Words that grow: numbers, lists, bytes and arrays in the form that replay reads."""

    def __init__(self, words: Iterable[int] = ()) -> None:
        self.words = array("q", words)

    def add(self, *words: int) -> None:
        """Single words, or lists as their parts."""
        self.words.extend(words)

    def text(self, text: str) -> None:
        """A list of characters."""
        self.add(*listed(text.encode("ascii")))

    def data(self, data: bytes) -> None:
        """Bytes: how many, and a list of the words that hold them."""
        held = array("q", data + bytes(-len(data) % 8))
        self.add(len(data), len(held))
        self.words.extend(held)

    def program(self, plan: Plan) -> None:
        """The Plan as a program of the native engine, and its constants."""
        constants = Constants()
        self.add(*listed(lowered(optimized(plan), constants).words()))
        self.data(bytes(constants.data))

    def expected(self, which: int, value: Any, near: float, scale: float | None = None) -> None:
        """What an array must be: so near as a share of the scale, which is its largest number if
        nothing else is said; whole numbers are as they are.
        """
        value = np.asarray(value)
        self.add(which, CODES[value.dtype.name])
        self.data(value.tobytes())
        self.add(number(near), number(near * (_size(value) if scale is None else scale)))

    def recording(self, other: Words) -> None:
        """A whole recording as a list."""
        self.add(len(other.words))
        self.words.extend(other.words)


def _size(value: np.ndarray) -> float:
    finite = np.abs(value[np.isfinite(value)].astype(float))
    return float(finite.max(initial=1e-3))


def record_run(name: str, plan: Plan, values: Sequence[Any], near: float | None = None) -> Words:
    """One run of a Plan: inputs, outputs and state as the reference engine gives them."""
    arrays = [np.asarray(value, _kind(plan, slot).dtype, order="C") for value, slot in
              zip(values, plan.inputs, strict=True)]
    scale = largest(plan, arrays) if near is None else None
    near = 8 * float(np.finfo("float32").eps) if near is None else near
    with np.errstate(all="ignore"):
        results = plan([each.copy() for each in arrays])
    words = Words()
    words.text(name)
    words.add(0)
    words.program(plan)
    words.add(len(arrays))
    for each in arrays:
        words.data(each.tobytes())
    plain = len(plan.outputs) - len(plan.state)
    places = [*range(plain), *(-1 - plan.inputs.index(slot) for slot in plan.state)]
    words.add(len(places))
    for place, slot, result in zip(places, plan.outputs, results, strict=True):
        words.expected(place, np.asarray(result, _kind(plan, slot).dtype), near, scale)
    return words


def _kind(plan: Plan, slot: int) -> Any:
    kind = plan.types[slot]
    assert kind is not None
    return kind


# models ------------------------------------------------------------------------------------------

Made = tuple[Any, np.ndarray, np.ndarray]


def _random(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).standard_normal(shape).astype(chosen.floatx())


def dense() -> Made:
    """Two dense layers."""
    return Sequential([layers.Dense(16, "relu"), layers.Dense(3)]), _random(ROWS, 7), _random(
        ROWS, 3)


def normalized() -> Made:
    """Batch normalization and dropout: state that moves, and random numbers."""
    return Sequential([layers.Dense(12, "tanh"), layers.BatchNormalization(), layers.Dropout(0.3),
                       layers.Dense(1, "sigmoid")]), _random(ROWS, 5), _random(ROWS, 1) ** 2 % 1


def convolving() -> Made:
    """LeNet in small."""
    return Sequential([
        layers.Conv2D(4, 3, activation="relu", padding="same"), layers.MaxPooling2D(2),
        layers.Conv2D(6, 3, activation="relu"), layers.AveragePooling2D(2), layers.Flatten(),
        layers.Dense(5)]), _random(ROWS, 12, 12, 1), _random(ROWS, 5)


def recurrent() -> Made:
    """An LSTM: scans forwards and backwards."""
    return Sequential([layers.LSTM(6), layers.Dense(2)]), _random(ROWS, 9, 4), _random(ROWS, 2)


def embedding() -> Made:
    """Two words' vectors and their products: gather and scatter_add."""
    words = np.random.default_rng(3).integers(0, 20, (ROWS, 2)).astype("int32")
    pair = layers.Input((2,), dtype="int32")
    vectors = layers.Embedding(20, 8)(pair)
    model = pellucid.Model(pair, layers.Dot((2, 2))([vectors, vectors]))
    return model, words, _random(ROWS, 2, 2)


def attending() -> Made:
    """Heads of attention: batches of products with two axes, written and read in other orders."""
    x = layers.Input((5, 8))
    seen = layers.MultiHeadAttention(2, 4, use_bias=False)(x, x)    # a key's would have no effect
    model = pellucid.Model(x, layers.LayerNormalization()(layers.Add()([x, seen])))
    return model, _random(ROWS, 5, 8), _random(ROWS, 5, 8)


MODELS: tuple[Callable[[], Made], ...] = (dense, normalized, convolving, recurrent, embedding,
                                          attending)


def _compiled(make: Callable[[], Made]) -> Made:
    names.reset_names()
    pellucid.set_random_seed(1)
    model, x, y = make()
    model.compile("adam", "mse", metrics=["mae"])
    model.train_on_batch(x[:8], y[:8])              # Adam's first step is as long for any gradient
    return model, x, y


def _step(model: Any, x: np.ndarray, y: np.ndarray) -> Any:
    return model._step_function("train").compiled_for(((x, y),), [x, y])


def record_step(make: Callable[[], Made]) -> Words:
    """One training step."""
    model, x, y = _compiled(make)
    step = _step(model, x[:8], y[:8])
    values = [x[:8], y[:8], *(variable.array for variable in step.read)]
    return record_run(f"a step, {make.__name__}, {chosen.floatx()}", step.plan, values,
                      NEAR[chosen.floatx()])


def record_session(make: Callable[[], Made], size: int = 8) -> Words:
    """Some epochs of shuffled batches, the last one shorter."""
    model, x, y = _compiled(make)
    model.reset_metrics()
    sizes = [size, ROWS % size] if ROWS % size else [size]
    steps = [_step(model, x[:rows], y[:rows]) for rows in sizes]
    variables = list(dict.fromkeys(each for step in steps for each in step.read))
    place = {variable: i for i, variable in enumerate(variables)}
    words = Words()
    words.text(f"epochs, {make.__name__}, {chosen.floatx()}")
    words.add(1, len(steps))
    for step, rows in zip(steps, sizes, strict=True):
        words.program(step.plan)
        feeds = [(1, 0), (1, 1), *((0, place[each]) for each in step.read)]
        words.add(rows, *listed(word for feed in feeds for word in feed))
    words.add(ROWS, 2)
    for each in (x, y):
        words.add(each.nbytes // ROWS)
        words.data(each.tobytes())
    words.add(SEED, ORDER, len(variables))
    for each in variables:
        words.data(each.array.tobytes())
    counted = [each for metric in model.metrics for each in metric.variables if each in place]
    words.add(len(counted))
    for each in counted:
        words.add(place[each])
        words.data(each.array.tobytes())
    words.add(EPOCHS)
    near = NEAR[chosen.floatx()]
    words.expected(0, _trained(model, x, y, size), max(near, 1e-5))      # metrics are float32
    words.add(len(variables))
    for i, each in enumerate(variables):
        words.expected(i, each.array, near if each.array.dtype == np.float64 else max(near, 1e-5))
    return words


def _trained(model: Any, x: np.ndarray, y: np.ndarray, size: int) -> np.ndarray:
    """The epochs on the reference engine; the logs of their last steps."""
    rows = []
    for epoch in range(EPOCHS):
        model.reset_metrics()
        order = random_permutation(np.array([SEED, epoch], np.uint32), ROWS).numpy()
        for first in range(0, ROWS, size):
            part = order[first:first + size]
            logs = model._step_function("train")((x[part], y[part]))
        rows.append([float(value) for value in nest.flatten(logs)])
    return np.array(rows)


def write_recordings(path: Path, plans: int, first: int = 0) -> int:
    """All models' steps and epochs and so many random Plans; how many recordings there are."""
    recordings, before = [], chosen.floatx()
    with mock.patch.dict(os.environ, {"PELLUCID_NATIVE": "off"}):
        try:
            for floatx in ("float32", "float64"):
                chosen.set_floatx(floatx)
                recordings += [record_step(make) for make in MODELS]
            recordings += [record_session(make) for make in MODELS]
        finally:
            chosen.set_floatx(before)
        for i in range(plans + plans // 30):            # some are worth threads
            sample = random_plan(first + i, large=i >= plans)
            recordings.append(record_run(f"random plan {i}", sample.plan, sample.values))
    words = Words([MAGIC, len(recordings)])
    for each in recordings:
        words.recording(each)
    path.write_bytes(words.words.tobytes())
    return len(recordings)


if __name__ == "__main__":
    print(write_recordings(Path(sys.argv[1]), int(sys.argv[2])), "recordings")
