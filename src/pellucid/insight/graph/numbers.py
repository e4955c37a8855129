"""Arrays in a few words: small ones whole, large ones by their mean, spread, range and zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pellucid.insight.graph.record import ComputationGraph, Node, Shape
from pellucid.insight.report.markup import aligned, count, number, percent

FIGURE = "\u2007"                       # a space as wide as a digit
FEWEST = 2                              # digits of a number in a table
ROWS, COLUMNS = 4, 4                    # an array of so many numbers is written out


def shape_text(shapes: tuple[Shape, ...]) -> str:
    """Shapes as Python writes them; several equal ones are counted.

    >>> shape_text(((None, 3), (None, 3)))
    '2 × (None, 3)'
    """
    kinds = list(dict.fromkeys(map(str, shapes)))
    if len(kinds) == 1 < len(shapes):
        return f"{len(shapes)} × {kinds[0]}"
    return ", ".join(map(str, shapes))


def array_lines(array: np.ndarray, digits: int = 4,
                fits: Callable[[str], bool] = lambda line: True) -> list[str]:
    """An array in one to four lines; with fewer digits, or in sum, where a line does not fit.

    >>> array_lines(np.array([[0.25, -1.5]]))
    ['0.250   −1.500']
    >>> array_lines(np.zeros((2, 50)))
    ['all 0']
    """
    array = np.asarray(array)
    if not array.size:
        return ["empty"]
    if array.dtype.kind in "OUS":
        return [count(array.size, "string")]
    array = array.astype(np.float64)
    rows = np.atleast_2d(array).reshape(-1, *array.shape[-1:] or (1,))
    if len(rows) <= ROWS and rows.shape[1] <= COLUMNS:
        for kept in range(digits, min(FEWEST, digits) - 1, -1):
            if all(map(fits, lines := _table(rows, kept))):
                return lines
    return _summary(array, digits)


def _table(rows: np.ndarray, digits: int) -> list[str]:
    """A line for each row, the numbers of a column below each other."""
    flat, n = _figures([float(each) for each in rows.ravel()], digits), rows.shape[1]
    widths = [max(map(len, flat[j::n])) for j in range(n)]
    return ["   ".join(said.rjust(width, FIGURE) for said, width in zip(
        flat[i:i + n], widths, strict=True)) for i in range(0, len(flat), n)]


def _figures(values: list[float], digits: int) -> list[str]:
    """Numbers of equal decimals, unless they are whole or one would be lost."""
    plain = [number(each, digits) for each in values]
    sizes = [abs(each) for each in values if each and np.isfinite(each)]
    whole = all(each.is_integer() for each in sizes)
    if whole or max(sizes) > 10 ** (digits - 1) * min(sizes):
        return plain
    return aligned(values, digits)


def _summary(array: np.ndarray, digits: int) -> list[str]:
    finite = array[np.isfinite(array)]
    n = array.size
    lost = [f"{number(n - finite.size)} of {number(n)} not finite"] * (finite.size < n)
    if not finite.size:
        return lost
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return [f"all {number(low, digits)}", *lost]
    zeros = float(np.mean(array == 0))
    with np.errstate(all="ignore"):
        mean, spread = float(finite.mean()), float(finite.std())
    span = f"{number(low, digits)} … {number(high, digits)}"
    return [f"{number(mean, digits)} ± {number(spread, digits)}",
            span + (f", {percent(zeros)} zeros" if zeros else ""), *lost]


def number_lines(graph: ComputationGraph, node: Node,
                 fits: Callable[[str], bool] = lambda line: True) -> Iterator[tuple[str, str, str]]:
    """(kind of number, what it is, the number) line by line: values, then gradients.

    A node that stands for several gives the numbers of the first and of the last.
    """
    shown = [("", node)] if not node.copies else [(f" of {node.name}", node),
                                                  (f" of {node.copies[-1].name}", node.copies[-1])]
    for word, each in shown:
        for i, value in enumerate(each.values):
            label = ("value" if len(each.values) == 1 else f"value {i + 1}") + word
            yield from _labelled("value", label, array_lines(value, graph.digits, fits))
    for word, each in shown:
        several = len(each.gradients) > 1
        for i, gradient in enumerate(each.gradients):
            label = derivative_label(graph, each) + (f" {i + 1}" if several else "") + word
            lines = ["none"] if gradient is None else array_lines(gradient, graph.digits,
                                                                     fits)
            yield from _labelled("gradient", label, lines)


def derivative_label(graph: ComputationGraph, node: Node) -> str:
    """The gradient's name: ``∂J/∂v1`` of a formula, ``∂L/∂value`` of a layer's output."""
    named = node.role == "number"
    return f"∂{graph.target}/∂{node.name if named else 'value'}"


def _labelled(kind: str, label: str, lines: list[str]) -> Iterator[tuple[str, str, str]]:
    for i, line in enumerate(lines):
        yield kind, "" if i else label, line
