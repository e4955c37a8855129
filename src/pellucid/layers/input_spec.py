"""What a layer expects of its input, checked before anything is computed."""

from __future__ import annotations

from typing import Any

from pellucid.core import nest
from pellucid.core.errors import ShapeError, user_line


class InputSpec:
    """Rank, shape and single axes that an input must have; None is free.

    >>> InputSpec(min_ndim=2, axes={-1: 4})
    InputSpec(min_ndim=2, axes={-1: 4})
    """

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: int | None = None,
                 max_ndim: int | None = None, min_ndim: int | None = None,
                 axes: dict[int, int | None] | None = None, allow_last_axis_squeeze: bool = False,
                 name: str | None = None, optional: bool = False) -> None:
        self.dtype, self.name, self.optional = dtype, name, optional
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze

    def __repr__(self) -> str:
        facts = [f"{name}={value}" for name in ("shape", "ndim", "max_ndim", "min_ndim", "axes")
                 if (value := getattr(self, name))]
        return f"InputSpec({', '.join(facts)})"

    def complaint(self, shape: tuple[int | None, ...]) -> str | None:
        """What is expected of a shape that does not fit, or None if it does."""
        n = len(shape)
        if self.ndim is not None and n != self.ndim:
            return f"needs {self.ndim} axes"
        if self.max_ndim is not None and n > self.max_ndim:
            return f"needs at most {self.max_ndim} axes"
        if self.min_ndim is not None and n < self.min_ndim:
            return f"needs at least {self.min_ndim} axes (the first is the batch)"
        for axis, size in self.axes.items():
            if size is not None and -n <= axis < n and shape[axis] not in (size, None):
                what = "features" if axis == -1 else f"entries along axis {axis}"
                return f"needs {size} {what}"
        for want, have in zip(self.shape or (), shape, strict=False):
            if want is not None and have is not None and want != have:
                return f"needs shape {self.shape}"
        return None


def check(specs: Any, inputs: Any, layer: str, kernel: Any = None) -> None:
    """Raise ShapeError, naming the layer, for the first input that does not fit its spec."""
    leaves = [leaf for leaf in nest.flatten(inputs) if leaf is not None]
    specs = nest.flatten(specs) if nest.is_nested(specs) else [specs] * len(leaves)
    if len(specs) != len(leaves):
        raise ShapeError(f"{layer} needs {len(specs)} inputs", got=f"{len(leaves)}",
                         where=user_line())
    for spec, leaf in zip(specs, leaves, strict=True):
        shape = tuple(leaf.shape)
        if spec is not None and (expected := spec.complaint(shape)):
            swapped = len(shape) == 2 and spec.axes.get(-1) == shape[0]
            note = "" if kernel is None else (
                f" (its kernel is {' × '.join(map(str, kernel.shape))})")
            raise ShapeError(f"{layer} {expected}{note}", got=f"shape {shape}",
                             where=user_line(),
                             hint="did you swap the axes?" if swapped else None)
