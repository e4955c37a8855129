"""HTML built so that text from data can never become markup: what is not ``Html`` is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from math import floor, isfinite, log10

from pellucid.tabular import wording

# control characters, halves of characters, and marks that would turn the text after them round
UNSHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

TAGS = re.compile(r"<[^>]*>")
LONG_WORD = 13                          # letters; a longer word may break


class Html(str):
    """Text that is already markup, made by the functions of this file alone."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """``value`` as text inside an element or an attribute, unless it is markup already.

    >>> escaped('<b> & "quotes"')
    '&lt;b&gt; &amp; &quot;quotes&quot;'
    """
    if isinstance(value, Html):
        return value
    return Html(html.escape(UNSHOWN.sub("\ufffd", str(value)), quote=True))


def tag(name: str, *children: object, **attributes: object) -> Html:
    """``<name …>children</name>``; ``class_`` gives ``class``; a None attribute is left out.

    >>> tag("td", "a < b", class_="number", title=None)
    '<td class="number">a &lt; b</td>'
    """
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
                    for key, value in attributes.items() if value is not None)
    return Html(f"<{name}{given}>{together(children)}</{name}>")


def together(parts: Iterable[object]) -> Html:
    """The parts one after the other, each escaped if it is not markup."""
    return Html("".join(escaped(part) for part in parts))


def table(head: Sequence[object], rows: Iterable[Sequence[object]], *,
          kinds: str, caption: str, class_: str | None = None) -> Html:
    """A table in a box; ``kinds`` has a letter a column: ``t`` text, ``n`` numbers, ``b`` bars.

    ``caption`` is for those who hear the page. The first cell of each row heads it.
    """
    classes = [{"t": None, "n": "number", "b": "bars"}[kind] for kind in kinds]
    top = together(tag("th", cell, class_=kind, scope="col")
                   for cell, kind in zip(head, classes, strict=True))
    body = together(tag("tr", *_cells(row, classes)) for row in rows)
    return tag("div", tag("table", tag("caption", caption), tag("thead", tag("tr", top)),
                          tag("tbody", body), style=f"--columns: {len(head)}"),
               class_=f"table {class_ or ''}".strip())


def _cells(row: Sequence[object], classes: Sequence[str | None]) -> list[Html]:
    """Short words stay whole; a name of 300 letters may break anywhere."""
    kinds = [" ".join(filter(None, (kind, whole(cell)))) or None
             for cell, kind in zip(row, classes, strict=True)]
    return [tag("th", row[0], scope="row", class_=kinds[0]),
            *(tag("td", cell, class_=kind) for cell, kind in zip(row[1:], kinds[1:], strict=True))]


def whole(cell: object) -> str | None:
    """The class ``word`` for a cell whose words are all short."""
    text = TAGS.sub(" ", cell) if isinstance(cell, Html) else str(cell)
    longest = max(map(len, text.split()), default=0)
    return "word" if longest <= LONG_WORD else None


def bar(share: float | None, *, colour: str = "blue") -> Html:
    """A thin bar that fills ``share`` of its place; decoration beside a number, so unheard."""
    if share is None:
        return Html("")
    width = f"width: {100 * min(max(share, 0.0), 1.0):.1f}%"
    return tag("span", tag("span", style=width), class_=f"bar {colour}", aria_hidden="true")


def number(value: float | None, digits: int = 4) -> str:
    """A number for people: as on the console, with a true minus, and a dash for None.

    >>> number(12500), number(0.97555), number(None), number(-3.0)
    ('12,500', '0.9756', '–', '−3')
    """
    return "–" if value is None else wording.number(value, digits).replace("-", "−")


def aligned(values: Sequence[float], digits: int = 4) -> list[str]:
    """Numbers of one table column: as many decimals as give the largest ``digits`` figures.

    >>> aligned([134.0, -98.153, 2.5])
    ['134.0', '−98.2', '2.5']
    """
    largest = max((abs(value) for value in values if isfinite(value)), default=0.0)
    before = floor(log10(largest)) + 1 if largest else 1
    if not -4 < before <= 12:
        return [number(value, digits) for value in values]
    return [f"{value:,.{max(0, digits - before)}f}".replace("-", "−") for value in values]


def percent(share: float | None) -> str:
    """A share in hundredths, to one digit; never rounded up to all or down to none.

    >>> percent(0.9756), percent(1.0), percent(0.9999), percent(0.0001), percent(None)
    ('97.6\\xa0%', '100\\xa0%', '>\\xa099.9\\xa0%', '<\\xa00.1\\xa0%', '–')
    """
    if share is None:
        return "–"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", "\u00a0%")
    rounded = f"{100 * share:.1f}"
    text = {"100.0": "> 99.9", "0.0": "< 0.1"}.get(rounded, rounded)
    return f"{text} %".replace(" ", "\u00a0")


def count(n: int, noun: str, plural: str | None = None) -> str:
    """``n`` of something, in words.

    >>> count(1, "row"), count(12500, "row"), count(2, "class", "classes")
    ('1 row', '12,500 rows', '2 classes')
    """
    return wording.counted(n, noun, plural)
