"""Sums of products in Einstein's notation: letters name the axes, what is not wanted is summed."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.atoms.linear_algebra import product
from pellucid.atoms.matrices import diagonal
from pellucid.atoms.reductions import sum
from pellucid.atoms.shaping import expand_dims, reshape, transpose
from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.op import op

LETTER = re.compile(r"\.\.\.|[A-Za-z]")


class Part(NamedTuple):
    """A tensor with the letters of its axes."""

    value: Any
    letters: Sequence[str]


def einsum(subscripts: str, *operands: Any) -> Any:
    r"""Multiply tensors and sum as letters for their axes say: ``"ij,jk->ik"`` is a matrix product.

    Each operand has a word with a letter for each axis. Axes of one letter go together; a letter
    that the output (behind ``->``) leaves out is summed over: ``"ij,jk->ik"`` means
    :math:`y_{ik} = \sum_j a_{ij} b_{jk}`. Without ``->`` the output has the letters that occur
    once, in the order of the alphabet. A letter twice in one word takes the diagonal; ``...``
    stands for any further axes, which broadcast, as do axes of length 1.

    Any number of operands is taken two at a time, the pair with the smallest result first.

    Raises ArgumentError for a text that is no such notation, ShapeError for shapes that do not fit.

    >>> einsum("ij,jk->ik", [[1, 2], [3, 4]], [[1, 0], [0, 2]]).tolist()
    [[1, 4], [3, 8]]
    >>> einsum("ii", [[1, 2], [3, 4]]).tolist(), einsum("...i->...", [[1, 2], [3, 4]]).tolist()
    (5, [3, 7])
    """
    return contract(*operands, subscripts=subscripts)


@op
def contract(*operands, subscripts):
    """The product of the operands, summed over the letters that are not wanted: `einsum`.

    >>> contract([1, 2], [3, 4], subscripts="i,j->ij").tolist()
    [[3, 4], [6, 8]]
    """
    terms, wanted = _read(subscripts, [len(np.shape(x)) for x in operands])
    sizes = _sizes(subscripts, terms, operands)
    parts = [_plain(x, letters, sizes) for x, letters in zip(operands, terms, strict=True)]
    while len(parts) > 1:
        i, j = _next_pair(parts, wanted, sizes)
        b, a = parts.pop(j), parts.pop(i)
        keep = {*wanted, *(letter for part in parts for letter in part.letters)}
        parts.append(_together(a, b, keep, wanted, sizes))
    return _laid_out(_summed(parts[0], wanted), wanted)


# the notation ------------------------------------------------------------------------------------

def _read(subscripts: Any, ranks: list[int]) -> tuple[list[list[str]], list[str]]:
    """The letters of each operand's axes and of the output's; ``...`` becomes ``.1``, ``.0``."""
    if not isinstance(subscripts, str):
        raise KindError('einsum needs a text such as "ij,jk->ik" before the tensors',
                        got=f"{subscripts!r:.60}", where=user_line())
    words, arrow, output = subscripts.replace(" ", "").partition("->")
    if words.count(",") + 1 != len(ranks):
        raise ArgumentError(f"einsum({subscripts!r}) takes {words.count(',') + 1} tensors",
                            got=f"{len(ranks)}", where=user_line())
    terms = [_spelled_out(_letters(word, subscripts), rank, subscripts, i)
             for i, (word, rank) in enumerate(zip(words.split(","), ranks, strict=True))]
    dots = max(([each for each in term if each[0] == "."] for term in terms), key=len)
    count = Counter(letter for term in terms for letter in term)
    if not arrow:
        return terms, [*dots, *sorted(each for each, times in count.items()
                                      if times == 1 and each[0] != ".")]
    wanted = [letter for each in _letters(output, subscripts)
              for letter in (dots if each == "..." else [each])]
    for letter in wanted:
        if letter not in count or wanted.count(letter) > 1:
            raise ArgumentError(f"the output of einsum({subscripts!r}) may have each letter of the "
                                "operands once", got=f"{letter!r}", where=user_line())
    return terms, wanted


def _letters(word: str, subscripts: str) -> list[str]:
    found = LETTER.findall(word)
    if "".join(found) != word or found.count("...") > 1:
        raise ArgumentError(f"einsum({subscripts!r}) must consist of letters, one ... a word, "
                            "commas and ->", got=f"{word!r}", where=user_line())
    return found


def _spelled_out(found: list[str], rank: int, subscripts: str, number: int) -> list[str]:
    """One letter for each axis; those of ``...`` count from the last, so that they broadcast."""
    more = rank - len(found) + found.count("...")
    if more < 0 or (more and "..." not in found):
        raise ShapeError(f"einsum({subscripts!r}) has {len(found) - found.count('...')} letters "
                         f"for tensor number {number + 1}", got=f"{rank} axes", where=user_line())
    return [letter for each in found for letter in (
        [f".{i}" for i in reversed(range(more))] if each == "..." else [each])]


def _sizes(subscripts: str, terms: Any, operands: Any) -> dict[str, int]:
    """The length that belongs to each letter; axes of length 1 fit any."""
    sizes: dict[str, int] = {}
    for x, letters in zip(operands, terms, strict=True):
        for letter, n in zip(letters, np.shape(x), strict=True):
            known = sizes.get(letter, 1)
            if 1 not in (known, n) and known != n:
                raise ShapeError(f"einsum({subscripts!r}) needs one length for all axes "
                                 f"{letter if letter[0] != '.' else '...'!r}",
                                 got=f"{known} and {n}", where=user_line())
            sizes[letter] = n if known == 1 else known
    return sizes


# the sums ----------------------------------------------------------------------------------------

def _plain(x: Any, letters: list[str], sizes: dict[str, int]) -> Part:
    """An operand with each letter once: diagonals are taken, axes to be stretched left out."""
    shape = np.shape(x)
    full = [i for i, letter in enumerate(letters) if shape[i] == sizes[letter]]
    if len(full) < len(letters):
        x, letters = reshape(x, shape=[shape[i] for i in full]), [letters[i] for i in full]
    while twice := [each for each in letters if letters.count(each) > 1]:
        i, j = [i for i, each in enumerate(letters) if each == twice[0]][:2]
        x = diagonal(x, axis1=i, axis2=j)
        letters = [*letters[:i], *letters[i + 1:j], *letters[j + 1:], twice[0]]
    return Part(x, letters)


def _next_pair(parts: list[Part], wanted: list[str], sizes: dict[str, int]) -> tuple[int, int]:
    """The two parts whose product, after its sums, is the smallest (the first of equal ones)."""
    def size(pair: tuple[int, int]) -> int:
        others = {*wanted, *(letter for i, part in enumerate(parts) if i not in pair
                             for letter in part.letters)}
        made = {*parts[pair[0]].letters, *parts[pair[1]].letters}
        return math.prod(sizes[letter] for letter in made & others)
    return min(itertools.combinations(range(len(parts)), 2), key=size)


def _summed(part: Part, keep: Collection[str]) -> Part:
    """The sum over the axes whose letters nobody wants."""
    axes = tuple(i for i, letter in enumerate(part.letters) if letter not in keep)
    return Part(sum(part.value, axis=axes),
                [letter for letter in part.letters if letter in keep]) if axes else part


def _laid_out(part: Part, order: list[str]) -> Any:
    """The tensor with its axes in an order; a letter that it has not is an axis of length 1."""
    axes = [part.letters.index(letter) for letter in order if letter in part.letters]
    x = part.value if axes == sorted(axes) else transpose(part.value, axes=axes)
    new = tuple(i for i, letter in enumerate(order) if letter not in part.letters)
    return expand_dims(x, axis=new) if new else x


def _together(a: Part, b: Part, keep: set[str], wanted: list[str], sizes: dict[str, int]) -> Part:
    """The product of two parts, summed over the letters of both that nobody wants any more."""
    a, b = _summed(a, keep | {*b.letters}), _summed(b, keep | {*a.letters})
    rank = {letter: i for i, letter in enumerate(wanted)}.get
    rows = [letter for letter in a.letters if letter not in b.letters]
    columns = [letter for letter in b.letters if letter not in a.letters]
    if rows and columns and rank(columns[0], len(sizes)) < rank(rows[0], len(sizes)):
        a, b, rows, columns = b, a, columns, rows        # then the output needs no transpose
    shared = sorted((letter for letter in a.letters if letter in b.letters),
                    key=lambda letter: rank(letter, len(sizes)))
    batch = [letter for letter in shared if letter in keep]
    terms = [letter for letter in shared if letter not in keep]
    made = [*batch, *rows, *columns]
    if not terms:
        return Part(_laid_out(a, made) * _laid_out(b, made), made)
    if not rows and not columns:
        y = _laid_out(a, batch + terms) * _laid_out(b, batch + terms)
        return Part(sum(y, axis=tuple(range(len(batch), len(shared)))), made)
    y = product(_matrices(a, batch, rows, terms), _matrices(b, batch, terms, columns))
    if len(rows) == len(columns) == 1:
        return Part(y, made)
    return Part(reshape(y, shape=[sizes[letter] for letter in made]), made)


def _matrices(part: Part, batch: list[str], rows: list[str], columns: list[str]) -> Any:
    """Matrices behind the axes of the batch, several axes made one where there are several."""
    x = _laid_out(part, [*batch, *rows, *columns])
    if len(rows) == len(columns) == 1:
        return x
    lead, n = np.shape(x)[:len(batch)], len(batch) + len(rows)
    return reshape(x, shape=(*lead, math.prod(np.shape(x)[len(batch):n]),
                             math.prod(np.shape(x)[n:])))
