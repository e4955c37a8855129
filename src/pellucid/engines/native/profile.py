"""Where a step's time goes, kernel by kernel, against what this machine can do."""

from __future__ import annotations

import functools
import itertools
import math
import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from pellucid.engines.native.encoding import LOOP_CODES, Buffer, Instruction, Program, listed
from pellucid.engines.native.engine import address
from pellucid.engines.native.extension import extension
from pellucid.engines.native.loops import copy

DATA = "data"            # the scope of what brings the rows of a batch
CACHED = 1 << 22         # bytes that a core keeps near
LEAST = 0.005            # of a step: what takes less shares one line
NODE = 7                 # words of a node in a loop's body


@dataclass(frozen=True)
class Line:
    """One kernel of a step: its name, whose step it is, seconds, operations and bytes of a run."""

    name: str
    scope: str
    seconds: float
    flops: float
    bytes: float


class Limits(NamedTuple):
    """What a machine can do in a second, measured: operations, bytes from memory, from a cache."""

    flops: float
    memory: float
    cache: float


@dataclass
class Profile:
    """The kernels of a training step in the order in which they run.

    ``lines`` hold mean seconds per step; `str` gives a table, the slowest kernels first, with the
    share of the step, GFLOP/s and GB/s, and how near they come to ``limits`` (of this machine).
    A kernel that touches less than four megabytes is measured against the cache, others against
    memory; what a cache larger than that still keeps passes 100 %.
    """

    steps: int
    lines: list[Line]
    limits: Limits = field(default_factory=lambda: machine_limits())

    @property
    def seconds(self) -> float:
        """Of one step."""
        return sum(line.seconds for line in self.lines)

    def of_limit(self, line: Line) -> float:
        """How near a kernel comes to what this machine can do."""
        small = line.bytes < CACHED and line.scope != DATA        # rows are picked from all over
        moved = self.limits.cache if small else self.limits.memory
        return max(line.flops / self.limits.flops, line.bytes / moved) / (line.seconds or math.inf)

    def __str__(self) -> str:
        total, limits = max(self.seconds, 1e-12), self.limits
        ordered = sorted(self.lines, key=lambda line: -line.seconds)
        shown = [line for line in ordered if line.seconds >= LEAST * total] or ordered
        rows = [f"{self.seconds * 1e6:.1f} µs a step, mean of {self.steps} steps; this machine: "
                f"{limits.flops / 1e9:.0f} GFLOP/s, {limits.memory / 1e9:.0f} GB/s from memory, "
                f"{limits.cache / 1e9:.0f} GB/s in cache"]
        width = max((len(line.name) for line in shown), default=0)
        rows.append(f"{'µs':>9}  {'share':>6}  {'GFLOP/s':>7}  {'GB/s':>6}  {'of limit':>8}  "
                    f"{'kernel':<{width}}  whose")
        for line in shown:
            speeds = (_tenths(each / (line.seconds or math.inf) / 1e9)
                      for each in (line.flops, line.bytes))
            rows.append("{:9.2f}  {:6.1%}  {:>7}  {:>6}  {:8.0%}  {:<{}}  {}".format(
                line.seconds * 1e6, line.seconds / total, *speeds, self.of_limit(line),
                line.name, width, short_scope(line.scope)))
        if rest := ordered[len(shown):]:
            spent = sum(line.seconds for line in rest)
            rows.append(f"{spent * 1e6:9.2f}  {spent / total:6.1%}  {len(rest)} more, "
                        f"each below {LEAST:.1%}")
        return "\n".join(rows)


def _tenths(value: float) -> str:
    return f"{value:.1f}" if value >= 0.05 else "·"


def short_scope(scope: str) -> str:
    """Whose step it is, in two words: of the layer and of what it does there.

    >>> short_scope("sequential/dense_1/matmul"), short_scope("loss/mean/mean/log_softmax")
    ('dense_1/matmul', 'loss/…/log_softmax')
    """
    parts = [part for part, _ in itertools.groupby(scope.split("/"))]
    if len(parts) > 1 and parts[0] != "loss":
        parts = parts[1:]                               # the model's own name says nothing
    return "/".join(parts if len(parts) < 3 else (parts[0], "…", parts[-1]))


def profile_of(epochs: Any) -> Profile:
    """What the profiling session of an `Epochs` has seen."""
    session = epochs.session
    rows = sum(leaf.nbytes // max(len(leaf), 1) for leaf in epochs.leaves) * session.rows_per_step
    kernels = [(_described(name, instruction), scope, flops, moved)
               for (name, scope, flops, moved), instruction in zip(
                   epochs.loaded.kernels(), epochs.program.instructions, strict=True)]
    kernels.append(("shuffle and gather", DATA, 0.0, 2.0 * rows))
    steps = max(session.profiled_steps, 1)
    return Profile(session.profiled_steps, [
        Line(name, scope, spent / steps * 1e-9, flops, moved)
        for (name, scope, flops, moved), spent in zip(
            kernels, session.times_ns or [0] * len(kernels), strict=True)])


def _described(name: str, instruction: Instruction) -> str:
    """A kernel's name; a loop with its shape and the number of its operations."""
    if instruction.op != "loop":
        return name.replace("_", " ")
    axes, words = instruction.words[0], instruction.words[1:]
    shape = "×".join(str(n) for n in words[:axes] if n != 1) or "1"
    codes = words[axes + 1:axes + 1 + NODE * words[axes]:NODE]
    work = sum(code > LOOP_CODES["number"] for code in codes)
    done = f"{work} operation{'s' * (work != 1)}" if work else "copy"
    return ", ".join((f"loop {shape}", done, *name.split(", ")[1:]))      # perhaps "interpreted"


@functools.cache
def machine_limits() -> Limits:
    """A large matrix product; copies of 32 MB and of 128 KB."""
    n = 768
    dense = (n, 1)
    product = Instruction("matrix_product", [0, 1], [2], [
        *listed(()), *listed(()), *listed(()), *listed(()), n, n, n, 0, *dense, 0, *dense, n])
    square = [Buffer("float32", (n, n), place=1, input=i) for i in range(3)]
    flops = 2 * n ** 3 / _shortest(Program(square, [0, 1, 2], [], [product]), (n, n), 3)
    return Limits(flops, _copied(1 << 22), _copied(1 << 14))


def _copied(size: int) -> float:
    """Bytes read and written per second, by a copy of so many numbers."""
    long = [Buffer("float32", (size,), place=1, input=i) for i in range(2)]
    move = [copy((0, 0, (1,)), (1, 0, (1,)), (size,), "float32") for _ in range(16)]
    return 16 * 8 * size / _shortest(Program(long, [0, 1], [], move), (size,), 2)


def _shortest(program: Program, shape: tuple[int, ...], count: int) -> float:
    module = extension()
    assert module is not None
    loaded = module.Program(program.encoded(), b"")
    arrays = [np.ones(shape, np.float32) for _ in range(count)]
    places, times = list(map(address, arrays)), []
    until = time.perf_counter() + 0.2
    while len(times) < 7 or time.perf_counter() < until:
        start = time.perf_counter()
        loaded.run(places, [])
        times.append(time.perf_counter() - start)
    return min(times)
