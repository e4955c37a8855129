"""What a card holds: the facts of one activation, loss, optimizer, layer, …"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pellucid.core.field import check


@dataclass(frozen=True)
class Formula:
    """One line of mathematics, ``left = right``, as text and in LaTeX; ``left`` may be empty.

    ``where`` says what letters stand for that are not the arguments'.
    """

    text: str
    tex: str
    left: str = ""
    left_tex: str = ""
    where: str = ""
    where_latex: str = ""

    def __str__(self) -> str:
        return f"{self.left} = {self.text}" if self.left else self.text

    @property
    def latex(self) -> str:
        """The whole line in LaTeX, without dollars."""
        return f"{self.left_tex} = {self.tex}" if self.left else self.tex


@dataclass(frozen=True)
class Range:
    """The values that a function takes: an interval, and which of its ends belong to it."""

    low: float
    high: float
    low_closed: bool = False
    high_closed: bool = False

    def __str__(self) -> str:
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"{left}{_bound(self.low)}, {_bound(self.high)}{right}"


def _bound(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "-∞"
    return f"{value:.4g}"


@dataclass(frozen=True)
class Default:
    """One argument: its letter in the formula, its default, the range it must lie in, its use."""

    name: str
    default: str
    symbol: str = ""
    range: str = ""
    help: str = ""


@dataclass(frozen=True)
class Card:
    """The facts of one activation, loss, optimizer, initializer, regularizer, layer, …

    ``formula`` and ``derivative`` are lines of mathematics; ``forms`` holds further forms by what
    brings them about (``"with nesterov"``). ``range``, ``zero_centred`` and ``saturates`` ("left",
    "right", "both" or "no") are of activations alone, ``state`` (numbers kept for each weight) of
    optimizers, ``better`` ("higher" or "lower") of metrics. ``measured``, ``cost`` and ``shapes``
    are sentences; ``also`` names the cards of other kinds that go by the same name. What a kind
    has no use for is empty.

    ``str()`` gives text; `to_text`, `to_markdown`, `to_latex` and `to_html` the four forms.

    >>> from pellucid.insight.cards import card
    >>> sigmoid = card("sigmoid")
    >>> str(sigmoid.range), sigmoid.zero_centred, sigmoid.saturates
    ('(0, 1)', False, 'both')
    >>> print(sigmoid.derivative[0])
    sigmoid'(x) = y * (1 - y)
    """

    name: str
    kind: str
    summary: str
    use: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    source: str
    formula: tuple[Formula, ...] = ()
    derivative: tuple[Formula, ...] = ()
    forms: dict[str, tuple[Formula, ...]] = field(default_factory=dict)
    range: Range | None = None
    zero_centred: bool | None = None
    saturates: str = ""
    state: int | None = None
    better: str = ""
    measured: str = ""
    shapes: str = ""
    cost: str = ""
    defaults: tuple[Default, ...] = ()
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def to_text(self, width: int = 80) -> str:
        """The card for a terminal, wrapped at ``width`` letters (at least 30)."""
        from pellucid.insight.cards.plain import NARROW, text
        return text(self, check("to_text", "width", width, needed=True, whole=True,
                                at_least=NARROW))

    def to_markdown(self) -> str:
        """The card as Markdown, with formulas in LaTeX."""
        from pellucid.insight.cards.plain import markdown
        return markdown(self)

    def to_latex(self) -> str:
        """The card as a piece of a LaTeX document (which loads amsmath)."""
        from pellucid.insight.cards.latex import latex
        return latex(self)

    def to_html(self) -> str:
        """The card as a piece of HTML, with its own style for light and dark pages."""
        from pellucid.insight.cards.html import html
        return html(self)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return self.to_html()

    def __rich__(self) -> Any:
        from rich.text import Text
        return Text(self.to_text())
