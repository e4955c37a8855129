"""Random numbers with names as in ``keras.random``, the same on every engine."""

from pellucid.random.draws import (
    categorical,
    dropout,
    normal,
    randint,
    shuffle,
    truncated_normal,
    uniform,
)
from pellucid.random.gammas import beta, binomial, gamma
from pellucid.random.seed import (
    SeedGenerator,
    draw_state,
    next_seed,
    restore_stream,
    set_random_seed,
    stream_state,
)

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "draw_state",
    "dropout",
    "gamma",
    "next_seed",
    "normal",
    "randint",
    "restore_stream",
    "set_random_seed",
    "shuffle",
    "stream_state",
    "truncated_normal",
    "uniform",
]
