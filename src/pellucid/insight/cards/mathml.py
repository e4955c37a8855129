"""Formulas as MathML, which browsers set without any script."""

from __future__ import annotations

from collections.abc import Sequence

from pellucid.insight.cards.typeset import Node, parse
from pellucid.insight.report.markup import Html, tag

TAGS = {"letter": "mi", "number": "mn", "sign": "mo"}
# parentheses do not grow with a matrix where no font of mathematics is installed; borders do
BRACKETS = ("border: solid; border-width: 0 1.3px; border-radius: 0.5em; padding: 0 0.15em; "
            "margin: 0 0.1em")


def mathml(formula: str, block: bool = False) -> Html:
    r"""A formula in LaTeX as MathML.

    >>> mathml(r"\frac{x}{2}")
    '<math><mrow><mfrac><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></mfrac></mrow></math>'
    """
    return tag("math", _row(parse(formula)), displaystyle="true" if block else None)


def _row(nodes: Sequence[Node]) -> Html:
    return tag("mrow", *map(_node, nodes))


def _node(node: Node) -> Html:
    kind, *parts = node
    if node == ("sign", "|"):                            # a bar, which stands close to both sides
        return tag("mo", "|", stretchy="false", lspace="0", rspace="0")
    if kind in TAGS:
        return tag(TAGS[kind], "−" if parts[0] == "-" else parts[0])
    if kind == "word":
        return tag("mi", parts[0], mathvariant="normal")
    if kind == "space":
        return tag("mspace", width=f"{parts[0]}em")
    if kind == "row":
        return _row(parts[0])
    if kind == "over":
        return tag("mfrac", _row(parts[0]), _row(parts[1]))
    if kind == "root":
        return tag("msqrt", _row(parts[0]))
    if kind in ("cases", "matrix"):
        rows = [tag("mtr", *(tag("mtd", _row(cell)) for cell in row)) for row in parts[0]]
        if kind == "matrix":
            return tag("mtable", *rows, style=BRACKETS)
        return tag("mrow", tag("mo", "{", fence="true", stretchy="true"),
                   tag("mtable", *rows))
    inner, below, above = parts
    if not below and above == [("sign", "′")]:           # which is high up and small as it is
        return tag("mrow", _node(inner), tag("mo", "′", lspace="0", rspace="0"))
    name = "msubsup" if below and above else "msub" if below else "msup"
    return tag(name, _node(inner), *(_row(each) for each in (below, above) if each))
