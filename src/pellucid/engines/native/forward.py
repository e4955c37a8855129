"""Predictions for a batch of the same size again and again: as little Python as can be."""

from __future__ import annotations

from operator import attrgetter, is_
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.engines.native.engine import NativePlan, address, told
from pellucid.engines.native.extension import extension
from pellucid.engines.native.places import usable

_tensor = attrgetter("_tensor")


class Forward:
    """A traced forward pass of one array to one array, kept ready for the next call.

    It serves as long as the variables hold the values that it was made with.
    """

    def __init__(self, step: Any, compiled: Any) -> None:
        module: Any = extension()
        self.step = step                               # the traced function that it is made of
        self.shape, self.dtype = compiled.run.kinds[0].shape, np.dtype(compiled.run.kinds[0].dtype)
        out = compiled.run.results[0]
        self.out_shape, self.out_dtype = out.shape, np.dtype(out.dtype)
        self.variables = compiled.read
        places = [address(usable(variable)) for variable in compiled.read]
        self.tensors = [variable._tensor for variable in compiled.read]
        self.loaded = compiled.run.loaded
        self.run = module.Forward(self.loaded, places)

    @staticmethod
    def of(step: Any, compiled: Any) -> Forward | None:
        """One for this step, if it is of that kind."""
        run = compiled.run
        fits = (isinstance(run, NativePlan) and not run.state and len(run.results) == 1
                and len(run.kinds) == len(compiled.read) + 1
                and not nest.is_nested(compiled.results))
        return Forward(step, compiled) if fits else None

    def __call__(self, x: Any, most: int) -> np.ndarray | None:
        """The outputs for x; None if x is not such an array, or a variable has changed, or if it
        has more rows than a batch may have.
        """
        if (self.shape[0] > most or type(x) is not np.ndarray or x.shape != self.shape
                or x.dtype != self.dtype or not (x.flags.c_contiguous and x.flags.aligned)):
            return None
        if not all(map(is_, map(_tensor, self.variables), self.tensors)):
            return None
        y = np.empty(self.out_shape, self.out_dtype)
        try:
            self.run(x, y)
        except (IndexError, MemoryError) as error:
            raise told(error, self.loaded) from None
        return y
