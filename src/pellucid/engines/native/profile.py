"""Where a step's time goes, kernel by kernel, against what this machine can do."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass, field

import numpy as np

from pellucid.engines.native.encoding import Buffer, Instruction, Program, listed
from pellucid.engines.native.engine import address
from pellucid.engines.native.extension import extension
from pellucid.engines.native.loops import copy


@dataclass(frozen=True)
class Line:
    """One kernel of a step: its name, whose step it is, seconds, operations and bytes of a run."""

    name: str
    scope: str
    seconds: float
    flops: float
    bytes: float


@dataclass
class Profile:
    """The kernels of a training step in the order in which they run.

    ``lines`` hold mean seconds per step; `str` gives a table, the slowest kernels first, with the
    share of the step, GFLOP/s and GB/s, and how near they come to ``limits`` (of this machine,
    measured: operations and bytes per second).
    """

    steps: int
    lines: list[Line]
    limits: tuple[float, float] = field(default_factory=lambda: machine_limits())

    @property
    def seconds(self) -> float:
        """Of one step."""
        return sum(line.seconds for line in self.lines)

    def __str__(self) -> str:
        flops, moved = self.limits
        head = (f"{'µs':>9} {'share':>6} {'GFLOP/s':>8} {'GB/s':>7} {'of limit':>8}  kernel"
                f"{'':<28}whose")
        rows = [f"{self.seconds * 1e6:.1f} µs per step, mean of {self.steps} steps; this machine: "
                f"{flops / 1e9:.0f} GFLOP/s, {moved / 1e9:.0f} GB/s", head]
        for line in sorted(self.lines, key=lambda line: -line.seconds):
            spent = line.seconds or float("inf")          # no step, no speed
            near = max(line.flops / spent / flops, line.bytes / spent / moved)
            rows.append(f"{line.seconds * 1e6:9.2f} {line.seconds / max(self.seconds, 1e-12):6.1%} "
                        f"{line.flops / spent / 1e9:8.1f} {line.bytes / spent / 1e9:7.1f} "
                        f"{near:8.0%}  {line.name:<33} {line.scope}")
        return "\n".join(rows)


def profile_of(epochs: object) -> Profile:
    """What the profiling session of an `Epochs` has seen."""
    session, loaded = epochs.session, epochs.loaded                      # pyright: ignore
    kernels = [*loaded.kernels(), ("shuffle and gather", "data", 0.0, float(
        2 * sum(leaf.nbytes // max(len(leaf), 1) for leaf in epochs.leaves)  # pyright: ignore
        * session.rows_per_step))]
    steps = max(session.profiled_steps, 1)
    return Profile(session.profiled_steps, [
        Line(name, scope, spent / steps * 1e-9, flops, moved)
        for (name, scope, flops, moved), spent in zip(
            kernels, session.times_ns or [0] * len(kernels), strict=True)])


@functools.cache
def machine_limits() -> tuple[float, float]:
    """Operations and bytes per second: a large matrix product, and a copy of 32 MB."""
    n = 768
    dense = (n, 1)
    product = Instruction("matrix_product", [0, 1], [2], [
        *listed(()), *listed(()), *listed(()), n, n, n, 0, *dense, 0, *dense])
    square = [Buffer("float32", (n, n), place=1, input=i) for i in range(3)]
    flops = 2 * n ** 3 / _shortest(Program(square, [0, 1, 2], [], [product]), (n, n), 3)
    size = 1 << 22
    long = [Buffer("float32", (size,), place=1, input=i) for i in range(2)]
    move = copy((0, 0, (1,)), (1, 0, (1,)), (size,), "float32")
    return flops, 8 * size / _shortest(Program(long, [0, 1], [], [move]), (size,), 2)


def _shortest(program: Program, shape: tuple[int, ...], count: int) -> float:
    module = extension()
    assert module is not None
    loaded = module.Program(program.encoded(), b"")
    arrays = [np.ones(shape, np.float32) for _ in range(count)]
    places, times = list(map(address, arrays)), []
    for _ in range(7):
        start = time.perf_counter()
        loaded.run(places, [])
        times.append(time.perf_counter() - start)
    return min(times)
