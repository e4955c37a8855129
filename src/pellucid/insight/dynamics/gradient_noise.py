"""How far the gradient of a batch is from the gradient of all rows, and why it falls with 1/√B."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.atoms import concatenate, reshape
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.tape import GradientTape
from pellucid.data.frames import map_nest
from pellucid.data.sources import ArrayBatches
from pellucid.engines.trace import Traced
from pellucid.insight.dynamics.unchanged import unchanged

MOST_ROWS = 1024                        # at once, where the gradient of all rows is gathered


@dataclass(frozen=True)
class GradientNoise:
    r"""What `gradient_noise` measured: the noise of the gradient for each batch size.

    ``noise[i]``: root of the mean squared distance between the gradient of a random batch of
    ``batch_sizes[i]`` rows and that of all ``rows``; ``single``: the same for batches of one row,
    from which the theory foretells the others; ``slope``: length of the gradient of all rows.

    >>> noise = GradientNoise(np.array([4]), np.array([0.7]), 1.5, 0.5, rows=1000)
    >>> noise.expected([1, 4, 1000]).round(3).tolist(), noise.scale
    ([1.5, 0.749, 0.0], 9.0)
    """

    batch_sizes: np.ndarray
    noise: np.ndarray
    single: float
    slope: float
    rows: int

    def expected(self, batch_sizes: Any) -> np.ndarray:
        r"""The noise that theory expects: :math:`σ/\sqrt B · \sqrt{(n - B)/(n - 1)}`.

        The second factor is that of drawing without putting back, as an epoch does: a batch of all
        n rows has no noise at all.
        """
        b, n = np.asarray(batch_sizes, float), self.rows
        return self.single / np.sqrt(b) * np.sqrt((n - b) / max(n - 1, 1))

    @property
    def scale(self) -> float:
        """σ²/‖g‖²: the batch size at which noise and gradient are equally long.

        Much smaller batches walk mostly at random; much larger ones cost more than they tell.
        Source: S. McCandlish et al., "An empirical model of large-batch training" (2018).
        """
        return (self.single / self.slope) ** 2 if self.slope else np.inf


POWERS = (1, 2, 4, 8, 16, 32, 64, 128)


def gradient_noise(model: Any, x: Any, y: Any = None, *,
                   batch_sizes: Sequence[int] | None = None, draws: int = 200,
                   seed: int = 0) -> GradientNoise:
    r"""Measure how much the gradient of the loss varies from batch to batch, at the weights now.

    .. math:: \sqrt{\mathrm{mean}_{\text{batches}} \|g_B - g\|^2}

    Rows are drawn without being put back, as in an epoch. Random masks are off and moving
    statistics are used, so that what is measured is the choice of rows alone. Nothing is trained.

    Args:
        model: a compiled model, whose loss is a mean over rows.
        x, y: arrays, or nests of them, as for `fit`.
        batch_sizes: each from 1 to the number of rows; None: the powers of 2 up to 128 that are.
        draws: random batches of each size.
        seed: of the draws.

    Raises ArgumentError for a model that is not compiled or has no weights, data that are not
    arrays, and batch sizes out of range.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> x = np.linspace(-1, 1, 50)[:, None]
    >>> found = gradient_noise(model, x, np.sign(x), batch_sizes=(1, 50), draws=50)
    >>> (found.noise > [0.1, 1e-5]).tolist()
    [True, False]
    """
    model._need_compiled("gradient_noise")
    source = model._source(x, y, shuffle=False)
    if not isinstance(source, ArrayBatches):
        raise ArgumentError("gradient_noise draws rows at random and needs arrays",
                            got=type(x).__name__, where=user_line())
    if batch_sizes is None:
        batch_sizes = [size for size in POWERS if size <= source.rows]
    _check(batch_sizes, draws, source.rows)
    model._prepare(source, training=False)
    if not model.trainable_weights:
        raise ArgumentError("gradient_noise needs a model with trainable weights",
                            where=user_line())
    random, n = np.random.default_rng(seed), source.rows
    with unchanged(model):
        of_rows = _gradient_of_rows(model, source)
        everything = _of_all(of_rows, n)

        def distance(size: int) -> float:
            batches = (random.permutation(n)[:size] for _ in range(draws))
            return float(np.sqrt(np.mean([np.sum((of_rows(rows) - everything) ** 2)
                                          for rows in batches])))
        single, noise = distance(1), [distance(size) for size in batch_sizes]
    return GradientNoise(np.array(batch_sizes), np.array(noise), single,
                         float(np.linalg.norm(everything)), n)


def _check(batch_sizes: Sequence[int], draws: int, rows: int) -> None:
    for each in batch_sizes:
        if not 1 <= each <= rows:
            raise ArgumentError(f"batch sizes must lie between 1 and the {rows} rows", got=each,
                                where=user_line())
    if draws < 2:
        raise ArgumentError("draws must be at least 2", got=draws, where=user_line())


def _gradient_of_rows(model: Any, source: ArrayBatches) -> Callable[[np.ndarray], np.ndarray]:
    """Row numbers to the gradient of their loss, all weights in one long row."""
    def gradient(x: Any, y: Any) -> Any:
        with GradientTape() as tape:
            loss = model.compute_loss(x, y, model(x, training=False), training=False)
        found = tape.gradient(loss, model.trainable_variables, unconnected_gradients="zero")
        return concatenate([reshape(each, (-1,)) for each in found])

    traced = gradient if model.run_eagerly else Traced(gradient, engine="native")

    def of_rows(rows: np.ndarray) -> np.ndarray:
        x, y = (map_nest(lambda array: array[rows], each) for each in (source.x, source.y))
        return np.asarray(traced(x, y), dtype=np.float64)
    return of_rows


def _of_all(of_rows: Callable[[np.ndarray], np.ndarray], n: int) -> np.ndarray:
    """The gradient of all rows, gathered part by part."""
    parts = np.array_split(np.arange(n), -(-n // MOST_ROWS))
    return np.asarray(sum(len(rows) * of_rows(rows) for rows in parts)) / n
