"""The learning-rate range test: let the rate rise, see where the loss falls and where it flees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.variable import Variable
from pellucid.insight.dynamics.moving_average import ewma
from pellucid.insight.dynamics.unchanged import unchanged
from pellucid.models.training import EpochOrder

CALM = 10                                   # the first tenth of the test shows the bare noise


@dataclass(frozen=True)
class RateTest:
    """What `find_learning_rate` saw: the loss after a step with each rate.

    ``rates``, ``losses`` and ``smoothed`` (their moving average) have shape ``(n,)``. ``diverged``:
    the test ended before its highest rate because the loss had fled.

    >>> rates = np.geomspace(1e-4, 1, 40)
    >>> falling = np.where(rates < 0.01, 2.0, 2.0 - 0.8 * np.log10(rates / 0.01))
    >>> test = RateTest(rates, falling, falling, False)
    >>> 0.009 < test.suggested < 1
    True
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    diverged: bool

    @property
    def suggested(self) -> float | None:
        """The rate at which the smoothed loss fell most steeply; None if it never really fell.

        Steepness is per factor of the rate, as the eye sees it on a logarithmic axis. A fall that
        is no larger than the noise of single batches, seen in the first tenth, is none.
        """
        lowest = int(np.argmin(self.smoothed))
        calm = _calm(self.losses)
        if lowest < 1 or calm.mean() - self.smoothed[lowest] <= calm.std():
            return None
        slopes = np.gradient(self.smoothed, np.log(self.rates))
        return float(self.rates[int(np.argmin(slopes[:lowest + 1]))])

    @property
    def largest(self) -> float | None:
        """The rate at which the smoothed loss was lowest: above it, steps undo what they learn."""
        return None if self.suggested is None else float(self.rates[np.argmin(self.smoothed)])

    def __str__(self) -> str:
        tried = f"rates from {self.rates[0]:.3g} to {self.rates[-1]:.3g}"
        if self.suggested is None:
            return f"{tried}: the loss did not fall at any; try a wider span, or more steps"
        end = ("then it fled" if self.diverged else "then it rose again"
               if self.largest < 0.8 * self.rates[-1] else "and might have fallen further")
        return (f"{tried}: the loss fell fastest at {self.suggested:.2g} (suggested), was lowest "
                f"at {self.largest:.2g}, {end}")


def find_learning_rate(model: Any, x: Any, y: Any = None, *, sample_weight: Any = None,
                       low: float = 1e-6, high: float = 10.0, steps: int = 100,
                       batch_size: int | None = None, smoothing: float = 0.85,
                       flee: float = 4.0, seed: int = 0) -> RateTest:
    """Train for a few steps while the learning rate rises, and suggest a rate; nothing is kept.

    Each step takes the next batch and a rate larger than the last by the same factor, with the
    model's own optimizer and loss. At small rates nothing happens, then the loss falls, then it
    flees. Weights, the optimizer's state and rate, and random generators are put back.

    Args:
        model: a compiled model; its learning rate must be a number, not a schedule.
        x, y, sample_weight: what `fit` would be given.
        low, high: the first rate and the last.
        steps: how many, at least 10.
        batch_size: rows of a batch; 32 unless given, as in `fit`.
        smoothing: the β of the moving average (`ewma`) over the losses, which runs forwards and
            then backwards, so that it does not lag.
        flee: the test ends once the smoothed loss lies above its lowest by this many times its
            first value, or is no number any more.
        seed: of the order of the rows.

    Raises ArgumentError for a model that is not compiled, an optimizer whose rate follows a
    schedule or that has several, and arguments out of range.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> test = find_learning_rate(model, x, 3 * x, steps=40)
    >>> 0.01 < test.suggested < 3, model.get_weights()[0].tolist()
    (True, [[1.0]])

    Source: L. Smith, "Cyclical learning rates for training neural networks" (2017); the suggestion
    by the steepest fall is that of J. Howard's fastai.
    """
    _check(model, low, high, steps)
    source = model._source(x, y, sample_weight, batch_size=batch_size, shuffle=True,
                           permutation=EpochOrder(seed))
    model._prepare(source)
    rates, losses = np.geomspace(low, high, steps), np.empty(0)
    with unchanged(model):
        # a batch is judged before its step, so the loss of the next one tells what a rate has done
        for rate, batch in zip([*rates, high], _endless(source), strict=False):
            model.optimizer.learning_rate = rate
            losses = np.append(losses, _loss(model, batch))
            if not np.isfinite(losses[-1]) or _fled(losses, smoothing, flee):
                break
    losses = losses[1:]
    diverged = len(losses) < steps or bool(len(losses) and not np.isfinite(losses[-1]))
    losses = losses[np.isfinite(losses)]
    if len(losses) < 2:
        raise ArgumentError("the loss is no finite number after the first steps", where=user_line(),
                            got=f"low={low:g}", hint="begin with a smaller low, and scale the data")
    return RateTest(rates[:len(losses)], losses, _smooth(losses, smoothing), diverged)


def _check(model: Any, low: float, high: float, steps: int) -> None:
    model._need_compiled("find_learning_rate")
    if not 0 < low < high < np.inf:
        raise ArgumentError("rates must rise: 0 < low < high", got=f"low={low}, high={high}",
                            where=user_line())
    if steps < 10:
        raise ArgumentError("steps must be at least 10", got=steps, where=user_line())
    if not isinstance(getattr(model.optimizer, "learning_rate", None), Variable):
        raise ArgumentError("find_learning_rate needs an optimizer with one rate, a number, that "
                            "it may set", got=repr(model.optimizer), where=user_line(),
                            hint="compile with a number as learning_rate for the test, and give "
                            "schedules what is found")


def _endless(source: Any) -> Iterator[Any]:
    """Batch after batch, epoch after epoch."""
    for epoch in count():
        yield from source.epoch(epoch)


def _loss(model: Any, batch: Any) -> float:
    """The loss of a batch before the step that it is used for."""
    x, y, sample_weight = batch
    logs = model.train_on_batch(x, y, sample_weight, return_dict=True)
    if "loss" not in logs:
        raise ArgumentError('the logs of train_step must hold "loss"', got=f"{sorted(logs)}",
                            where=user_line())
    return logs["loss"]


def _smooth(losses: np.ndarray, beta: float) -> np.ndarray:
    """A moving average that does not lag: once forwards, once backwards.

    What lies above the losses of the calm beginning counts as they do, or else the last losses, a
    thousand times larger, would be felt far before they came.
    """
    capped = np.minimum(losses, _calm(losses).max())
    forwards = ewma(capped, beta, corrected=True)
    return ewma(forwards[::-1], beta, corrected=True)[::-1]


def _calm(losses: np.ndarray) -> np.ndarray:
    """The losses at rates too small to do anything: what they vary by is noise."""
    return losses[:max(2, len(losses) // CALM)]


def _fled(losses: np.ndarray, smoothing: float, flee: float) -> bool:
    smoothed = ewma(losses, smoothing, corrected=True)
    return bool(smoothed[-1] > smoothed.min() + flee * abs(losses[0]))
