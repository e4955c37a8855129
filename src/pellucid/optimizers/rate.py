"""The learning rate of an optimizer: a variable that may be assigned, a schedule, or a function."""

from __future__ import annotations

from typing import Any

from pellucid.core.errors import ArgumentError, KindError, user_line
from pellucid.core.field import check
from pellucid.core.names import inside
from pellucid.core.settings import floatx
from pellucid.core.variable import Variable
from pellucid.schedules import LearningRateSchedule


class LearningRate:
    """How ``optimizer.learning_rate`` is read and set.

    A number is kept in a variable, so that assigning it works in the middle of training and in a
    traced step too. A schedule is asked with the number of steps done so far.
    """

    def __get__(self, optimizer: Any, _: type | None = None) -> Any:
        if optimizer is None:
            return self
        rate = optimizer._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(optimizer._iterations)
        return rate if isinstance(rate, Variable) else rate()

    def __set__(self, optimizer: Any, value: Any) -> None:
        owner, before = type(optimizer).__name__, optimizer._learning_rate
        if callable(value) and not isinstance(value, Variable):
            if isinstance(before, Variable):
                optimizer._untrack_variable(before)
            optimizer._learning_rate = value
            return
        if value is None:
            raise ArgumentError(f"{owner} needs a learning_rate", where=user_line(),
                                hint="a number of at least 0, or a schedule")
        check(owner, "learning_rate", float(value) if isinstance(value, Variable) else value,
              at_least=0)
        if isinstance(before, Variable):
            before.assign(value)
        elif before is None and isinstance(value, Variable):
            optimizer._learning_rate = value             # shared with whoever else holds it
        elif before is None:
            with inside(optimizer.name):
                optimizer._learning_rate = Variable(float(value), dtype=floatx(), trainable=False,
                                                    name="learning_rate")
        else:
            raise KindError(f"{owner}'s learning rate is a schedule and cannot be set to a number",
                            got=repr(value), where=user_line(),
                            hint="make the optimizer with a number as learning_rate")
