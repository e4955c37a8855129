"""What every initializer is: a function of a shape and a dtype that gives first values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.fields import field
from pellucid.core.serialization import Configurable, deserialize, serialize
from pellucid.random.seed import SeedGenerator, next_seed

SEED: Any = field(None, help="whole number or SeedGenerator; None takes a seed of its own, once")


class Initializer(Configurable):
    """First values for weights: ``initializer(shape, dtype)`` gives a tensor.

    Own initializers override ``__call__``:

    >>> class Halves(Initializer):
    ...     def __call__(self, shape, dtype=None, **kwargs):
    ...         return np.full(shape, 0.5)
    >>> Halves()((2,))
    array([0.5, 0.5])
    """

    family = "keras.initializers"

    def __init__(self) -> None:
        pass

    def __call__(self, shape: Any, dtype: Any = None, **kwargs: Any) -> Any:
        raise ArgumentError(f"{type(self).__name__} has no __call__ method",
                            hint="write `def __call__(self, shape, dtype=None): ...`")

    def clone(self) -> Any:
        """Another initializer of the same settings."""
        return type(self).from_config(self.get_config())


class RandomInitializer(Initializer):
    """Initializers that draw: one instance gives the same values at every call.

    Without a seed the instance takes the next one of the default stream (`set_random_seed`) when
    it is made. Given a `SeedGenerator`, it gives new values at every call.

    >>> from pellucid.initializers import RandomNormal
    >>> draw = RandomNormal(seed=1)
    >>> isinstance(draw, RandomInitializer), draw((3,)).tolist() == draw((3,)).tolist()
    (True, True)
    """

    def __init__(self, seed: Any = None) -> None:
        self.seed = seed
        self.settle()

    def settle(self) -> None:
        """Keep the seed as it was given for the config, and the one to draw with."""
        seed = deserialize(self.seed) if isinstance(self.seed, dict) else self.seed
        whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        if seed is not None and not whole and not isinstance(seed, SeedGenerator):
            raise KindError(f"{type(self).__name__}'s seed must be a whole number, a SeedGenerator "
                            "or None", got=f"{seed!r:.60}", where=user_line())
        self.given_seed, self.seed = seed, next_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {**config, "seed": serialize(self.given_seed)} if "seed" in config else config


def count_fans(shape: Any, input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """How many inputs feed one output, and how many outputs one input feeds.

    For a kernel (…window, inputs, outputs) both are counted over the whole window.

    >>> count_fans((3, 3, 8, 16))
    (72, 144)
    """
    shape = tuple(shape)
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[i] for i in input_axes), math.prod(shape[i] for i in output_axes)
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window
