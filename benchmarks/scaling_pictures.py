"""The pictures of scaling.json for docs/speed.md: one an axis, for light and for dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.insight.plots.dark import darkened
from pellucid.insight.plots.style import (
    BLUE,
    MUTED,
    ORANGE,
    SMALL,
    canvas,
    house_style,
    picture,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
UNITS = ((1e6, "s"), (1e3, "ms"), (1, "µs"), (1e-3, "ns"))


@picture
def scaling(row: dict[str, Any], *, width: float = 430) -> Figure:
    """Time against size, both in powers of ten; the line through the upper two decades."""
    sizes, times = np.array(row["sizes"], float), np.array(row["us"], float)
    figure = canvas(width, 0.66 * width)
    axes = figure.add_subplot()
    axes.set_xscale("log")
    axes.set_yscale("log")
    upper = sizes * 100 >= sizes[-1]
    line = np.polyfit(np.log(sizes[upper]), np.log(times[upper]), 1)
    axes.plot(sizes[upper], np.exp(np.polyval(line, np.log(sizes[upper]))), color=ORANGE,
              linewidth=7, alpha=0.35, solid_capstyle="round", label=f"slope {row['slope']:.2f}")
    axes.plot(sizes, times, "o-", color=BLUE, markersize=4.5, linewidth=1.5, label="_measured")
    high = [i for i, n in enumerate(row["sizes"]) if n in {each["at"] for each in row["cliffs"]}]
    if high:
        axes.plot(sizes[high], times[high], "o", color=ORANGE, markersize=9, fillstyle="none",
                  label="above 1.3 × its neighbours")
    axes.set_title(f"time of a{'n' * (row['unit'] == 'epoch')} {row['unit']} by {row['axis']}",
                   pad=22)
    axes.margins(x=0.08)
    axes.text(0, 1.02, row["net"], transform=axes.transAxes, color=MUTED, fontsize=SMALL,
              verticalalignment="bottom")
    axes.set_xlabel("n")
    axes.legend(loc="upper left")
    _ticks(axes)
    return figure


def _ticks(axes: Axes) -> None:
    """Powers of ten, in words that need no legend: 1,000 and 10 ms."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
    for axis, text in ((axes.xaxis, lambda n: f"{n:,.0f}"), (axes.yaxis, duration)):
        axis.set_major_locator(LogLocator(10, numticks=9))
        axis.set_major_formatter(FuncFormatter(lambda value, _, text=text: text(value)))
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=0)


def duration(us: float) -> str:
    """Microseconds in the unit in which they are a small number.

    >>> duration(10.0), duration(25_000.0)
    ('10 µs', '25 ms')
    """
    size, name = next((pair for pair in UNITS if us >= pair[0]), UNITS[-1])
    return f"{us / size:.3g} {name}"


def draw(rows: Sequence[dict[str, Any]], folder: Path = IMAGES) -> list[Path]:
    """Write both pictures of each axis, at twice the size they are shown at."""
    written = []
    for row in rows:
        for tone in ("", "_dark"):
            figure = darkened(scaling(row)) if tone else scaling(row)
            path = folder / f"scaling_{row['axis']}{tone}.png"
            with house_style():
                figure.savefig(path, dpi=144, metadata={"Software": None})
            written.append(path)
    return written
