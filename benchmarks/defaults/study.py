"""The default settings on generated tables, beside scikit-learn; how the defaults were chosen.

    python benchmarks/defaults/study.py [--repeats 3] [--sets low10,images] [SETTING=VALUE ...]

`SETTING=VALUE` puts one setting of `config.toml` in the place of the recipe's, as in
`l2=0.001 skip=false "layers=64 relu"`; compare two runs to see what a setting is worth. Each repeat
is a new table and new initial weights. The learner gets 75 % of the rows its owner would have,
and 1000 fresh rows judge it, so that the judgement is less noisy than the learning.
"""

from __future__ import annotations

import argparse
import time
import tomllib
import zlib

import numpy as np
from generated import SETS
from rivals import rivals

from pellucid.data.encoder import TableEncoder
from pellucid.data.readings import Findings
from pellucid.data.split import split
from pellucid.data.tables import Table
from pellucid.tabular.config import Config
from pellucid.tabular.job import resolved, train
from pellucid.tabular.preparation import Prepared, Source
from pellucid.tabular.task import find_task

FRESH = 1000


def prepared(name: str, repeat: int, config: Config) -> Prepared:
    """A generated table in the form in which the command line hands on a read one."""
    kind = SETS[name]
    own = round(0.75 * kind.rows)
    draw = np.random.default_rng([zlib.crc32(name.encode()), repeat])
    x, y = kind.make(draw, own + FRESH)
    table = Table({**{f"x{i}": column for i, column in enumerate(x.T)}, "y": y}, name)
    task = find_task(table.columns, ["y"], kind.task)
    strata = None if kind.task == "regression" else y[:own]
    learning, validation, _ = split(own, test=0.0, validation=0.15, seed=repeat, classes=strata)
    rows = {"train": learning, "validation": validation, "test": np.arange(own, own + FRESH)}
    encoder = TableEncoder.fit(table.take(learning).columns, ("y",), task.name, task.classes)
    settled = config.changed(source=name, targets=("y",), task=task.name, seed=repeat)
    source = Source(name, None, table, ("y",))
    encoded = encoder.transform(table.columns, findings := Findings())
    return Prepared(settled, source, task, encoder, rows, findings, encoded)


def main() -> None:
    """Print a line for each table: ours, scikit-learn's network and its linear model."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("settings", nargs="*", metavar="SETTING=VALUE")
    asked = parser.parse_args()
    config = Config().changed(**dict(map(_setting, asked.settings)))
    print("table         ours  network  linear  ours - best  seconds  epochs", flush=True)
    margins = []
    for name in asked.sets.split(","):
        ours, network, linear, seconds, epochs = np.mean(
            [_measured(prepared(name, each, config)) for each in range(asked.repeats)], axis=0)
        margins.append(ours - max(network, linear))
        print(f"{name:<11} {ours:>6.3f}  {network:>7.3f}  {linear:>6.3f}  {margins[-1]:>+11.3f}"
              f"  {seconds:>7.1f}  {epochs:>6.0f}", flush=True)
    print(f"mean margin over the better of the two: {np.mean(margins):+.4f}, "
          f"worst {np.min(margins):+.4f}")


def _measured(data: Prepared) -> tuple[float, float, float, float, int]:
    start = time.perf_counter()
    outcome = train(resolved(data))
    seconds = time.perf_counter() - start
    return next(iter(outcome.metrics.values())), *rivals(data), seconds, outcome.course.epochs


def _setting(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    try:
        return name, tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        return name, value                                       # a word needs no quotes here


if __name__ == "__main__":
    main()
