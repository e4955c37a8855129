"""What a card says, part by part, whatever it is written in."""

from __future__ import annotations

from collections.abc import Iterator

from pellucid.insight.cards.record import Card, Formula

SIDES = {"both": "on both sides", "left": "for very negative inputs",
         "right": "for very positive inputs", "no": "no"}


def blocks(card: Card) -> Iterator[tuple[str, tuple[Formula, ...]]]:
    """The lines of mathematics with their titles: formula, derivative, further forms."""
    if card.formula:
        yield "Formula", card.formula
    if card.derivative:
        yield "Derivative", card.derivative
    for label, lines in card.forms.items():
        yield label[0].upper() + label[1:], lines


def facts(card: Card) -> Iterator[tuple[str, str]]:
    """The computed facts, each with its label."""
    if card.range is not None:
        yield "Range", str(card.range)
    if card.zero_centred is not None:
        yield "Zero-centred", f"{'yes' if card.zero_centred else 'no'}: {card.measured}"
    if card.saturates:
        yield "Saturates", SIDES[card.saturates]
    if card.measured and card.zero_centred is None:
        yield "Measured", card.measured
    if card.better:
        yield "Better", card.better
    if card.shapes:
        yield "Shapes", card.shapes
    if card.state is not None:
        yield "State", "none" if not card.state else (
            f"{card.state} {'number' if card.state == 1 else 'numbers'} for each weight")
    if card.cost:
        yield "Cost", card.cost


def sentence(said: str) -> str:
    """A phrase as a sentence of its own.

    >>> sentence("no unit dies")
    'No unit dies.'
    """
    first = said[:1].upper() if said[:1].isascii() else said[:1]         # δ is no Δ
    return first + said[1:].rstrip(".") + ("" if said.endswith("?") else ".")


def others(card: Card) -> str:
    """The cards of other kinds that go by the same name."""
    return f"Also: {', '.join(card.also)}." if card.also else ""
