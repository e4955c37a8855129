"""The callback that records a run."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.callbacks.base import Callback
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.fields import Declared, field
from pellucid.data.batches import unpack_x_y_sample_weight
from pellucid.data.frames import map_nest
from pellucid.data.sources import ArrayBatches
from pellucid.insight.recording.measures import (
    OUTPUT,
    WEIGHT,
    output_row,
    unknown,
    weight_row,
)
from pellucid.insight.recording.moments import Logs, Moment, Moments
from pellucid.insight.recording.naming import about_layers, about_weights
from pellucid.insight.recording.probe import Probe, Seen
from pellucid.insight.recording.record import Record

SMALL = 8_000_000                       # bytes that the kept weights of a run may take unasked


class Recorder(Declared, Callback):
    """Watch a training from the inside: what every layer gives, every gradient, every step.

    Before training and after each epoch the same few rows, the probe, are sent through the model
    once, as in a step of training. Kept are, of each layer, mean, spread and histogram of its
    outputs, the shares of zeros, of dead units and of saturated outputs, and the spread of the
    gradient that reaches it; of each weight its norm and histogram, those of its gradient, and the
    step that the optimizer would take; and the loss, the rate, and what every epoch logged. It
    changes nothing: with it and without it a training gives the same bits.

    Memory stays bounded: once there are ``frames`` moments every other one is dropped, and from
    then on only every second epoch is looked at, and so on. The last one is always kept.

    Args:
        frames: how many moments are kept at most.
        batches: look every so many batches, in place of after each epoch; training then comes
            back to Python after every batch.
        rows: how many rows of the training data, from the first on, make the probe (of a
            generator or `PyDataset`: of its first batch).
        probe: the rows themselves, ``(x, y)`` or ``(x, y, sample_weight)``, in their place.
        weights: whether the weights themselves are kept at each moment, for a replay: True, False
            or "small" (the default): where all moments together take at most 8 MB.

    After `fit` it is in ``record``, a `Record`. Of a model with a ``train_step`` of its own that
    step is what is looked at, so losses, and gradients of outputs, are not known; if it also runs
    eagerly, only its weights are. Raises ArgumentError for values out of range, for ``record``
    before anything was seen, and in a training loop of one's own without a ``probe``.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(8, "relu", name="hidden"), Dense(1)])
    >>> model.compile("adam", "mse")
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> recorder = Recorder()
    >>> history = model.fit(x, x ** 2, epochs=10, verbose=0, callbacks=[recorder])
    >>> recorder.record.layer("hidden").dead.shape
    (11,)
    """

    frames: int = field(200, at_least=2, whole=True, help="moments kept at most")
    batches: int | None = field(None, at_least=1, whole=True, help="look every so many batches")
    rows: int = field(256, at_least=1, whole=True, help="rows of the training data to look at")
    probe: Any = field(None, help="rows to look at, (x, y), in place of training data")
    weights: Any = field("small", one_of=(True, False, "small"), help="whether weights are kept")
    comes_last = True                                    # it sees what the others have done

    def settle(self) -> None:
        if self.batches is None:
            self.unheard = (Recorder.on_train_batch_end,)
        if self.probe is not None and not (
                isinstance(self.probe, (tuple, list)) and 1 <= len(self.probe) <= 3):
            raise ArgumentError("Recorder's probe must be (x, y) or (x, y, sample_weight)",
                                got=f"a {type(self.probe).__name__}", where=user_line())
        self._shown: Any = None
        self._begin(None)

    def _begin(self, probe: Probe | None) -> None:
        """Nothing was seen yet."""
        self._probe, self._logs = probe, Logs()
        self._moments = Moments(self.frames, self.batches or 1)
        self._begun = False
        self._epoch = self._count = self._seen_at = self._in_epoch = self._steps = 0
        self._of_epoch: list[tuple[Moment, int]] = []    # those within the running epoch
        self._about_layers: list[dict[str, Any]] = []
        self._calls: list[tuple[Any, str]] = []          # of layers, with the names they have here
        self._about_weights: list[dict[str, Any]] = []
        self._known: list[Any] = []                      # the weights that there were at first
        self._start: dict[int, np.ndarray] = {}          # what they were, by their ids,
        self._last: dict[int, np.ndarray] = {}           # and at the latest look
        self._notes: tuple[str, ...] = ()

    # what training tells -----------------------------------------------------------------------

    def set_batches(self, source: Any) -> None:
        self._shown = None if self.probe is not None else _first_rows(
            self.model, source, self.rows)

    def on_train_begin(self, logs: Any = None) -> None:
        rows = self._own_rows() if self.probe is not None else self._shown
        if rows is None:
            raise ArgumentError("Recorder does not know the training data of a loop of one's own",
                                where=user_line(), hint="Recorder(probe=(x, y))")
        self._begin(Probe(self.model, rows))

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._probe is None:                          # a loop of one's own may begin here
            self.on_train_begin()
        self._epoch, self._in_epoch, self._of_epoch = epoch, 0, []
        if self._begun:
            return
        assert self._probe is not None
        self._begun, self._notes = True, self._probe.notes
        self._start = self._last = {id(each): each.array for each in self.model.weights}
        self._steps = _steps(self.model)
        if not self._probe.own:                          # which may yet make what it needs
            self._look(epoch, 0)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._count, self._in_epoch = self._count + 1, self._in_epoch + 1
        if self._moments.wants(self._count):
            self._of_epoch.append((self._look(self._epoch, self._count), self._in_epoch))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        for moment, batch in self._of_epoch:             # now it is known how long the epoch was
            moment.epoch = epoch + batch / self._in_epoch
        if self.batches is None:
            self._count += 1
        self._logs.add(epoch + 1, {"learning_rate": _rate(self.model), **(logs or {})})
        last = epoch + 1 == (self.params or {}).get("epochs") or self.model.stop_training
        if self._count > self._seen_at and (
                last or (self.batches is None and self._moments.wants(self._count))):
            self._look(epoch + 1, self._count)

    def on_train_end(self, logs: Any = None) -> None:
        if self._logs.epochs and self._count > self._seen_at:
            self._look(self._epoch + 1, self._count)     # training ended before it had to
        self._probe, self._shown = None, None            # what belongs to the model is let go
        self._known, self._start, self._last, self._calls = [], {}, {}, []

    # looking -----------------------------------------------------------------------------------

    def _own_rows(self) -> Any:
        """The rows given as ``probe``, as `fit` would have them."""
        source = self.model._source(*unpack_x_y_sample_weight(tuple(self.probe)), steps=1)
        self.model._prepare(source)
        return source.first()

    def _look(self, epoch: float, count: int) -> Moment:
        assert self._probe is not None
        seen, steps = self._probe.look(), _steps(self.model)
        if not self._known:
            self._known, self._about_weights = self.model.weights, about_weights(self.model)
        # held as they are: whoever changes a weight puts another array in its place
        now = {id(each): each.array for each in self._known}
        moment = Moment(float(epoch), steps, steps - self._steps, _rate(self.model), seen.loss,
                        self._outputs(seen), self._weights(seen, now),
                        list(now.values()) if self._keeps(now) else None)
        self._moments.add(count, moment)
        self._last, self._steps, self._seen_at = now, steps, count
        return moment

    def _outputs(self, seen: Seen) -> np.ndarray:
        layers = [layer for layer, *_ in seen.calls]
        if [layer for layer, _ in self._calls] != layers:            # the first time, or all others
            found = about_layers(self.model, seen.calls)
            self._about_layers = self._about_layers or found
            self._calls = [(layer, about["name"]) for layer, about in zip(
                layers, found, strict=True)]
        table = unknown(OUTPUT, len(self._about_layers))
        rows = {name: output_row(*call) for (_, name), call in zip(
            self._calls, seen.calls, strict=True)}
        for k, about in enumerate(self._about_layers):
            if about["name"] in rows:
                table[k] = rows[about["name"]]
        return table

    def _weights(self, seen: Seen, now: dict[int, np.ndarray]) -> np.ndarray:
        table = np.zeros(len(now), WEIGHT)
        for k, (key, array) in enumerate(now.items()):
            table[k] = weight_row(array, seen.gradients.get(key), seen.steps.get(key),
                                  self._last.get(key, array), self._start.get(key, array))
        return table

    def _keeps(self, now: dict[int, np.ndarray]) -> bool:
        room = sum(each.nbytes for each in now.values()) * self.frames <= SMALL
        return room if self.weights == "small" else bool(self.weights)

    # afterwards --------------------------------------------------------------------------------

    @property
    def record(self) -> Record:
        """What was seen so far; ArgumentError if that is nothing."""
        kept = self._moments.kept
        if not kept:
            raise ArgumentError("nothing was recorded yet", where=user_line(),
                                hint="model.fit(..., callbacks=[recorder]) first")
        numbers = {name: np.array([getattr(each, short) for each in kept])
                   for name, short in (("epochs", "epoch"), ("steps", "step"), ("since", "since"),
                                       ("learning_rate", "learning_rate"), ("loss", "loss"))}
        values = None if kept[0].values is None else [
            np.stack(each) for each in zip(*(moment.values for moment in kept), strict=True)]
        return Record(**numbers, outputs=np.stack([each.outputs for each in kept]),
                      weights=np.stack([each.weights for each in kept]),
                      logged=np.array(self._logs.epochs), logs=self._logs.columns(),
                      about_layers=self._about_layers, about_weights=self._about_weights,
                      values=values, notes=self._notes)


def _first_rows(model: Any, source: Any, most: int) -> Any:
    """The first rows that `fit` was given; as many as a batch where the model takes no others."""
    layers, inputs = model._flatten_layers(), () if model._graph is None else model.inputs
    fixed = any(getattr(each, "stateful", False) for each in layers) or any(
        each.shape[0] is not None for each in inputs)
    if isinstance(source, ArrayBatches):
        return source.part(source.size if fixed else most)
    batch = source.first()
    return batch if fixed else map_nest(lambda array: array[:most], batch)


def _steps(model: Any) -> int:
    return int(model.optimizer.iterations)


def _rate(model: Any) -> float:
    """The optimizer's rate now; NaN for one that has none."""
    rate = getattr(model.optimizer, "learning_rate", None)
    return np.nan if rate is None else float(rate)
