"""What convolution and pooling share: a window that slides over the axes of space."""

from __future__ import annotations

from typing import Any

from pellucid.atoms.windows import count, extent
from pellucid.core.errors import ArgumentError
from pellucid.layers.spatial import Spatial


class Windowed(Spatial):
    """A layer whose outputs are as many as a window finds places."""

    padding = "valid"                   # without a type: a field of the classes below
    in_need = " for one window"
    way_out = 'use a smaller window, less pooling before, or padding="same"'

    def window(self) -> tuple[Any, Any, Any]:
        """Size, strides and dilation of the window, each with a number per axis of space."""
        raise ArgumentError(f"{self.label} does not say what its window is")

    def along(self, n: int, i: int) -> int:
        size, stride, dilation = (each[i] for each in self.window())
        return count(n, size, stride, dilation) if self.padding == "valid" else -(-n // stride)

    def least(self) -> tuple[int, ...]:
        if self.padding != "valid":
            return super().least()
        size, _, dilation = self.window()
        return tuple(map(extent, size, dilation))
