"""What layers that disturb their inputs at random share: they do so only while training."""

from __future__ import annotations

from typing import Any, ClassVar

from pellucid.core.errors import ArgumentError
from pellucid.core.tensor import Tensor
from pellucid.layers.base import Layer
from pellucid.random import SeedGenerator


class Noisy(Layer):
    """A layer that disturbs its inputs while training, and else hands them on as they are.

    ``strength`` is the field that says how much: at 0 nothing is drawn, and there is no generator
    whose state would have to be kept.
    """

    supports_masking = True
    strength: ClassVar[str] = "rate"

    def settle(self: Any) -> None:
        drawn = getattr(self, self.strength) > 0
        self.seed_generator: Any = SeedGenerator(self.seed) if drawn else None
        self.built = True

    def call(self: Any, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.seed_generator is None:
            return inputs
        return self.disturbed(inputs)

    def disturbed(self, inputs: Tensor) -> Tensor:
        """The output while training."""
        raise ArgumentError(f"{self.label} does not say what it does to its inputs")
