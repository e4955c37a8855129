"""A model in float64 for a while, and afterwards as it was: weights, optimizer, seeds."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

from pellucid.atoms.random import drawing
from pellucid.core import dtypes
from pellucid.core.settings import floatx, set_floatx
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.insight.explain.record import states_of
from pellucid.models.doors import _in_float64
from pellucid.schedules import LearningRateSchedule

WRITTEN = 6                            # digits of a number that a person may have written


@contextlib.contextmanager
def in_float64(model: Any) -> Iterator[list[Variable]]:
    """Model and optimizer in float64; gives their variables. All of it is undone in the end."""
    optimizer = model.optimizer
    inner = getattr(optimizer, "optimizers", [])          # of a MultiOptimizer
    kept, *kept_within = ({key: list(value) if isinstance(value, list) else value
                           for key, value in vars(each).items()} for each in (optimizer, *inner))
    metrics = [each for metric in model.metrics for each in getattr(metric, "variables", ())]
    kept_states = [each for layer in model._flatten_layers() for each in states_of(layer)]
    known = list(dict.fromkeys([*model.variables, *metrics, *optimizer.variables, *kept_states]))
    before = [(each, each._tensor) for each in known]
    drawing.dtype = next((each.compute_dtype for each in model._flatten_layers()
                          if getattr(each, "seed_generator", None) is not None), None)
    try:
        with _in_float64(model):
            for each, tensor in before:
                _widen(each, tensor)
            if not optimizer.built:
                optimizer.build(model.trainable_variables)
            made = [each for each in optimizer.variables if each not in set(known)]
            for each in made:
                _widen(each, each._tensor)
            if isinstance(rate := kept.get("_learning_rate"), LearningRateSchedule):
                optimizer._learning_rate = functools.partial(_asked, rate, optimizer)
            yield [*known, *made]
    finally:
        drawing.dtype = None
        for each, attributes in zip((optimizer, *inner), (kept, *kept_within), strict=True):
            vars(each).clear()
            vars(each).update(attributes)
        for variable, tensor in before:
            variable._tensor = tensor
        model._clear_losses()


def _asked(schedule: LearningRateSchedule, optimizer: Any) -> Any:
    """What a schedule says, computed in float64 and not in the default float type."""
    usual = floatx()
    set_floatx("float64")
    try:
        return schedule(optimizer._iterations)
    finally:
        set_floatx(usual)


def _widen(variable: Variable, tensor: Tensor) -> None:
    if dtypes.is_float(tensor.dtype):
        variable.set_array(as_written(np.asarray(tensor)))


def as_written(array: np.ndarray) -> np.ndarray:
    """float64 of a float array; a number that a person can have written is that number.

    The float32 nearest to 0.15 becomes 0.15, not 0.15000000596: what six digits can tell apart
    was meant so.

    >>> as_written(np.array([0.15], "float32")).tolist()
    [0.15]
    """
    wide = array.astype(np.float64)
    if array.dtype == np.float64 or not array.size:
        return wide
    with np.errstate(all="ignore"):
        digits = WRITTEN - 1 - np.floor(np.log10(np.abs(wide)))
        scale = 10.0 ** np.clip(np.nan_to_num(digits), 0, 22)
        short = np.round(wide * scale) / scale
        return np.where(short.astype(array.dtype) == array, short, wide)
