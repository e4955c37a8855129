"""What all displays share: the card around them, facts in a row, numbers that stand in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from pellucid.insight.report.markup import Html, tag, together


def frame(kind: str, title: str, *body: object) -> str:
    """A display: what it is in small letters, its name or size, and what it holds."""
    return tag("article", tag("style", _style()), tag("p", kind, class_="kind"),
               tag("h3", title), *body, class_="pellucid-card shown")


@cache
def _style() -> Html:
    """That of the cards, and what displays have beyond it."""
    return Html((files("pellucid.insight.cards") / "card.css").read_text("utf-8")
                + (files("pellucid.insight.displays") / "display.css").read_text("utf-8"))


def facts(pairs: Iterable[tuple[str, object]]) -> Html:
    """Figures beside each other, each under its name."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs),
               class_="facts")


def lines(head: Sequence[object], rows: Iterable[Sequence[object]], kinds: str) -> Html:
    """A table; ``kinds`` has a letter a column: ``t`` text, ``n`` numbers, ``c`` code."""
    classes = [{"t": None, "n": "number", "c": "code"}[kind] for kind in kinds]
    top = together(tag("th", cell, class_=kind, scope="col")
                   for cell, kind in zip(head, classes, strict=True))
    body = (tag("tr", *(tag("td", cell, class_=kind)
                        for cell, kind in zip(row, classes, strict=True))) for row in rows)
    return tag("div", tag("table", tag("thead", tag("tr", top)), tag("tbody", *body)),
               class_="table")


def by(shape: Iterable[object]) -> str:
    """A shape as people write it.

    >>> by((28, 28)), by(())
    ('28 × 28', 'one number')
    """
    return " × ".join(map(str, shape)) or "one number"
