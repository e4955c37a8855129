"""Runs the cases of this folder and prints their table; `./dev bench [NAME ...]`.

A case is a file with a docstring (its first line is the title) and a function ``contenders()``
that gives, by name, functions of no arguments; each does the work once and returns the seconds of
one unit of it. The first contender is the yardstick of the ratios. Rounds go through all
contenders in turn, so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.jsonl"
ROUNDS = 9


def cases(wanted: list[str]) -> list[str]:
    """The names of the case files, all of them or those asked for."""
    known = sorted(file.stem for file in HERE.glob("*.py") if file.stem != "run")
    if unknown := sorted(set(wanted) - set(known)):
        sys.exit(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known)}")
    return wanted or known


def measure(contenders: dict[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Seconds of every round, after one round that only warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, work in contenders.items():
            taken = work()
            if turn:
                seconds[name].append(taken)
    return seconds


def table(title: str, seconds: dict[str, list[float]]) -> str:
    """Median, quickest and ratio to the yardstick, a line a contender."""
    yardstick = statistics.median(next(iter(seconds.values())))
    width = max(map(len, seconds))
    lines = [title, f"  {'':<{width}}  {'median':>10}  {'quickest':>10}  {'ratio':>6}"]
    for name, each in seconds.items():
        median = statistics.median(each)
        lines.append(f"  {name:<{width}}  {median * 1e3:>7.3f} ms  {min(each) * 1e3:>7.3f} ms"
                     f"  {median / yardstick:>6.2f}")
    return "\n".join(lines)


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    model = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo")
             if line.startswith("model name")]
    return {"processor": model[0] if model else platform.processor(), "cores": os.cpu_count(),
            "system": platform.platform(terse=True), "python": platform.python_version()}


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def main(wanted: list[str]) -> None:
    """Measure, print, and keep a line for each case in results.jsonl."""
    sys.path.insert(0, str(HERE))
    print(", ".join(f"{name} {value}" for name, value in machine().items()) + "\n")
    for name in cases(wanted):
        case = importlib.import_module(name)
        seconds = measure(case.contenders())
        print(table(str(case.__doc__).splitlines()[0], seconds) + "\n", flush=True)
        row = {"case": name, "when": time.strftime("%Y-%m-%d"), **machine(),
               "median_ms": {each: round(statistics.median(taken) * 1e3, 4)
                             for each, taken in seconds.items()}}
        with RESULTS.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
