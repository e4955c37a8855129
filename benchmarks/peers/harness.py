"""The measuring itself: processes that take turns, and the figures of their blocks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
HEAD = ("workload", "peer", "median µs", "min µs", "CPU µs", "first fit s", "import s",
        "loss after 1 epoch", "peak RSS MB", "blocks", "waited")


class Process:
    """A worker: one peer on one workload, with one or two threads."""

    def __init__(self, spec, workload, python, tmp):
        peer, variant = spec.split(":")
        variant, _, threads = variant.partition("@")
        threads = threads or "2"
        env = dict(
            os.environ, BENCH_THREADS=threads, OMP_NUM_THREADS=threads,
            OPENBLAS_NUM_THREADS=threads, MKL_NUM_THREADS=threads, PELLUCID_NUM_THREADS=threads,
            TF_NUM_INTRAOP_THREADS=threads, TF_CPP_MIN_LOG_LEVEL="3", TORCHINDUCTOR_CACHE_DIR=tmp,
            JAX_PLATFORMS="cpu", KERAS_BACKEND=variant.split("-")[0], PYTHONWARNINGS="ignore")
        cores = ["taskset", "-c", "0"] if threads == "1" else []
        worker = [python(peer, variant), HERE / "worker.py", peer, variant, workload]
        self.spec = spec
        self.p = subprocess.Popen(
            [*cores, *map(str, worker)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env,
            stderr=None if os.environ.get("BENCH_STDERR") else subprocess.DEVNULL, text=True)

    def hear(self):
        """What the worker says next; None if it is gone."""
        for line in self.p.stdout:
            if line.startswith("@@"):
                return json.loads(line[2:])
        return None

    def ask(self, what):
        """Tell the worker and wait for its answer."""
        self.p.stdin.write(f"{what}\n")
        self.p.stdin.flush()
        return self.hear()

    def close(self):
        """Wait until the worker has ended."""
        self.p.communicate()

    def calibrate(self, block_s):
        """Find how much work fills a block, which also warms up."""
        self.spent, self.count, s = 0.0, 1, self.ask(1)["s"]
        while s < block_s / 2 and self.count < 10**6:
            grown = int(self.count * min(20, block_s / max(s, 1e-6)))
            self.count = max(self.count + 1, grown)
            s = self.ask(self.count)["s"]

    def block(self, per_count):
        """One block: the share of it spent waiting for a core, and µs per step, wall and CPU."""
        r = self.ask(self.count)
        self.spent += r["s"]
        unit = 1e6 / (self.count * per_count)
        self.row["times"].append((r["busy"], r["s"] * unit, r["cpu"] * unit))


def measure(w, specs, python, how):
    """A row of figures for each peer that does this workload, the quickest first."""
    alive = []
    for spec in specs:
        with tempfile.TemporaryDirectory() as tmp:
            p = Process(spec, w.name, python, tmp)
            if (head := p.hear()) is None:
                p.close()
                print(f"{spec} does not do {w.name} (BENCH_STDERR=1 shows why)", file=sys.stderr)
                continue
            p.calibrate(how.block)
        p.row = {"workload": w.name, "peer": spec, **head, "times": []}
        alive.append(p)
    _take_turns(alive, 1 if w.predict else w.steps_per_epoch, how)
    for p in alive:
        p.row.update(p.ask("end"))
        p.close()
    return sorted((_figures(p.row, how.quiet) for p in alive), key=lambda r: r["us_median"])


def _take_turns(alive, per_count, how):
    for _ in range(how.rounds):
        for p in alive:
            time.sleep(0.02)                            # let the last one's spinning threads stop
            done = [t for t in p.row["times"] if t[0] <= how.quiet]
            if len(done) < how.enough and p.spent < how.seconds:
                p.block(per_count)


def _figures(row, quiet_share):
    times = sorted(row.pop("times"))
    quiet = [t for t in times if t[0] <= quiet_share] or times[:1]
    walls = [t[1] for t in quiet]
    return {**row, "waited": quiet[-1][0], "blocks": len(quiet),
            "us_cpu": min(t[2] for t in times), "us_min_any": min(t[1] for t in times),
            "us_median": statistics.median(walls), "us_min": min(walls), "us_max": max(walls)}


def table(rows):
    """All figures of one workload, in Markdown."""
    out = [f"| {' | '.join(HEAD)} |", "|---|---|" + "--:|" * (len(HEAD) - 2)]
    for r in rows:
        loss = "" if r["loss"] is None else f"{r['loss']:.3f}"
        out.append(f"| {r['workload']} | {r['peer']} | {r['us_median']:.1f} | "
                   f"{r['us_min_any']:.1f} | {r['us_cpu']:.1f} | {r['first_fit_s']:.2f} | "
                   f"{r['import_s']:.2f} | {loss} | {r['rss_mb']:.0f} | {r['blocks']} | "
                   f"{r['waited']:.2f} |")
    return "\n".join(out)
