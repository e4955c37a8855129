"""The figure that pictures are: one that a notebook shows, though pyplot was never asked for."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.figure import Figure

SHARP = 2                               # dots for each pixel, for screens that have them


class Picture(Figure):
    """A matplotlib figure that is an image where it is the last line of a notebook's cell.

    Notebooks show figures of pyplot; those that are made without it, as here, would be a line of
    text.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        from pellucid.insight.plots.style import house_style
        buffer = io.BytesIO()
        with house_style():
            self.savefig(buffer, format="png", dpi=SHARP * self.dpi)
        width, height = self.get_size_inches() * self.dpi
        return buffer.getvalue(), {"width": round(width), "height": round(height)}
