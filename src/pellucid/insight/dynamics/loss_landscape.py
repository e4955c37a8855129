"""The loss around a model's weights, along two directions, and the way a training took there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, DataError, ShapeError, user_line
from pellucid.data.frames import map_nest
from pellucid.data.sources import ArrayBatches
from pellucid.engines.trace import Traced
from pellucid.insight.dynamics.descent import Descent
from pellucid.insight.dynamics.landscape import Landscape
from pellucid.insight.dynamics.unchanged import unchanged

MOST_ROWS = 4096                        # at once
ROOM = 0.2                              # around a run's way, of its extent
NORMALISATIONS = ("filter", "layer", None)
Weights = list[np.ndarray]


@dataclass(frozen=True)
class LossLandscape:
    """What `loss_landscape` measured: the loss over two directions, and the run's way over it.

    ``land``: ``heights[i, j]`` is the loss at θ + x[j] d₁ + y[i] d₂, NaN where it is no number;
    ``loss``: that at θ itself; ``path``: the run's weights seen in this plane,
    None without snapshots; ``shares``: how much of the run's moves each direction holds, squared,
    None for random directions.

    >>> LossLandscape(Landscape(np.zeros(2), np.zeros(2), np.ones((2, 2))), 1.0).path is None
    True
    """

    land: Landscape
    loss: float
    path: Descent | None = None
    shares: tuple[float, float] | None = None


def loss_landscape(model: Any, x: Any, y: Any = None, *, sample_weight: Any = None,
                   snapshots: Iterable[Any] | None = None, span: float = 1.0,
                   count: int = 25, normalization: str | None = "filter",
                   seed: int = 0) -> LossLandscape:
    r"""Measure the loss of all rows on a grid around the model's weights θ; nothing is trained.

    .. math:: f(a, b) = L(\theta + a d_1 + b d_2)

    Without ``snapshots`` the directions are random, and as long as the weights themselves, filter
    by filter: :math:`d \leftarrow d \, \|w\| / \|d\|` for each filter (each unit of a dense layer).
    So what is flat here is flat whatever the size of the weights. Biases and other weights of one
    dimension stay as they are. With snapshots they are the two directions in which the run moved
    most (its principal ones, of length 1), since a random plane would show nothing of a way.

    Args:
        model: a compiled model.
        x, y, sample_weight: what `fit` would be given, as arrays.
        snapshots: of a run, three or more: its `Record` (of a ``Recorder(weights=True)``), or lists
            of weights, each as ``model.get_weights()`` gives or of the trainable ones alone.
        span: the grid goes from -span to span; with snapshots, as far as the run's way.
        count: points each way; count² times the loss is computed.
        normalization: "filter", "layer" (each weight as a whole) or None.
        seed: of random directions.

    Raises ArgumentError for a model that is not compiled or has no weights, and arguments out of
    range, ShapeError and DataError for snapshots that are not this model's.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> found = loss_landscape(model, np.eye(2), np.ones((2, 1)), count=5)
    >>> found.land.heights.shape
    (5, 5)

    Source: H. Li et al., "Visualizing the loss landscape of neural nets" (2018).
    """
    model._need_compiled("loss_landscape")
    source = model._source(x, y, sample_weight, shuffle=False)
    if not isinstance(source, ArrayBatches):
        raise ArgumentError("loss_landscape needs arrays", got=type(x).__name__, where=user_line())
    if count < 2 or not 0 < span < np.inf or normalization not in NORMALISATIONS:
        raise ArgumentError('count must be at least 2, span above 0, and normalization "filter", '
                            '"layer" or None', where=user_line(),
                            got=f"{count}, {span}, {normalization!r}")
    model._prepare(source, training=False)
    if not model.trainable_variables:
        raise ArgumentError("loss_landscape needs a model with trainable weights",
                            where=user_line())
    here = [each.numpy().astype(np.float64) for each in model.trainable_variables]
    with unchanged(model):
        if snapshots is None:
            directions = random_directions(here, normalization, seed)
            loss = _along(model, source, here, directions)
            ticks = np.linspace(-span, span, count)
            return LossLandscape(_measured(loss, ticks, ticks), loss(0, 0))
        way = np.array([np.concatenate([(a - b).ravel() for a, b in zip(each, here, strict=True)])
                        for each in (_trainable(model, given) for given in snapshots)])
        directions, points, shares = _principal(way, here)
        loss = _along(model, source, here, directions)
        heights = np.array([loss(a, b) for a, b in points])
        path = Descent("the run", points, heights, np.full(len(points), np.nan))
        return LossLandscape(_measured(loss, *_spans(points, count)), loss(0, 0), path, shares)


def random_directions(weights: Weights, normalization: str | None = "filter",
                      seed: int = 0) -> tuple[Weights, Weights]:
    """Two random directions in the space of some weights, as long as these; see `loss_landscape`.

    >>> one, _ = random_directions([np.array([[3.0, 0.0], [4.0, 1.0]]), np.ones(2)])
    >>> np.linalg.norm(one[0], axis=0).round(6).tolist(), one[1].tolist()
    ([5.0, 1.0], [0.0, 0.0])
    """
    random = np.random.default_rng(seed)
    first, second = ([_as_long(random.normal(size=w.shape), w, normalization) for w in weights]
                     for _ in range(2))
    return first, second


def _as_long(d: np.ndarray, w: np.ndarray, normalization: str | None) -> np.ndarray:
    """d ‖w‖ / ‖d‖, filter by filter: a filter is what leads to one output, the last axis."""
    if normalization is None:
        return d
    if w.ndim < 2:
        return np.zeros_like(d)
    over = tuple(range(w.ndim - 1)) if normalization == "filter" else None
    length = [np.sqrt(np.sum(each ** 2, axis=over, keepdims=True)) for each in (w, d)]
    return d * length[0] / np.maximum(length[1], 1e-30)


def _trainable(model: Any, given: Any) -> Weights:
    """The trainable weights of a snapshot that may hold all of them, or be a recorded moment."""
    given = getattr(given, "values", given)
    if given is None:
        raise DataError("the way of a run needs its weights at each moment", where=user_line(),
                        hint="Recorder(weights=True) keeps them")
    arrays = [np.asarray(each, dtype=np.float64) for each in given]
    own = model.trainable_variables
    if len(arrays) == len(model.weights) != len(own):
        places = {id(each): i for i, each in enumerate(model.weights)}
        arrays = [arrays[places[id(each)]] for each in own]
    if [each.shape for each in arrays] != [each.shape for each in own]:
        raise ShapeError("a snapshot must hold the weights of this model, as model.get_weights() "
                         "does", where=user_line(), got=f"shapes {[a.shape for a in arrays][:4]}")
    if not all(np.isfinite(each).all() for each in arrays):
        raise DataError("snapshots must hold finite numbers", where=user_line())
    return arrays


def _principal(way: np.ndarray, here: Weights) -> tuple[tuple[Weights, Weights], np.ndarray,
                                                        tuple[float, float]]:
    """The two directions in which the way spreads most, its points in their plane, the shares."""
    if len(way) < 3 or not np.ptp(way, axis=0).any():
        raise DataError("a run's way needs three snapshots or more, which differ",
                        got=f"{len(way)}", where=user_line())
    _, spread, directions = np.linalg.svd(way, full_matrices=False)
    axes = directions[:2] if len(directions) > 1 else np.concatenate([directions, [[0.0]]])
    share = (spread ** 2 / np.sum(spread ** 2))[:2]
    places = np.cumsum([each.size for each in here])[:-1]
    first, second = ([part.reshape(w.shape) for part, w in zip(np.split(axis, places), here,
                                                               strict=True)] for axis in axes)
    return (first, second), way @ axes.T, (float(share[0]), float(share[1:].sum()))


def _spans(points: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """A grid around a way, with room at its edges; no side shorter than a tenth of the other."""
    low, high = np.minimum(points.min(axis=0), 0), np.maximum(points.max(axis=0), 0)
    half = (high - low) / 2 * (1 + 2 * ROOM)
    half, middle = np.maximum(half, half.max() / 10), (low + high) / 2
    across, up = np.linspace(middle - half, middle + half, count).T
    return across, up


def _along(model: Any, source: ArrayBatches, here: Weights,
           directions: tuple[Weights, Weights]) -> Callable[[float, float], float]:
    """(a, b) → the loss at θ + a d₁ + b d₂, over all rows."""
    def loss(x: Any, y: Any, weight: Any) -> Any:
        return model.compute_loss(x, y, model(x, training=False), weight, training=False)

    traced = loss if model.run_eagerly else Traced(loss, engine="native")
    parts = np.array_split(np.arange(source.rows), -(-source.rows // MOST_ROWS))
    batches = [[map_nest(lambda array, rows=rows: array[rows], each)
                for each in (source.x, source.y, source.sample_weight)] for rows in parts]
    shares = [len(rows) / source.rows for rows in parts]

    def at(a: float, b: float) -> float:
        for variable, w, d1, d2 in zip(model.trainable_variables, here, *directions, strict=True):
            variable.assign(w + a * d1 + b * d2)
        with np.errstate(all="ignore"):                 # far away a loss may overflow
            return float(sum(share * float(traced(*batch))
                             for share, batch in zip(shares, batches, strict=True)))
    return at


def _measured(loss: Callable[[float, float], float], x: np.ndarray, y: np.ndarray) -> Landscape:
    heights = np.array([[loss(a, b) for a in x] for b in y])
    return Landscape(x, y, np.where(np.isfinite(heights), heights, np.nan))
