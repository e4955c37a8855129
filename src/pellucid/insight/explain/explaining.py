"""`model.explain`: one step of training, derived."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    NotBuiltError,
    ShapeError,
    TracingError,
    unknown_name,
    user_line,
)
from pellucid.core.gradient_check import nudged_at
from pellucid.core.kinds import as_array
from pellucid.core.tensor import Tensor, convert
from pellucid.core.variable import Variable
from pellucid.data.frames import arrays, map_nest
from pellucid.data.sources import ArrayBatches
from pellucid.engines.trace import trace
from pellucid.insight.explain.aliases import aliases_of
from pellucid.insight.explain.asked import Asked
from pellucid.insight.explain.asking import about, spot_of
from pellucid.insight.explain.derivation import Derivation, Place
from pellucid.insight.explain.heading import definitions, legend, title
from pellucid.insight.explain.in_matrices import in_matrices
from pellucid.insight.explain.moves import name_moves
from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.nudging import held
from pellucid.insight.explain.precision import as_written, in_float64
from pellucid.insight.explain.record import recorded
from pellucid.insight.explain.selection import by_unit, small, whole
from pellucid.insight.explain.slips import checked
from pellucid.insight.explain.stations import stations_of
from pellucid.insight.explain.step import Explanation, Step
from pellucid.insight.explain.ways import why
from pellucid.models.checks import check_data
from pellucid.models.steps import Steps

LEVELS = ("layer", "unit", "weight")
CLOSE, CLOSER = 1e-6, (2e-5, 1e-5, 5e-6)   # what is near enough, and widths that miss most bends


def explain(model: Any, x: Any, y: Any = None, *, weight: str | None = None,
            level: str | None = None, digits: int = 9, check: dict[str, Any] | None = None,
            sample_weight: Any = None) -> Explanation:
    r"""Why each weight moves as it does: a step of training on ``(x, y)``, derived line by line.

    Forward pass, loss, and backward pass by the chain rule,

    .. math:: \frac{\partial L}{\partial w} = \frac{\partial L}{\partial \hat y}
        \frac{\partial \hat y}{\partial z} \frac{\partial z}{\partial w}

    each with its formula, the numbers put in, and the result; every gradient of a weight beside
    what nudging that weight shows; then the optimizer's step with its state, and the loss after it.
    It is the step that `train_on_batch` would take now, computed in float64; the model, its
    optimizer and its random masks stay as they are.

    ``x`` and ``y`` are a batch, as for `fit` (one row: ``[[0.1]]``). ``level`` says how finely it
    is told, "layer" (in matrices), "unit" or "weight"; unless told, a small network by weight, a
    large one by layer. ``weight`` asks for one number: ``"w^1_11"``, or ``"dense/kernel[0, 0]"``.
    ``digits`` are those of a printed number; ``check`` holds claims against the derivation, as in
    ``{"w^1_11": 0.149}``.

    Raises ArgumentError for a model that is not compiled or trains in a way of its own,
    NotBuiltError before it has weights, ShapeError where rows do not fit, DataError for what is
    not finite and for all that `fit` refuses.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((1,)), Dense(1, kernel_initializer="ones")])
    >>> model.compile("sgd", "mse")
    >>> explanation = model.explain([[3.0]], [[1.0]])
    >>> print(explanation["∂L/∂w^1_11"].value)
    12.0

    Source: D. Rumelhart, G. Hinton and R. Williams (1986), with the notation of course notes.
    """
    _check(model, level, digits)
    inputs, targets, weights = (_tensors(each, name) for each, name in (
        (x, "x"), (y, "y"), (sample_weight, "sample_weight")))
    _check_rows(inputs, targets)
    _check_as_fit_does(model, inputs, targets, weights)
    with in_float64(model) as variables:
        before = [(each, each._tensor) for each in variables]
        loss, still = _loss(model, inputs, targets, weights)
        record = recorded(model, inputs, targets, weights)
        after = [(each, each._tensor) for each in variables if each.trainable]
        _finite(record.loss)
        derivation = Derivation(stations_of(record), digits)
        derivation.aliases = aliases_of(derivation.stations)
        _put(before)
        moving = name_moves(derivation)
        level, steps = _told(derivation, moving, still, weight, level)
        _put(after)
        steps.append(Step("after", "loss", "L'", "L'", float(loss()), aliases=("E'",)))
    explanation = Explanation(
        tuple(steps), digits, title(derivation.stations), level,
        legend(derivation.stations, steps), definitions(steps),
        reason=lambda name: why(derivation, spot_of(derivation, name)),
        ask=Asked(derivation, moving))
    return explanation if check is None else replace(
        explanation, checked=checked(explanation.steps, check, explanation.ask))


def _told(derivation: Derivation, moving: dict[Variable, list[Quantity]], loss: Callable[[], Any],
          weight: str | None, level: str | None) -> tuple[str, list[Step]]:
    """The level of the telling, and its steps."""
    def nudge(quantity: Quantity, where: Place) -> float | None:
        variable = derivation.variable_of(quantity)
        if variable is None:
            return None
        value = derivation.cells.value(int(derivation.gradients[quantity].ids[where]))
        found = nudged_at(loss, variable, where)
        if abs(found - value) <= CLOSE * max(abs(value), 1e-3):
            return found
        closer = nudged_at(loss, variable, where, CLOSER)    # there may be a bend near by
        return min(found, closer, key=lambda each: abs(each - value))

    if weight is not None:
        return "weight", list(about(derivation, moving, nudge, spot_of(derivation, weight)))
    level = level or ("weight" if small(derivation) else "layer")
    told = {"layer": in_matrices, "unit": by_unit, "weight": whole}[level]
    return level, list(told(derivation, moving, nudge))


def _check(model: Any, level: Any, digits: Any) -> None:
    if not model.compiled or model.optimizer is None:
        raise ArgumentError("compile the model before explain: it derives a step of training",
                            where=user_line(), hint='model.compile("sgd", "mse")')
    if type(model).train_step is not Steps.train_step:
        raise ArgumentError("explain derives the step of Model.train_step",
                            got=f"{type(model).__name__}, which has a train_step of its own",
                            where=user_line(), hint="a GradientTape shows what that one does")
    if not model.built:
        raise NotBuiltError(f"{model.label} has no weights yet", where=user_line(),
                            hint="call it on data, or build(input_shape) first")
    if not model.trainable_variables:
        raise ArgumentError(f"{model.label} has no weight that could move", where=user_line())
    if level is not None and level not in LEVELS:
        raise unknown_name("level", level, LEVELS)
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= 17:
        raise ArgumentError("digits must be a whole number from 1 to 17", got=repr(digits),
                            where=user_line())


def _tensors(values: Any, name: str) -> Any:
    """Arrays, or a nest of them, as tensors; floats in float64, as they were written."""
    return map_nest(lambda each: _tensor(each, name), arrays(values, name, text=True))


def _tensor(values: Any, name: str) -> Tensor:
    array = as_array(values)
    if array.dtype.kind not in "fiub":
        raise DataError(f"explain needs numbers in {name}", got=repr(values)[:60],
                        where=user_line())
    if array.dtype.kind == "f":
        array = as_written(array)
        if not np.isfinite(array).all():
            place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            raise DataError(f"explain needs finite numbers in {name}",
                            got=f"{array[place]} at {place}", where=user_line())
    return convert(array)


def _check_rows(x: Any, y: Any) -> None:
    sizes = {each.shape[0] if each.shape else 0 for each in nest.flatten([x, y])
             if each is not None}
    if len(sizes) > 1 or 0 in sizes:
        shapes = [f"{tuple(each.shape)}" for each in nest.flatten([x, y]) if each is not None]
        raise ShapeError("x and y must have as many rows as each other, at least one",
                         got=f"shapes {' and '.join(shapes)}", where=user_line(),
                         hint="one row is written x=[[0.1, 0.2]], y=[[1.0]]")


def _check_as_fit_does(model: Any, *data: Any) -> None:
    """Raise where `fit` would: for weights of other rows, for labels of no class, without y."""
    x, y, weights = (map_nest(np.asarray, each) for each in data)
    check_data(model, ArrayBatches(x, y, weights, None, 1, False, lambda rows, _: np.arange(rows)))


def _finite(loss: Any) -> None:
    if not np.isfinite(float(loss)):
        raise DataError("explain needs a finite loss", got=str(float(loss)), where=user_line(),
                        hint="are some weights NaN, or larger than exp can take?")


def _loss(model: Any, x: Any, y: Any, sample_weight: Any
          ) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The loss of a training step, compiled, and the same with what stop_gradient hides held.

    Random masks and averages stay as they are.
    """
    def loss() -> Any:
        return model.compute_loss(x, y, model(x, training=True), sample_weight)

    states = [(each, each._tensor) for each in model.non_trainable_variables]
    try:
        compiled = trace(loss, engine="native")
    except TracingError:                                 # a layer that only runs step by step
        def eagerly() -> Any:
            _put(states)
            return loss()
        return eagerly, eagerly
    finally:
        model._clear_losses()
    still = held(compiled)
    return lambda: compiled.look([]), lambda: still.look([])


def _put(values: Iterable[tuple[Any, Tensor]]) -> None:
    """Give variables their tensors back."""
    for variable, tensor in values:
        variable._tensor = tensor
