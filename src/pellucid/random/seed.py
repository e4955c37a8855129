"""Where random numbers start: a default stream of seeds, and generators with their own state.

All numbers come from Threefry (`pellucid.atoms.random`): a seed and a step name a draw, so that a
program that calls `set_random_seed` first is reproducible on every machine.
"""

from __future__ import annotations

import random
import secrets
from typing import Any

import numpy as np

from pellucid.atoms.random import threefry
from pellucid.core.errors import KindError, user_line
from pellucid.core.names import auto_name, inside
from pellucid.core.serialization import Configurable
from pellucid.core.tensor import Arraylike, Tensor, convert
from pellucid.core.variable import Variable

WORD = 0xFFFFFFFF                                    # seeds are words of 32 bits
SEEDS, SHARED = 3, 4                                 # streams, beside those of the atoms


class _Stream:
    """The default stream: its seed, how many seeds it has given, the generator all may share."""

    seed = secrets.randbits(31)
    given = 0
    shared: SeedGenerator | None = None


class SeedGenerator(Configurable):
    """A source of random states, each different from the last.

    Its state is a variable (seed, step), so that it is saved with a model, restored with it, and
    advances inside a traced function as it does step by step.

    >>> generator = SeedGenerator(7)
    >>> generator.next().tolist(), generator.next().tolist()
    ([7, 0], [7, 1])
    """

    family = "keras.random"

    def __init__(self, seed: int | None = None, name: str | None = None) -> None:
        if seed is not None and not _is_whole(seed):
            raise KindError("SeedGenerator's seed must be a whole number or None", got=repr(seed),
                            where=user_line())
        self.name, self.seed = name or auto_name("SeedGenerator"), seed
        start = next_seed() if seed is None else int(seed)
        with inside(self.name):
            self.state = Variable(_state(start), trainable=False, name="seed_generator_state")

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "name": self.name}

    def next(self, ordered: bool = True) -> Tensor:
        """The state (seed, step) for one draw; the step then goes on by one."""
        state = self.state.value
        self.state.assign(state + np.array([0, 1], np.uint32))
        return state


def _is_whole(seed: Any) -> bool:
    return isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)


def _state(seed: int) -> np.ndarray:
    return np.array([seed & WORD, 0], np.uint32)


def _word(stream: int, count: int) -> int:
    """Word number ``count`` of a stream of the default seed, below 2³¹."""
    count_ = np.array([count], np.uint32)
    first, _ = threefry((_Stream.seed & WORD, stream), np.zeros_like(count_), count_)
    return int(first[0]) >> 1


def next_seed() -> int:
    """The next seed of the default stream, for whatever is made without a seed of its own.

    >>> set_random_seed(1)
    >>> next_seed() == next_seed()
    False
    """
    _Stream.given += 1
    return _word(SEEDS, _Stream.given)


def set_random_seed(seed: int) -> None:
    """Make a program reproducible: seed Python's ``random``, NumPy, and the default stream.

    >>> set_random_seed(1); first = next_seed()
    >>> set_random_seed(1); first == next_seed()
    True
    """
    if not _is_whole(seed):
        raise KindError("set_random_seed needs a whole number", got=repr(seed), where=user_line())
    random.seed(int(seed))
    np.random.seed(int(seed) & WORD)
    _Stream.seed, _Stream.given = int(seed), 0
    if _Stream.shared is not None:                   # traced functions may hold on to it
        _Stream.shared.state.assign(_state(_word(SHARED, 0)))


def shared_generator() -> SeedGenerator:
    """The generator that draws without a seed use."""
    if _Stream.shared is None:
        _Stream.shared = SeedGenerator(_word(SHARED, 0), name="seed_generator")
    return _Stream.shared


def draw_state(seed: Any) -> Any:
    """The state for one draw: of a whole number always the same, of a generator its next.

    Raises KindError for what is no seed.

    >>> generator = SeedGenerator(7)
    >>> draw_state(7).tolist(), draw_state(generator).tolist(), draw_state(generator).tolist()
    ([7, 0], [7, 0], [7, 1])
    """
    if seed is None:
        return shared_generator().next()
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if _is_whole(seed):
        return Tensor(_state(int(seed)))
    if isinstance(seed, Arraylike | np.ndarray):
        return convert(seed)
    raise KindError("seed must be a whole number, a SeedGenerator or None", got=f"{seed!r:.60}",
                    where=user_line())


def stream_state() -> tuple[int, int, Any]:
    """All there is to know of the default stream, for `restore_stream`.

    >>> set_random_seed(1)
    >>> stream_state()[:2]                           # the seed, and how many it has given
    (1, 0)
    """
    shared = _Stream.shared
    return _Stream.seed, _Stream.given, None if shared is None else tuple(shared.state.tolist())


def restore_stream(state: tuple[int, int, Any]) -> None:
    """Put the default stream back where `stream_state` saw it.

    >>> state = stream_state(); first = next_seed()
    >>> restore_stream(state); first == next_seed()
    True
    """
    _Stream.seed, _Stream.given, shared = state
    if shared is None:
        _Stream.shared = None
    else:
        shared_generator().state.assign(np.array(shared, np.uint32))
