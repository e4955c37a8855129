"""Rows for training, validation and test, by a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from pellucid.core.errors import ArgumentError, DataError

# A stream of our own: data made with ``default_rng(seed)`` draw from PCG64(seed), and an order by
# the same draws would put the rows with the smallest values into the test part.
STREAM = int.from_bytes(b"split")


def shuffled(n: int, *seed: int) -> np.ndarray:
    """The numbers 0 … n-1 in an order that the seed alone decides.

    Sorting raw 64-bit draws, and no more than that, because NumPy promises that the bits of PCG64
    never change between its versions (it does not for ``Generator.permutation``).

    >>> shuffled(5, 1)
    array([1, 0, 2, 3, 4])
    """
    return np.argsort(np.random.PCG64((STREAM, *seed)).random_raw(n), kind="stable")


def split(n: int, test: float = 0.25, validation: float = 0.15, seed: int = 0,
          classes: Sequence | np.ndarray | None = None,
          ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows for training, validation and test: three sorted arrays of row numbers.

    The test part is ``test`` of all rows, the validation part ``validation`` of the rest, each
    rounded to the nearest row but at least one (a part of size 0 is empty). With ``classes`` every
    class has the same share of each part, up to one row, and at least one row for training.

    Args:
        n: the number of rows.
        test, validation: shares in [0, 1).
        seed: chooses the rows; the same seed always gives the same rows.
        classes: the class of each row (numbers or text), to stratify by.

    Raises DataError for no rows and for a class that has only one row.

    >>> train, validation, test = split(8, seed=1, classes=[0, 0, 0, 0, 1, 1, 1, 1])
    >>> len(train), len(validation), len(test)
    (5, 1, 2)
    >>> split(3, classes=["ant", "bee", "ant"])
    Traceback (most recent call last):
    pellucid.core.errors.DataError: each class needs at least 2 rows, but got 1 row of class "bee" (row 2). Leave it out or merge it.
    """  # noqa: E501 - a message is one line
    for name, share in (("test", test), ("validation", validation)):
        if not 0 <= share < 1:
            raise ArgumentError(f"the {name} share must lie in [0, 1)", got=share)
    if n < 1:
        raise DataError("there are no rows to split")
    groups = _groups(n, classes)
    order = shuffled(n, seed)
    members = [order[groups[order] == group] for group in range(groups.max() + 1)]
    sizes = np.array([len(rows) for rows in members])
    rank = shuffled(len(sizes), seed, 1)                   # who gets the odd row among equals
    tests = _shares(sizes, _count(n, test), rank)
    checks = _shares(sizes - tests, _count(n - int(tests.sum()), validation), rank[::-1])
    ends = tests + checks
    return (_sorted(rows[end:] for rows, end in zip(members, ends, strict=True)),
            _sorted(rows[start:end] for rows, start, end in zip(members, tests, ends, strict=True)),
            _sorted(rows[:start] for rows, start in zip(members, tests, strict=True)))


def _groups(n: int, classes: Sequence | np.ndarray | None) -> np.ndarray:
    """The number of each row's class; all rows are one class if none is given."""
    if classes is None:
        return np.zeros(n, np.int64)
    labels = np.asarray(classes)
    if labels.shape != (n,):
        raise DataError(f"classes must give one class for each of the {n} rows",
                        got=f"shape {labels.shape}")
    if labels.dtype.kind == "O":
        labels = labels.astype(str)
    names, first, groups, counts = np.unique(labels, return_index=True, return_inverse=True,
                                             return_counts=True)
    if (counts == 1).any():
        at = int(np.flatnonzero(counts == 1)[0])
        shown = names[at].item()
        raise DataError("each class needs at least 2 rows", got=f"1 row of class "
                        f"{repr(shown).replace(chr(39), chr(34))} (row {first[at] + 1})",
                        hint="leave it out or merge it")
    return groups


def _count(rows: int, share: float) -> int:
    """The rows of a part: the nearest whole number, at least one if there is a row to spare."""
    if share == 0 or rows < 2:
        return 0
    return min(max(int(share * rows + 0.5), 1), rows - 1)


def _shares(sizes: np.ndarray, total: int, rank: np.ndarray) -> np.ndarray:
    """``total`` rows dealt to classes by size: whole parts first, then the largest remainders.

    A class always keeps one row, so the sum is below ``total`` where every class is that small.
    """
    room = sizes - 1
    exact = sizes * (total / max(sizes.sum(), 1))
    dealt = np.minimum(np.floor(exact + 1e-9).astype(np.int64), room)
    by_need = np.lexsort((rank, -np.round(exact - dealt, 9)))
    while dealt.sum() < min(total, room.sum()):
        for group in by_need:
            if dealt[group] < room[group] and dealt.sum() < total:
                dealt[group] += 1
    return dealt


def _sorted(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.sort(np.concatenate(list(parts)))
