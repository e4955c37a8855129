"""The figure that pictures are: one that a notebook shows, though pyplot was never asked for."""

from __future__ import annotations

import io
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

SHARP = 2                               # dots for each pixel, for screens that have them


class Picture(Figure):
    """A matplotlib figure that is an image where it is the last line of a notebook's cell.

    Notebooks show figures of pyplot; those that are made without it, as here, would be a line of
    text.
    """

    def draw(self, renderer: Any) -> None:
        from pellucid.insight.plots.style import RULES
        # whoever saves a picture has letters as wide as those for which it was laid out
        with rc_context({"text.hinting": RULES["text.hinting"]}):
            super().draw(renderer)

    def _repr_png_(self) -> tuple[bytes, dict[str, Any]]:
        from pellucid.insight.plots.style import house_style
        buffer = io.BytesIO()
        with house_style():
            self.savefig(buffer, format="png", dpi=SHARP * self.dpi)
        width, height = self.get_size_inches() * self.dpi
        return buffer.getvalue(), {"width": round(width), "height": round(height)}
