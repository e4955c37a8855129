"""A picture for dark pages: the same drawing with every colour replaced by that of its role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.insight.plots.style import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# the colours of the same roles on a dark page: insight/report/style.css
DARK = dict(zip(COLOURS.values(), (
    "#14181d", "#e7ebf0", "#9da8b5", "#323a45", "#56b4e9", "#f0903e", "#2f6f97",
    "#2fc19a", "#e0a3c6", "#f2c14e"), strict=True))
KINDS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")


def darkened(figure: Figure) -> Figure:
    """The figure itself, in the colours of a dark page; what is see-through stays so.

    For PNG and for notebooks with a dark background. Images (`filters`, `image_grid`) keep their
    own colours, and a film must be drawn anew.

    >>> from pellucid.insight.plots import roc_curve
    >>> figure = darkened(roc_curve([0, 1, 1], [0.1, 0.8, 0.4]))
    >>> from matplotlib.colors import to_hex
    >>> to_hex(figure.axes[0].get_lines()[0].get_color()) == DARK["#0072b2"]
    True
    """
    for artist in figure.findobj():
        for kind in KINDS:
            get, give = (getattr(artist, f"{word}_{kind}", None) for word in ("get", "set"))
            if get is not None and give is not None and (dark := _dark(get())) is not None:
                if getattr(artist, "get_array", lambda: None)() is not None:
                    artist.set_array(None)              # pyright: ignore  (or it is coloured anew)
                give(dark)
        if (info := getattr(artist, "_axinfo", None)) is not None:          # an axis in space
            info["grid"]["color"] = _dark(info["grid"]["color"]) or info["grid"]["color"]
            line: Any = getattr(artist, "line")  # noqa: B009 (no child of the figure)
            line.set_color(_dark(line.get_color()) or line.get_color())
    return figure


def _dark(colour: Any) -> Any:
    """The dark page's colour for one of ours, or for a list of them; None where there is none."""
    if isinstance(colour, np.ndarray) and colour.ndim == 2:
        rows = [tuple(each) for each in colour.tolist()]
        dark = [_dark(each) for each in rows]
        return [new or old for old, new in zip(rows, dark, strict=True)] if any(dark) else None
    return _single(colour)


def _single(colour: Any) -> tuple[float, ...] | None:
    from matplotlib.colors import is_color_like, to_hex, to_rgba
    if not is_color_like(colour) or not to_rgba(colour)[3] or to_hex(colour) not in DARK:
        return None
    return to_rgba(DARK[to_hex(colour)], to_rgba(colour)[3])
