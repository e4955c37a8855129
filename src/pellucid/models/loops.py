"""The loops over batches: whole epochs on an engine that can run them, else batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.callbacks.base import CallbackList
from pellucid.core import nest
from pellucid.data.batches import pack_x_y_sample_weight
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.engines.native.epochs import AT_EPOCH, AT_STEP, AT_TIME, Epochs


class BatchLoop:
    """One kind of step ("train" or "test") over one source, epoch after epoch.

    Python is back after each batch if a callback wants to hear of each, after each epoch if one
    wants to hear of that, and else every few hundredths of a second, to see an interrupt.
    """

    def __init__(self, model: Any, kind: str, source: Batches) -> None:
        self.model, self.kind, self.source = model, kind, source
        self._step: Any = None
        self._epochs: Epochs | None = None

    def prepare(self) -> Epochs | None:
        """The engine's own loop, if it has one for this step and these data."""
        step = self.model._step_function(self.kind)
        if step is not self._step:                     # the first time, or a layer was frozen since
            self._step, self._epochs = step, self._made(step)
        return self._epochs

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
        self.model.reset_metrics()
        epochs = Epochs(steps, arrays, [
            variable for metric in self.model.metrics for variable in metric.variables])
        if source.shuffle is True and hasattr(source.permutation, "seed"):
            epochs.shuffle(source.permutation.seed)
        return epochs

    def run(self, epoch: int, listeners: CallbackList) -> dict[str, Any]:
        """One epoch; gives the logs of its last batch."""
        native = self.prepare()
        if native is None:
            self.model.reset_metrics()
            return self._batch_by_batch(epoch, listeners)
        self._begin(native, epoch)
        begin, end = (f"on_{self.kind}_batch_{when}" for when in ("begin", "end"))
        if listeners.hears_each(begin, end):
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

    def many(self, first: int, last: int, listeners: CallbackList) -> dict[str, Any]:
        """All epochs at once, where nobody wants to hear of any: only the history is kept."""
        native = self.prepare()
        assert native is not None
        if first >= last:
            return {}
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
        listeners.history.on_epochs_end(range(first, last), columns)
        return logs

    def _batch_by_batch(self, epoch: int, listeners: CallbackList) -> dict[str, Any]:
        begin, end = (f"on_{self.kind}_batch_{when}" for when in ("begin", "end"))
        heard = listeners.hears(begin, end)
        step, logs = self.model._step_function(self.kind), {}
        for i, batch in enumerate(self.source.epoch(epoch)):
            if heard:
                listeners.tell(begin, i, {})
            logs = step(pack_x_y_sample_weight(*batch))
            if heard:
                listeners.tell(end, i, numbers(logs))
            if self.kind == "train" and self.model.stop_training:
                break
        return numbers(logs)


def _columns(native: Epochs, table: np.ndarray) -> dict[str, list[Any]]:
    """The logs of many epochs as a list for each name."""
    places = native.unpacked(np.arange(table.shape[1], dtype=float))
    return {name: table[:, int(place)].tolist() for name, place in places.items()}


def numbers(logs: dict[str, Any]) -> dict[str, Any]:
    """Logs as Python numbers (a metric of several numbers stays an array)."""
    return {name: float(array) if (array := np.asarray(value)).ndim == 0 else array
            for name, value in logs.items()}
