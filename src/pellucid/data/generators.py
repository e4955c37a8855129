"""Points in the plane whose classes have a shape: made here, by a seed, with NumPy alone."""

from __future__ import annotations

import numpy as np

from pellucid.core.errors import ArgumentError
from pellucid.data.dataset import DataSet, Task, builtin, check_sizes

AXES = ("x1", "x2")
OWN = "own generator"


@builtin("moons")
def moons(rows: int = 500, noise: float = 0.15, seed: int = 0) -> DataSet:
    """Two half circles that reach into each other, (rows, 2) → (rows,).

    Upper moon (cos t, sin t), lower moon (1 - cos t, ½ - sin t), t uniform in [0, π], plus
    normal noise.

    >>> moons(rows=6, noise=0).y.tolist()
    [0, 1, 0, 1, 0, 1]
    """
    check_sizes(seed, rows, 2, noise=noise)
    draw, y = np.random.default_rng(seed), np.arange(rows) % 2
    t = draw.uniform(0, np.pi, rows)
    sign = 1 - 2 * y
    x = np.stack([y + sign * np.cos(t), y / 2 + sign * np.sin(t)], axis=1)
    return _plane("moons", x + noise * draw.standard_normal(x.shape), y,
                  "Two half moons in the plane that no straight line separates.")


@builtin("circles")
def circles(rows: int = 500, noise: float = 0.08, factor: float = 0.5, seed: int = 0) -> DataSet:
    """A ring around a ring, (rows, 2) → (rows,): class 0 has radius 1, class 1 radius ``factor``.

    >>> np.linalg.norm(circles(rows=4, noise=0).x, axis=1).round(6).tolist()
    [1.0, 0.5, 1.0, 0.5]
    """
    check_sizes(seed, rows, 2, noise=noise)
    if not 0 < factor < 1:
        raise ArgumentError("factor must lie between 0 and 1", got=factor)
    draw, y = np.random.default_rng(seed), np.arange(rows) % 2
    t = draw.uniform(0, 2 * np.pi, rows)
    x = np.where(y, factor, 1.0)[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1)
    return _plane("circles", x + noise * draw.standard_normal(x.shape), y,
                  "A small ring inside a large one.")


@builtin("spirals")
def spirals(rows: int = 500, noise: float = 0.03, classes: int = 2, turns: float = 1.5,
            seed: int = 0) -> DataSet:
    """Interleaved spiral arms, one a class, (rows, 2) → (rows,).

    Arm k of K: radius r from 0.1 to 1, angle 2π (turns · r + k/K), plus normal noise.
    Source: the two-spirals benchmark of K. Lang, M. Witbrock, "Learning to tell two spirals
    apart", 1988.

    >>> spirals(rows=6, classes=3).y.tolist()
    [0, 1, 2, 0, 1, 2]
    """
    _check_classes(classes)
    check_sizes(seed, rows, classes, noise=noise, turns=turns)
    draw, y = np.random.default_rng(seed), np.arange(rows) % classes
    r = draw.uniform(0.1, 1, rows)
    t = 2 * np.pi * (turns * r + y / classes)
    x = r[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1)
    return _plane("spirals", x + noise * draw.standard_normal(x.shape), y,
                  "Interleaved spiral arms: easy for the eye, hard for a small network.")


@builtin("blobs")
def blobs(rows: int = 500, classes: int = 3, features: int = 2, spread: float = 1.0,
          seed: int = 0) -> DataSet:
    """Round normal clouds, one a class, (rows, features) → (rows,).

    Centres are uniform in [-6, 6] on each axis; ``spread`` is the standard deviation of a cloud.

    >>> blobs(rows=9, features=4).x.shape
    (9, 4)
    """
    _check_classes(classes)
    check_sizes(seed, rows, classes, spread=spread)
    if features < 1:
        raise ArgumentError("features must be at least 1", got=features)
    draw, y = np.random.default_rng(seed), np.arange(rows) % classes
    centres = draw.uniform(-6, 6, (classes, features))
    x = centres[y] + spread * draw.standard_normal((rows, features))
    return _plane("blobs", x, y, "Round clouds of points around random centres.",
                  tuple(f"x{i + 1}" for i in range(features)))


@builtin("discs")
def discs(rows: int = 600, noise: float = 0.05, seed: int = 0) -> DataSet:
    """Three overlapping discs of colour, (rows, 2) → (rows, 3): each label says "inside this one".

    Points are uniform in [-1.5, 1.5]²; the discs have radius 1 and centres at distance 0.6 from
    the origin, 120° apart; ``noise`` blurs the points after they are labelled. A point may have
    none, one, two or all three labels.

    >>> discs(rows=4).y.shape
    (4, 3)
    """
    check_sizes(seed, rows, 1, noise=noise)
    draw = np.random.default_rng(seed)
    x = draw.uniform(-1.5, 1.5, (rows, 2))
    t = np.pi / 2 + 2 * np.pi * np.arange(3) / 3
    centres = 0.6 * np.stack([np.cos(t), np.sin(t)], axis=1)
    y = (np.linalg.norm(x[:, None] - centres, axis=2) < 1).astype(np.int64)
    return DataSet("discs", x + noise * draw.standard_normal(x.shape), y, AXES,
                   ("red", "green", "blue"), ("no", "yes"), "multilabel",
                   "Points under three overlapping discs of colour: several labels at once.", OWN)


def _plane(name: str, x: np.ndarray, y: np.ndarray, description: str,
           features: tuple[str, ...] = AXES) -> DataSet:
    task: Task = "binary" if y.max() < 2 else "multiclass"
    return DataSet(name, x, y, features, ("class",), None, task, description, OWN)


def _check_classes(classes: int) -> None:
    if classes < 2:
        raise ArgumentError("classes must be at least 2", got=classes)
