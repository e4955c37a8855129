"""Dead units: those that give 0 whatever comes in, so that no gradient passes and none learns."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.errors import ShapeError, user_line


def dead_units(output: Any) -> np.ndarray:
    """Which units gave 0 for every sample, at every place.

    ``output`` is what a layer gave for many samples, shape ``(samples, ..., units)``; the answer
    has shape ``(units,)``. Behind a ReLU such a unit has the slope 0 for all samples: nothing
    that these samples teach can move its weights again. Raises ShapeError without a sample or
    without an axis of units.

    >>> dead_units([[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    array([ True, False, False])

    Source: "dying ReLU"; L. Lu et al., "Dying ReLU and initialization" (2020).
    """
    output = np.asarray(output)
    if output.ndim < 2 or not output.size:
        raise ShapeError("dead_units needs the output of a layer for some samples, "
                         "(samples, ..., units)", got=f"shape {output.shape}", where=user_line())
    return ~output.reshape(-1, output.shape[-1]).any(axis=0)


def share_dead(output: Any) -> float:
    """The share of units, from 0 to 1, that gave 0 for every sample; see `dead_units`.

    >>> share_dead([[0.0, 1.0], [0.0, 0.0]])
    0.5
    """
    return float(dead_units(output).mean())
