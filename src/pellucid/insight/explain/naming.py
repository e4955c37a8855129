"""The notation of the catalogue's row B1: w^k_ij, b_kj, z_kj, o_kj, and what goes with it."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pellucid.insight.cards.typeset import in_latex
from pellucid.insight.explain.cells import ZERO
from pellucid.insight.explain.numbers import Known
from pellucid.spaces.terms import tex_name

LETTERS = {"kernel": "w", "bias": "b", "gamma": "γ", "beta": "β", "alpha": "α",
           "recurrent_kernel": "u", "embeddings": "e", "depthwise_kernel": "d",
           "pointwise_kernel": "w"}


@dataclass(frozen=True, eq=False)
class Quantity:
    """A tensor whose numbers have names: a letter, what stands above it, and indices from 1.

    ``above`` is the layer of a weight (the k of w^k_ij); ``lead`` stands before the indices (the k
    of o_kj). ``axes`` are the axes that are counted by indices, ``row`` the axis of the samples
    (None if there is one sample or none). ``wrap`` puts words around a name, as in ∂L/∂…. ``turn``
    is the step of a sequence in which it is computed, if it is computed in each.
    """

    letter: str
    ids: np.ndarray
    above: str = ""
    lead: tuple[int, ...] = ()
    axes: tuple[int, ...] = ()
    row: int | None = None
    wrap: tuple[str, str] = ("{}", "{}")                 # of text and of LaTeX
    kind: str = ""
    place: str = ""
    path: str = ""                                       # "dense/kernel", of a weight
    turn: int | None = None                              # the step of a loop, counted from 0

    @property
    def shape(self) -> tuple[int, ...]:
        return self.ids.shape

    def places(self) -> list[tuple[int, ...]]:
        """Where its numbers stand."""
        return list(np.ndindex(self.shape))

    def wrapped(self, ids: np.ndarray, wrap: tuple[str, str], kind: str) -> Quantity:
        """A quantity of the same indices whose names are made of this one's, as ∂L/∂w^1_11."""
        return replace(self, ids=ids, wrap=wrap, kind=kind)

    def where(self, cell: int) -> list[tuple[int, ...]]:
        """Where a cell stands in it: at several places, if one number is the gradient of many."""
        flat = self.ids.ravel()
        guess = cell - int(flat[0])                      # most tensors are numbered in a row
        if self.kind != "gradient" and 0 <= guess < flat.size and flat[guess] == cell:
            places: Any = [guess]
        else:
            places = np.flatnonzero(flat == cell)
        return [tuple(map(int, np.unravel_index(each, self.shape))) for each in places]

    def index_of(self, where: Sequence[int]) -> str:
        """The indices as they are printed: 11 where all are small, 10,2 where not."""
        sizes = [*self.lead, *(self.shape[i] for i in self.axes)]
        numbers = [*self.lead, *(where[i] + 1 for i in self.axes)]
        return ("" if all(size < 10 for size in sizes) else ",").join(map(str, numbers))

    def name(self, where: Sequence[int]) -> str:
        """The name as text: ``w^1_11``, ``o_11[2]`` in row 2."""
        index = self.index_of(where)
        text = self._start() + (f"_{index}" if index else "")
        if self.row is not None:
            text += f"[{where[self.row] + 1}]"
        return self.wrap[0].format(text)

    def place_of(self, name: str) -> tuple[int, ...] | None:
        """Where the number of that name stands; None if it is none of this quantity's.

        Commas between indices of one digit may be there or not, whatever the printed name has.
        """
        form = re.fullmatch(rf"{re.escape(self._start())}(?:_([\d,]+))?(?:\[(\d+)\])?", name)
        if form is None:
            return None
        given = (form[1] or "").split(",") if "," in (form[1] or "") else list(form[1] or "")
        given = given[len(self.lead):]
        where = [0] * len(self.shape)
        if len(given) != len(self.axes) or (form[2] is None) != (self.row is None):
            return None
        for axis, number in zip(self.axes, given, strict=True):
            where[axis] = int(number) - 1
        if self.row is not None:
            where[self.row] = int(form[2]) - 1
        inside = all(0 <= i < n for i, n in zip(where, self.shape, strict=True))
        if not inside or self.name(where).replace(",", "") != name.replace(",", ""):
            return None                                  # another layer's number
        return tuple(where)

    def _start(self) -> str:
        return self.letter + (f"^{self.above}" if self.above[:1] not in ("", "<") else self.above)

    def latex(self, where: Sequence[int]) -> str:
        r"""The name in LaTeX: ``w^{1}_{11}``, ``o_{11}^{(2)}``."""
        index, above = self.index_of(where), self.above
        if self.row is not None:
            above += f"{',' if above else ''}({where[self.row] + 1})"
        letter = self.letter.rstrip("'")
        text, gate = letter_latex(letter)
        above = gate + above.replace("<", r"\langle ").replace(">", r" \rangle")
        above = "'" * (len(self.letter) - len(letter)) + above
        text += (f"^{{{above}}}" if above else "") + (f"_{{{index}}}" if index else "")
        return self.wrap[1].format(text)


@functools.cache
def letter_latex(letter: str) -> tuple[str, str]:
    r"""A letter in LaTeX, and what stands above it: ``β₁`` is ``\beta_{1}``, ``zr`` ``z^{r}``."""
    special = {"ŷ": r"\hat{y}", "Ŷ": r"\hat{Y}", "ℓ": r"\ell"}
    if len(letter) == 2 and letter[0] == "z" and letter[1].isalpha():
        return "z", letter_latex(letter[1])[0]
    return special.get(letter) or in_latex(tex_name(letter) if letter.isascii() else letter), ""


class Names:
    """Which numbers have names: the first to be given stays."""

    def __init__(self, value_of: Any) -> None:
        self.value_of = value_of
        self.quantities: list[Quantity] = []
        self._spans: list[tuple[int, int]] = []          # least and largest id of each
        self._symbols: dict[int, Known] = {}

    def give(self, quantity: Quantity) -> bool:
        """Name the cells of a quantity; false if all of them have names already.

        A number may have several names (two gradients that are one): the first is the usual one.
        """
        if not self.fresh(quantity.ids) and quantity.kind != "gradient":
            return False
        used = quantity.ids[quantity.ids != ZERO]
        if not used.size:
            return False
        self.quantities.append(quantity)
        self._spans.append((int(used.min()), int(used.max())))
        return True

    def fresh(self, ids: np.ndarray) -> bool:
        """Whether some of the cells have no name."""
        used = ids[ids != ZERO]
        if not used.size:
            return False
        low, high = used.min(), used.max()
        if not any(low <= largest and high >= least for least, largest in self._spans):
            return True
        left = np.unique(used)
        for quantity, (least, largest) in zip(self.quantities, self._spans, strict=True):
            if left.size and left[0] <= largest and left[-1] >= least:
                left = left[~np.isin(left, quantity.ids)]
        return bool(left.size)

    def all_of(self, cell: int) -> list[tuple[Quantity, tuple[int, ...]]]:
        """The quantities that a cell belongs to, and where in them; further ones are gradients."""
        found: list[tuple[Quantity, tuple[int, ...]]] = []
        for quantity, (least, largest) in zip(self.quantities, self._spans, strict=True):
            if least <= cell <= largest and (not found or quantity.kind == "gradient"):
                found += [(quantity, where) for where in quantity.where(cell)]
        return found

    def has(self, cell: int) -> bool:
        """Whether a cell has a name."""
        return any(least <= cell <= largest and quantity.where(cell) for quantity, (least, largest)
                   in zip(self.quantities, self._spans, strict=True))

    def of(self, cell: int) -> tuple[Quantity, tuple[int, ...]] | None:
        """The first quantity that a cell belongs to, and where in it."""
        found = self.all_of(cell)
        return found[0] if found else None

    def label(self, cell: int) -> Known | None:
        """The symbol of a cell, with its number; None for one without a name."""
        if cell not in self._symbols:
            found = self.of(cell)
            if found is None:
                return None
            self._symbols[cell] = self.symbol(*found)
        return self._symbols[cell]

    def symbol(self, quantity: Quantity, where: tuple[int, ...]) -> Known:
        """A number of a quantity as a symbol."""
        return Known(quantity.name(where), quantity.latex(where),
                     self.value_of(int(quantity.ids[where])))


def counted(shape: Sequence[int], rows: int | None, batched: bool) -> tuple[tuple[int, ...], Any]:
    """The axes that indices count, and the axis of the samples, of a tensor of that shape."""
    axes = list(range(len(shape)))
    row = None
    if batched and axes:
        row = axes.pop(0) if shape[0] == rows and rows != 1 else None
        if row is None and shape[0] == 1 == rows:
            axes.pop(0)
    if len(axes) > 1:
        axes = [i for i in axes if shape[i] != 1] or axes[-1:]
    return tuple(axes), row


def given_letter(name: str) -> str:
    """The letter of a variable of that name."""
    return LETTERS.get(name, name)
