"""Folding: blocks that repeat in a row are drawn once, with their count.

A graph is cut at the nodes that everything passes; between two cuts lies a piece. Pieces are equal
if their nodes are (in all but their names and numbers) and are joined alike. Where a few pieces
come again and again, the first of them stand for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pellucid.core.errors import ArgumentError, user_line
from pellucid.insight.graph.record import ComputationGraph, Edge, Node, Repeat, with_copies

USUAL = 3                       # so many equal blocks in a row are folded, unless told
LONGEST = 24                    # pieces in a block that is looked for


def cuts(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The places that no edge jumps over: all that is before meets all that is after only there.

    >>> cuts(4, [(0, 1), (1, 2), (1, 3), (2, 3)])
    [0, 1, 3]
    """
    rises = [0] * (n + 1)
    for source, target in edges:
        if target - source > 1:
            rises[source + 1] += 1
            rises[target] -= 1
    over, found = 0, []
    for i in range(n):
        over += rises[i]
        if not over:
            found.append(i)
    return found


def fold_repeats(graph: ComputationGraph, fold: int | bool) -> ComputationGraph:
    """The graph with what repeats at least ``fold`` times in a row drawn once."""
    if not isinstance(fold, int) or fold < 0 or (fold == 1 and fold is not True):
        raise ArgumentError("fold says how many equal blocks in a row are drawn as one: at least "
                            "2, or 0 for never", got=repr(fold), where=user_line())
    least = USUAL if fold is True else int(fold)
    if not least:
        return graph
    ends = cuts(len(graph.nodes), [(each.source, each.target) for each in graph.edges])
    pieces = [range(before + 1, end + 1) for before, end in zip([-1, *ends], ends, strict=False)]
    blocks = _repeating([_signature(graph, piece) for piece in pieces], least)
    if not blocks:
        return graph
    return _drawn_once(graph, [(pieces[first][0], pieces[first + period - 1][-1], times)
                               for first, period, times in blocks])


def _signature(graph: ComputationGraph, piece: range) -> Any:
    """What two equal pieces have in common: their nodes without names, and how they are joined."""
    nodes = tuple((each.kind, each.role, each.detail if each.role == "layer" else each.op,
                   each.shapes, each.parameters, each.notes, len(each.within),
                   each.name if each.role == "input" else "")
                  for each in graph.nodes[piece.start:piece.stop])
    joined = tuple((each.source - piece.start, each.target - piece.start) for each in graph.edges
                   if each.target in piece)
    return nodes, tuple((max(source, -1), target) for source, target in joined)


def _repeating(signatures: list[Any], least: int) -> list[tuple[int, int, int]]:
    """(first piece, pieces in a block, blocks) of every run of equal blocks, the longest taken."""
    number = {each: i for i, each in enumerate(dict.fromkeys(signatures))}
    row = [number[each] for each in signatures]
    found, i = [], 0
    while i < len(row):
        best = (0, 0)
        for period in range(1, min(LONGEST, (len(row) - i) // 2) + 1):
            times = 1
            block = row[i:i + period]
            while row[i + times * period:i + (times + 1) * period] == block:
                times += 1
            if times >= least and times * period > best[0] * best[1]:
                best = (period, times)
        if best[1]:
            found.append((i, *best))
        i += max(1, best[0] * best[1])
    return found


def _drawn_once(graph: ComputationGraph, blocks: list[tuple[int, int, int]]) -> ComputationGraph:
    """The first block of each run stays, its nodes standing for those that follow."""
    stands_for = list(range(len(graph.nodes)))           # which node a node is drawn as
    for first, last, times in blocks:
        size = last - first + 1
        for i in range(first, first + size * times):
            stands_for[i] = first + (i - first) % size
    kept = sorted(set(stands_for))
    place = {old: new for new, old in enumerate(kept)}
    copies: dict[int, list[Node]] = {old: [] for old in kept}
    for i, old in enumerate(stands_for):
        if i != old:
            copies[old].append(graph.nodes[i])
    nodes = [with_copies(graph.nodes[old], copies[old]) for old in kept]
    repeats = tuple(Repeat(place[first], place[last], times) for first, last, times in blocks)
    return replace(graph, nodes=tuple(nodes), repeats=repeats, unfolded=graph,
                   edges=tuple(_edges_between(graph.edges, stands_for, place)))


def _edges_between(edges: Sequence[Edge], stands_for: list[int], place: dict[int, int]
                   ) -> list[Edge]:
    """The edges of what is drawn; those between two blocks of a run are not."""
    kept = []
    for each in edges:
        target, source = stands_for[each.target], stands_for[each.source]
        if target == each.target and source < target:    # into the first block, or into no block
            kept.append(replace(each, source=place[source], target=place[target]))
    return kept
