"""What a docstring says, taken apart: sentence, formulas, remarks, arguments, its four labels.

A card's words stand in the docstring of the thing itself, after ``Use:``, ``Pros:``, ``Cons:``
(both lists, parted by semicolons) and ``Source:``. What a class does not say, its bases say.
"""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass, field
from typing import Any

LABEL = re.compile(r"(?:^|(?<=\s))(Use|Pros|Cons|Source): ")
ARGUMENT = re.compile(r"^ {4}(\w+): ", re.MULTILINE)     # a line of its own after Args:
INLINE = re.compile(r":math:`([^`]+)`")
NAMED = re.compile(r"(?<!`)`(\w+)`(?!`)")
RELATION = re.compile(r"=|←|∼|\\leftarrow|\\sim")


@dataclass(frozen=True)
class Words:
    """A docstring in parts; ``math`` holds the formulas that state an equation, in LaTeX."""

    summary: str = ""
    math: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shapes: str = ""
    use: str = ""
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    source: str = ""
    arguments: dict[str, str] = field(default_factory=dict)


def words_of(thing: Any) -> Words:
    """The words of a function or a class, with those of its bases where it has none.

    >>> from pellucid.optimizers import SGD
    >>> words_of(SGD).source
    'B. Polyak (1964); Y. Nesterov (1983); I. Sutskever et al. (2013)'
    """
    own = parsed(thing.__doc__ or "")
    others = [parsed(each.__doc__ or "") for each in _elders(thing, own)]

    def first(part: str) -> Any:
        return next((found for each in (own, *others) if (found := getattr(each, part))), ())
    source = first("source") or ""
    if (named := re.match(r"see `(\w+)`$", source)) and named[1] != thing.__name__:
        source = words_of(_neighbour(thing, named[1])).source
    return Words(own.summary, first("math"), own.notes, first("shapes") or "", first("use") or "",
                 first("pros"), first("cons"), source, own.arguments)


def _elders(thing: Any, own: Words) -> list[Any]:
    """Who speaks where a thing is silent: its formula, its bases, what its summary names."""
    bases = [each for each in getattr(thing, "__mro__", ())[1:] if "__doc__" in vars(each)
             and each.__module__.startswith("pellucid.") and not _is_root(each)]
    function = getattr(thing, "formula", None)
    summaries = [own.summary, *(parsed(each.__doc__ or "").summary for each in bases)]
    named = [_neighbour(thing, name) for name in NAMED.findall(" ".join(summaries))]
    return [each for each in (function, *bases, *named) if each is not None]


def _is_root(cls: type) -> bool:
    """Whether a class is what a whole kind derives from: its docstring tells how to derive."""
    return cls.__module__.rpartition(".")[2] in ("base", "serialization", "fields", "state",
                                                 "owner", "wrapper")


def _neighbour(thing: Any, name: str) -> Any:
    """What a name in backticks means in the module of a thing."""
    return getattr(sys.modules.get(thing.__module__), name, None)


def parsed(doc: str) -> Words:
    """One docstring in parts.

    >>> parsed("Half of x: :math:`y = x / 2`.\\n\\nUse: rarely.\\nPros: quick; small.").pros
    ('quick', 'small')
    """
    prose, math, labels = [], [], dict[str, str]()
    in_math, arguments = False, dict[str, str]()
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(doc).replace("\\|", "|")):
        if paragraph.lstrip().startswith(">>>"):
            in_math = False
        elif paragraph.startswith(".. math::") or (in_math and paragraph.startswith(" ")):
            math.append(_joined(paragraph.removeprefix(".. math::")))
            in_math = True
        elif paragraph.startswith("Args:\n"):
            _, *parts = ARGUMENT.split(paragraph)
            arguments = {name: _joined(said).rstrip(".") for name, said in zip(
                parts[::2], parts[1::2], strict=True)}
        elif paragraph:
            in_math = False
            prose.append(_labelled(_joined(paragraph), labels))
    prose = [each for each in prose if each]
    summary, notes = (prose[0], tuple(prose[1:])) if prose else ("", ())
    math += INLINE.findall(" ".join(prose))
    return Words(summary, tuple(each for each in math if RELATION.search(each)), notes,
                 _shapes(prose), labels.get("Use", ""), _items(labels.get("Pros", "")),
                 _items(labels.get("Cons", "")), labels.get("Source", ""),
                 arguments)


def _joined(paragraph: str) -> str:
    return " ".join(paragraph.split())


def _labelled(paragraph: str, labels: dict[str, str]) -> str:
    """The paragraph without what its labels hold, which goes into ``labels``."""
    before, *parts = LABEL.split(paragraph)
    for label, said in zip(parts[::2], parts[1::2], strict=True):
        labels[label] = said.strip().removesuffix(".")
    return before.strip()


def _items(said: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in said.split(";") if each.strip())


def _shapes(prose: list[str]) -> str:
    """The first ``(…) → (…)`` of a docstring."""
    parts = re.split(r"``([^`]+)``", " ".join(prose))
    for before, between, after in zip(parts[1::2], parts[2::2], [*parts[3::2], ""], strict=False):
        if "→" in before.strip(" →"):
            return before
        if between.strip() == "→" and after:
            return f"{before} → {after}"
    return ""
