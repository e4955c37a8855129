"""The weights of a layer as small images: what each filter, or each unit, looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, KindError, NotBuiltError, ShapeError, user_line
from pellucid.insight.plots.style import (
    BLUE,
    LINE,
    MUTED,
    ORANGE,
    SMALL,
    TEXT,
    canvas,
    picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CELL, LARGEST = 62, 104                 # pixels that an image takes at least, and at most
MOST_FILTERS, MOST_CHANNELS = 64, 16


@picture
def filters(kernel: Any, *, shape: tuple[int, int] | None = None,
            width: float = 760) -> Figure:
    """An image a filter: blue where a weight is positive, orange where it is negative.

    All images share one scale, symmetric about 0: the deeper, the larger the weight, white is 0.
    Of a convolution with several input channels a filter is a row of images, one for each channel.

    Args:
        kernel: a layer with a ``kernel``, or an array: ``(height, width, in, out)`` of a 2-D
            convolution, ``(steps, in, out)`` of a 1-D one (an image of steps by channels), or
            ``(in, out)`` of a dense layer.
        shape: height and width of the image that a dense layer's inputs are.

    At most 64 filters and 16 channels are drawn. Raises KindError for a layer without a kernel,
    NotBuiltError for one without weights yet, ShapeError for other shapes, DataError for weights
    that are not finite.

    >>> figure = filters(np.eye(4), shape=(2, 2))
    >>> [axes.get_title() for axes in figure.axes]
    ['1', '2', '3', '4']
    """
    images = _images(_weights(kernel), shape)              # (filters, channels, height, width)
    if not images.size or not np.isfinite(images).all():
        raise DataError("a kernel must hold finite numbers", hint="it may have diverged",
                        got="none at all" if not images.size else None)
    total, channels = len(images), min(images.shape[1], MOST_CHANNELS)
    images = images[:MOST_FILTERS, :channels]
    largest = float(np.abs(images).max())
    figure, rows = _grid(images, width)
    for k, (row, image) in enumerate(zip(rows, images, strict=True), start=1):
        for axes, sheet in zip(row, image, strict=True):
            draw_weights(axes, sheet, largest)
        if channels == 1:
            row[0].set_title(str(k), loc="center", fontsize=SMALL, pad=3, fontweight="normal")
        else:
            row[0].set_ylabel(str(k), rotation=0, labelpad=12, va="center", fontsize=SMALL)
    more = f", {total - len(images)} more not drawn" if total > len(images) else ""
    what = "filters down, input channels across; " if channels > 1 else ""
    figure.supxlabel(f"{what}scale ±{largest:.3g}{more}", x=0.01, ha="left", fontsize=TEXT,
                     color=MUTED)
    return figure


def _grid(images: np.ndarray, width: float) -> tuple[Figure, list[Any]]:
    """A figure with the panels of each filter: one after the other, or a row of channels each."""
    count, channels = images.shape[:2]
    single = channels == 1
    across = max(1, min(int(width / CELL), count)) if single else channels
    down = -(-count // across) if single else count
    tall = min(images.shape[2] / images.shape[3], 3.0)
    cell = min(width / across, LARGEST) * tall + (18 if single else 4)
    figure = canvas(width, down * cell + 50)
    panels = figure.subplots(down, across, squeeze=False)
    if not single:
        return figure, list(panels)
    for axes in panels.ravel()[count:]:
        axes.remove()
    return figure, [[axes] for axes in panels.ravel()[:count]]


def draw_weights(axes: Axes, sheet: np.ndarray, largest: float) -> None:
    """A sheet of numbers in two colours, whose strength is their size."""
    from matplotlib.colors import to_rgb
    colours = np.where((sheet >= 0)[..., None], to_rgb(BLUE), to_rgb(ORANGE))
    strength = np.abs(sheet)[..., None] / (largest or 1.0)
    axes.imshow(np.concatenate([colours, strength], axis=2), interpolation="nearest",
                aspect="auto" if sheet.shape[0] > 3 * sheet.shape[1] else "equal")
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)


def _weights(kernel: Any) -> np.ndarray:
    if getattr(kernel, "built", True) is False:
        raise NotBuiltError(f"{type(kernel).__name__} {getattr(kernel, 'name', '')} was never "
                            "built, so that it has no weights yet", where=user_line(),
                            hint="call it, or its model, on some rows")
    if hasattr(kernel, "kernel"):
        kernel = kernel.kernel
    elif hasattr(kernel, "weights"):
        raise KindError("filters are the weights of a layer with a kernel",
                        got=f"{type(kernel).__name__} {getattr(kernel, 'name', '')}".strip())
    try:
        return np.asarray(kernel, dtype=float)
    except (TypeError, ValueError):
        raise KindError("filters are drawn of a layer with a kernel, or of an array",
                        got=type(kernel).__name__) from None


def _images(weights: np.ndarray, shape: tuple[int, int] | None) -> np.ndarray:
    if weights.ndim == 4:
        return weights.transpose(3, 2, 0, 1)
    if weights.ndim == 3:
        return weights.transpose(2, 0, 1)[:, None]
    if weights.ndim != 2:
        raise ShapeError("a kernel has shape (height, width, in, out), (steps, in, out) or "
                         "(in, out)", got=f"{weights.shape}")
    if shape is None or np.shape(shape) != (2,) or shape[0] * shape[1] != len(weights):
        raise ShapeError(f"shape must say of what height and width the image of {len(weights)} "
                         "inputs is", got=f"shape={shape!r}", hint="shape=(28, 28)"
                         if len(weights) == 784 else None)
    return weights.T.reshape(-1, 1, *shape)
