"""Times pellucid and its peers side by side.

    ./dev bench [WORKLOAD ...] [--runs 5] [--peers torch:eager,jax:scan@1,...] [--compiled]
                [--peers-python PATH] [--python PEER=PATH ...] [--json out.json]

Each peer:variant runs in its own process.  A process is started cold, its first one-epoch fit is
timed (import, build, compile and train), then it is calibrated to blocks of about --block seconds;
then all processes take turns, A B C A B C ..., one block each per round.  The figure is the median
(and the minimum) over blocks of microseconds per step (training) or per call (predict).  On a
shared machine, a block during which its threads waited for a core more than --quiet of the time is
not counted; if a peer got no quiet block, its quietest one is used: "waited" says how long it
waited.  "@1" after a variant confines it to one core and one thread; otherwise two threads.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import shutil
import sys
import time
from pathlib import Path

import verdict
from harness import measure, table
from machine import machine, versions
from workloads import BY_NAME

OURS = ["pellucid:fit", "pellucid:fit@1"]
PEERS = ["torch:eager", "torch:eager@1", "torch:plane", "torch:plane@1", "jax:step", "jax:step@1",
         "jax:scan", "jax:scan@1", "jax:unroll", "jax:unroll@1", "keras:jax", "keras:jax-spe",
         "keras:tensorflow-spe", "keras:tensorflow-nojit-spe", "sklearn:fit", "sklearn:fit@1"]
COMPILED = ["torch:compile", "torch:step", "torch:step@1"]         # tens of seconds to compile
NEEDS = {"sklearn": "scikit-learn"}
RESULTS = Path(__file__).resolve().parents[1] / "results.jsonl"


def options():
    """The command line."""
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("workloads", nargs="*", metavar="WORKLOAD", help="all of them if none")
    ap.add_argument("--runs", type=int, default=1, help="the whole thing so often; 5 decide")
    ap.add_argument("--peers", help="PEER:VARIANT[@1],..., in place of those that are installed")
    ap.add_argument("--compiled", action="store_true", help="torch.compile as well")
    ap.add_argument("--peers-python", metavar="PATH", help="where the peers are installed "
                    "(else $PELLUCID_PEERS_PYTHON, else this Python)",
                    default=os.environ.get("PELLUCID_PEERS_PYTHON", sys.executable))
    ap.add_argument("--python", action="append", default=[], metavar="PEER[:VARIANT]=PATH")
    ap.add_argument("--rounds", type=int, default=24, help="at most this many blocks each")
    ap.add_argument("--enough", type=int, default=4, help="quiet blocks wanted of each")
    ap.add_argument("--quiet", type=float, default=0.05)
    ap.add_argument("--seconds", type=float, default=4, help="at most this long in blocks, each")
    ap.add_argument("--block", type=float, default=0.1)
    ap.add_argument("--json", help="all figures of all runs")
    return ap


class Pythons:
    """Which interpreter runs a peer, and which peers are there."""

    def __init__(self, how):
        self.own = dict(item.split("=", 1) for item in how.python)
        self.peers = how.peers_python
        self.found = {}

    def __call__(self, peer, variant):
        """The interpreter of a peer's variant."""
        otherwise = sys.executable if peer == "pellucid" else self.peers
        return self.own.get(f"{peer}:{variant.split('-')[0]}", self.own.get(peer, otherwise))

    def has(self, spec):
        """Whether what a peer's variant needs is installed where it would run."""
        if "@" in spec and not shutil.which("taskset"):         # one core needs Linux's word for it
            return False
        peer, variant = spec.partition("@")[0].split(":")
        there = self.versions(self(peer, variant))
        needed = [NEEDS.get(peer, peer)] + [variant.split("-")[0]] * (peer == "keras")
        return all(name in there for name in needed)

    def versions(self, python):
        """The libraries of an interpreter, asked once."""
        if python not in self.found:
            self.found[python] = versions(python)
        return self.found[python]


def chosen(names):
    """The workloads of these names, or all."""
    for name in names:
        if name not in BY_NAME:
            close = difflib.get_close_matches(name, BY_NAME, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(BY_NAME)}"
            sys.exit(f'no workload or case is called "{name}"; {hint}')
    return [BY_NAME[name] for name in names or BY_NAME]


def restless(lines, quiet):
    """A sentence on the machine if it was busy, for then the figures say little; else nothing."""
    rows = [row for line in lines for run in line.runs for row in run]
    waited = sum(row["waited"] > quiet for row in rows)
    return (f"\nbusy machine: {waited} of {len(rows)} rows have no quiet block, so take the "
            "figures as upper limits" if waited > len(rows) / 4 else "")


def keep(lines, specs, python):
    """A line of history a workload."""
    used = {}
    for peer, variant in (spec.partition("@")[0].split(":") for spec in specs):
        used |= python.versions(python(peer, variant))
    head = {"case": "peers", "when": time.strftime("%Y-%m-%d"), **machine(), "versions": used}
    with RESULTS.open("a", encoding="utf-8") as history:
        for line in lines:
            history.write(json.dumps(head | line.kept()) + "\n")


def main():
    """Measure, print all figures and the verdict, keep the history."""
    how = options().parse_args()
    python = Pythons(how)
    specs = how.peers.split(",") if how.peers else [
        spec for spec in OURS + PEERS + COMPILED * how.compiled if python.has(spec)]
    lines = [verdict.Line(w.name, []) for w in chosen(how.workloads)]
    for run in range(how.runs):
        if how.runs > 1:
            print(f"run {run + 1} of {how.runs}\n", flush=True)
        for line in lines:
            line.runs.append(measure(BY_NAME[line.name], specs, python, how))
            print(table(line.runs[-1]), "\n", flush=True)
            if how.json:
                everything = [row for each in lines for run in each.runs for row in run]
                Path(how.json).write_text(json.dumps(everything, indent=1) + "\n")
    print(verdict.table(lines) + restless(lines, how.quiet))
    keep(lines, specs, python)


if __name__ == "__main__":
    main()
