"""Importing pellucid, against importing NumPy (fresh interpreters; bound: twice NumPy).

Each figure is what the statement takes inside a new interpreter; starting Python itself is left
out. `import pellucid` loads almost nothing, since its names resolve when first used; the line
"pellucid in use" shows what that first use then costs, NumPy included.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable

TIMED = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
IN_USE = "import pellucid; pellucid.Sequential, pellucid.layers.Dense, pellucid.optimizers.Adam"
PEERS = ("keras", "jax", "torch", "sklearn")


def fresh(statement: str) -> Callable[[], float]:
    """A function that runs a statement in a new interpreter and returns the seconds."""
    environment = {"KERAS_BACKEND": "jax"} | os.environ

    def once() -> float:
        done = subprocess.run([sys.executable, "-c", TIMED.format(statement)], env=environment,
                              capture_output=True, text=True, check=True)
        return float(done.stdout.splitlines()[-1])
    return once


def contenders() -> dict[str, Callable[[], float]]:
    """NumPy first; the peers only where they are installed."""
    ours = {"numpy": fresh("import numpy"), "pellucid": fresh("import pellucid"),
            "pellucid in use": fresh(IN_USE)}
    there = [name for name in PEERS if importlib.util.find_spec(name)]
    return ours | {name: fresh(f"import {name}") for name in there}
