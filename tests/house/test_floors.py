"""Dependencies point down: import-linter reads the floors from pyproject.toml."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.tree import ROOT, SOURCE

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAZY = ("h5py", "rich", "sklearn", "pandas", "polars", "matplotlib", "typer", "narwhals")


def test_imports_point_down():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_a_floor():
    floors = set(re.findall(r"\w+", " ".join(LINTER["contracts"][0]["layers"])))
    packages = {folder.name for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()}
    assert packages <= floors


def test_import_is_lazy():
    """`import pellucid` brings NumPy and nothing that is slower or optional."""
    program = ("import sys; import pellucid; "
               f"print([name for name in {LAZY} if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_training_brings_what_it_needs():
    """No reader of files, tables or pictures, until there is a file, a table or a picture."""
    program = ("import sys; import numpy as np; from pellucid import keras; "
               "model = keras.Sequential([keras.layers.Dense(1)]); model.compile('sgd', 'mse'); "
               "model.fit(np.zeros((4, 2)), np.zeros((4, 1)), verbose=0); "
               "model.predict(np.zeros((4, 2)), verbose=0); "
               f"print([name for name in {LAZY} if name in sys.modules])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_import_costs_at_most_twice_numpy():
    """The quickest of several fresh starts each, in turn, so that the machine's mood cancels."""
    timed = ("import time; start = time.perf_counter(); import {}; "
             "print(time.perf_counter() - start)")
    seconds: dict[str, list[float]] = {"numpy": [], "pellucid": []}
    for _ in range(5):
        for name, taken in seconds.items():
            done = subprocess.run([sys.executable, "-c", timed.format(name)],
                                  capture_output=True, text=True, check=True)
            taken.append(float(done.stdout))
    assert min(seconds["pellucid"]) <= 2 * min(seconds["numpy"]), seconds
