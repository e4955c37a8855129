"""`fit`, `evaluate`, `predict`: a whole step is one Plan, the loop around it is here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.random import random_permutation
from pellucid.callbacks.base import CallbackList
from pellucid.callbacks.console_line import leaves_a_clean_console
from pellucid.callbacks.progress import ProgressBar
from pellucid.core import dtypes, nest
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, DataError, user_line
from pellucid.core.settings import max_steps_per_epoch
from pellucid.data.batches import (
    batches,
    pack_x_y_sample_weight,
    unpack_x_y_sample_weight,
    validation_part,
)
from pellucid.data.frames import is_frame, map_nest
from pellucid.data.sources import DEFAULT_BATCH_SIZE, ArrayBatches, Batches
from pellucid.engines.native.forward import Forward
from pellucid.engines.trace import Traced
from pellucid.layers.owner import Owner
from pellucid.models.arguments import about, frequency, most_epochs, whole
from pellucid.models.host_part import begins_with_words, encoded
from pellucid.models.logs import step_of
from pellucid.models.lookups import Lookup, check_numbers, check_rows
from pellucid.models.loops import BatchLoop, forward_for, judged, on_batch, train
from pellucid.models.readying import Readying, tensor_of
from pellucid.models.resumption import Resuming
from pellucid.random import next_seed


class Trainer(Resuming, Readying):
    """The half of a model that trains.

    Whatever a step does (forward, loss, penalties, gradients, clipping, optimizer, metrics, moving
    averages, random masks) is traced once per signature into one Plan. With
    ``compile(run_eagerly=True)`` the same code runs step by step.
    """

    host_stage: Any = None
    _forward: Forward | None = None                      # for the same batch again and again
    _forward_at = 0
    _lookups: Sequence[Lookup] = ()                      # of the same

    def __getstate__(self) -> dict[str, Any]:
        """What a copy takes along: all but the traced steps, which are of this very model."""
        graph = self._graph                              # pyright: ignore
        return {"_graph": graph} | vars(self) | {        # its nodes are in order: nothing is deep
            "traced_functions": {}, "_traced_for": {}, "_forward": None}

    # the loops ---------------------------------------------------------------------------------

    @leaves_a_clean_console
    @known_by_name
    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1,
            verbose: Any = "auto", callbacks: Any = None, validation_split: float = 0.0,
            validation_data: Any = None, shuffle: bool = True, class_weight: Any = None,
            sample_weight: Any = None, initial_epoch: int = 0, steps_per_epoch: int | None = None,
            validation_steps: int | None = None, validation_batch_size: int | None = None,
            validation_freq: Any = 1, profile: bool = False) -> Any:
        """Train for a number of epochs; gives the `History` of losses and metrics.

        ``x`` and ``y`` are arrays, lists, frames, nests of them, or one generator or `PyDataset`;
        ``validation_split`` takes the last part of the rows before shuffling. With ``profile``,
        ``history.profile`` says where a step's time went, kernel by kernel. Raises DataError for
        data that cannot be used, ShapeError where shapes do not fit.
        """
        self._need_compiled("fit")
        epochs = most_epochs(whole("epochs", epochs, 0))
        first, often = whole("initial_epoch", initial_epoch, 0), frequency(validation_freq)
        seed = next_seed()
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = validation_part(
                self._encoded(x), y, sample_weight, validation_split,
                text=begins_with_words(self))
        source = self._source(x, y, sample_weight, batch_size=batch_size, steps=steps_per_epoch,
                              shuffle=shuffle, class_weight=class_weight,
                              permutation=EpochOrder(seed))
        held_out = None if validation_data is None else self._validation(
            validation_data, validation_batch_size or batch_size, validation_steps)
        advised = self._advised
        self._prepare(source)
        if held_out is not None:
            self._prepare_held_out(held_out, not advised)
        listeners = CallbackList(_with_progress(callbacks, verbose), add_history=True, model=self,
                                 verbose=verbose, epochs=epochs, steps=source.steps)
        loop = BatchLoop(self, "train", source, profile)
        judge = None if held_out is None else BatchLoop(self, "test", held_out)
        train(self, loop, judge, listeners, range(first, epochs), often)
        self.history = listeners.history
        return self.history

    def _validation(self, data: Any, batch_size: int | None, steps: int | None) -> Batches:
        """The rows held out: ``(x, y)``, ``(x, y, sample_weight)``, or whatever yields batches."""
        with about("validation_data"):
            parts = (unpack_x_y_sample_weight(tuple(data)) if isinstance(data, (tuple, list))
                     else (data,))
            return self._source(*parts, batch_size=batch_size, steps=steps)

    @leaves_a_clean_console
    @known_by_name
    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None,
                 verbose: Any = "auto", sample_weight: Any = None, steps: int | None = None,
                 callbacks: Any = None, return_dict: bool = False) -> Any:
        """Loss and metrics on data, without training: a number, a list, or a dict."""
        self._need_compiled("evaluate")
        source = self._source(x, y, sample_weight, batch_size=batch_size, steps=steps)
        self._prepare(source, training=False)
        listeners = CallbackList(_with_progress(callbacks, verbose), model=self, verbose=verbose,
                                 epochs=1, steps=source.steps)
        results = judged(BatchLoop(self, "test", source), listeners)
        if return_dict:
            return results
        values = list(results.values())
        return values[0] if len(values) == 1 else values

    @known_by_name
    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = "auto",
                steps: int | None = None, callbacks: Any = None) -> Any:
        """The outputs for all rows of x, as NumPy arrays."""
        if verbose == 0 and callbacks is None and steps is None:
            y = self._again(x, batch_size or DEFAULT_BATCH_SIZE)
            if y is not None:
                return y
        return self._predict(x, batch_size, verbose, steps, callbacks)

    def _again(self, x: Any, most: int) -> np.ndarray | None:
        """The outputs for a batch of at most so many rows, if the latest one was alike."""
        forward = self._forward
        if (forward is None or self.run_eagerly or self._forward_at != Owner.freezings
                or forward.step is not self.traced_functions.get("predict")):
            return None
        y = forward(x, most)
        if y is not None:
            check_rows(self._lookups, [x])
        return y

    @leaves_a_clean_console
    def _predict(self, x: Any, batch_size: int | None, verbose: Any, steps: int | None,
                 callbacks: Any) -> Any:
        source = self._source(x, batch_size=batch_size, steps=steps)
        at_once = isinstance(source, ArrayBatches)
        self._lookups = check_numbers(self, source.x) if at_once else ()
        listeners = CallbackList(_with_progress(callbacks, verbose), model=self, verbose=verbose,
                                 epochs=1, steps=source.steps)
        step, parts = self._step_function("predict"), []
        forward, at = forward_for(self, step, source), Owner.freezings
        listeners.tell("on_predict_begin")
        for i, batch in enumerate(source.epoch(0)):
            if not at_once:
                check_numbers(self, batch[0])
            listeners.tell("on_predict_batch_begin", i, {})
            outputs = None if forward is None else forward(batch[0], len(batch[0]))
            if outputs is None:                          # the last batch may be smaller
                outputs = nest.map_structure(np.asarray, step(pack_x_y_sample_weight(*batch)))
            parts.append(outputs)
            listeners.tell("on_predict_batch_end", i, {"outputs": outputs})
        listeners.tell("on_predict_end", {})
        self._forward, self._forward_at = (forward if len(parts) == 1 else None), at
        if not parts:
            raise DataError("predict got no batch at all", where=user_line())
        return nest.map_structure(lambda *each: np.concatenate(each), *parts)

    @known_by_name
    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None,
                       class_weight: Any = None, return_dict: bool = False) -> Any:
        """One step of training on one batch; gives its loss and metrics."""
        return self._on_batch("train", x, y, sample_weight, class_weight, return_dict)

    @known_by_name
    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None,
                      return_dict: bool = False) -> Any:
        """Loss and metrics of one batch."""
        return self._on_batch("test", x, y, sample_weight, None, return_dict)

    @known_by_name
    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch."""
        y = self._again(x, sys.maxsize)
        if y is not None:
            return y
        source = self._source(x, steps=1)
        batch, step = source.first(), self._step_function("predict")
        self._lookups = check_numbers(self, batch[0])
        self._forward, self._forward_at = forward_for(self, step, source), Owner.freezings
        return nest.map_structure(np.asarray, step(pack_x_y_sample_weight(*batch)))

    def _on_batch(self, kind: str, x: Any, y: Any, sample_weight: Any, class_weight: Any,
                  return_dict: bool) -> Any:
        self._need_compiled(f"{kind}_on_batch")
        source = self._source(x, y, sample_weight, class_weight=class_weight, steps=1)
        self._prepare(source, training=kind == "train")
        self.reset_metrics()
        batch = pack_x_y_sample_weight(*source.first())
        logs = on_batch(self._step_function(kind), batch)
        values = list(logs.values())
        return logs if return_dict else values[0] if len(values) == 1 else values

    def _step_function(self, kind: str) -> Any:
        """``train_step`` and its kin as a Plan, or as they are when run eagerly."""
        if self.run_eagerly:
            step = step_of(self, kind)
            return lambda data: step(nest.map_structure(tensor_of, data))
        key = [each.trainable for each in self._flatten_layers()]        # pyright: ignore
        found = self.traced_functions.get(kind)
        if found is None or self._traced_for.get(kind, key) != key:      # a layer was frozen since
            found = Traced(step_of(self, kind), engine="native")
            self.traced_functions[kind] = found
        self._traced_for[kind] = key
        return found

    # getting ready -----------------------------------------------------------------------------

    def _need_compiled(self, what: str) -> None:
        if not self.compiled or (self.optimizer is None and what in ("fit", "train_on_batch")):
            raise ArgumentError(f"compile the model before {what}", where=user_line(),
                                hint='as in: model.compile(optimizer="adam", loss="mse")')

    def _source(self, x: Any, y: Any = None, sample_weight: Any = None, **how: Any) -> Batches:
        """The batches of whatever x is, floats of arrays in the model's dtype from the start."""
        words = begins_with_words(self)
        source = batches(self._encoded(x), y, sample_weight, text=words, **how)
        if (most := max_steps_per_epoch()) is not None:
            source.limit(most)
        source = encoded(self, source) if words else source
        if isinstance(source, ArrayBatches):
            def cast(array: Any) -> Any:
                return array.astype(self.data_dtype, copy=False) if dtypes.is_float(
                    array.dtype) else array
            source.x, source.y = map_nest(cast, source.x), map_nest(cast, source.y)
        return source

    @property
    def data_dtype(self) -> str:
        """The float type that data are given in: the widest of the model's and its inputs'."""
        graph = self._graph                              # pyright: ignore
        inputs = () if graph is None else nest.flatten(graph.compiled.inputs)
        return dtypes.result_type(self.compute_dtype, *(                 # pyright: ignore
            each.dtype for each in inputs if dtypes.is_float(each.dtype)))

    def _encoded(self, x: Any) -> Any:
        """Columns with strings and gaps as numbers, by the host stage that was saved with them."""
        if self.host_stage is None or not (is_frame(x) or isinstance(x, dict)):
            return x
        return self.host_stage.transform(x)


class EpochOrder:
    """The order of n rows in an epoch: a pure function of seed, n and epoch."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, n: int, epoch: int) -> np.ndarray:
        return random_permutation(np.array([self.seed, epoch], np.uint32), n).numpy()


def _with_progress(callbacks: Any, verbose: Any) -> Any:
    """The callbacks with a progress bar in front, unless ``verbose=0``."""
    if isinstance(callbacks, CallbackList) or verbose in (0, False):
        return callbacks
    given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks] if callbacks else []
    shown = any(isinstance(each, ProgressBar) for each in given)
    return given if shown else [ProgressBar(verbose), *given]
