"""Cards: the facts of every activation, loss, optimizer, initializer, …, one structured record.

Formula and derivative are read from the definition, range and saturation found by evaluating it,
costs counted in its Plan, defaults taken from its fields. What nobody can compute (when to use it,
what speaks for and against it, where it comes from) stands in its docstring.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from pellucid.core.calls import known_by_name
from pellucid.insight.cards.making import made
from pellucid.insight.cards.record import Card
from pellucid.insight.cards.shelf import KINDS, find, kind_named, not_a_base

__all__ = ["Card", "card", "cards"]


@known_by_name
def card(thing: Any, kind: str | None = None) -> Card:
    """The card of an activation, loss, optimizer, layer, …: what it is, and when to use it.

    ``thing`` is a name in any spelling ("LeakyReLU", "leaky_relu", "mse"), a class, a function or
    an object; one's own classes have cards as well. ``kind`` ("layer", "activation", …) decides
    where several have one name; unless told, "ReLU" is the layer and "relu" the activation.

    Raises ArgumentError for an unknown name, with the nearest ones, and KindError for a thing that
    is of no kind that has cards.

    >>> adam = card("adam")
    >>> adam.kind, adam.state, adam.formula[0].text
    ('optimizer', 2, 'β₁ * m + (1 - β₁) * g')
    >>> card("relu").saturates, card("relu", kind="layer").name
    ('left', 'ReLU')
    """
    found, meant, also = find(thing, kind)
    not_a_base(found, meant)
    return dataclasses.replace(made(found, meant), also=also)


@known_by_name
def cards(kind: str | None = None) -> dict[str, list[str]]:
    """The names of everything that has a card, by kind; or of one kind alone.

    >>> cards("regularizer")
    {'regularizer': ['L1', 'L1L2', 'L2', 'OrthogonalRegularizer']}
    """
    kinds = KINDS if kind is None else (kind_named(kind),)
    return {each.word: list(each.members()) for each in kinds}
