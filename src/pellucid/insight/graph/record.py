"""What a computational graph holds: nodes with shapes and numbers, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import unknown_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Shape = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """One box of the picture: an input, a layer, an op, a weight, the loss, or what failed.

    ``role`` is ``"input"``, ``"layer"``, ``"op"``, ``"weight"``, ``"loss"``, ``"failed"``,
    ``"waiting"`` (a layer that was not reached), or ``"number"`` in the graph of a function.
    ``values`` and ``gradients`` hold an array for each output, if they are known; a gradient is
    that of the graph's target with regard to the output. ``within`` names the models that were
    opened around it; ``copies`` are the further layers that a folded node stands for.

    >>> Node("hidden", "Dense", "layer", shapes=((None, 3),)).shapes
    ((None, 3),)
    """

    name: str
    kind: str
    role: str
    detail: str = ""
    shapes: tuple[Shape, ...] = ()
    parameters: int | None = None
    values: tuple[np.ndarray, ...] = ()
    gradients: tuple[np.ndarray | None, ...] = ()
    notes: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    copies: tuple[Node, ...] = ()

    @property
    def op(self) -> str:
        """The name without the number that tells it from others of that name."""
        return self.name.rstrip("0123456789").rstrip("_")

    @property
    def value(self) -> np.ndarray | None:
        """The value of the first output."""
        return self.values[0] if self.values else None

    @property
    def gradient(self) -> np.ndarray | None:
        """The gradient of the first output."""
        return self.gradients[0] if self.gradients else None

    @property
    def label(self) -> str:
        """Its name, or the names of the first and the last of those it stands for."""
        last = self.copies[-1].name if self.copies else self.name
        return self.name if last == self.name else f"{self.name} … {last}"


@dataclass(frozen=True, eq=False)
class Edge:
    """From node number ``source`` to node number ``target``.

    ``label`` is written on it; ``bad`` says that what flows there does not fit; ``formula`` is the
    local derivative as a formula, where there is one.

    >>> from pellucid.insight.graph import graph
    >>> graph(lambda x: x * x, x=3.0).edges[0].formula
    '∂J/∂x = 3 = x'
    """

    source: int
    target: int
    label: str = ""
    bad: bool = False
    formula: str = ""


@dataclass(frozen=True, eq=False)
class Repeat:
    """Nodes ``first`` to ``last`` (both included) stand for ``times`` such blocks in a row.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((3,)), *(Dense(3) for _ in range(50))])
    >>> [(each.first, each.last, each.times) for each in model.graph().repeats]
    [(1, 1, 50)]
    """

    first: int
    last: int
    times: int


@dataclass(frozen=True, eq=False)
class ComputationGraph:
    """A computational graph, and the ways to look at it.

    ``str()`` gives a text for terminals, notebooks show the picture; `to_svg`, `to_html`,
    `to_figure` and `save` write it. ``graph["hidden"]`` is the node of that name. ``target`` is the
    letter of what the gradients are gradients of.

    >>> from pellucid.insight.graph import graph
    >>> J = graph(lambda a, b, c: a + b * c, a=2.0, b=3.0, c=4.0)
    >>> float(J["b"].gradient), float(J["J"].value)
    (4.0, 14.0)
    """

    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    target: str = "L"
    repeats: tuple[Repeat, ...] = ()
    notes: tuple[str, ...] = ()
    digits: int = 4
    unfolded: ComputationGraph | None = field(default=None, repr=False)

    def __getitem__(self, name: str) -> Node:
        everything = (self.unfolded or self).nodes
        for each in everything:
            if each.name == name:
                return each
        raise unknown_name("node of this graph", name, [each.name for each in everything])

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @property
    def broken(self) -> bool:
        """Whether something in it does not fit."""
        return any(each.role == "failed" for each in self.nodes)

    def folded(self, fold: int | bool = 3) -> ComputationGraph:
        """The graph with what repeats at least ``fold`` times in a row drawn once, and counted.

        ``True`` means 3; 0 or ``False`` opens everything.
        """
        from pellucid.insight.graph.folding import fold_repeats
        return fold_repeats(self.unfolded or self, fold)

    def inputs_of(self, node: Node) -> list[Node]:
        """The nodes that lead to a node, in the order of its operands."""
        place = self.nodes.index(node)
        return [self.nodes[each.source] for each in self.edges if each.target == place]

    def to_text(self) -> str:
        """The graph for a terminal: a line a node, and where it gets its inputs from."""
        from pellucid.insight.graph.plain import text
        return text(self)

    def to_svg(self, width: float = 760) -> str:
        """The picture as one SVG that follows light and dark pages and holds no address.

        Long chains are wrapped into as many columns as fit into ``width`` CSS pixels; 360 suits a
        phone. A graph whose branches need more room is wider.
        """
        from pellucid.insight.graph.svg import svg
        return svg(self, width)

    def to_html(self) -> str:
        """The picture as a piece of HTML, drawn once for wide and once for narrow screens."""
        from pellucid.insight.graph.svg import html
        return html(self)

    def to_figure(self, width: float = 760) -> Figure:
        """The picture as a matplotlib figure. Raises MissingExtra when that is not installed."""
        from pellucid.insight.plots.computation_graph import computation_graph
        return computation_graph(self, width)

    def save(self, path: Any, width: float = 760) -> Path:
        """Write the picture to a file ending in ``.svg``, ``.html``, ``.txt`` or ``.png``.

        The file is there whole or not at all. Raises FileError for another ending or a folder that
        is not there, MissingExtra for ``.png`` without matplotlib.
        """
        from pellucid.insight.graph.saving import save
        return save(self, path, width)

    def __str__(self) -> str: return self.to_text()
    def _repr_html_(self) -> str: return self.to_html()
    def _repr_svg_(self) -> str: return self.to_svg()

    def __repr__(self) -> str:
        return f"<ComputationGraph {self.title}: {len(self.nodes)} nodes, {len(self.edges)} edges>"


def with_copies(node: Node, copies: list[Node]) -> Node:
    """The node, standing for others as well."""
    return replace(node, copies=tuple(copies))
