"""How the cells of a column are read: as numbers, truths, days or words, with a gap for nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pellucid.core.errors import DataError, a_few
from pellucid.data.columns import MISSING
from pellucid.data.frames import is_gap

TRUTHS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0}
DAY = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?Z?)?")
GAPS = frozenset(MISSING)
LARGEST = float(np.finfo(np.float32).max)


@dataclass
class Findings:
    """What was mended while reading: gaps, infinities, numbers too large, categories never seen.

    >>> found = Findings()
    >>> found.count_gaps("age", np.array([1.0, np.nan, np.inf]))
    >>> found.sentences()
    ['age: 1 missing value, 1 infinite value']
    """

    missing: Counter[str] = field(default_factory=Counter)
    infinite: Counter[str] = field(default_factory=Counter)
    too_large: Counter[str] = field(default_factory=Counter)
    unseen: dict[str, Counter[str]] = field(default_factory=dict)

    def count_gaps(self, name: str, numbers: np.ndarray, too_large: int = 0) -> None:
        """Count the NaN and the infinities of one column; so many of these were finite before."""
        self.missing[name] += int(np.isnan(numbers).sum())
        self.infinite[name] += int(np.isinf(numbers).sum()) - too_large
        self.too_large[name] += too_large

    def count_unseen(self, name: str, words: Sequence[str]) -> None:
        """Count categories that have no slot of their own."""
        if words:
            self.unseen.setdefault(name, Counter()).update(words)

    def sentences(self, limit: int = 12) -> list[str]:
        """One line a column with something to say, at most ``limit`` and then how many more."""
        names = [name for name in dict.fromkeys((*self.missing, *self.infinite, *self.unseen))
                 if self.missing[name] or self.infinite[name] or self.too_large[name]
                 or self.unseen.get(name)]
        lines = [f"{name}: {self._of(name)}" for name in names[:limit]]
        more = len(names) - limit
        return lines + ([f"… and {more} more column{_s(more)}"] if more > 0 else [])

    def _of(self, name: str) -> str:
        parts = [f"{count:,} {word} value{_s(count)}" for count, word in
                 ((self.missing[name], "missing"), (self.infinite[name], "infinite")) if count]
        if count := self.too_large[name]:
            parts.append(f"{count:,} value{_s(count)} too large for float32")
        if words := self.unseen.get(name):
            count, shown = sum(words.values()), ", ".join(f'"{w}"' for w, _ in words.most_common(3))
            parts.append(f"{count:,} rare or unseen categor{'y' if count == 1 else 'ies'} ({shown}"
                         f"{', …' if len(words) > 3 else ''})")
        return ", ".join(parts)


def as_numbers(name: str, values: np.ndarray, first_row: int = 0) -> np.ndarray:
    """The cells as float64, gaps as NaN; text that is no number is refused by row and value."""
    numbers = _any_numbers(name, values, first_row)
    # A number that float32 cannot hold would turn into an infinity behind the encoder's back.
    return np.where(np.abs(numbers) > LARGEST, np.copysign(np.inf, numbers), numbers)


def count_too_large(name: str, values: np.ndarray, first_row: int = 0) -> int:
    """How many cells are finite numbers that float32 cannot hold."""
    numbers = np.abs(_any_numbers(name, values, first_row))
    return int((np.isfinite(numbers) & (numbers > LARGEST)).sum())


def _any_numbers(name: str, values: np.ndarray, first_row: int) -> np.ndarray:
    values = np.asarray(values)
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    if values.dtype.kind in "mM":
        raise DataError(f'column "{name}" must hold numbers', got="dates")
    return _parsed(name, values, _each(number_or_none), "numbers", first_row)


def as_truths(name: str, values: np.ndarray, first_row: int = 0) -> np.ndarray:
    """True and false as 1.0 and 0.0, gaps as NaN."""
    values = np.asarray(values)
    if values.dtype.kind in "bf" or (values.dtype.kind in "iu" and np.isin(values, (0, 1)).all()):
        return values.astype(np.float64)
    return _parsed(name, values, _each(_truth), "true or false", first_row)


def as_days(name: str, values: np.ndarray, first_row: int = 0) -> np.ndarray:
    """Dates as days since 1970-01-01 (a time of day is the fraction), gaps as NaN."""
    values = np.asarray(values)
    if values.dtype.kind == "M":
        days = (values - np.datetime64(0, "D")) / np.timedelta64(1, "D")
        return np.where(np.isnat(values), np.nan, days)
    return _parsed(name, values, _days, "dates like 2026-11-21", first_row)


def reader(kind: str) -> Callable[..., np.ndarray]:
    """The function that reads a column of this kind of number."""
    return {"number": as_numbers, "boolean": as_truths, "date": as_days}[kind]


def as_texts(values: np.ndarray) -> np.ndarray:
    """The cells as words, gaps as None: 3 and 3.0 are both "3", so a file may change its mind.

    >>> as_texts(np.array([3.0, np.nan]))
    array(['3', None], dtype=object)
    """
    values = np.asarray(values)
    cells = values.tolist()
    if values.dtype.kind == "f" or set(map(type, cells)) <= {str, type(None)}:
        # Equal cells are read once; among other objects 1, 1.0 and True are equal, and not alike.
        read = {cell: _text(cell) for cell in set(cells)}
        cells = [read[cell] for cell in cells]
    else:
        cells = [_text(cell) for cell in cells]
    texts = np.empty(len(values), dtype=object)
    texts[:] = cells
    return texts


def gaps_of(texts: np.ndarray) -> np.ndarray:
    """Where `as_texts` found nothing.

    >>> gaps_of(as_texts(np.array([3.0, np.nan]))).tolist()
    [False, True]
    """
    return texts == None                                 # noqa: E711 (each of them)


def rows_named(rows: np.ndarray, first_row: int = 0, limit: int = 3) -> str:
    """``row 4`` or ``rows 4, 7, 9 and 12 more``: messages count rows from 1.

    >>> rows_named(np.array([3, 6, 8, 10, 14]))
    'rows 4, 7, 9 and 2 more'
    """
    return f"row{_s(len(rows))} {a_few((rows + first_row + 1).tolist(), limit)}"


Parse = Callable[[list[str]], list[float | None]]


def _parsed(name: str, values: np.ndarray, parse: Parse, expected: str,
            first_row: int) -> np.ndarray:
    texts = as_texts(values)
    words = texts.tolist()
    different = [word for word in set(words) if word is not None]          # each is parsed once
    read: dict[str | None, float | None] = dict(zip(different, parse(different), strict=True))
    if None in read.values():
        bad = np.flatnonzero([word is not None and read[word] is None for word in words])
        raise DataError(f'column "{name}" must hold {expected}',
                        got=f'"{texts[bad[0]]}" in {rows_named(bad, first_row)}',
                        hint="mend the value, leave the cell empty, or leave the column out")
    read[None] = np.nan
    return np.array([read[word] for word in words], dtype=np.float64)


def spells_number(text: str) -> bool:
    """Whether a word is a number.

    >>> spells_number("2.5"), spells_number("1_000"), spells_number("two")
    (True, False, False)
    """
    return number_or_none(text) is not None


def number_or_none(text: str) -> float | None:
    """The number that a word spells, None if it is none."""
    if "_" in text:                                      # Python reads 1_000 as a number
        return None
    try:
        return float(text)
    except ValueError:
        return None


def _truth(text: str) -> float | None:
    return TRUTHS.get(text.lower())


def _each(parse: Callable[[str], float | None]) -> Parse:
    return lambda words: [parse(word) for word in words]


def is_day(text: str) -> bool:
    """Whether this is written like a day, with or without a time.

    Only year-month-day: 03/04/2026 is two different days, so it is not guessed at.
    """
    return DAY.fullmatch(text) is not None


def _days(words: list[str]) -> list[float | None]:
    """The days since 1970-01-01: parsed all at once, and one by one only to find what is no day."""
    if all(map(is_day, words)):
        try:
            moments = np.array([word.rstrip("Z").replace(" ", "T", 1) for word in words], "M8[ms]")
            return ((moments - np.datetime64(0, "D")) / np.timedelta64(1, "D")).tolist()
        except ValueError:                                            # the 31st of February
            pass
    return [None] if len(words) == 1 else [day for word in words for day in _days([word])]


def _text(value: object) -> str | None:
    if type(value) is str:
        text = value.strip()
        return None if text in GAPS else text
    if is_gap(value) or value != value or value is np.ma.masked:               # NaN is not itself
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    text = (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)).strip()
    return None if text in GAPS else text


def _s(count: int) -> str:
    return "" if count == 1 else "s"
