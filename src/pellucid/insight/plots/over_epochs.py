"""What pictures of a recorded run share: an axis of epochs, shades over it, and what diverged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, KindError, user_line
from pellucid.insight.plots.style import BLUE, INK, plain, plain_ticks, round_ticks
from pellucid.insight.recording.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

COLUMNS = 480                           # of a shaded panel at most
NOT_FINITE = "not a finite number"


def checked(record: Any, picture: str) -> Record:
    """The record; KindError, saying what to do, for what is none, DataError for an empty one."""
    if not isinstance(record, Record):
        got = f"a {type(record).__name__}"
        raise KindError(f"{picture} needs a Record", got=got, where=user_line(),
                        hint="give it recorder.record" if hasattr(type(record), "record") else
                        "train with fit(callbacks=[recorder]), then give it recorder.record")
    if not len(record):
        raise DataError(f"{picture} needs a record of at least one moment", where=user_line())
    return record


def epoch_axis(axes: Axes, epochs: np.ndarray) -> None:
    """The run from its first moment to its last, with whole epochs below."""
    first, last = float(epochs[0]), float(epochs[-1])
    room = 0.5 if first == last else 0.0
    axes.set_xlim(first - room, last + room)
    few = 4 if axes.get_window_extent().width < 260 else 7
    whole = bool((epochs == np.round(epochs)).all())
    round_ticks(axes.xaxis, few, whole=whole or last - first > 2 or first == last)
    plain_ticks(axes, "x")


def power_of_ten(exponent: float) -> str:
    """10 to this power, as a short plain number.

    >>> power_of_ten(-2.0), power_of_ten(-6.0)
    ('0.01', '1e−06')
    """
    return plain(10.0 ** exponent)


def mark_not_finite(axes: Axes, epochs: np.ndarray, where: np.ndarray) -> Line2D | None:
    """A cross at the upper edge for each moment at which something was no finite number."""
    if not where.any():
        return None
    line, = axes.plot(epochs[where], np.ones(int(where.sum())), "x", color=INK, markersize=6,
                      markeredgewidth=1.6, transform=axes.get_xaxis_transform(), clip_on=False,
                      zorder=6, label=NOT_FINITE)
    return line


def shade(axes: Axes, epochs: np.ndarray, depth: np.ndarray, low: float, high: float, *,
          above: str = BLUE, below: str | None = None) -> None:
    """Colour the panel: ``depth`` is (rows from low to high, moments), from 0 to 1.

    Depths are opacities, so that one drawing suits light and dark pages. What is below 0 takes the
    colour ``below``. Each moment reaches to the next one that was kept.
    """
    from matplotlib.colors import to_rgb
    first, last = float(epochs[0]), float(epochs[-1])
    if first == last:
        first, last = first - 0.5, last + 0.5
    edges = np.linspace(first, last, min(COLUMNS, 8 * len(epochs)) + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    shown = np.clip(np.searchsorted(epochs, middles, side="right") - 1, 0, len(epochs) - 1)
    depth = depth[:, shown]
    image = np.zeros((*depth.shape, 4))
    image[..., :3] = to_rgb(above)
    if below is not None:
        image[depth < 0, :3] = to_rgb(below)
    image[..., 3] = np.clip(np.nan_to_num(np.abs(depth), nan=0.0), 0, 1)
    axes.imshow(image, extent=(first, last, low, high), origin="lower", aspect="auto",
                interpolation="nearest", zorder=1)
    axes.set_ylim(low, high)
    axes.grid(False)
