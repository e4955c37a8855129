"""What one step of training, testing or predicting does; all of it may be overridden."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

from pellucid import losses as losses_module
from pellucid import metrics as metrics_module
from pellucid.core import nest
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, advise, user_line
from pellucid.core.recording import scope
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import convert
from pellucid.data.batches import unpack_x_y_sample_weight
from pellucid.engines.native.extension import extension
from pellucid.layers.calling import takes
from pellucid.models.arguments import optimizer_of
from pellucid.models.compiled import CompiledLoss, CompiledMetrics


class Steps:
    """`compile` and the steps: `train_step`, `test_step`, `predict_step`, `compute_loss`."""

    optimizer: Any = None
    compiled = False
    run_eagerly = False
    _compile_config: dict[str, Any] | None = None
    _compiled_loss: CompiledLoss | None = None
    _compiled_metrics: CompiledMetrics | None = None

    def __init__(self) -> None:
        self.traced_functions: dict[str, Any] = {}
        self._traced_for: dict[str, Any] = {}            # which layers were frozen then
        self.stop_training = False

    # compile ---------------------------------------------------------------------------------

    @known_by_name
    def compile(self, optimizer: Any = "rmsprop", loss: Any = None, loss_weights: Any = None,
                metrics: Any = None, weighted_metrics: Any = None, run_eagerly: bool = False,
                steps_per_execution: int = 1, jit_compile: Any = "auto",
                auto_scale_loss: bool = True, deterministic: bool = False) -> None:
        """Say how to train: which optimizer moves the weights against which loss.

        ``loss`` is a name, a `Loss`, a function ``(y_true, y_pred)``, or a list or dict of them
        for several outputs; ``metrics`` likewise. ``steps_per_execution``, ``jit_compile`` and
        ``auto_scale_loss`` are Keras's and change nothing here. Nor does ``deterministic``: from
        one seed, training gives the same bits each time and on any number of threads anyway,
        since the engine divides work by shapes alone.
        """
        if "threadpoolctl" in sys.modules:               # so that it knows the engine's threads
            extension()
        self.optimizer = optimizer_of(optimizer, loss)
        names = self.output_names                                        # pyright: ignore
        self._compiled_loss = None if loss is None else CompiledLoss(loss, loss_weights, names)
        self._compiled_metrics = (CompiledMetrics(metrics, weighted_metrics, names)
                                  if metrics is not None or weighted_metrics is not None else None)
        self._loss_mean = metrics_module.Mean(name="loss")
        self.loss, self.run_eagerly, self.compiled = loss, run_eagerly, True
        self._compile_config = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights,
            "metrics": metrics, "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": bool(jit_compile) and not run_eagerly}
        self.stop_training, self._advised, self.traced_functions = False, False, {}
        self._check_names(loss, [metrics, weighted_metrics])

    def _check_names(self, loss: Any, metrics: Any) -> None:
        """Unknown names are mistakes of this line, not of the first step."""
        for each in nest.flatten(loss):
            losses_module.get(each)
        for each in nest.flatten(metrics):
            if isinstance(each, str) and each.lower() not in ("accuracy", "acc"):
                metrics_module.get(each)

    # what a step does ------------------------------------------------------------------------

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None,
                     sample_weight: Any = None, training: bool = True) -> Any:
        """The loss of a batch: that of `compile`, plus the layers' penalties."""
        total = None
        if self._compiled_loss is not None:
            with scope("loss"):
                total = self._compiled_loss(y, y_pred, sample_weight)
        for penalty in self.losses:                                      # pyright: ignore
            penalty = convert(penalty)
            total = penalty if total is None else total + penalty
        if total is None:
            raise ArgumentError("nothing to minimise: the model has neither a loss nor penalties",
                                where=user_line(), hint='compile(loss="mse"), or call add_loss')
        return total

    def _loss_of(self, *args: Any, training: bool) -> Any:
        """`compute_loss`; one of older programs is not asked whether this is training."""
        told = takes(type(self).compute_loss, "training")
        return self.compute_loss(*args, **({"training": training} if told else {}))

    def train_step(self, data: Any) -> dict[str, Any]:
        """One step: forward, loss, gradients, update; gives the metrics so far."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self(x, training=True)                              # pyright: ignore
            loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
        weights = self.trainable_variables                               # pyright: ignore
        self._count_loss(loss, x)
        if weights:
            with scope("gradients"):
                gradients = tape.gradient(loss, weights)
            with scope(self.optimizer.name):
                self.optimizer.apply(gradients, weights)
        else:
            advise("the model has no trainable weights")
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Forward and loss of one batch, without training."""
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)                                 # pyright: ignore
        own = type(self).compute_loss is not Steps.compute_loss
        if self._compiled_loss is not None or own or self.losses:        # pyright: ignore
            self._count_loss(self._loss_of(x, y, y_pred, sample_weight, training=False), x)
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """The outputs for one batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)                                   # pyright: ignore

    def _count_loss(self, loss: Any, x: Any) -> None:
        """The epoch's loss is the mean over samples, so each batch counts by its size."""
        rows = next(each.shape[0] for each in nest.flatten(x) if each is not None)
        self._loss_mean.update_state(loss, sample_weight=float(rows))

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
                        ) -> dict[str, Any]:
        """Tell the metrics of this batch, and give all of them so far."""
        if self._compiled_metrics is not None:
            with scope("metrics"):
                self._compiled_metrics.build(y, y_pred, self._compiled_loss)
                self._compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """The metrics so far, by name: the second ``accuracy`` is ``accuracy_1``."""
        found: dict[str, Any] = {}
        for name, metric in zip(self.metrics_names, self.metrics, strict=True):
            result = metric.result()
            found.update(result if isinstance(result, dict) else {name: result})
        return found

    @property
    def metrics(self) -> list[Any]:
        """The loss's mean, the model's own metrics, then those of `compile`.

        Models within count as layers: what they were compiled with is none of this model's.
        """
        compiled = [self._loss_mean] if self.compiled else []
        own = self._metrics_within(Steps)                                # pyright: ignore
        if self.compiled and self._compiled_loss is not None:
            own += self._compiled_loss.metrics
        if self.compiled and self._compiled_metrics is not None:
            own += self._compiled_metrics.metrics
        return list({id(each): each for each in [*compiled, *own]}.values())

    @property
    def metrics_names(self) -> list[str]:
        """What the logs call the metrics: by output, if there are several, and each once."""
        prefixes = self._compiled_metrics.prefixes if self._compiled_metrics is not None else {}
        names: list[str] = []
        used: Counter[str] = Counter()
        for metric in self.metrics:
            name = prefixes.get(id(metric), "") + metric.name
            names.append(f"{name}_{used[name]}" if used[name] and id(metric) in prefixes else name)
            used[name] += 1
        return names

    def reset_metrics(self) -> None:
        for each in self.metrics:
            each.reset_state()
