"""A picture in the page: drawn once for wide pages and paper, once for phones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from pellucid.insight.plots.style import to_svg
from pellucid.insight.report.markup import Html, tag

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PHONE = 350                             # pixels of width that a 390-pixel phone leaves
SMALL = 400                             # of a picture that shrinks a little on a phone


class Drawing(NamedTuple):
    """A picture that can be drawn at any width: its id, what a screen reader says, and how."""

    name: str
    alt: str
    draw: Callable[[float], Figure]


def small_figure(drawing: Drawing, *, caption: str = "") -> Html:
    """A picture drawn once, small enough to be read at any width."""
    drawn = to_svg(drawing.draw(SMALL), name=drawing.name, alt=drawing.alt)
    return tag("figure", Html(drawn), tag("figcaption", caption) if caption else "", class_="small")


def figure(drawing: Drawing, *, wide: float, caption: str = "") -> Html:
    """The picture at ``wide`` and at phone width; the style sheet shows the one that fits."""
    shown = [tag("div", Html(to_svg(drawing.draw(width), name=f"{drawing.name}-{kind}",
                                    alt=drawing.alt)), class_=kind)
             for kind, width in (("wide", wide), ("narrow", min(PHONE, wide)))]
    return tag("figure", *shown, tag("figcaption", caption) if caption else "")
