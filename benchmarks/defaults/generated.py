"""Tables on which the default settings were chosen, all made here: none is a set people know.

A maker takes a random generator and a number of rows and gives the features and the target. The
mixture is meant to hold what real tables hold: few rows, much noise, straight lines and bends,
useless and redundant columns, categories, gaps, rare classes, small images.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from sklearn import datasets

Rows = tuple[np.ndarray, np.ndarray]
Maker = Callable[[np.random.Generator, int], Rows]


class Generated(NamedTuple):
    """A kind of table: its task, the rows its owner has, and how to make more of them."""

    task: str
    rows: int
    make: Maker


def clusters(features: int, classes: int, informative: int, redundant: int, apart: float,
             **more: object) -> Maker:
    """scikit-learn's clusters on the corners of a cube, 1 % of the labels wrong."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        return datasets.make_classification(
            rows, features, n_informative=informative, n_redundant=redundant, n_classes=classes,
            class_sep=apart, random_state=_seed(draw),
            **({"flip_y": 0.01, "n_clusters_per_class": 1} | more))
    return make


def blobs(features: int, classes: int, spread: float) -> Maker:
    """Round normal clouds about random centres."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        centres, y = draw.normal(size=(classes, features)), draw.integers(classes, size=rows)
        return centres[y] + spread * draw.normal(size=(rows, features)), y
    return make


def spirals(draw: np.random.Generator, rows: int) -> Rows:
    """Two arms of 1¼ turns."""
    y, t = draw.integers(2, size=rows), np.sqrt(draw.uniform(size=rows)) * 2.5 * np.pi
    x = np.stack([t * np.cos(t + np.pi * y), t * np.sin(t + np.pi * y)], axis=1)
    return x + 0.4 * draw.normal(size=x.shape), y


def moons(draw: np.random.Generator, rows: int) -> Rows:
    return datasets.make_moons(rows, noise=0.25, random_state=_seed(draw))


def circles(draw: np.random.Generator, rows: int) -> Rows:
    return datasets.make_circles(rows, noise=0.12, factor=0.6, random_state=_seed(draw))


def checkerboard(draw: np.random.Generator, rows: int) -> Rows:
    """A 4 × 4 board in two columns, and three columns that say nothing."""
    x = draw.uniform(-1, 1, size=(rows, 5))
    return x, np.floor(2 * x[:, :2]).sum(1).astype(int) % 2


def noisy_labels(features: int, slope: float) -> Maker:
    """Labels drawn from a logistic model: even the true one is often wrong."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        x, w = draw.normal(size=(rows, features)), draw.normal(size=features)
        odds = np.exp(-slope * x @ w / np.sqrt(features))
        return x, (draw.uniform(size=rows) < 1 / (1 + odds)).astype(int)
    return make


def images(noise: float, shift: float, variants: int, classes: int = 10) -> Maker:
    """Strokes of ink, 8 × 8: each class in a few variants, moved, of uneven darkness, noisy."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        ink = _strokes(draw, classes, variants)
        y, variant = draw.integers(classes, size=rows), draw.integers(variants, size=rows)
        moves = np.round(draw.normal(size=(rows, 2)) * shift).astype(int)
        x = np.stack([np.roll(image, tuple(move), (0, 1))
                      for image, move in zip(ink[y, variant], moves, strict=True)])
        x = x * draw.uniform(0.7, 1.3, size=(rows, 1, 1)) + noise * draw.normal(size=x.shape)
        x = x.reshape(rows, 8, 2, 8, 2).mean((2, 4))
        return np.clip(np.round(x * 8), 0, 16).reshape(rows, -1), y
    return make


def categories(task: str, columns: int = 8, levels: int = 6, numbers: int = 6) -> Maker:
    """Columns of categories in one-hot form beside numbers, an effect for each level."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        level, x = draw.integers(levels, size=(rows, columns)), draw.normal(size=(rows, numbers))
        effect, w = draw.normal(size=(columns, levels)), draw.normal(size=numbers)
        f = effect[np.arange(columns), level].sum(1) / np.sqrt(columns) + x @ w / np.sqrt(numbers)
        f += 0.7 * x[:, 0] * effect[0, level[:, 0]]
        table = np.hstack([np.eye(levels)[level].reshape(rows, -1), x])
        noise = draw.normal(size=rows) * f.std()
        if task == "regression":
            return table, f + 0.6 * noise
        return table, (f + 0.5 * noise > np.quantile(f, 0.6)).astype(int)
    return make


def line(features: int, r2: float, related: bool = False, heavy: bool = False) -> Maker:
    """A linear model that explains the share ``r2``; ``heavy``: noise with far outliers."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        x = draw.normal(size=(rows, features))
        if related:
            x = x @ (np.eye(features) + 1.2 / np.sqrt(features) * draw.normal(size=[features] * 2))
        f = x @ draw.normal(size=features)
        noise = draw.standard_t(2.5, size=rows) / 2 if heavy else draw.normal(size=rows)
        return x, f / f.std() * np.sqrt(r2) + noise * np.sqrt(1 - r2)
    return make


def bent_line(features: int, r2: float) -> Maker:
    """Mostly linear, with one bend and one product: the usual shape of small tables."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        x, w = draw.normal(size=(rows, features)), draw.normal(size=features)
        f = x @ w / np.sqrt(features) + np.maximum(x[:, 0], 0) * np.sign(w[0]) / 2
        f += x[:, 1] * x[:, 2] / 2
        return x, f / f.std() * np.sqrt(r2) + draw.normal(size=rows) * np.sqrt(1 - r2)
    return make


def waves(features: int, r2: float) -> Maker:
    """Products of waves in four of the columns: hard, and worth having many rows for."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        x = draw.uniform(-1, 1, size=(rows, features))
        f = np.sin(3 * x[:, 0]) * np.cos(3 * x[:, 1]) + np.sin(4 * x[:, 2] * x[:, 3]) + x[:, 4]
        return x, f / f.std() * np.sqrt(r2) + draw.normal(size=rows) * np.sqrt(1 - r2)
    return make


def friedman(which: int, noise: float) -> Maker:
    """J. Friedman's three functions (1991), noise as a share of the target's spread."""
    functions = {1: datasets.make_friedman1, 2: datasets.make_friedman2, 3: datasets.make_friedman3}

    def make(draw: np.random.Generator, rows: int) -> Rows:
        x, y = functions[which](rows, noise=0, random_state=_seed(draw))
        return x, y + noise * y.std() * draw.normal(size=rows)
    return make


def gaps(maker: Maker, share: float = 0.1) -> Maker:
    """The table of another maker with missing values."""
    def make(draw: np.random.Generator, rows: int) -> Rows:
        x, y = maker(draw, rows)
        return np.where(draw.uniform(size=x.shape) < share, np.nan, x), y
    return make


def _strokes(draw: np.random.Generator, classes: int, variants: int) -> np.ndarray:
    """Blurred four-piece lines in 16 × 16, (classes, variants, 16, 16)."""
    ink = np.zeros((classes, variants, 16, 16))
    for of_class in ink:
        corners = draw.uniform(3, 13, size=(5, 2))
        for image in of_class:
            moved = corners + 1.2 * draw.normal(size=corners.shape)
            for start, end in pairwise(moved):
                along = np.linspace(start, end, 12).round().astype(int).clip(0, 15)
                image[along[:, 0], along[:, 1]] = 3
    for axis in (-1, -2):
        ink = (ink + np.roll(ink, 1, axis) + np.roll(ink, -1, axis)) / 3
    return ink


def _seed(draw: np.random.Generator) -> int:
    return int(draw.integers(2**31 - 1))


SETS = {
    "tiny3": Generated("multiclass", 150, clusters(4, 3, 4, 0, 1.2)),
    "blob3": Generated("multiclass", 150, blobs(4, 3, 0.45)),
    "class13": Generated("multiclass", 180, clusters(13, 3, 6, 4, 1.5)),
    "blob13": Generated("multiclass", 180, blobs(13, 3, 0.9)),
    "class8": Generated("multiclass", 2000, clusters(20, 8, 10, 4, 1.2, n_clusters_per_class=2)),
    "images": Generated("multiclass", 1500, images(0.25, 0.9, 3)),
    "images2": Generated("multiclass", 1800, images(0.5, 0.6, 2)),
    "table30": Generated("binary", 570, clusters(30, 2, 8, 16, 1.5)),
    "clump20": Generated("binary", 800, clusters(20, 2, 8, 4, 1.3, n_clusters_per_class=3)),
    "logit20": Generated("binary", 300, noisy_labels(20, 3.0)),
    "logit5": Generated("binary", 200, noisy_labels(5, 2.0)),
    "spirals": Generated("binary", 400, spirals),
    "moons": Generated("binary", 300, moons),
    "circles": Generated("binary", 300, circles),
    "checker": Generated("binary", 800, checkerboard),
    "rare": Generated("binary", 800, clusters(10, 2, 5, 2, 1.0, weights=[0.94])),
    "categoryB": Generated("binary", 900, categories("binary")),
    "gapsB": Generated("binary", 700, gaps(clusters(12, 2, 6, 2, 1.2, n_clusters_per_class=2))),
    "clumpL": Generated("binary", 5000, clusters(20, 2, 8, 4, 1.0, n_clusters_per_class=4)),
    "low10": Generated("regression", 300, line(10, 0.5)),
    "low10c": Generated("regression", 450, line(10, 0.5, related=True)),
    "low30": Generated("regression", 250, line(30, 0.5)),
    "tail10": Generated("regression", 400, line(10, 0.6, heavy=True)),
    "tiny5": Generated("regression", 80, line(5, 0.7)),
    "high20": Generated("regression", 500, line(20, 0.99)),
    "bent10": Generated("regression", 450, bent_line(10, 0.55)),
    "bent6": Generated("regression", 800, bent_line(6, 0.9)),
    "friedman1": Generated("regression", 500, friedman(1, 0.3)),
    "friedman2": Generated("regression", 300, friedman(2, 0.2)),
    "friedman3": Generated("regression", 500, friedman(3, 0.3)),
    "categoryR": Generated("regression", 900, categories("regression")),
    "gapsR": Generated("regression", 700, gaps(friedman(1, 0.3))),
    "friedmanL": Generated("regression", 4000, friedman(1, 0.3)),
    "wavesL": Generated("regression", 5000, waves(10, 0.9)),
}
