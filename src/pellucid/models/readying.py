"""Before the first step: weights, loss, metrics and optimizer are made, and the data looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import TracingError, advise
from pellucid.core.tensor import Tensor, convert
from pellucid.data.batches import pack_x_y_sample_weight
from pellucid.data.sources import ArrayBatches, Batches
from pellucid.engines.trace import abstract_call
from pellucid.models.arguments import about
from pellucid.models.checks import advice, check_data, gaps
from pellucid.models.logs import step_of
from pellucid.models.steps import Steps


class Readying(Steps):
    """How a model gets ready for data: by its `call` on shapes, or, without one, by its steps."""

    _advised = False

    @property
    def only_steps(self) -> bool:
        """Whether it has no `call` of its own, so that its steps alone say what it computes."""
        drawn = self._graph is not None or hasattr(self, "_chain")       # pyright: ignore
        return not drawn and type(self).call.__module__ == "pellucid.models.model"  # pyright: ignore

    @property
    def has_weights(self) -> bool:
        """Whether its weights exist; without `call`, those of all its layers."""
        inner = self._flatten_layers()[1:]                               # pyright: ignore
        return self.built or bool(
            self.only_steps and inner and all(each.built for each in inner))

    def _prepare(self, source: Batches, training: bool = True) -> None:
        """Build weights, loss, metrics and optimizer from the first batch, before any tracing."""
        x, y, sample_weight = source.first()
        if self.only_steps:
            self._build_by_step("train" if training else "test", (x, y, sample_weight))
        else:
            self._build_on(x, y, sample_weight)
        if training and self.built and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)               # pyright: ignore
        check_data(self, source)
        if not self._advised:
            self._advised = True
            for sentence in advice(self, *_rows(source)):
                advise(sentence)

    def _prepare_held_out(self, source: Batches, first: bool) -> None:
        """Look at the rows held out; with ``first``, say what is unwise in them as well."""
        with about("validation_data"):
            check_data(self, source)
        for sentence in gaps(*_rows(source), of="validation ") if first else ():
            advise(sentence)

    def _build_by_step(self, kind: str, batch: Any) -> None:
        """Make the weights of a model without `call`, by a step on shapes: no state moves on."""
        if self.built:
            return
        if kind == "train" and self.has_weights and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)               # pyright: ignore
        data = nest.map_structure(array_of, pack_x_y_sample_weight(*batch))
        try:
            abstract_call(step_of(self, kind), data)
            self.built = True
        except TracingError:
            if not self.run_eagerly:                     # else the first step builds, and counts
                raise
        self._clear_losses()                                             # pyright: ignore

    def _build_on(self, x: Any, y: Any, sample_weight: Any) -> None:
        metrics_built = self._compiled_metrics is None or self._compiled_metrics.parts is not None
        loss_built = self._compiled_loss is None or self._compiled_loss.parts is not None
        if self.built and metrics_built and loss_built:
            return

        def forward(x: Any, y: Any) -> Any:
            y_pred = self(x, training=False)                             # pyright: ignore
            if self._compiled_loss is not None:
                self._compiled_loss.build(y_pred)
            if self._compiled_metrics is not None and y is not None:
                self._compiled_metrics.build(y, y_pred, self._compiled_loss)
            return y_pred

        try:                                             # on shapes: no state moves on
            abstract_call(forward, nest.map_structure(array_of, x), nest.map_structure(array_of, y))
        except TracingError:
            if not self.run_eagerly:
                raise
            forward(nest.map_structure(tensor_of, x), nest.map_structure(tensor_of, y))
        self._clear_losses()                                             # pyright: ignore


def _rows(source: Batches) -> tuple[Any, Any, Any]:
    """All rows where they are at hand, else those of the first batch."""
    return ((source.x, source.y, source.sample_weight) if isinstance(source, ArrayBatches)
            else source.first())


def array_of(value: Any) -> Any:
    """A leaf of a batch as an array; None, where nothing is given, stays None."""
    return None if value is None else np.asarray(value)


def tensor_of(value: Any) -> Any:
    """A leaf of a batch as a tensor; None stays None."""
    return None if value is None else value if isinstance(value, Tensor) else convert(
        np.asarray(value))
