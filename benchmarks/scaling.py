"""How cost grows as work grows: `./dev bench scaling [AXIS ...] [--quick] [--draw]`.

Five axes of four decades (depth: three): a step's time by batch, width, depth and number of
parameters, an epoch's time by rows. All points of an axis take turns, block by block (`blocks.py`).
A line in logarithms through the upper two decades gives the slope: 1 where twice the work takes
twice the time. A cliff is a point more than 1.3 times above the line between its neighbours; it and
they are measured again before it is told, since on a shared machine most are somebody else's work.
Figures go to scaling.json, pictures to docs/images; --draw only draws.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from blocks import Method, Work, epochs_of, measured
from peers.machine import machine

import pellucid
from pellucid import layers

HERE = Path(__file__).resolve().parent
KEPT = HERE / "scaling.json"
CLIFF, UPPER, AGAIN = 1.3, 100, 3       # times the line; upper end over this; measured again
BATCH, CLASSES = 32, 10


@dataclass(frozen=True)
class Case:
    """A net and its data: units of each layer, numbers in a row, rows of a batch, of an epoch."""

    units: tuple[int, ...]
    inputs: int = 32
    batch: int = BATCH
    rows: int = 0

    def model(self) -> Any:
        """The net, compiled with Adam."""
        pellucid.utils.set_random_seed(0)
        *hidden, last = self.units
        model = pellucid.Sequential([pellucid.Input((self.inputs,)), *(
            layers.Dense(n, activation="relu") for n in hidden), layers.Dense(last)])
        model.compile("adam", pellucid.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def work(self) -> Work:
        """Training, an epoch at a time."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((self.rows, self.inputs), np.float32)
        y = rng.integers(0, self.units[-1], self.rows).astype(np.int32)
        return epochs_of(self.model(), x, y, self.batch)


@dataclass(frozen=True)
class Axis:
    """What grows, from where to where, what one case of it is, and what its time is the time of."""

    name: str
    first: float
    last: float
    case: Callable[[int], Case]
    net: str
    unit: str = "step"
    blocks: int = 8                     # of each of the five runs

    def sizes(self, per_decade: int) -> list[int]:
        """Whole numbers at equal distances in logarithms."""
        count = round(per_decade * np.log10(self.last / self.first)) + 1
        return sorted({round(n) for n in np.geomspace(self.first, self.last, count)})


def steps(case: Case, count: int = 16) -> Case:
    """So many whole batches make an epoch: what an epoch itself costs is spread over them."""
    return replace(case, rows=case.batch * count)


def parameters(count: int) -> Case:
    """Two hidden layers of such a width that the whole net has about so many parameters."""
    inputs = 16
    a, b = inputs + 2 + CLASSES, CLASSES - count          # width² + a width + b = 0
    width = max(1, round((-a + (a * a - 4 * b) ** 0.5) / 2))
    return steps(Case((width, width, CLASSES), inputs))


AXES = [
    Axis("batch", 1, 10_000, lambda n: steps(Case((64, 64, CLASSES), batch=n)),
         "32-64-64-10, batches of n rows"),
    Axis("width", 1, 10_000, lambda n: steps(Case((n, CLASSES))), "32-n-10, batches of 32"),
    Axis("depth", 1, 1000, lambda n: steps(Case((*[16] * n, CLASSES), 16)),
         "n layers of 16, batches of 32", blocks=2),     # fit itself takes 0.4 s for the deepest
    Axis("parameters", 300, 3_000_000, parameters, "16-w-w-10 of n parameters, batches of 32"),
    Axis("rows", 100, 1_000_000, lambda n: Case((16, 2), 8, rows=n), "8-16-2, batches of 32",
         "epoch"),
]


def grown(axis: Axis, method: Method, per_decade: int) -> dict[str, Any]:
    """The times along an axis, in microseconds, with the slope and the cliffs."""
    sizes = axis.sizes(per_decade)
    cases = [axis.case(n) for n in sizes]
    units = [1 if axis.unit == "epoch" else case.rows // case.batch for case in cases]
    works = {str(i): case.work() for i, case in enumerate(cases)}
    times = [float("inf")] * len(sizes)
    doubtful = set(range(len(sizes)))
    for _ in range(1 + AGAIN):
        for i, seconds in measured({str(i): works[str(i)] for i in sorted(doubtful)},
                                   method).items():
            times[int(i)] = min(times[int(i)], seconds * 1e6 / units[int(i)])
        doubtful = {j for i in cliffs(sizes, times) for j in (i - 1, i, i + 1)}
    found = [{"at": sizes[i], "times": round(times[i] / between(sizes, times, i), 2)}
             for i in cliffs(sizes, times)]
    return {"axis": axis.name, "net": axis.net, "unit": axis.unit, "sizes": sizes,
            "us": [round(each, 3) for each in times], "slope": round(slope(sizes, times), 2),
            "steepest": round(max(times[i] / between(sizes, times, i)
                                  for i in range(1, len(times) - 1)), 2), "cliffs": found}


def between(sizes: list[int], times: list[float], i: int) -> float:
    """The time on the line between a point's neighbours, in logarithms."""
    left, right = i - 1, i + 1
    share = np.log(sizes[i] / sizes[left]) / np.log(sizes[right] / sizes[left])
    return float(times[left] ** (1 - share) * times[right] ** share)


def cliffs(sizes: list[int], times: list[float]) -> list[int]:
    """The places of the points that stand too high above their neighbours."""
    return [i for i in range(1, len(times) - 1) if times[i] > CLIFF * between(sizes, times, i)]


def slope(sizes: list[int], times: list[float]) -> float:
    """Of the line through the upper two decades, in logarithms."""
    upper = [i for i, n in enumerate(sizes) if n * UPPER >= sizes[-1]]
    return float(np.polyfit(np.log([sizes[i] for i in upper]),
                            np.log([times[i] for i in upper]), 1)[0])


def told(row: dict[str, Any]) -> str:
    """An axis in a few lines."""
    points = "  ".join(f"{n}: {us:.4g}" for n, us in zip(row["sizes"], row["us"], strict=True))
    found = ", ".join(f"{each['times']} × at {each['at']}" for each in row["cliffs"])
    return (f"{row['axis']} ({row['net']}), µs per {row['unit']}\n  {points}\n"
            f"  slope {row['slope']}; cliffs: {found or 'none'}")


def main(options: list[str]) -> int:
    """Measure the axes that are named, or all; keep the figures; draw."""
    wanted = [each for each in options if not each.startswith("-")]
    kept = {row["axis"]: row for row in json.loads(KEPT.read_text())} if KEPT.exists() else {}
    quick = "--quick" in options
    method = Method(1, 1, 0.002) if quick else Method(seconds=0.01)
    for axis in AXES * ("--draw" not in options):
        if wanted and axis.name not in wanted:
            continue
        how = method if quick else replace(method, blocks=axis.blocks)
        row = grown(axis, how, 2 if quick else 4)
        print(told(row), flush=True)
        kept[axis.name] = row | {"when": time.strftime("%Y-%m-%d"), **machine(),
                                 "threads": os.environ.get("PELLUCID_NUM_THREADS", "all")}
        if not quick:
            KEPT.write_text(json.dumps(list(kept.values()), indent=1) + "\n")
    if not quick:
        from scaling_pictures import draw
        draw(list(kept.values()))
    return 1 if any(row["cliffs"] for row in kept.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
