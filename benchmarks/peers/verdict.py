"""Ours against the best peer: what is asked, what came out, and whether it holds.

A ratio is the best peer's time divided by ours, both of one run, the lowest block of each; best is
the fastest of all peers and variants, with one thread or two, and so are we. With several runs a
line holds if the median of its ratios does.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

ASKED = {"xor": 8.0, "circles": 8.0, "tabular": 2.5, "mnist_mlp_32": 1.8, "mnist_mlp_128": 1.7,
         "mnist_reg": 1.9, "wide": 1.0, "lenet": 2.2, "predict_1": 4.0, "predict_10k": 1.0,
         "deep_narrow": 1.0, "lstm_50": 1.0, "gru_50": 1.0, "conv1d": 1.0, "autoencoder": 1.0,
         "embed_dot": 1.0, "embedding_text": 1.0, "attention": 1.0}
FIRST_FIT_S = {"xor": 0.5, "circles": 0.5, "tabular": 0.5, "mnist_mlp_32": 0.5,
               "mnist_mlp_128": 0.5, "mnist_reg": 0.5, "wide": 0.9, "deep_narrow": 0.5,
               "autoencoder": 0.5}
OURS = "pellucid:"
HEAD = ("workload", "best peer", "its µs", "ours µs", "with", "ratio", "asked", "of the runs",
        "first fit s", "at most", "peak RSS MB", "torch's", "losses", "holds")


@dataclass
class Line:
    """One workload over some runs; a run is the rows that `measure` gave."""

    name: str
    runs: list

    def quickest(self, ours):
        """The quickest row of each run, among ours or among the peers'; None where there is none.
        """
        of = [[r for r in run if r["peer"].startswith(OURS) == ours] for run in self.runs]
        return [min(rows, key=lambda r: r["us_min_any"]) if rows else None for rows in of]

    @property
    def ratios(self):
        """Best peer's time ÷ ours, a run each."""
        both = zip(self.quickest(ours=False), self.quickest(ours=True), strict=True)
        return [peer["us_min_any"] / own["us_min_any"] for peer, own in both if peer and own]

    def least(self, key, peer):
        """The median over runs of the least figure among the variants of a peer."""
        of = [[r[key] for r in run if r["peer"].startswith(peer)] for run in self.runs]
        found = [min(each) for each in of if each]
        return statistics.median(found) if found else None

    @property
    def failures(self):
        """What of that which is asked does not hold, in words."""
        told = []
        if self.ratios and statistics.median(self.ratios) < ASKED.get(self.name, 1.0):
            told.append("ratio")
        first, most = self.least("first_fit_s", OURS), FIRST_FIT_S.get(self.name)
        if first is not None and most is not None and first > most:
            told.append("first fit")
        ours, theirs = self.least("rss_mb", OURS), self.least("rss_mb", "torch:")
        if ours is not None and theirs is not None and ours > theirs:
            told.append("memory")
        return told if self.agrees else [*told, "loss"]

    @property
    def losses(self):
        """The loss after one epoch: ours, and the range of the peers'."""
        rows = [r for run in self.runs for r in run if r["loss"] is not None]
        own = [r["loss"] for r in rows if r["peer"].startswith(OURS)]
        peers = [r["loss"] for r in rows if not r["peer"].startswith(OURS)]
        return own, peers

    @property
    def agrees(self):
        """Whether our loss is where the peers' are: inside their range, or near it.

        Near is their range again on each side and 5 % of their middle (each peer draws its own
        weights and order), so that a wrong gradient or a forgotten penalty shows and luck does not.
        """
        own, peers = self.losses
        if not own or not peers:
            return True
        low, high, middle = min(peers), max(peers), statistics.median(peers)
        room = (high - low) + 0.05 * middle
        return all(low - room <= loss <= high + room for loss in own)

    def cells(self):
        """The line of the table, in the order of HEAD."""
        peers = [r for r in self.quickest(ours=False) if r]
        own = [r for r in self.quickest(ours=True) if r]
        ratios = self.ratios
        yield self.name
        yield _most_often(r["peer"] for r in peers)
        yield _number(_middle(peers, "us_min_any"))
        yield _number(_middle(own, "us_min_any"))
        yield _most_often(r["peer"].removeprefix(OURS) for r in own)
        yield _number(statistics.median(ratios) if ratios else None, 2)
        yield _number(ASKED.get(self.name, 1.0))
        yield " ".join(f"{each:.2f}" for each in sorted(ratios))
        yield _number(self.least("first_fit_s", OURS), 2)
        yield _number(FIRST_FIT_S.get(self.name))
        yield _number(self.least("rss_mb", OURS), 0)
        yield _number(self.least("rss_mb", "torch:"), 0)
        yield " in ".join(filter(None, map(_range, self.losses)))
        yield "" if not own else ", ".join(f"no: {each}" for each in self.failures) or "yes"

    def kept(self):
        """What the history keeps of it."""
        specs = sorted({r["peer"] for run in self.runs for r in run})
        return {"workload": self.name, "runs": len(self.runs),
                "ratio": _rounded(statistics.median(self.ratios) if self.ratios else None),
                "us": {spec: _rounded(self._median(spec, "us_min_any")) for spec in specs},
                "first_fit_s": {spec: _rounded(self._median(spec, "first_fit_s"))
                                for spec in specs},
                "rss_mb": {spec: _rounded(self._median(spec, "rss_mb")) for spec in specs}}

    def _median(self, spec, key):
        return _middle([r for run in self.runs for r in run if r["peer"] == spec], key)


def table(lines):
    """The verdict on all workloads, in Markdown."""
    head = [f"| {' | '.join(HEAD)} |", "|---|---|--:|--:|---|" + "--:|" * 8 + "---|"]
    return "\n".join([*head, *(f"| {' | '.join(line.cells())} |" for line in lines)])


def _middle(rows, key):
    return statistics.median(r[key] for r in rows) if rows else None


def _most_often(names):
    names = list(names)
    return max(names, key=names.count) if names else ""


def _number(value, places=1):
    return "" if value is None else f"{value:,.{places}f}"


def _rounded(value):
    return None if value is None else float(f"{value:.4g}")


def _range(values):
    if not values:
        return ""
    low, high = (f"{each:.4g}" for each in (min(values), max(values)))
    return low if low == high else f"{low}–{high}"
