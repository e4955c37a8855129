"""Blocks of work within one process: calibrated, taken in turns, and their quickest kept.

A block is as much of the work as fills a hundredth of a second or two. On a shared machine most
blocks meet somebody else's work, some do not: so the figure of a run is its quickest block, and
the figure of a piece of work the median of the runs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Work = Callable[[int], object]          # does so many units


@dataclass(frozen=True)
class Method:
    """How thoroughly to measure: runs, blocks in each, seconds of a block."""

    runs: int = 5
    blocks: int = 20
    seconds: float = 0.01


def measured(works: Mapping[str, Work], method: Method) -> dict[str, float]:
    """Seconds of one more unit of each, the works taking turns block by block.

    What a call costs before its first unit (preparing `fit`) is taken off: a block is what more
    units take than one alone.
    """
    counts = {name: calibrated(work, method.seconds) for name, work in works.items()}
    runs: dict[str, list[float]] = {name: [] for name in works}
    alone = dict.fromkeys(works, float("inf"))
    for _ in range(method.runs):
        quickest = dict.fromkeys(works, float("inf"))
        for _ in range(method.blocks):
            for name, work in works.items():
                alone[name] = min(alone[name], taken(work, 1))
                quickest[name] = min(quickest[name], taken(work, 1 + counts[name]))
        for name, seconds in quickest.items():
            runs[name].append(seconds)
    return {name: (statistics.median(each) - alone[name]) / counts[name]
            for name, each in runs.items()}


def calibrated(work: Work, seconds: float) -> int:
    """How many units more than one fill a block, after a first one that only warms up.

    A block is longer than asked where a single unit is: else what is taken off would be most of it.
    """
    work(1)
    alone = taken(work, 1)
    seconds = max(seconds, 2 * alone)
    count, spent = 1, taken(work, 2) - alone
    while spent < seconds / 2 and count < 10**7:
        count = max(count + 1, int(count * min(20.0, seconds / max(spent, 1e-7))))
        spent = taken(work, 1 + count) - alone
    return count


def taken(work: Work, count: int) -> float:
    """Seconds that so many units take."""
    start = time.perf_counter()
    work(count)
    return time.perf_counter() - start


def epochs_of(model: object, x: object, y: object, batch: int) -> Work:
    """Training as work: its unit is an epoch, in one call of fit for the whole block."""
    return lambda count: model.fit(x, y, batch_size=batch, epochs=count,     # type: ignore
                                   verbose=0)
