"""What a model costs for each row: multiply-adds, and the memory that its values take.

Both are read off the Plan of a pass forward and back, so they hold for any model that can be
traced. The loss is left out: the gradient of the outputs comes in, as from a loss.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pellucid.core import dtypes, nest
from pellucid.core.errors import NotBuiltError, PellucidError
from pellucid.core.op import Application, Op
from pellucid.core.plan import Plan, Step
from pellucid.core.recording import scope
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Abstract
from pellucid.engines.trace import Compiled, trace
from pellucid.engines.work import kept, memory, peak, work_of
from pellucid.layers.building import tensors_like

BACKWARD = "backward"
ROWS = (2, 3)                           # what one more row costs is the difference


@dataclass(frozen=True)
class Cost:
    """For one row: multiply-adds forward and backward, and the bytes kept for the way back."""

    forward: int = 0
    backward: int = 0
    kept: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.forward + other.forward, self.backward + other.backward,
                    self.kept + other.kept)

    def minus(self, other: Cost, share: int) -> Cost:
        """The difference to the cost of fewer rows, for each row."""
        return Cost((self.forward - other.forward) // share,
                    (self.backward - other.backward) // share, (self.kept - other.kept) // share)


@dataclass(frozen=True)
class Costs:
    """The cost of a model by scope (``model/dense/matmul``), and the bytes that answering takes."""

    by_scope: dict[str, Cost] = field(default_factory=dict)
    answering: int = 0

    @property
    def total(self) -> Cost:
        """Of the whole model."""
        return sum(self.by_scope.values(), Cost())

    def of(self, path: str) -> Cost:
        """Of the layer with this path of names, and of the layers inside it."""
        return sum((cost for name, cost in self.by_scope.items()
                    if name == path or name.startswith(f"{path}/")), Cost())


def costs(model: Any) -> Costs:
    """Count what one more row costs a model, in training and (``answering``) in `predict`.

    A value counts as kept when a step of the way back reads it; the input rows are not counted, nor
    is a view of other values. Answering takes the most bytes that values need at one time. The
    engines may get by with less, since they join steps.

    Raises NotBuiltError for a model whose input shapes are not known, and whatever the layers
    raise that cannot be traced.

    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((4,)), Dense(3, activation="relu"), Dense(2)])
    >>> costs(model).total                # 4·3 + 3·2, and twice that but for the input's gradient
    Cost(forward=18, backward=24, kept=24)
    """
    like = _inputs(model)
    batches = [each.shape[0] for each in nest.flatten(like)]
    if None in batches:
        few, more = (_measured(model, _sized(like, rows)) for rows in ROWS)
        share = ROWS[1] - ROWS[0]
    else:                                                # it takes batches of one size only
        few, more, share = Costs(), _measured(model, _sized(like, 0)), batches[0]
    by_scope = {name: cost.minus(few.by_scope.get(name, Cost()), share)
                for name, cost in more.by_scope.items()}
    return Costs({name: cost for name, cost in by_scope.items() if cost != Cost()},
                 (more.answering - few.answering) // share)


def counted(model: Any) -> tuple[Costs | None, str]:
    """The costs of a model, or None and why they are not known, in a sentence.

    >>> from pellucid.layers import Dense
    >>> from pellucid.models import Sequential
    >>> counted(Sequential([Dense(2)]))
    (None, 'the shapes of its inputs are not known yet')
    """
    try:
        return costs(model), ""
    except PellucidError as error:
        return None, error.expected
    except Exception as error:           # a layer of one's own may do anything with mere shapes
        return None, f"it cannot be traced ({type(error).__name__}: {error})"


def _inputs(model: Any) -> Any:
    """Symbolic tensors like the model's inputs; only the first axis may be open."""
    if model._graph is not None:
        like = model._graph.compiled.inputs
    elif model.built and (shapes := (model.get_build_config() or {}).get("input_shape")):
        like = tensors_like(shapes, model.compute_dtype)
    else:
        raise NotBuiltError("the shapes of its inputs are not known yet",
                            hint="start it with Input(shape=...), or call it on data first")
    if unknown := [each.shape for each in nest.flatten(like) if None in each.shape[1:]]:
        raise NotBuiltError(f"an input of shape {unknown[0]} has no fixed size",
                            hint="say Input(shape=...) without None to have them counted")
    return like


def _sized(like: Any, rows: int) -> Any:
    return nest.map_structure(
        lambda each: Abstract((each.shape[0] or rows, *each.shape[1:]), each.dtype), like)


def _measured(model: Any, inputs: Any) -> Costs:
    """What a batch of these shapes costs, forward and back."""
    try:
        answering = trace(lambda x: model(x, training=False), inputs)
        plan = _there_and_back(model, inputs, answering)
    finally:
        model._clear_losses()                            # they were penalties of shapes only
    there: dict[str, list[Step]] = {}
    back: dict[str, list[Step]] = {}
    for step in plan.steps:
        (back if _is_back(step) else there).setdefault(_scope(step), []).append(step)
    held: dict[str, int] = {}
    for slot, step in kept(plan, later=_is_back).items():
        held[_scope(step)] = held.get(_scope(step), 0) + memory(plan, slot)
    return Costs({name: Cost(_products(plan, there.get(name, ())),
                             _products(plan, back.get(name, ())), held.get(name, 0))
                  for name in {*there, *back}}, peak(answering.plan))


def _there_and_back(model: Any, inputs: Any, answering: Compiled) -> Plan:
    """The Plan from the inputs, and the gradient of the outputs, to that of the weights."""
    answers = answering.plan.outputs[:len(answering.plan.outputs) - len(answering.changed)]
    like = [answering.plan.types[slot] for slot in answers]

    def both(x: Any, gradients: Any) -> Any:
        with _ByLayer() as tape:
            outputs = [each for each in nest.flatten(model(x, training=True)) if _learns(each)]
        with scope(BACKWARD):
            return [outputs, tape.gradient(outputs, model.trainable_variables, gradients)]

    return trace(both, inputs, [each for each in like if _learns(each)]).plan


def _learns(output: Any) -> bool:
    """Whether gradients can come in through an output."""
    return output is not None and dtypes.is_float(output.dtype)


def _products(plan: Plan, steps: Iterable[Step]) -> int:
    return work_of(plan, steps).multiply_adds


def _is_back(step: Step) -> bool:
    return step.scope == BACKWARD or step.scope.startswith(f"{BACKWARD}/")


def _scope(step: Step) -> str:
    """Whose step it is, there or back."""
    return step.scope.removeprefix(BACKWARD).removeprefix("/")


class _ByLayer(GradientTape):
    """A tape whose way back carries the names of the layers, as the way there does."""

    def record(self, application: Application) -> None:
        super().record(Application(_Named(application.op), application.inputs,
                                   application.options, application.outputs, application.scope))


class _Named(Op):
    """An op whose gradient is computed under the name under which its value was."""

    def __init__(self, op: Op) -> None:
        self.op = op

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        with scope(application.scope):
            return self.op.pull_back(application, gradients, wanted)
