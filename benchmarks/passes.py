"""What each pass is worth: `./dev bench passes [WORKLOAD ...] [--quick]`.

The step of a workload with all passes, with each left out in turn, and with none: its time, its
kernels and the bytes of its arena. Arithmetic runs in loops alone, so "fuse" left out means a loop
for each operation. "place" is no pass of Plans but the last word on memory; left out, every buffer
has a place of its own. The variants are trained in turns, block by block.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from blocks import Method, epochs_of, measured
from peers.keras_names import build, compile_model, inputs_of
from peers.workloads import BY_NAME, Workload

import pellucid
from pellucid.engines.native import engine, memory
from pellucid.engines.native.encoding import Program
from pellucid.engines.passes import PASSES, groups, optimized
from pellucid.engines.passes.fuse import fuse
from pellucid.engines.passes.place import Life, place

WORKLOADS = ("tabular", "mnist_mlp_32", "mnist_reg", "lenet", "lstm_50")
ALL, PLACE, NONE = "all passes", "place", "none at all"


@dataclass(frozen=True)
class Variant:
    """A workload trained with some passes: how, its kernels and its arena."""

    train: Callable[[int], object]
    kernels: int
    arena: int


@contextmanager
def left_out(name: str) -> Iterator[None]:
    """Inside the ``with``, programs are made without the pass of this name."""
    kept = [each for each in PASSES if each is fuse or name not in (each.__name__, NONE)]
    before = engine.optimized, memory.place, memory._in_place, groups.MOST_STEPS
    engine.optimized = functools.partial(optimized, passes=kept)
    if name in (fuse.__name__, NONE):
        groups.MOST_STEPS = 1
    if name in (PLACE, NONE):
        memory.place, memory._in_place = apart, lambda lowering, lives: {}
    try:
        yield
    finally:
        engine.optimized, memory.place, memory._in_place, groups.MOST_STEPS = before


def apart(lives: Sequence[Life]) -> tuple[list[int], int]:
    """A place of its own for each buffer: as if no two lived at different times."""
    return place([Life(life.size, 0, 1) for life in lives])


def variant(w: Workload, name: str) -> Variant:
    """The workload with all passes but one, trained for an epoch."""
    x, y = w.data()
    pellucid.utils.set_random_seed(0)
    model = compile_model(w, build(w, pellucid), pellucid)
    train = epochs_of(model, inputs_of(x), y, w.batch)
    with left_out(name):
        train(1)
    compiled = next(iter(model.traced_functions["train"].compiled.values()))
    program = compiled.run.program
    return Variant(train, kernels(program), program.arena)


def kernels(program: Program) -> int:
    """Those of bodies included, once each."""
    return sum(1 + sum(map(kernels, each.bodies)) for each in program.instructions)


def names() -> list[str]:
    """All, then each pass once, in the order in which they run, then none."""
    return [ALL, *dict.fromkeys(each.__name__ for each in PASSES), PLACE, NONE]


def compare(w: Workload, method: Method) -> str:
    """A table: a line a variant."""
    variants = {name: variant(w, name) for name in names()}
    seconds = measured({name: each.train for name, each in variants.items()}, method)
    lines = [f"{w.name}\n  {'left out':<12} {'µs a step':>10} {'ratio':>6} {'kernels':>8} "
             f"{'arena, KB':>10}"]
    for name, each in variants.items():
        lines.append(f"  {'nothing' if name == ALL else name:<12} "
                     f"{seconds[name] / w.steps_per_epoch * 1e6:>10.1f} "
                     f"{seconds[name] / seconds[ALL]:>6.2f} {each.kernels:>8} "
                     f"{each.arena / 1e3:>10.1f}")
    return "\n".join(lines)


def main(options: list[str]) -> int:
    """Print a table for each workload that is named, or for five."""
    method = Method(1, 1, 0.002) if "--quick" in options else Method(3, 10, 0.015)
    for name in [each for each in options if not each.startswith("-")] or WORKLOADS:
        print(compare(BY_NAME[name], method) + "\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
