"""The loops over batches: whole epochs on an engine that can run them, else batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.callbacks.base import CallbackList
from pellucid.core import nest
from pellucid.core.errors import ArgumentError, user_line
from pellucid.core.recording import recording
from pellucid.data.batches import pack_x_y_sample_weight
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.engines.native.epochs import AT_EPOCH, AT_STEP, AT_TIME, Epochs, OneBatch
from pellucid.engines.native.forward import Forward
from pellucid.engines.native.profile import profile_of
from pellucid.engines.trace import Traced
from pellucid.layers.owner import Owner
from pellucid.metrics.base import Metric
from pellucid.models.arguments import about
from pellucid.models.logs import numbers
from pellucid.models.steps import Steps
from pellucid.optimizers.base import Optimizer


def train(model: Any, loop: BatchLoop, judge: BatchLoop | None, listeners: CallbackList,
          epochs: range, validation_freq: Any) -> None:
    """The loop over epochs of `fit`, with what callbacks are told."""
    model.stop_training, model.resumption = False, None
    model._order = getattr(loop.source, "permutation", None)
    if loop.profile:
        loop.need_profile()
    listeners.set_batches(loop.source)
    listeners.tell("on_train_begin")
    logs: dict[str, Any] = {}
    if model.resumption is not None:                     # a callback has put a state back
        epochs, model.resumption = loop.resume(epochs, model.resumption), None
    if (judge is None and listeners.only_history and loop.shuffles_by_itself and loop.prepare()
            and loop.resets_by_itself):
        logs = loop.many(epochs, listeners)
    else:
        for epoch in epochs:
            if model.stop_training or not loop.source.more():
                break
            due = judge is not None and _due(epoch, validation_freq)
            logs = _epoch(epoch, loop, judge if due else None, listeners)
    if _ends_otherwise(model.optimizer):                 # else it costs a look at all layers
        model.optimizer.finalize_variable_values(model.trainable_variables)
    if loop.profile:
        listeners.history.profile = profile_of(loop._epochs)
    listeners.tell("on_train_end", logs)


def _epoch(epoch: int, loop: BatchLoop, judge: BatchLoop | None, listeners: CallbackList
           ) -> dict[str, Any]:
    """One epoch of training and, if there are rows held out, of validation."""
    listeners.tell("on_epoch_begin", epoch, {})
    logs = dict(loop.run(epoch, listeners))
    if judge is not None:
        with about("validation_data"):
            found = judged(judge, listeners)
        logs |= {f"val_{name}": value for name, value in found.items()}
    listeners.tell("on_epoch_end", epoch, logs)
    return logs


def judged(loop: BatchLoop, listeners: CallbackList) -> dict[str, Any]:
    """Loss and metrics over a source, without training."""
    listeners.tell("on_test_begin")
    logs = loop.run(0, listeners)
    listeners.tell("on_test_end", logs)
    return logs


def _due(epoch: int, frequency: Any) -> bool:
    return (epoch + 1) % frequency == 0 if isinstance(frequency, int) else epoch + 1 in frequency


class BatchLoop:
    """One kind of step ("train" or "test") over one source, epoch after epoch.

    Python is back after each batch if a callback wants to hear of each, after each epoch if one
    wants to hear of that, and else every few hundredths of a second, to see an interrupt.
    """

    def __init__(self, model: Any, kind: str, source: Batches, profile: bool = False) -> None:
        self.model, self.kind, self.source, self.profile = model, kind, source, profile
        self._step: Any = None
        self._step_at = 0                              # what `Owner.freezings` was then
        self._epochs: Epochs | None = None
        self.resets_by_itself = False                  # whether the engine knows how epochs begin
        self._done, self._logs = 0, {}                 # of an epoch that was broken off

    def prepare(self) -> Epochs | None:
        """The engine's own loop, if it has one for this step and these data."""
        if not self._stands():                         # the first time, or since then somebody has
            self._step_at = Owner.freezings            # frozen a layer, or compiled anew
            step = self.model._step_function(self.kind)
            if step is not self._step:
                self._step, self._epochs = step, self._made(step)
        return self._epochs

    def _stands(self) -> bool:
        """Whether nothing has happened that could make another step of the one there is."""
        model = self.model
        return (self._step is not None and self._step_at == Owner.freezings
                and not model.run_eagerly and model.traced_functions.get(self.kind) is self._step)

    def _made(self, step: Any) -> Epochs | None:
        source = self.source
        if not isinstance(source, ArrayBatches) or not source.whole or self.model.run_eagerly:
            return None
        steps = []
        for rows in source.sizes:
            data = (pack_x_y_sample_weight(*source.part(rows)),)
            leaves = [None if each is None else np.asarray(each) for each in nest.flatten(data)]
            steps.append((step.compiled_for(data, leaves), rows))
        rows = nest.flatten(pack_x_y_sample_weight(source.x, source.y, source.sample_weight))
        arrays = [np.asarray(each) for each in rows if each is not None]
        if not Epochs.serve(steps, arrays):
            return None
        metrics = self.model.metrics
        self.resets_by_itself = _reset_plainly(self.model, metrics)
        for each in metrics if self.resets_by_itself else ():
            each.reset_state()
        epochs = Epochs(steps, arrays, [each for metric in metrics for each in metric.variables]
                        if self.resets_by_itself else [])
        epochs.session.profiling = self.profile
        seed = getattr(source.permutation, "seed", None)
        if source.shuffle is True and seed is not None:
            epochs.shuffle(seed)
        return epochs

    def need_profile(self) -> None:
        """Raise ArgumentError where no engine runs whole epochs: there is nothing to measure."""
        if self.prepare() is None:
            raise ArgumentError("profile=True needs the native engine, and x and y as arrays",
                                where=user_line(), hint="without run_eagerly, PELLUCID_NATIVE=off "
                                "and steps_per_epoch; generators go batch by batch")

    def resume(self, epochs: range, at: dict[str, Any]) -> range:
        """Stand where another training stopped; gives the epochs that are left."""
        if at["seed"] is not None:
            self.source.permutation.seed = at["seed"]  # pyright: ignore
        self._done, self._logs = at["batch"], at["logs"]
        self.source.play(range(epochs.start, at["epoch"]))
        if self._done and not self.model.run_eagerly:  # so that metrics have their variables
            data = (pack_x_y_sample_weight(*self.source.first()),)
            leaves = [None if each is None else np.asarray(each) for each in nest.flatten(data)]
            self.model._step_function(self.kind).compiled_for(data, leaves)
        return range(at["epoch"], epochs.stop)

    def run(self, epoch: int, listeners: CallbackList) -> dict[str, Any]:
        """One epoch; gives the logs of its last batch."""
        if self._done:
            return self._batch_by_batch(epoch, listeners)
        native = self.prepare()
        if native is None:
            self.model.reset_metrics()
            return self._batch_by_batch(epoch, listeners)
        if not self.resets_by_itself:
            self.model.reset_metrics()
        self._begin(native, epoch)
        begin, end = (f"on_{self.kind}_batch_{when}" for when in ("begin", "end"))
        stopped = self.kind == "train" and self.model.stop_training     # by on_epoch_begin
        if stopped or listeners.hears_each(begin, end):
            return self._step_by_step(native, epoch, listeners, begin, end)
        while True:
            ended = native.run(epoch + 1, AT_EPOCH)
            if len(ended):
                logs, batch = native.unpacked(ended[-1]), native.session.batches
            else:
                logs, batch = native.current(), native.session.batch
            if listeners.hears(end):
                listeners.tell(end, batch - 1, logs)
            if len(ended):
                return logs

    def _begin(self, native: Epochs, epoch: int) -> None:
        native.go_to(epoch)
        assert isinstance(self.source, ArrayBatches)
        if not native.shuffles and (order := self.source.order(epoch)) is not None:
            native.order(order)

    def _step_by_step(self, native: Epochs, epoch: int, listeners: CallbackList, begin: str,
                      end: str) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        for batch in range(native.session.batches):
            listeners.tell(begin, batch, {})
            native.run(epoch + 1, AT_STEP)
            logs = native.current()
            listeners.tell(end, batch, dict(logs))
            if self.kind == "train" and self.model.stop_training:
                break
        return logs

    @property
    def shuffles_by_itself(self) -> bool:
        """Whether the engine knows the order of each epoch without being told."""
        source = self.source
        return isinstance(source, ArrayBatches) and (not source.shuffle or (
            source.shuffle is True and hasattr(source.permutation, "seed")))

    def many(self, epochs: range, listeners: CallbackList) -> dict[str, Any]:
        """All epochs at once, where nobody wants to hear of any: only the history is kept."""
        native = self.prepare()
        assert native is not None
        if not epochs:
            return {}
        first, last = epochs.start, epochs.stop
        native.go_to(first)
        rows, done = [], first
        while done < last:
            ended = native.run(last, AT_TIME)
            done += len(ended)
            rows.append(ended)
        table = np.concatenate(rows)
        logs = native.unpacked(table[-1])
        if all(isinstance(value, float) for value in logs.values()):
            columns = _columns(native, table)
        else:
            each = [native.unpacked(row) for row in table]
            columns = {name: [one[name] for one in each] for name in logs}
        listeners.history.on_epochs_end(epochs, columns)
        return logs

    def _batch_by_batch(self, epoch: int, listeners: CallbackList) -> dict[str, Any]:
        begin, end = (f"on_{self.kind}_batch_{when}" for when in ("begin", "end"))
        heard = listeners.hears(begin, end)
        step, logs = self.model._step_function(self.kind), self._logs
        done, self._done, self._logs = self._done, 0, {}
        for i, batch in enumerate(self.source.epoch(epoch)):
            if i < done:
                continue
            if heard:
                listeners.tell(begin, i, {})
            logs = step(pack_x_y_sample_weight(*batch))
            if heard:
                listeners.tell(end, i, numbers(logs))
            if self.kind == "train" and self.model.stop_training:
                break
        return numbers(logs)


def _reset_plainly(model: Any, metrics: list[Any]) -> bool:
    """Whether neither the model nor a metric has its own way to begin an epoch."""
    return type(model).reset_metrics is Steps.reset_metrics and all(
        type(each).reset_state is Metric.reset_state for each in metrics)


def _ends_otherwise(optimizer: Any) -> bool:
    """Whether weights are others at the end of training than after the last step."""
    own = type(optimizer).finalize_variable_values is not Optimizer.finalize_variable_values
    return own or optimizer.use_ema


def _columns(native: Epochs, table: np.ndarray) -> dict[str, list[Any]]:
    """The logs of many epochs as a list for each name."""
    places = native.unpacked(np.arange(table.shape[1], dtype=float))
    return {name: table[:, int(place)].tolist() for name, place in places.items()}


def on_batch(step: Any, data: Any) -> dict[str, Any]:
    """The logs of a step on one batch."""
    if isinstance(step, Traced) and recording.trace is None and not recording.tapes:
        leaves = [None if each is None else np.asarray(each) for each in nest.flatten(data)]
        compiled = step.compiled_for((data,), leaves)
        rows = [each for each in leaves if each is not None]
        if (at_once := OneBatch.of(compiled, rows)) is not None:
            return at_once(rows)
    return numbers(step(data))


def forward_for(model: Any, step: Any, source: Batches) -> Forward | None:
    """The short way to predict full batches of one array, or its only one again, if there is one.
    """
    if (not isinstance(source, ArrayBatches) or not isinstance(source.x, np.ndarray)
            or model.run_eagerly or model.host_stage is not None):
        return None
    data = (pack_x_y_sample_weight(*source.part(source.sizes[0])),)
    return Forward.of(step, step.compiled_for(data, nest.flatten(data)))
