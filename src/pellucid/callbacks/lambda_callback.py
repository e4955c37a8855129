"""A callback out of single functions."""

from __future__ import annotations

from typing import Any

from pellucid.callbacks.base import Callback
from pellucid.core.errors import KindError, nearest, user_line

EVENTS = tuple(name for name in vars(Callback) if name.startswith("on_"))


class LambdaCallback(Callback):
    """Call a function at an event: any event of `Callback`, by its name.

    Functions for epochs are called with ``(epoch, logs)``, for batches with ``(batch, logs)``, for
    the begin and the end of training with ``(logs)``. Only the events that are given cost anything.

    >>> LambdaCallback(on_epoch_ends=print)
    Traceback (most recent call last):
    pellucid.core.errors.KindError: LambdaCallback has no event 'on_epoch_ends', ...
    """

    def __init__(self, on_epoch_begin: Any = None, on_epoch_end: Any = None,
                 on_train_begin: Any = None, on_train_end: Any = None,
                 on_train_batch_begin: Any = None, on_train_batch_end: Any = None,
                 **kwargs: Any) -> None:
        super().__init__()
        given = dict(kwargs, on_epoch_begin=on_epoch_begin, on_epoch_end=on_epoch_end,
                     on_train_begin=on_train_begin, on_train_end=on_train_end,
                     on_train_batch_begin=on_train_batch_begin,
                     on_train_batch_end=on_train_batch_end)
        for event, function in given.items():
            if event not in EVENTS:
                raise KindError(f"LambdaCallback has no event {event!r}", where=user_line(),
                                hint=nearest(event, EVENTS) or f"there are {', '.join(EVENTS)}")
            if function is None:
                continue
            if not callable(function):
                raise KindError(f"{event} must be a function", got=repr(function),
                                where=user_line())
            setattr(self, event, function)
