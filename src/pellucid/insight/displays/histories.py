"""A history: for each loss and metric its course in figures and as a small curve."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.insight.displays.frame import frame, lines
from pellucid.insight.report.markup import Html, count, number, tag, together

WIDE, HIGH = 220, 44                    # pixels of a curve
BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 40
HEAD = ("", "first", "last", "least (epoch)", "greatest (epoch)")


def html(history: Any) -> str:
    """For notebooks."""
    told = history.history
    epochs = max(map(len, told.values()), default=0)
    if not epochs:
        return frame("history", "no epoch yet", tag("p", "fit fills it.", class_="note"))
    rows = [(name.replace("_", " "), curves([told[each] for each in _pair(told, name)], name),
             *map(_two, zip(*_figures(told, name), strict=True))) for name in _names(told)]
    both = any(len(_pair(told, name)) == 2 for name in _names(told))
    key = tag("p", tag("span", "training"), tag("span", "validation", class_="orange"),
              class_="key note") if both else ""
    return frame("history", count(epochs, "epoch"), lines(("", *HEAD), rows, "ttnnnn"), key)


def rich(history: Any) -> Any:
    """For terminals."""
    from rich import box
    from rich.table import Table
    told = history.history
    epochs = max(map(len, told.values()), default=0)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left",
                  title=f"History of {count(epochs, 'epoch')}")
    for i, name in enumerate((*HEAD, "")):
        table.add_column(name, justify="right" if 0 < i < len(HEAD) else "left", no_wrap=True)
    for name in (each for main in _names(told) for each in _pair(told, main)):
        table.add_row(name, *figures(told[name]), bars(told[name]))
    return table


def _names(told: dict[str, list[float]]) -> list[str]:
    """What was measured, without what is the same on the validation rows."""
    return [name for name in told if not (name.startswith("val_") and name[4:] in told)]


def _pair(told: dict[str, list[float]], name: str) -> list[str]:
    return [each for each in (name, f"val_{name}") if told.get(each)]


def _figures(told: dict[str, list[float]], name: str) -> list[tuple[str, ...]]:
    return [figures(told[each]) for each in _pair(told, name)]


def _two(said: Sequence[str]) -> Html:
    """The figure of the training rows, and below it that of the validation rows."""
    return together([said[0], *(tag("small", each) for each in said[1:])])


def figures(values: Sequence[Any]) -> tuple[str, ...]:
    """First and last value, the least and the greatest with the epochs (from 1) they came in.

    >>> figures([3.0, 1.0, float("nan"), 2.0])
    ('3', '2', '1 (2)', '3 (1)')
    """
    known = np.asarray(values, dtype=float)
    if known.ndim != 1 or not np.isfinite(known).any():
        return (*(_said(values[place]) for place in (0, -1)), "–", "–")
    ends = (int(f(np.where(np.isfinite(known), known, -s * np.inf)))
            for f, s in ((np.argmin, -1), (np.argmax, 1)))
    return (number(known[0]), number(known[-1]),
            *(f"{number(known[place])} ({place + 1})" for place in ends))


def _said(value: Any) -> str:
    return number(float(value)) if np.ndim(value) == 0 else "…"


def curves(series: Sequence[Sequence[Any]], name: str) -> Html:
    """Small curves on one scale: the training rows' in blue, the validation rows' in orange."""
    arrays = [np.asarray(each, dtype=float) for each in series if np.ndim(each) == 1]
    known = np.concatenate([each[np.isfinite(each)] for each in arrays] or [np.zeros(0)])
    if known.size < 2:
        return Html("")
    low, high = float(known.min()), float(known.max())
    drawn = [_curve(values, low, high - low or 1.0, colour)
             for values, colour in zip(arrays, ("blue", "orange"), strict=False)]
    said = f"{name.replace('_', ' ')} from {number(known[0])} to {number(float(arrays[0][-1]))}"
    return tag("svg", *drawn, viewBox=f"0 0 {WIDE} {HIGH}", width=WIDE, height=HIGH, role="img",
               aria_label=f"Curve of {said} over {len(arrays[0])} epochs")


def _curve(values: np.ndarray, low: float, range_: float, colour: str) -> Html:
    """One curve; what is not finite is a gap, and of thousands of epochs every k-th is drawn."""
    places = np.unique(np.linspace(0, len(values) - 1, min(len(values), WIDE)).astype(int))
    words, joined = [], False
    for place in places:
        if not np.isfinite(values[place]):
            joined = False
            continue
        x = place / max(len(values) - 1, 1) * WIDE
        y = HIGH - 2 - (values[place] - low) / range_ * (HIGH - 4)
        words.append(f"{'L' if joined else 'M'}{x:.1f} {y:.1f}")
        joined = True
    return tag("path", d="".join(words), class_=f"curve {colour}")


def bars(values: Sequence[Any]) -> str:
    """The course as a line of signs.

    >>> bars([0.0, 1.0, float("nan"), 0.5])
    '▁█ ▅'
    """
    known = np.asarray(values, dtype=float)
    if known.ndim != 1 or not np.isfinite(known).any():
        return ""
    places = np.unique(np.linspace(0, len(known) - 1, min(len(known), MOST_BARS)).astype(int))
    low, high = np.nanmin(known[np.isfinite(known)]), np.nanmax(known[np.isfinite(known)])
    return "".join(BARS[round((known[i] - low) / ((high - low) or 1.0) * (len(BARS) - 1))]
                   if np.isfinite(known[i]) else " " for i in places)
