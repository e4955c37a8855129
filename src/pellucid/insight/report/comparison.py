"""Two runs beside each other: what differs, and how sure the difference is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pellucid.data.target import Target
from pellucid.insight.report.sections.metrics import lower_is_better
from pellucid.tabular.config import Config
from pellucid.tabular.predictions import class_numbers, probabilities
from pellucid.tabular.scores import scores
from pellucid.tabular.stored import StoredRun

DRAWS, WORK, FEWEST = 200, 4_000_000, 40        # resamplings; fewer where there are many rows
NORMAL = 1.959964                               # 95 in 100 lie within so many standard deviations


class Difference(NamedTuple):
    """One score of both runs; their difference lies between ``low`` and ``high`` (95 %)."""

    name: str
    mine: float
    other: float
    low: float
    high: float

    @property
    def value(self) -> float:
        """What the first run has more."""
        return self.mine - self.other

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` for the first run, ``chance`` where the interval holds nought,
        ``same`` where there is no difference at all."""
        if not self.value and self.low == self.high:
            return "same"
        if not np.isfinite(self.value) or self.low <= 0 <= self.high:
            return "chance"
        return "better" if (self.value < 0) == lower_is_better(self.name) else "worse"


class Answer(NamedTuple):
    """What both runs say of one row: numbers of classes, or numbers; ``column`` is the target."""

    row: int
    column: int
    truth: float
    mine: float
    other: float


@dataclass(frozen=True)
class Comparison:
    """Two runs, the first of which is judged against the second."""

    mine: StoredRun
    other: StoredRun

    @cached_property
    def names(self) -> tuple[str, str]:
        """What the runs are called: their folders, with the way to them if these are alike."""
        a, b = self.mine.folder, self.other.folder
        first, second = a.resolve().name, b.resolve().name
        return (first, second) if first != second else (str(a), str(b))

    @property
    def same_task(self) -> bool:
        """Whether both predict the same thing: the same targets with the same classes."""
        def of(run: StoredRun) -> object:
            return run.target.task, run.target.names, run.target.classes
        return of(self.mine) == of(self.other)

    @property
    def same_data(self) -> bool:
        """Whether both have learned from the same table."""
        mine, other = self.mine.config.sha256, self.other.config.sha256
        return mine is not None and mine == other

    @property
    def same_rows(self) -> bool:
        """Whether both were tested on the very same rows."""
        return self.same_data and np.array_equal(self.mine.rows, self.other.rows)

    @cached_property
    def obstacles(self) -> list[str]:
        """What cannot be compared, and why: a sentence each."""
        told = []
        if not self.same_task:
            told.append("The runs predict different things, so their scores and their answers are "
                        "not compared")
        if not self.same_data:
            told.append("The runs have learned from different data" + (
                ", so a difference of their scores may be one of the data" if self.same_task
                else ""))
        elif not self.same_rows and self.same_task:
            told.append("The runs were tested on different rows of the same data, so their scores "
                        "differ by the luck of the split too")
        if self.same_task and self.mine.config.loss != self.other.config.loss:
            told.append("They minimise different losses, so the curves of the loss stand on "
                        "different scales")
        return told

    @cached_property
    def settings(self) -> dict[str, tuple[object, object]]:
        """Every setting of both runs."""
        return {each.name: (getattr(self.mine.config, each.name),
                            getattr(self.other.config, each.name))
                for each in dataclasses.fields(Config) if each.name != "sha256"}

    @cached_property
    def differences(self) -> list[Difference]:
        """The scores of both runs, with an interval for what lies between them."""
        if not self.same_task:
            return []
        a, b = self.mine, self.other
        draws = max(FEWEST, min(DRAWS, WORK // max(len(a.y), len(b.y), 1)))
        spread = _spread(self._resampled, a.scores, draws)
        return [Difference(name, a.scores[name], b.scores[name],
                           a.scores[name] - b.scores[name] - NORMAL * spread[name],
                           a.scores[name] - b.scores[name] + NORMAL * spread[name])
                for name in a.scores]

    @property
    def _resampled(self) -> Callable[[np.random.Generator], dict[str, float]]:
        """Draws test rows with replacement, the same for both runs if they have the same."""
        a, b = self.mine, self.other

        def draw(random: np.random.Generator) -> dict[str, float]:
            first = random.integers(len(a.y), size=len(a.y))
            second = first if self.same_rows else random.integers(len(b.y), size=len(b.y))
            mine = scores(a.target, a.y[first], a.answers[first])
            other = scores(b.target, b.y[second], b.answers[second])
            return {name: mine[name] - other[name] for name in mine}
        return draw

    @cached_property
    def common(self) -> tuple[np.ndarray, np.ndarray]:
        """The places, in both runs, of the rows that both were tested on."""
        if not (self.same_task and self.same_data):
            return np.zeros(0, int), np.zeros(0, int)
        _, mine, other = np.intersect1d(self.mine.rows, self.other.rows, return_indices=True)
        return mine, other

    @cached_property
    def answers(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Truth and both answers for the common rows, (rows, targets): class numbers or numbers."""
        mine, other = self.common
        target = self.mine.target
        truth = _rows(self.mine.y[mine])
        said = [_said(target, run.answers[places]) for run, places in (
            (self.mine, mine), (self.other, other))]
        return truth, said[0], said[1]

    def changed(self) -> list[Answer]:
        """The rows on which the runs disagree: new mistakes first, then those that were mended.

        Of numbers, the rows whose error changed most, in units of the target's spread.
        """
        truth, mine, other = self.answers
        if self.mine.target.task == "regression":
            spread = np.array(self.mine.target.spread)
            gain = (np.abs(mine - truth) - np.abs(other - truth)) / np.where(spread > 0, spread, 1)
            order = np.argsort(-np.abs(gain), axis=None, kind="stable")
            places = [divmod(int(k), truth.shape[1]) for k in order if gain.flat[k]]
        else:
            kind = np.where(mine == truth, 1, np.where(other == truth, 0, 2))
            apart = np.flatnonzero(mine != other)
            order = apart[np.argsort(kind.flat[apart], kind="stable")]
            places = [divmod(int(k), truth.shape[1]) for k in order]
        rows = self.mine.rows[self.common[0]]
        return [Answer(int(rows[i]), j, truth[i, j], mine[i, j], other[i, j]) for i, j in places]

    def right(self) -> tuple[int, int, int, int]:
        """How many answers about the common rows are right in both, the first, the second, none."""
        truth, mine, other = self.answers
        a, b = mine == truth, other == truth
        return int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())

    def probability(self, answer: Answer) -> tuple[float, float]:
        """What each run gave to its own answer."""
        place = int(np.flatnonzero(self.mine.rows[self.common[0]] == answer.row)[0])
        given = []
        for run, places, said in zip((self.mine, self.other), self.common,
                                     (answer.mine, answer.other), strict=True):
            p = probabilities(run.target, run.answers[places[[place]]])[0]
            several = run.target.task == "multilabel"
            value = p[answer.column] if several else p[int(said)]
            given.append(float(value if not several or said else 1 - value))
        return given[0], given[1]


def _said(target: Target, answers: np.ndarray) -> np.ndarray:
    return _rows(answers if target.task == "regression" else class_numbers(target, answers))


def _rows(values: np.ndarray) -> np.ndarray:
    """A line a row, whether a row has one value or several."""
    return values if values.ndim > 1 else values[:, None]


def _spread(draw: Callable[[np.random.Generator], Mapping[str, float]],
            names: Iterable[str], draws: int) -> dict[str, float]:
    """The standard deviation of each difference over resampled test rows (Efron 1979)."""
    random = np.random.default_rng(0)
    drawn = [draw(random) for _ in range(draws)]
    return {name: float(np.std([each[name] for each in drawn], ddof=1)) for name in names}
