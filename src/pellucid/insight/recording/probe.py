"""The same rows, sent through a model again and again while it learns; the model never notices."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core import dtypes, nest
from pellucid.core.errors import PellucidWarning
from pellucid.core.tensor import convert
from pellucid.data.batches import pack_x_y_sample_weight
from pellucid.engines.trace import Compiled, trace
from pellucid.insight.dynamics.unchanged import unchanged
from pellucid.insight.signals.listening import listening
from pellucid.insight.signals.signal import firsts, gradient_of, there_and_back
from pellucid.layers.base import Layer
from pellucid.models.steps import Steps
from pellucid.random.seed import restore_stream, stream_state


@dataclass(frozen=True)
class Seen:
    """What one step of training would be like: here and now, on the probe.

    ``calls`` are the calls of layers in order, each with its output and the gradient of the loss
    with respect to it; ``gradients`` and ``steps`` (Δw) go by the id of the weight. What a model's
    own ``train_step`` does not show is None, or missing.
    """

    calls: list[tuple[Layer, np.ndarray, np.ndarray | None]]
    gradients: dict[int, np.ndarray]
    steps: dict[int, np.ndarray]
    loss: float


class Probe:
    """Rows ``(x, y, sample_weight)`` and a model: `look` says what a step on them would be like.

    The step (forwards, loss, gradients, optimizer, as `fit` does them) is traced once into a Plan.
    A look runs the Plan and throws away what it would assign, so weights, averages, generators and
    the optimizer's state stay as they are, bit for bit. A model that runs eagerly takes the step
    and is put back.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1, use_bias=False, kernel_initializer="ones")])
    >>> model.compile("sgd", "mse")
    >>> model.optimizer.build(model.trainable_variables)
    >>> seen = Probe(model, (np.array([[1.0]]), np.array([[0.0]]), None)).look()
    >>> seen.loss, [round(step.item(), 3) for step in seen.steps.values()], model.get_weights()
    (1.0, [-0.02], [array([[1.]], dtype=float32)])
    """

    def __init__(self, model: Any, rows: tuple[Any, Any, Any]) -> None:
        self.model, self.rows = model, nest.map_structure(_copy, rows)
        self.own = type(model).train_step is not Steps.train_step
        self._compiled: Compiled | None = None
        self._traced_for: list[Any] = []
        self._layers: list[Layer] = []

    @property
    def blind(self) -> bool:
        """Whether a look shows nothing: a step that is neither ours nor traced is not tried."""
        return self.own and self.model.run_eagerly

    @property
    def notes(self) -> tuple[str, ...]:
        """What a look cannot show, and why."""
        if self.blind:
            return ("train_step is the model's own and runs step by step, so nothing but the "
                    "weights was recorded",)
        return (("train_step is the model's own, so neither the loss on the probe nor gradients "
                 "of outputs were recorded",) if self.own else ())

    def look(self) -> Seen:
        """What a step on the probe would be like."""
        weights = list(self.model.trainable_variables)
        if self.blind:
            return Seen([], {}, {}, np.nan)
        found = nest.map_structure(_array, self._eager() if self.model.run_eagerly
                                   else self._traced(weights))
        calls = [(layer, output, self._gradient(output, gradient)) for layer, output, gradient
                 in zip(self._layers, found["outputs"], found["output_gradients"], strict=True)]
        gradients = {id(weight): gradient for weight, each in zip(
            weights, found["gradients"], strict=True)
            if (gradient := self._gradient(weight, each)) is not None}
        steps = dict(zip(map(id, weights), found["steps"], strict=True))
        return Seen(calls, gradients, steps, float(np.nan if found["loss"] is None
                                                   else found["loss"]))

    def _gradient(self, value: Any, gradient: Any) -> np.ndarray | None:
        """Where the loss does not depend on a value its gradient is 0; an own step may hide it."""
        return None if gradient is None and self.own else gradient_of(value, gradient)

    def _traced(self, weights: list[Any]) -> Any:
        frozen = [id(each) for each in weights]          # a layer may be frozen, or set free
        if self._compiled is None or self._traced_for != frozen:
            stream = stream_state()
            try:
                with _quiet():                           # `fit` gives the same advice
                    self._compiled = trace(self._step, *self.rows, engine="native")
            finally:
                restore_stream(stream)
                self.model._clear_losses()
            self._traced_for = frozen
        return self._compiled.look([each for each in nest.flatten(self.rows) if each is not None])

    def _eager(self) -> Any:
        with unchanged(self.model), _quiet():
            return self._step(*nest.map_structure(
                lambda each: None if each is None else convert(each), self.rows))

    def _step(self, x: Any, y: Any, sample_weight: Any) -> dict[str, Any]:
        """A step as `fit` takes it, on tensors: what layers give, and how weights would move."""
        model, weights = self.model, list(self.model.trainable_variables)
        before = [each.value for each in weights]
        if self.own:
            heard, loss, found = self._own_step(x, y, sample_weight, weights)
        else:
            heard, loss, found = there_and_back(
                model, x, lambda y_pred: model.compute_loss(x, y, y_pred, sample_weight))
            if weights:
                model.optimizer.apply(found["weights"], weights)
        kept = [(*call, gradient) for call, gradient in zip(heard, found["outputs"], strict=True)
                if dtypes.is_float(call[1].dtype) and 0 not in call[1].shape]
        self._layers = [layer for layer, _, _ in kept]
        return {"outputs": [output for _, output, _ in kept],
                "output_gradients": [gradient for _, _, gradient in kept],
                "gradients": found["weights"], "loss": loss,
                "steps": [each.value - old for each, old in zip(weights, before, strict=True)]}

    def _own_step(self, x: Any, y: Any, sample_weight: Any, weights: list[Any]
                  ) -> tuple[list[tuple[Layer, Any]], None, dict[str, Any]]:
        """A model's own ``train_step``: heard are its layers, and what it gives its optimizer."""
        given: dict[int, Any] = {}
        with listening(self.model) as heard, _noting(self.model.optimizer, given):
            self.model.train_step(pack_x_y_sample_weight(x, y, sample_weight))
        calls = firsts(heard)
        return calls, None, {"outputs": [None] * len(calls),
                             "weights": [given.get(id(each)) for each in weights]}


@contextlib.contextmanager
def _noting(optimizer: Any, given: dict[int, Any]) -> Iterator[None]:
    """Inside the ``with``, write down the gradient that the optimizer gets for each weight."""
    apply = optimizer.apply

    def noted(grads: Any, trainable_variables: Any = None) -> Any:
        grads = list(grads)
        known = (optimizer._trainable_variables if trainable_variables is None
                 else list(trainable_variables))
        given.update(zip(map(id, known), grads, strict=False))
        return apply(grads, known)

    vars(optimizer)["apply"] = noted
    try:
        yield
    finally:
        del vars(optimizer)["apply"]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PellucidWarning)
        yield


def _copy(value: Any) -> Any:
    return None if value is None else np.array(value)


def _array(value: Any) -> Any:
    return None if value is None else np.asarray(value)
