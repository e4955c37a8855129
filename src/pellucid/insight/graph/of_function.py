"""The graph of a function of a few numbers: every step a node, every local derivative an edge."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.core.errors import ArgumentError, KindError, ShapeError, user_line
from pellucid.core.gradient import local_gradients, sweep
from pellucid.core.kinds import VALUES, shown
from pellucid.core.op import Op
from pellucid.core.recording import watched_by
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import Tensor, convert
from pellucid.insight.graph.record import ComputationGraph, Edge, Node
from pellucid.insight.graph.watching import Call, Watch
from pellucid.insight.report.markup import number
from pellucid.spaces.notation import derivative_of, symbol
from pellucid.spaces.terms import NeedsValue, Term, term, write

MOST = 40                               # letters of a formula on a node


def function_graph(f: Callable[..., Any], numbers: tuple[Any, ...], named: dict[str, Any], *,
                   digits: int = 4) -> ComputationGraph:
    """Run ``f`` in float64 and draw what it did; the gradients are those of its result."""
    given = {name: _tensor(name, value) for name, value in _arguments(f, numbers, named).items()}
    watch = Watch(each_op=True)
    for name, tensor in given.items():
        watch.input(tensor, name)
    with GradientTape() as tape, watched_by(tapes=(watch, tape)):
        tape.watch(list(given.values()))
        result = convert(_called(f, numbers, named, given))
    if watch.maker(result) is None:
        raise ArgumentError("the result does not depend on the numbers, as far as can be seen",
                            where=user_line(), hint="compute with pellucid.ops; NumPy and math "
                            "leave no trace")
    if result.size != 1:
        raise ShapeError("gradients need one number as the result", where=user_line(),
                         got=f"shape {result.shape}", hint="take its sum or its mean")
    calls = watch.needed([result])
    gradients = sweep(tape, [result], [Tensor(np.ones(result.shape, result.dtype))])
    names = _names(calls, watch.maker(result), _result_name(f))
    nodes = [_node(call, names, gradients) for call in calls]
    edges = [edge for i, call in enumerate(calls) for edge in _edges(calls, i, names, tape)]
    target = _result_name(f)
    return ComputationGraph(_title(target, list(given)), tuple(nodes), tuple(edges),
                            target=target, digits=digits)


def _arguments(f: Callable[..., Any], numbers: tuple[Any, ...], named: dict[str, Any]
               ) -> dict[str, Any]:
    """The arguments by name, those of ``*args`` numbered."""
    try:
        bound = inspect.signature(f).bind(*numbers, **named)
    except TypeError as error:
        raise KindError(f"{_result_name(f)} cannot be called with these numbers: {error}",
                        where=user_line(), hint="graph(f, a=1.0, b=2.0)") from None
    bound.apply_defaults()
    found: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found |= {f"{name}{i + 1}": each for i, each in enumerate(value)}
        else:
            found |= value if kind is inspect.Parameter.VAR_KEYWORD else {name: value}
    if not found:
        raise ArgumentError("the graph of a function needs numbers to run it on",
                            where=user_line(), hint="graph(f, a=1.0, b=2.0)")
    return found


def _tensor(name: str, value: Any) -> Tensor:
    if not VALUES.fits(value):
        raise KindError(f"{name} must be {VALUES.words}", got=shown(value), where=user_line())
    return Tensor(np.array(value, np.float64))


def _called(f: Callable[..., Any], numbers: tuple[Any, ...], named: dict[str, Any],
            given: dict[str, Tensor]) -> Any:
    """``f`` on the tensors in place of the numbers, passed as the numbers were."""
    bound = inspect.signature(f).bind(*numbers, **named)
    bound.apply_defaults()
    tensors = iter(given.values())
    kinds = {name: each.kind for name, each in bound.signature.parameters.items()}
    for name, value in bound.arguments.items():
        if kinds[name] is inspect.Parameter.VAR_POSITIONAL:
            bound.arguments[name] = tuple(next(tensors) for _ in value)
        elif kinds[name] is inspect.Parameter.VAR_KEYWORD:
            bound.arguments[name] = {key: next(tensors) for key in value}
        else:
            bound.arguments[name] = next(tensors)
    return f(*bound.args, **bound.kwargs)


def _result_name(f: Callable[..., Any]) -> str:
    name = getattr(f, "__name__", "J")
    return name if name.isidentifier() else "J"          # a lambda's is "<lambda>"


def _title(target: str, names: list[str]) -> str:
    return f"{target}({', '.join(names)})"


def _names(calls: list[Call], last: Call | None, target: str) -> dict[Call, str]:
    """Arguments keep their names, steps are v1, v2, …, the last is the function's."""
    names: dict[Call, str] = {}
    taken = {str(each.thing) for each in calls if each.role != "op"}
    steps = 0
    for call in calls:
        if call.role != "op":
            names[call] = str(call.thing)
            continue
        steps += 1
        while f"v{steps}" in taken:
            steps += 1
        names[call] = target if call is last and target not in taken else f"v{steps}"
    return names


def _node(call: Call, names: dict[Call, str], gradients: dict[Tensor, Tensor]) -> Node:
    formula = "" if call.application is None else formula_of(call, names)
    return Node(names[call], call.thing.name if isinstance(call.thing, Op) else "input", "number",
                detail=f"= {formula}" if formula else "",
                shapes=tuple(each.shape for each in call.outputs),
                values=tuple(np.asarray(each) for each in call.outputs),
                gradients=tuple(np.asarray(gradients[each]) if each in gradients else None
                                for each in call.outputs))


def terms_of(call: Call, names: dict[Call, str]) -> list[Term] | None:
    """The operands of an op as terms, symbols for what has a name; None if one is an array."""
    assert call.application is not None
    try:
        return [term(value) if maker is None else symbol(names[maker])
                for value, maker in zip(call.application.inputs, call.operands, strict=True)]
    except NeedsValue:
        return None


def formula_of(call: Call, names: dict[Call, str]) -> str:
    """What an op computes, in the names of what it is given: ``b · c``."""
    assert call.application is not None
    terms = terms_of(call, names)
    if terms is None:
        return call.thing.name
    said = write(Term(call.thing, terms, call.application.options), "text")
    return _dotted(said) if len(said) <= MOST else call.thing.name


def _dotted(said: str) -> str:
    return said.replace(" * ", " · ").replace("-", "−")


def _edges(calls: list[Call], i: int, names: dict[Call, str], tape: GradientTape) -> list[Edge]:
    """An edge for each operand that something made, with the local derivative if there is one."""
    call, place = calls[i], {each: k for k, each in enumerate(calls)}
    edges = []
    for k, (maker, slope) in enumerate(zip(call.operands, _slopes(call, tape), strict=True)):
        if maker is None:
            continue
        label = "" if slope is None else f"∂{names[call]}/∂{names[maker]} = {number(slope)}"
        formula = _slope_formula(call, names, k) if label else ""
        edges.append(Edge(place[maker], i, label, formula=formula and f"{label} = {formula}"))
    return edges


def _slopes(call: Call, tape: GradientTape) -> list[float | None]:
    """The derivative of an op by each operand, where all are single numbers."""
    application = call.application
    if application is None:
        return []
    values = [*application.inputs, *application.outputs]
    if application.op.many or any(getattr(each, "shape", ()) for each in values):
        return [None] * len(call.operands)
    y = application.outputs[0]
    pairs = list(local_gradients(tape, application, {y: Tensor(np.ones((), y.dtype))}))
    slopes: list[float | None] = []
    for each in application.inputs:                      # no pair: nothing flows through it
        found = bool(pairs) and pairs[0][0] is each
        slopes.append(float(pairs.pop(0)[1]) if found else None)
    return slopes


def _slope_formula(call: Call, names: dict[Call, str], k: int) -> str:
    """The derivative by operand k as a formula, or nothing."""
    assert call.application is not None
    terms = terms_of(call, names)
    stands = [f"operand{i}" for i in range(len(call.operands))]
    try:
        said = str(derivative_of(call.thing, *stands, output=names[call], by=k,
                                 **call.application.options))
    except (NeedsValue, KindError):
        return ""
    for stand, known in zip(stands, terms or stands, strict=True):
        said = re.sub(rf"\b{stand}\b", lambda _, known=known: str(known), said)
    return _dotted(said)
