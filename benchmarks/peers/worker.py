"""One peer on one workload, in a process of its own: ``python worker.py PEER VARIANT WORKLOAD``.

It says how its cold first epoch went, then reads "epochs or calls" from stdin, line by line, and
answers with seconds; "end" ends it.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from workloads import BY_NAME, loss_value, rows


def main(peer, variant, name):
    """Train or predict as told."""
    w = BY_NAME[name]
    x, y = w.data()
    start = time.perf_counter()
    module = importlib.import_module(f"peer_{peer}")
    imported = time.perf_counter()
    runner = module.Runner(w, variant, x, y)
    block = _predictions(runner, x[:w.predict]) if w.predict else runner.fit
    block(1)
    first = time.perf_counter()
    n = min(2048, w.samples)
    loss = None if w.predict else loss_value(w, np.asarray(runner.predict(rows(x, slice(n)))),
                                             y[:n])
    say({"import_s": imported - start, "first_fit_s": first - start, "loss": loss})
    for line in sys.stdin:
        if line.strip() == "end":
            break
        start, cpu, wait = time.perf_counter(), time.process_time(), waited()
        block(int(line))
        seconds = time.perf_counter() - start
        say({"s": seconds, "cpu": time.process_time() - cpu, "busy": (waited() - wait) / seconds})
    say({"rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def _predictions(runner, few):
    def block(count):
        for _ in range(count):
            runner.predict(few)
    return block


def waited():
    """Seconds that this process's threads have been ready to run but had no core."""
    tasks = Path("/proc/self/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[1]) for file in tasks) / 1e9


def say(record):
    """A line for the harness; whatever else a library prints has no such head."""
    print("@@" + json.dumps(record), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
