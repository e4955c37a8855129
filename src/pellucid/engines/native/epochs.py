"""Whole epochs on the native engine: it gathers batches, runs steps and keeps count by itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.random import ORDER
from pellucid.core import nest
from pellucid.core.variable import Variable
from pellucid.engines.native.engine import NativePlan, _ready, address, told
from pellucid.engines.native.extension import extension
from pellucid.engines.native.places import Places

AT_TIME, AT_EPOCH, AT_STEP = range(3)
SMALL = 1 << 24         # bytes of working memory that may be kept between single steps
SLICE = 0.05            # seconds before Python has a look: an interrupt, a progress bar


class Epochs:
    """Steps over the rows of arrays, epoch after epoch, without Python in between.

    ``steps`` are the traced step for a full batch and, if rows are left over, for the rest:
    `Compiled` and its number of rows. ``leaves`` are the arrays in the order of the step's inputs.
    """

    def __init__(self, steps: Sequence[tuple[Any, int]], leaves: Sequence[np.ndarray],
                 reset: Sequence[Variable]) -> None:
        module: Any = extension()
        full = steps[0][0]
        rows = [_ready(leaf, kind) for leaf, kind in zip(leaves, full.run.kinds, strict=False)]
        once = {(address(leaf), leaf.nbytes): leaf for leaf in rows}   # x may be y: gathered once
        self.leaves, keys = list(once.values()), list(once)
        feeds = _feeds_of(steps, [keys.index((address(leaf), leaf.nbytes)) for leaf in rows])
        self.rows = len(self.leaves[0])
        data = [(address(leaf), leaf.nbytes // max(len(leaf), 1)) for leaf in self.leaves]
        first = [(feeds.place[variable], np.ascontiguousarray(variable.array).tobytes())
                 for variable in reset if variable in feeds.place and feeds.places.changing]
        self.results, self.kinds = full.results, full.run.results
        self.width = sum(int(np.prod(kind.shape)) for kind in self.kinds)
        self.numbers = _numbers(self.results, self.kinds)
        self.loaded, self.program = full.run.loaded, full.run.program
        try:
            self.session = module.Session.make(feeds.parts, data, self.rows, first)
        except MemoryError as error:
            raise told(error, self.loaded) from None
        self.places = feeds.places
        self._bound: list[int] = []
        self.shuffles = False

    @staticmethod
    def serve(steps: Sequence[tuple[Any, int]], leaves: Sequence[np.ndarray]) -> bool:
        """Whether the native engine runs all of these steps, and they tell something."""
        return bool(leaves) and all(isinstance(compiled.run, NativePlan)
                                    and any(nest.flatten(compiled.results))
                                    for compiled, _ in steps)

    def shuffle(self, seed: int) -> None:
        """Shuffle the rows in each epoch: a pure function of seed and epoch."""
        self.session.shuffle(seed, ORDER)
        self.shuffles = True

    def order(self, order: np.ndarray) -> None:
        """The order of the rows in the coming epoch."""
        rows = np.ascontiguousarray(order, np.int32)
        self.session.set_order(address(rows))

    def go_to(self, epoch: int) -> None:
        """Stand at the beginning of an epoch."""
        self.session.epoch, self.session.batch = epoch, 0

    def run(self, last: int, stop: int = AT_TIME) -> np.ndarray:
        """Go on, at most until epoch ``last`` begins; a row of logs for each epoch that ended."""
        held, places = self.places.hold()              # whatever other threads assign meanwhile
        if places is not self._bound:
            self.session.bind(places)
            self._bound = places
        try:
            logs = self.session.run(last, SLICE, stop)
        except (IndexError, MemoryError) as error:
            raise told(error, self.loaded) from None
        finally:
            del held
        return np.frombuffer(logs).reshape(-1, self.width)

    def current(self) -> dict[str, Any]:
        """The logs of the latest step."""
        return self.unpacked(np.frombuffer(self.session.current_logs()))

    def unpacked(self, row: np.ndarray) -> Any:
        """A row of logs in the form that the step gives them, as numbers and arrays."""
        if self.numbers is not None:
            values = row.tolist()
            return {name: values[i] for name, i in self.numbers.items()}
        values, at = [], 0
        for kind in self.kinds:
            size = int(np.prod(kind.shape))
            part = row[at:at + size].reshape(kind.shape)
            values.append(float(part) if not kind.shape else part.astype(kind.dtype))
            at += size
        leaves = iter(values)
        return nest.pack(self.results, [next(leaves) if each else None
                                        for each in nest.flatten(self.results)])


def _numbers(results: Any, kinds: Sequence[Any]) -> dict[str, int] | None:
    """Where each log stands in a row, if a step gives a number for each of some names: most do."""
    plain = isinstance(results, dict) and all(each is True for each in results.values())
    if not plain or any(kind.shape for kind in kinds):
        return None
    order = sorted(results)
    return {name: order.index(name) for name in results}


class Feeds:
    """What steps read: rows of which array, and which variables, those that change first.

    It is kept beside the first step's program, since `fit` may be called again and again.
    """

    def __init__(self, steps: Sequence[tuple[Any, int]], leaf_of: Sequence[int]) -> None:
        self.steps, self.leaf_of = list(steps), list(leaf_of)
        changed = dict.fromkeys(each for compiled, _ in steps for each in compiled.changed)
        variables = list(changed | dict.fromkeys(
            each for compiled, _ in steps for each in compiled.read))
        self.places = Places(variables, len(changed))
        self.place = {variable: i for i, variable in enumerate(variables)}
        self.parts = [(compiled.run.loaded, [(True, i) for i in leaf_of] + [
            (False, self.place[variable]) for variable in compiled.read], count)
            for compiled, count in steps]

    def serve(self, steps: Sequence[tuple[Any, int]], leaf_of: Sequence[int]) -> bool:
        """Whether they are these steps, with the same arrays in the same places."""
        return self.leaf_of == list(leaf_of) and len(self.steps) == len(steps) and all(
            compiled is other and rows == count
            for (compiled, rows), (other, count) in zip(self.steps, steps, strict=True))


def _feeds_of(steps: Sequence[tuple[Any, int]], leaf_of: Sequence[int]) -> Feeds:
    program = steps[0][0].run
    if program.feeds is None or not program.feeds.serve(steps, leaf_of):
        program.feeds = Feeds(steps, leaf_of)
    return program.feeds


class OneBatch:
    """A step on one batch after another, each of them given anew; the state changes in place.

    It keeps a copy of the batch and the program's working memory, so it is for small steps: those
    where the Python around them would take longer than the step.
    """

    def __init__(self, compiled: Any, rows: Sequence[np.ndarray]) -> None:
        self.rows = [np.empty(kind.shape, kind.dtype) for kind in compiled.run.kinds[:len(rows)]]
        self.epochs = Epochs([(compiled, len(rows[0]))], self.rows, [])
        self.alone = threading.Lock()                  # threads take turns

    @staticmethod
    def of(compiled: Any, rows: Sequence[np.ndarray]) -> OneBatch | None:
        """The one for this step, if it is small and runs on this engine."""
        if not (Epochs.serve([(compiled, 1)], rows) and compiled.run.loaded.arena_bytes < SMALL
                and all(each.ndim and len(each) == len(rows[0]) > 0 for each in rows)):
            return None
        if compiled.run.one_batch is None:
            compiled.run.one_batch = OneBatch(compiled, rows)
        return compiled.run.one_batch

    def __call__(self, rows: Sequence[np.ndarray]) -> dict[str, Any]:
        """The logs of the step on these rows."""
        with self.alone:
            for mine, given in zip(self.rows, rows, strict=True):
                np.copyto(mine, given, casting="unsafe")
            self.epochs.go_to(0)
            self.epochs.run(1, AT_STEP)
            return self.epochs.current()
