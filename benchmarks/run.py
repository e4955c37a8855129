"""Runs the peers' workloads and the cases of this folder; `./dev bench [NAME ...] [OPTION ...]`.

Names choose among both; without a name, all of both. The options are those of peers/run.py.
`./dev bench --profile WORKLOAD ...` shows where a step's time goes instead. A file with a function
``main(options)`` is a study: it takes minutes, so it runs only when it is named, and alone.

A case is a file with a docstring (its first line is the title) and a function ``contenders()``
that gives, by name, functions of no arguments; each does the work once and returns the seconds of
one unit of it. The first contender is the yardstick of the ratios. Rounds go through all
contenders in turn, so that a slow minute of the machine falls on all of them.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from peers.machine import machine

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.jsonl"
ROUNDS = 9


def cases(wanted: list[str]) -> list[str]:
    """The names of the case files, all of them or those asked for."""
    return [name for name in _with("contenders") if name in wanted or not wanted]


def _with(function: str) -> list[str]:
    """The files that define a function of this name, without importing any."""
    return sorted(file.stem for file in HERE.glob("*.py") if file.stem != "run"
                  and f"\ndef {function}(" in file.read_text(encoding="utf-8"))


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


def run_cases(names: list[str]) -> None:
    """Measure, print, and keep a line for each case in results.jsonl."""
    print(", ".join(f"{name} {value}" for name, value in machine().items()) + "\n")
    for name in names:
        case = importlib.import_module(name)
        seconds = measure(case.contenders())
        print(table(str(case.__doc__).splitlines()[0], seconds) + "\n", flush=True)
        row = {"case": name, "when": time.strftime("%Y-%m-%d"), **machine(),
               "median_ms": {each: round(statistics.median(taken) * 1e3, 4)
                             for each, taken in seconds.items()}}
        with RESULTS.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(row) + "\n")


def main(arguments: list[str]) -> int:
    """The cases asked for here; whatever else is asked for is the peers' business."""
    wanted = list(takewhile(lambda each: not each.startswith("-"), arguments))
    options = arguments[len(wanted):]
    if options[:1] == ["--profile"]:
        return importlib.import_module("step_profile").main([*wanted, *options[1:]])
    if wanted and wanted[0] in _with("main"):
        return importlib.import_module(wanted[0]).main(arguments[1:])
    here = cases(wanted)
    if here:
        run_cases(here)
    there = [name for name in wanted if name not in here]
    if wanted and not there:
        return 0
    command = [sys.executable, str(HERE / "peers" / "run.py"), *there, *options]
    return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
