"""How one column of a table becomes numbers: a number, a truth, a date, a category, or nothing.

Each code is plain data. What it needs to know (the median that fills a gap, the categories that
have a slot) is learnt once from the training rows and never looked up again in new data.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pellucid.core.errors import DataError
from pellucid.data.looks import looks_like
from pellucid.data.readings import (
    LARGEST,
    Findings,
    as_texts,
    count_too_large,
    gaps_of,
    is_day,
    reader,
    spells_number,
)

KEY_NAMES = {"id", "index", "row", "row_number", "rownumber", "key", "uuid", ""}
FEW = 20                      # fewer texts than this may well all differ
KEPT_CATEGORIES = 64          # with more slots than this most of them learn from too few rows
RARE = 1000                   # a category of fewer than rows / RARE rows is grouped with others


@dataclass(frozen=True)
class NumberCode:
    """A column of numbers, of truths (0 or 1), or of dates (days since 1970-01-01).

    Gaps and infinities become ``fill``; ``flagged`` adds a 0/1 column that says where they were.
    The number is ``(x - offset) / scale``: 0 and 1 unless float32 could not hold what matters.
    Numbers further than ``reach`` (a million spreads) from the median are cut there, so that a
    slip such as 1e38 gives a poor answer and not NaN.
    A column with one value or nothing ("1" for yes, empty for no) is its flag alone (``varied``).

    >>> code = NumberCode("age", "number", fill=30.0, flagged=True)
    >>> code.encode(np.array([20.0, np.nan]), Findings())
    array([[20.,  0.],
           [30.,  1.]])
    """

    name: str
    kind: str                        # "number", "boolean", "date"
    fill: float
    flagged: bool = False
    offset: float = 0.0
    scale: float = 1.0
    varied: bool = True
    reach: float = LARGEST

    @classmethod
    def fit(cls, name: str, kind: str, values: np.ndarray) -> NumberCode:
        """Learn the median and the scale from the training rows."""
        return cls.of_numbers(name, kind, reader(kind)(name, values))

    @classmethod
    def of_numbers(cls, name: str, kind: str, x: np.ndarray) -> NumberCode:
        """The same, where the cells have been read as numbers."""
        finite = x[np.isfinite(x)]
        offset, scale = _conditioning(finite)
        if kind == "date":
            offset = float(finite.min())
        return cls(name, kind, float(np.median(finite)), bool(finite.size < x.size), offset, scale,
                   varied=bool(finite.min() < finite.max()),
                   reach=min(1e6 * _spread(finite), LARGEST) or LARGEST)

    @property
    def outputs(self) -> list[str]:
        return [self.name] * self.varied + [f"{self.name} missing"] * self.flagged

    def encode(self, values: np.ndarray, findings: Findings, first_row: int = 0) -> np.ndarray:
        """The column as numbers, shape (rows, 1) or, with the flag, (rows, 2)."""
        x = reader(self.kind)(self.name, values, first_row)
        large = np.isinf(x).any() and self.kind == "number"
        findings.count_gaps(self.name, x, count_too_large(self.name, values) if large else 0)
        gap = ~np.isfinite(x)
        near = np.clip(x, self.fill - self.reach, self.fill + self.reach)
        number = (np.where(gap, self.fill, near) - self.offset) / self.scale
        return np.stack([number] * self.varied + [gap] * self.flagged, axis=1).astype(np.float64)

    def says(self) -> str:
        text = {"number": "number", "boolean": "true or false, as 1 or 0",
                "date": "date, as days since the first one"}[self.kind]
        if not self.varied:
            return "one value or nothing: 1 where it is missing"
        if self.flagged:
            fill = np.datetime64(int(self.fill), "D") if self.kind == "date" else f"{self.fill:.6g}"
            text += f"; a gap is filled with {fill} and flagged"
        if self.scale != 1.0:
            text += f"; centred at {self.offset:.6g} because float32 could not tell it apart"
        return text


@dataclass(frozen=True)
class CategoryCode:
    """A column of words, one 0/1 slot for each.

    Rare words share the slot "other", which then also takes words that training never saw; gaps
    have a slot if training had any. A word with no slot becomes ``shares``, the training rows'
    average: after the model's scaling that is 0, "nothing is known", where a slot without
    training would add the noise of its initial weights.

    >>> code = CategoryCode("city", ("Oslo", "Rome"), shares=(0.75, 0.25))
    >>> code.encode(np.array(["Rome", "Bern"], dtype=object), Findings())
    array([[0.  , 1.  ],
           [0.75, 0.25]])
    """

    name: str
    categories: tuple[str, ...]
    other: bool = False
    flagged: bool = False
    shares: tuple[float, ...] = ()
    kind: str = "category"
    looks: str = ""                             # what a person may take the words for, if not words

    @classmethod
    def fit(cls, name: str, values: np.ndarray) -> CategoryCode:
        """Learn which words have a slot from the training rows."""
        texts = as_texts(values)
        present = texts[~gaps_of(texts)]
        counted = sorted(Counter(present).items())
        words, counts = [word for word, _ in counted], np.array([count for _, count in counted])
        order = np.argsort(-counts, kind="stable")
        enough = counts[order] >= max(2, texts.size / RARE)
        kept = order[enough][:KEPT_CATEGORIES]
        if kept.size < 2:                                   # all rare: then the most frequent ones
            kept = order[:KEPT_CATEGORIES]
        code = cls(name, tuple(words[at] for at in kept), other=kept.size < len(words),
                   flagged=present.size < texts.size)
        slots = code.encode(values, Findings())
        return cls(name, code.categories, code.other, code.flagged,
                   tuple(float(share) for share in slots.mean(axis=0)), looks=looks_like(words))

    @property
    def outputs(self) -> list[str]:
        names = [f"{self.name}={word}" for word in self.categories]
        names += [f"{self.name}=(other)"] if self.other else []
        return names + ([f"{self.name}=(missing)"] if self.flagged else [])

    def encode(self, values: np.ndarray, findings: Findings, first_row: int = 0) -> np.ndarray:
        """The column as slots, shape (rows, slots)."""
        texts, known = as_texts(values), len(self.categories)
        place: dict[str | None, int] = {word: slot for slot, word in enumerate(self.categories)}
        none = -1                                                     # no slot: the shares
        unseen = known if self.other else none
        place[None] = known + self.other if self.flagged else none
        at = np.array([place.get(text, unseen) for text in texts.tolist()], dtype=np.intp)
        gap = gaps_of(texts)
        findings.missing[self.name] += int(gap.sum())
        findings.count_unseen(self.name, texts[(at == unseen) & ~gap].tolist())
        slots = np.zeros((texts.size, len(self.outputs)))
        rows = np.flatnonzero(at != none)
        slots[rows, at[rows]] = 1.0
        if rows.size < texts.size:
            slots[at == none] = self.shares
        return slots

    def says(self) -> str:
        text = f"category with {len(self.categories)} slots"
        text += ", one more for rare and unseen ones" if self.other else ""
        text += ", one more for gaps" if self.flagged else ""
        return text + (f"; looks like {self.looks}" if self.looks else "")


@dataclass(frozen=True)
class LeftOut:
    """A column that says nothing a network could use, and why."""

    name: str
    why: str
    kind: str = "left out"

    @property
    def outputs(self) -> list[str]:
        return []

    def says(self) -> str:
        return f"left out: {self.why}"


Code = NumberCode | CategoryCode | LeftOut


def code_for(name: str, values: np.ndarray) -> Code:
    """The code that suits a column, judged by its training rows."""
    values = np.asarray(values)
    kind, texts = _kind(name, values)
    if kind == "empty":
        return LeftOut(name, "it has no value in any training row")
    if kind != "category":
        x = reader(kind)(name, values)
        distinct = np.unique(x[np.isfinite(x)])
        if distinct.size == 0 or (distinct.size == 1 and np.isfinite(x).all()):
            return LeftOut(name, "it has the same value in every training row" if distinct.size
                           else "it has no finite value in any training row")
        if kind == "number" and _is_key(name, distinct, x.size):
            return LeftOut(name, "its name and its values, no two alike, say that it numbers rows")
        return NumberCode.of_numbers(name, kind, x)
    present = texts[~gaps_of(texts)]
    words = dict.fromkeys(present)                 # in the order of the rows, not by chance
    distinct = len(words)
    if distinct == 1 and present.size == texts.size:
        return LeftOut(name, "it has the same value in every training row")
    if distinct > max(KEPT_CATEGORIES, present.size / 2) or distinct == present.size > FEW:
        looks = looks_like(words)
        return LeftOut(name, f"its {distinct:,} different texts look like {looks}" if looks else
                       f"{distinct:,} different texts in {present.size:,} rows are names or free "
                       "text, not categories")
    return CategoryCode.fit(name, values)


def _kind(name: str, values: np.ndarray) -> tuple[str, np.ndarray]:
    """The kind of a column by its dtype, and where that is text by what the text spells."""
    by_dtype = {"b": "boolean", "i": "number", "u": "number", "f": "number", "M": "date"}
    if values.dtype.kind in by_dtype:
        return by_dtype[values.dtype.kind], values
    if values.dtype.kind not in "OUST":
        raise DataError(f'column "{name}" must hold numbers, words, dates or truths',
                        got=str(values.dtype))
    texts = as_texts(values)
    present = texts[~gaps_of(texts)]
    if present.size == 0:
        return "empty", texts
    words = set(present)
    if all(word.lower() in ("true", "false") for word in words):
        return "boolean", texts
    if all(map(spells_number, words)):
        return "number", texts
    if not all(map(is_day, words)):
        return "category", texts
    try:
        reader("date")(name, present)
    except DataError:                                                 # the 31st of February
        return "category", texts
    return "date", texts


def _is_key(name: str, distinct: np.ndarray, rows: int) -> bool:
    """Whether a column only numbers the rows: whole, no two alike, and called id or index."""
    word = name.strip().lower().replace(" ", "_")
    named = word in KEY_NAMES or word.endswith(("_id", "_index")) or word.startswith("unnamed:")
    return named and distinct.size == rows and bool((distinct == np.round(distinct)).all())


def _spread(x: np.ndarray) -> float:
    """The standard deviation, without squares that overflow."""
    size = float(np.abs(x).max()) or 1.0
    return float((x / size).std()) * size


def _conditioning(x: np.ndarray) -> tuple[float, float]:
    """Offset and scale that float32 needs: 0 and 1 for all ordinary columns.

    float32 has 7 digits: a spread that is a 10⁴-th of the values keeps only three of them. And
    scaling inside the model would divide by at least 1e-7, so a spread of 1e-9 would vanish there.
    """
    spread = _spread(x)
    far = bool(spread) and float(np.abs(np.median(x))) > 1e4 * spread
    odd = bool(spread) and not 1e-5 < spread < 1e15
    return (float(np.median(x)), spread) if far or odd else (0.0, 1.0)
