"""What a callback is: a listener that `fit`, `evaluate` and `predict` tell what they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.core.errors import KindError, user_line
from pellucid.core.fields import refuse_unknown
from pellucid.core.showing import Shown

BATCH_EVENTS = ("on_train_batch_begin", "on_train_batch_end", "on_test_batch_begin",
                "on_test_batch_end", "on_predict_batch_begin", "on_predict_batch_end",
                "on_batch_begin", "on_batch_end")


class Callback:
    """Override the events you want to hear; ``self.model`` and ``self.params`` are set for you.

    A callback that overrides no batch event costs nothing per batch. In ``lasting`` it may name the
    attributes that tell how far it has come: `BackupAndRestore` keeps them.

    >>> class Shout(Callback):
    ...     def on_epoch_end(self, epoch, logs=None):
    ...         print(f"epoch {epoch}: {logs['loss']:.3f}")
    """

    lasting: tuple[str, ...] = ()
    comes_last = False                   # whether it hears of everything after all others

    def __new__(cls, *_: Any, **given: Any) -> Any:
        refuse_unknown(cls, given)
        return super().__new__(cls)

    def __init__(self) -> None:
        self.params: dict[str, Any] | None = None
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The model that is being trained, tested or asked."""
        return self._model

    def meet(self, callbacks: Sequence[Any]) -> None:
        """Who else listens, in order; told before anything happens."""

    def set_batches(self, source: Any) -> None:
        """What `fit` will go through; told before it begins. ``source.first()`` shows a batch."""

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params

    def set_model(self, model: Any) -> None:
        self._model = model

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A training batch begins (the older name of `on_train_batch_begin`)."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """A training batch has ended (the older name of `on_train_batch_end`)."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch of training begins."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch has ended; ``logs`` holds the loss and metrics, those with val_ too."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A training batch begins."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A training batch has ended."""
        self.on_batch_end(batch, logs=logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A batch of `evaluate`, or of validation, begins."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch of `evaluate`, or of validation, has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A batch of `predict` begins."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch of `predict` has ended; ``logs["outputs"]`` holds its outputs."""

    def on_train_begin(self, logs: Any = None) -> None:
        """`fit` begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """`fit` ends."""

    def on_test_begin(self, logs: Any = None) -> None:
        """`evaluate`, or a validation, begins."""

    def on_test_end(self, logs: Any = None) -> None:
        """`evaluate`, or a validation, ends."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """`predict` begins."""

    def on_predict_end(self, logs: Any = None) -> None:
        """`predict` ends."""


class History(Shown, Callback):
    """What `fit` returns: ``history.history["loss"]`` is the loss after each epoch.

    >>> history = History()
    >>> history.on_epoch_end(0, {"loss": 0.5})
    >>> history.history
    {'loss': [0.5]}
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}
        self.profile: Any = None                       # of `fit(profile=True)`

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch, self.history = [], {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def on_epochs_end(self, epochs: range, columns: dict[str, list[Any]]) -> None:
        """Many epochs ended, without anybody looking: what they logged, a list for each name."""
        self.epoch.extend(epochs)
        for name, values in columns.items():
            self.history.setdefault(name, []).extend(values)

    def __repr__(self) -> str:
        ends = ", ".join(f"{name} {values[0]:.4g} → {values[-1]:.4g}" if np.ndim(values) == 1
                         else name for name, values in self.history.items() if values)
        return f"<History of {len(self.epoch)} epoch{'s' * (len(self.epoch) != 1)}: {ends}>"


class CallbackList:
    """Several callbacks told as one; batch events go only to those that listen to them.

    `fit` makes one. In a training loop of your own, make it and tell it what happens:

    >>> told = CallbackList([History()], model=None, epochs=1)
    >>> told.on_train_begin()
    >>> told.on_epoch_end(0, {"loss": 0.5})
    >>> told.history.history
    {'loss': [0.5]}
    """

    def __init__(self, callbacks: Any = None, add_history: bool = False, model: Any = None,
                 **params: Any) -> None:
        if isinstance(callbacks, CallbackList):
            callbacks = callbacks.callbacks
        given = callbacks if isinstance(callbacks, Sequence) else [callbacks] if callbacks else []
        self.callbacks: list[Any] = [_checked(each) for each in given]
        if add_history and not any(isinstance(each, History) for each in self.callbacks):
            self.callbacks.append(History())
        for each in self.callbacks:
            each.set_model(model)
            each.set_params(params)
        self._find_listeners()

    def _find_listeners(self) -> None:
        self.callbacks.sort(key=lambda each: getattr(each, "comes_last", False))
        for each in self.callbacks:
            getattr(each, "meet", lambda _: None)(self.callbacks)
        self.listeners = {event: [each for each in self.callbacks if listens(each, event)]
                          for event in BATCH_EVENTS}

    @property
    def history(self) -> Any:
        return next(each for each in self.callbacks if isinstance(each, History))

    def append(self, callback: Any) -> None:
        """Add a callback."""
        self.callbacks.append(_checked(callback))
        self._find_listeners()

    def set_params(self, params: dict[str, Any]) -> None:
        for each in self.callbacks:
            each.set_params(params)

    def set_model(self, model: Any) -> None:
        for each in self.callbacks:
            each.set_model(model)

    def set_batches(self, source: Any) -> None:
        for each in self.callbacks:
            getattr(each, "set_batches", lambda _: None)(source)

    def hears(self, *events: str) -> bool:
        """Whether any callback overrides one of the batch events."""
        return any(self.listeners[event] for event in events)

    def hears_each(self, *events: str) -> bool:
        """As `hears`, without those to whom it is enough to be told now and then."""
        return any(event not in getattr(each, "now_and_then", ())
                   for event in events for each in self.listeners[event])

    @property
    def only_history(self) -> bool:
        """Whether nobody wants to know anything before the end."""
        return all(type(each) is History for each in self.callbacks)

    def tell(self, event: str, *args: Any) -> None:
        """Tell everyone who listens; without other arguments the logs are empty."""
        told = args or ({},)
        for each in self.listeners.get(event, self.callbacks):
            getattr(each, event)(*told)

    def __getattr__(self, name: str) -> Any:
        """``callbacks.on_epoch_end(0, logs)`` in a training loop of one's own."""
        if name.startswith("on_") and hasattr(Callback, name):
            return lambda *args, **kwargs: self.tell(name, *args, *kwargs.values())
        raise AttributeError(f"CallbackList has no attribute {name!r}")


def _checked(callback: Any) -> Any:
    if isinstance(callback, type) or not hasattr(callback, "set_model"):
        what = f"the class {callback.__name__}" if isinstance(callback, type) else repr(callback)
        raise KindError("callbacks must be objects of classes that derive from Callback", got=what,
                        where=user_line(), hint=f"{callback.__name__}()" if isinstance(
                            callback, type) else "LambdaCallback(on_epoch_end=f) takes a function")
    return callback


def listens(callback: Any, event: str) -> bool:
    """Whether a callback overrides an event (or its older name), or was given a function for it.

    A callback may name, in ``unheard``, methods of its own that would do nothing, and in
    ``now_and_then`` batch events of which it need not hear each.
    """
    aliases = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}
    if event in aliases.values():                        # they are told through the newer name
        return False
    names = [event, aliases[event]] if event in aliases else [event]
    return any(name in vars(callback) or _overrides(callback, name) for name in names)


def _overrides(callback: Any, name: str) -> bool:
    method = getattr(type(callback), name, None)
    quiet = (None, getattr(Callback, name, None), *getattr(callback, "unheard", ()))
    return not any(method is each for each in quiet)
