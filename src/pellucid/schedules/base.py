"""What every schedule is: the learning rate as a function of the step."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import cast
from pellucid.core.errors import ArgumentError
from pellucid.core.serialization import Configurable
from pellucid.core.settings import floatx


class LearningRateSchedule(Configurable):
    """The learning rate as a function of the step: ``schedule(step)``.

    Own schedules override ``__call__``. The step is a tensor while a Plan is traced, so write ops
    and not Python's ``if``.

    >>> class Harmonic(LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 1.0 / (1 + step)
    >>> Harmonic()(3)
    0.25
    """

    family = "keras.optimizers.schedules"

    def __init__(self) -> None:
        pass

    def __call__(self, step: Any) -> Any:
        raise ArgumentError(f"{type(self).__name__} has no __call__ method",
                            hint="write `def __call__(self, step): ...`")


def as_float(step: Any) -> Any:
    """The step as a number of the default float type, in which rates are computed."""
    return cast(step, dtype=floatx())
