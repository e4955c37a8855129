"""What an explanation is made of: steps, each a formula, the numbers put in, and the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, user_line
from pellucid.spaces.terms import Term

PARTS = ("given", "forward", "loss", "backward", "update", "after")


@dataclass(frozen=True)
class Factor:
    """A factor of the chain rule: ``name = formula = put_in = value``, as in ∂z/∂w = o = 0.6.

    ``formula`` is None for a factor that an earlier step has worked out, such as ∂L/∂ŷ; ``place``
    is the layer that it belongs to.

    >>> Factor("∂z/∂w", r"\\frac{\\partial z}{\\partial w}", 0.6).value
    0.6
    """

    name: str
    latex: str
    value: float
    formula: Term | None = None
    put_in: Term | None = None
    place: str = ""


@dataclass(frozen=True)
class Product:
    """Factors that are multiplied; a gradient is a sum of such products, one for each way.

    >>> Product((Factor("∂L/∂z", "", 0.5), Factor("∂z/∂w", "", 3.0))).value
    1.5
    """

    factors: tuple[Factor, ...]

    @property
    def value(self) -> float:
        return float(np.prod([each.value for each in self.factors]))


@dataclass(frozen=True)
class Step:
    """One line of the derivation: ``name = formula = put_in = value``.

    ``formula`` is in symbols and ``put_in`` has numbers in their place; both are None for what is
    given. A step of the backward part is also a sum of ``products`` of factors, one for each number
    that is computed from this one; ``rest`` is the sum of ``left_out`` further ones. ``ways`` has,
    for a weight with one or two ways to the loss, all factors from there; ``nudged`` is the same
    gradient by finite differences. ``place`` is the layer or "loss". In matrix form ``value`` is an
    array and ``shapes`` says what meets what: ``"(4×3)ᵀ(4×1) → (3×1)"``. A step without a value
    says in its ``note`` what is not shown.

    >>> step = Step("given", "dense", "w^1_11", "w^{1}_{11}", 0.15, aliases=("w1",))
    >>> step.name, step.value
    ('w^1_11', 0.15)
    """

    part: str                                        # one of PARTS
    place: str                                       # the layer, "loss", or the weight that moves
    name: str                                        # "w^1_11", "∂L/∂w^1_11", "w^1_11'"
    latex: str                                       # the name in LaTeX
    value: Any                                       # a float, or in matrix form an array
    formula: Term | None = None
    put_in: Term | None = None
    shape: tuple[int, ...] = ()
    shapes: str = ""
    products: tuple[Product, ...] = ()
    ways: tuple[Product, ...] = ()
    left_out: int = 0
    rest: float = 0.0
    nudged: float | None = None
    note: str = ""
    aliases: tuple[str, ...] = ()                    # "w1", "dL/dw1", "dense/kernel[0, 0]"


@dataclass(frozen=True, repr=False)
class Explanation:
    """A step of training (or a descent), derived line by line; its string is the text.

    ``steps`` are the lines, ``of(part)`` those of one part of `PARTS`, and ``explanation[name]`` is
    the one of a name in any usual spelling. `to_text`, `to_latex`, `to_html` and `to_markdown`
    write all of it, `why` says in a sentence what made a gradient large, small or zero, and
    ``checked`` holds what became of claims.

    >>> explanation = Explanation((Step("given", "", "w", "w", 0.5),), title="A start")
    >>> print(explanation.to_text())
    A start
    <BLANKLINE>
    Given
        w = 0.5
    """

    steps: tuple[Step, ...]
    digits: int = 9
    title: str = ""
    level: str = "weight"
    legend: tuple[str, ...] = ()                     # sentences on the names that are used
    definitions: tuple[tuple[str, str, str], ...] = ()   # ("σ(x)", text, LaTeX) of each function
    reason: Callable[[str], str] | None = field(default=None, repr=False, compare=False)
    checked: Any = None                              # what became of claims: slips.Checked
    ask: Callable[[str], Step | None] | None = field(default=None, repr=False, compare=False)

    def of(self, part: str) -> tuple[Step, ...]:
        """The steps of one part."""
        return tuple(each for each in self.steps if each.part == part)

    def __getitem__(self, name: str) -> Step:
        """The step of a name, in any usual spelling; of a factor, the step in which it stands.

        What this level does not tell (a single number among matrices) is derived now.
        Raises ArgumentError for a name that stands for nothing or for several things.
        """
        from pellucid.insight.explain.worlds import Derivation
        derivation = Derivation(self.steps)
        try:
            return self.steps[derivation.lines[derivation.find(name)].number - 1]
        except ArgumentError:
            asked = None if self.ask is None else self.ask(name)
            if asked is None:
                raise
            return asked

    def why(self, name: str) -> str:
        """Why the gradient of a weight or unit is as large, as small or as zero as it is.

        The product of its factors on the strongest way to the loss, and the layer that did it.
        Raises ArgumentError for an unknown name.
        """
        if self.reason is None:
            raise ArgumentError("this explanation is not one of a network", where=user_line())
        return self.reason(name)

    def to_text(self, width: int = 100) -> str:
        """The derivation as text, in lines of about ``width`` letters."""
        from pellucid.insight.explain.text import text
        return text(self, width)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Explanation: {self.title}; {len(self.steps)} steps, print shows them>"

    def to_latex(self) -> str:
        """The derivation as a piece of a LaTeX document (which loads amsmath)."""
        from pellucid.insight.explain.latex import latex
        return latex(self)

    def to_markdown(self) -> str:
        """The derivation as Markdown with formulas in LaTeX, as GitHub and Jupyter set them."""
        from pellucid.insight.explain.markdown import markdown
        return markdown(self)

    def to_html(self) -> str:
        """The derivation as a piece of HTML with its own style, for light and dark pages."""
        from pellucid.insight.explain.html import html
        return html(self)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_markdown_(self) -> str:
        return self.to_markdown()

    def _repr_latex_(self) -> str:
        return self.to_latex()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The text, for IPython in a terminal."""
        printer.text(str(self))

    def __rich_console__(self, console: Any, options: Any) -> Any:
        from pellucid.insight.explain.terminal import lines
        return lines(self, options.max_width)
