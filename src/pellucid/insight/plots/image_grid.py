"""Small images beside what was said about them: the wrong answers stand out in orange."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.errors import ShapeError
from pellucid.insight.plots.style import BLUE, LINE, ORANGE, canvas, picture, short

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL = 84                               # pixels that a cell takes at least
LETTERS, LETTER = 11, 9.0               # of one answer at most, and the pixels of a bold one


@picture
def image_grid(images: np.ndarray, predicted: Sequence[object], true: Sequence[object], *,
               width: float = 760) -> Figure:
    """A grid of images in grey, each with the answer below: "7", or "1, not 7" where it is wrong.

    ``images``: shape ``(n, height, width)`` or ``(n, height, width, 1)``; large numbers are ink.
    All share one scale of grey. Raises ``ShapeError`` without images, and unless there are as many
    answers as images.

    >>> figure = image_grid(np.eye(8)[None], predicted=[1], true=[7])
    >>> figure.axes[0].get_xlabel()
    '1, not 7'
    """
    images = np.asarray(images, dtype=float)
    images = images[..., 0] if images.ndim == 4 else images
    if images.ndim != 3 or not len(images) == len(predicted) == len(true) > 0:
        raise ShapeError("image_grid needs images of shape (n, height, width) and n answers",
                         got=f"{images.shape} with {len(predicted)} predicted, {len(true)} true")
    longest = max(len(_words(*pair)) for pair in zip(predicted, true, strict=True))
    cell = max(CELL, LETTER * longest + 10)
    across = min(len(images), max(1, int(width / cell)))
    down = -(-len(images) // across)
    low, high = float(images.min()), float(images.max())
    tall = images.shape[1] / images.shape[2]
    figure = canvas(width, down * (min(width / across, 130) * min(tall, 2) + 14))
    cells = figure.subplots(down, across, squeeze=False).ravel()
    for axes, image, said, truth in zip(cells, images, predicted, true, strict=False):
        axes.imshow(image, cmap="gray_r", vmin=low, vmax=high, interpolation="nearest")
        _answer(axes, said, truth)
    for axes in cells[len(images):]:
        axes.remove()
    return figure


def _words(said: object, truth: object) -> str:
    """The answer, and what would have been right if it is wrong."""
    if str(said) == str(truth):
        return short(said, LETTERS)
    return f"{short(said, LETTERS)}, not {short(truth, LETTERS)}"


def _answer(axes: Axes, said: object, truth: object) -> None:
    """The frame and the words below an image."""
    right = str(said) == str(truth)
    axes.set_xlabel(_words(said, truth), color=BLUE if right else ORANGE, labelpad=3,
                    fontweight="normal" if right else "bold")
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE if right else ORANGE)
