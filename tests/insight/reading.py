"""Reads a page the way a browser would: a tree of elements, strict where it forgives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "img", "br", "hr", "input", "link"}


@dataclass
class Element:
    """One element: its tag, attributes, and children (elements and strings)."""

    tag: str
    attributes: dict[str, str | None]
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str | None = None, **wanted: str) -> list[Element]:
        """Every element below with this tag and these attributes, in the page's order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if (tag in (None, child.tag)
                        and all(child.attributes.get(k.rstrip("_")) == v
                                for k, v in wanted.items())):
                    found.append(child)
                found += child.all(tag, **wanted)
        return found

    @property
    def text(self) -> str:
        """All text inside, with plain spaces; the groups of a number stand together."""
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", "".join(parts).replace("\u00a0", " "))

    def section(self, title: str) -> Element:
        """The section under this heading."""
        return next(each for each in self.all("section")
                    for head in each.all("h2")[:1] if head.text == title)

    def rows(self) -> list[list[str]]:
        """The body of the first table below, cell by cell."""
        body = self.all("tbody")[0]
        return [[cell.text for cell in row.children if isinstance(cell, Element)]
                for row in body.all("tr")]


class Reader(HTMLParser):
    """Builds the tree; an element closed out of order, or never, is an error."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("page", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"<{tag}> has an attribute twice"
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(page: str) -> Element:
    """The tree of a page."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is never closed"
    return reader.root
