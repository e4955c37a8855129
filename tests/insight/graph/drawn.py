"""Reads a drawing back: boxes, ways and words with their places, from the SVG that people see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"


@dataclass
class Drawn:
    """A box with its words."""

    name: str
    left: float
    top: float
    right: float
    bottom: float
    words: list[tuple[str, float, float, float, str, str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [each[0] for each in self.words]

    def meets(self, other: Drawn) -> bool:
        return (self.left < other.right and other.left < self.right
                and self.top < other.bottom and other.top < self.bottom)

    def holds(self, x: float, y: float, margin: float = 0.5) -> bool:
        return (self.left + margin < x < self.right - margin
                and self.top + margin < y < self.bottom - margin)


@dataclass
class Picture:
    """What an SVG shows."""

    width: float
    height: float
    boxes: list[Drawn]
    ways: list[tuple[str, np.ndarray]]      # "source target" (or "" for a join), points along it
    words: list[str]
    frames: list[str]
    text: str

    def __getitem__(self, name: str) -> Drawn:
        return next(each for each in self.boxes if each.name == name)


def read(svg: str) -> Picture:
    """The picture that an SVG draws."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    boxes = [_box(each) for each in root.iter(f"{SVG}g")]
    ways = [(each.get("data-edge", ""), points(each.attrib["d"]))
            for each in root.iter(f"{SVG}path")
            if each.get("class") in ("edge", "way bad")]
    inside = {id(text) for group in root.iter(f"{SVG}g") for text in group.iter(f"{SVG}text")}
    words = [each.text or "" for each in root.iter(f"{SVG}text") if id(each) not in inside]
    places = [(each.get("x"), each.get("y")) for each in root.iter(f"{SVG}rect")
              if each.get("class") == "frame"]
    return Picture(width, height, boxes, ways, words, [str(each) for each in places], svg)


def _box(group: ElementTree.Element) -> Drawn:
    outline = next(each for each in group.iter(f"{SVG}rect")
                   if (each.get("class") or "").startswith("box"))
    x, y, width, height = (float(outline.attrib[key]) for key in ("x", "y", "width", "height"))
    words = [(each.text or "", float(each.attrib["x"]), float(each.attrib["y"]),
              float(each.attrib["font-size"]), each.get("class") or "",
              each.get("text-anchor", "start")) for each in group.iter(f"{SVG}text")]
    return Drawn(group.attrib["data-node"], x, y, x + width, y + height, words)


def points(path: str, steps: int = 12) -> np.ndarray:
    """Points along a path of moves, straight lines and cubic curves."""
    found: list[np.ndarray] = []
    for kind, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        given = np.array(numbers.split(), float).reshape(-1, 2)
        if kind == "M":
            found.append(given)
            continue
        start, t = found[-1][-1], np.linspace(0, 1, steps)[:, None]
        if kind == "L":
            found.append(start + t * (given[0] - start))
        else:
            a, b, c = given
            found.append((1 - t) ** 3 * start + 3 * (1 - t) ** 2 * t * a
                         + 3 * (1 - t) * t ** 2 * b + t ** 3 * c)
    return np.concatenate(found)


def untidy(picture: Picture, names: list[str]) -> list[str]:
    """What overlaps what should not: boxes each other, ways foreign boxes, anything the edge."""
    wrong = [f"{a.name} overlaps {b.name}" for i, a in enumerate(picture.boxes)
             for b in picture.boxes[i + 1:] if a.meets(b)]
    wrong += [f"{each.name} is outside" for each in picture.boxes
              if not (each.left >= 0 and each.right <= picture.width
                      and each.top >= 0 and each.bottom <= picture.height)]
    for way, along in picture.ways:
        ends = [names[int(place)] for place in way.split()]
        wrong += [f"{way or 'a join'} goes through {each.name}" for each in picture.boxes
                  if each.name not in ends and any(each.holds(x, y) for x, y in along)]
        wrong += [f"{way or 'a join'} leaves the page" for x, y in along
                  if not (0 <= x <= picture.width and 0 <= y <= picture.height)][:1]
    return wrong
