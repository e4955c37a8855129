"""Loops and choices inside a Plan: `scan` and `cond`, each with a gradient of its own.

Step by step they are Python's `for` and `if`. In a trace their bodies become Plans of their own,
held by one step of the Plan around them, however long the loop is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.atoms.elementwise import add, identity
from pellucid.atoms.shaping import stack
from pellucid.core import dtypes, nest
from pellucid.core.atom import atom
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.gradient import sweep, zeros_like
from pellucid.core.plan import Plan, Trace
from pellucid.core.recording import recording, watched_by
from pellucid.core.tape import Tape
from pellucid.core.tensor import Abstract, Tensor, convert
from pellucid.core.variable import Variable


def scan(f: Callable[..., Any], init: Any, xs: Any = None, length: int | None = None,
         reverse: bool = False, unroll: int = 1) -> tuple[Any, Any]:
    """``carry, y = f(carry, x)`` for each x along the first axis of ``xs``.

    Gives the last carry and the ys stacked. ``init``, ``xs`` and the ys may be any nest; without
    ``xs``, ``length`` says how often f runs (with x = None). Variables assigned in f are carried.

    >>> total, running = scan(lambda c, x: (c + x, c + x), 0.0, np.array([1.0, 2.0, 3.0]))
    >>> running.numpy().tolist()
    [1.0, 3.0, 6.0]
    """
    xs = nest.map_structure(convert, xs) if xs is not None else None
    carry = nest.map_structure(convert, init)
    lengths = {x.shape[0] for x in nest.flatten(xs)} if xs is not None else {length}
    if len(lengths) != 1 or None in lengths or 0 in lengths:
        raise ShapeError("scan needs sequences of one length above 0, or length=",
                         got=f"lengths {sorted(map(str, lengths))}", where=user_line())
    n = int(lengths.pop())                                               # pyright: ignore
    if recording.trace is None:
        return _step_by_step(f, carry, xs, n, reverse)
    return _traced_scan(f, carry, xs, n, reverse)


def _step_by_step(f: Any, carry: Any, xs: Any, n: int, reverse: bool) -> tuple[Any, Any]:
    ys = []
    for t in reversed(range(n)) if reverse else range(n):
        x = None if xs is None else nest.map_structure(lambda each, t=t: each[t], xs)
        carry, y = f(carry, x)
        ys.append(y)
    if reverse:
        ys.reverse()
    return carry, nest.map_structure(
        lambda *each: None if each[0] is None else stack([convert(y) for y in each]), *ys)


def _traced_scan(f: Any, carry: Any, xs: Any, n: int, reverse: bool) -> tuple[Any, Any]:
    init, rows = nest.flatten(carry), [] if xs is None else nest.flatten(xs)
    moved: list[Variable] = []
    while True:                            # traced anew once a variable turns out to be assigned
        form: list[Any] = []

        def body(carried: Sequence[Tensor], row: Sequence[Tensor], form: Any = form) -> list[Any]:
            after, y = f(nest.pack(carry, carried), None if xs is None else nest.pack(xs, row))
            form[:] = [y]
            return [*nest.flatten(after), *(y for y in nest.flatten(y) if y is not None)]

        start = [*init, *(variable.value for variable in moved)]
        plan, captured, assigned = _subplan(body, start, rows, moved)
        if set(assigned) == set(moved):
            break
        moved = list(assigned)
    carries, outputs = len(start), len(plan.outputs) - len(start)
    _check_carry(plan, start)
    results = scan_atom(*start, *rows, *captured, body=plan, carries=carries, rows=len(rows),
                        length=n, reverse=reverse, moved=len(moved))
    for variable, value in zip(moved, results[len(init):carries], strict=True):
        variable.assign(value)
    stacked = iter(results[carries:carries + outputs])
    return nest.pack(carry, results[:len(init)]), nest.map_structure(
        lambda y: None if y is None else next(stacked), form[0])


def _subplan(body: Any, start: Sequence[Tensor], rows: Sequence[Tensor],
             moved: Sequence[Variable]) -> tuple[Plan, list[Tensor], list[Variable]]:
    """Trace one turn of a loop; the order out is: carries, moved variables, outputs."""
    trace = Trace()
    carried = [trace.input(Abstract(c.shape, c.dtype)) for c in start]
    row = [trace.input(Abstract(x.shape[1:], x.dtype)) for x in rows]
    plain = len(start) - len(moved)
    trace.bindings.update(zip(moved, carried[plain:], strict=True))
    with watched_by(tapes=(), trace=trace):
        results = [convert(each) for each in body(carried[:plain], row)]
        ends = [trace.bindings[variable] for variable in moved]
    assigned = list(trace.assigned)
    trace.assigned.clear()
    plan = trace.plan([*results[:plain], *ends, *results[plain:]])
    _show_reads(trace)
    return plan, list(trace.captured), assigned


def _show_reads(trace: Trace) -> None:
    """Read again outside what was read inside, so that the open tapes watch those variables."""
    for variable in trace.bindings:
        _ = variable.value


def _check_carry(plan: Plan, start: Sequence[Tensor]) -> None:
    for before, slot in zip(start, plan.outputs, strict=False):
        after = plan.types[slot] or Abstract((), before.dtype)
        if (after.shape, after.dtype) != (before.shape, before.dtype):
            raise ShapeError(f"the carry of scan must keep its shape and dtype "
                             f"{before.shape} {before.dtype}", got=f"{after.shape} {after.dtype}",
                             where=user_line())


def _run_scan(*values: Any, body: Plan, carries: int, rows: int, length: int,
              reverse: bool, moved: int) -> tuple[Any, ...]:
    """NumPy: last carries, stacked outputs, and the carries before each turn (for gradients)."""
    carry, xs = list(values[:carries]), values[carries:carries + rows]
    captured = values[carries + rows:]
    before, ys = [], []
    for t in reversed(range(length)) if reverse else range(length):
        before.append(carry)
        result = body([*carry, *(x[t] for x in xs), *captured])
        carry, y = result[:carries], result[carries:]
        ys.append(y)
    if reverse:
        before.reverse()
        ys.reverse()
    return (*carry, *map(np.stack, zip(*ys, strict=True)),
            *map(np.stack, zip(*before, strict=True)))


def _scan_gradient(g: Any, y: Any, *inputs: Tensor, body: Plan, carries: int, rows: int,
                   length: int, reverse: bool, moved: int) -> list[Any]:
    """Walk the loop the other way round: each turn is differentiated where it stood.

    The last ``moved`` carries are variables: no gradient passes from turn to turn by assigning
    them, but the gradients of what each turn read add up.
    """
    outputs, plain = len(body.outputs) - carries, carries - moved
    xs, captured = inputs[carries:carries + rows], inputs[carries + rows:]
    before = y[carries + outputs:]
    floats = [i for i, x in enumerate(inputs) if dtypes.is_float(x.dtype)]

    def turn(carry: Any, row: Any) -> Any:
        """From gradients of a turn's results to gradients of what it was given."""
        given, of_y, of_before = row
        watched = [*given[0], *given[1], *captured]
        tape = Tape()
        watched = list(map(identity, watched))
        for i in floats:
            tape._watched[watched[i]] = True
        with watched_by(tapes=(*recording.tapes, tape)):
            results = body.replay(watched)
        seeds = [*carry[0], *of_y]
        pairs = [(r, s) for r, s in zip(results, seeds, strict=True)
                 if isinstance(r, Tensor) and dtypes.is_float(r.dtype)]
        found = sweep(tape, [r for r, _ in pairs], [s for _, s in pairs])
        of_inputs = [found[w] if w in found else zeros_like(w) for w in watched]
        totals = [total + new for total, new in zip(carry[1], of_inputs[carries + rows:],
                                                    strict=True)]
        of_carry = [new + direct for new, direct in zip(of_inputs, of_before, strict=False)]
        of_carry[plain:] = map(add, of_carry[plain:], carry[0][plain:])
        return (of_carry, totals), of_inputs[carries:carries + rows]

    start = (list(g[:carries]), [zeros_like(each) for each in captured])
    sequences = ((list(before), list(xs)), list(g[carries:carries + outputs]),
                 list(g[carries + outputs:]))
    (of_init, of_captured), of_xs = scan(turn, start, sequences, reverse=not reverse)
    return [*of_init, *of_xs, *of_captured]


scan_atom = atom(
    "scan", _run_scan, _scan_gradient,
    about="A loop of a Plan: a body that is a Plan itself, run once for each row.",
    whole=True, many=True)


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """``true_fn()`` if ``pred`` holds, else ``false_fn()``; both must give alike results.

    >>> float(cond(True, lambda: 1.0, lambda: 2.0))
    1.0
    """
    pred = convert(pred)
    if not isinstance(pred.value, Abstract):
        return true_fn() if bool(pred) else false_fn()
    forms: list[Any] = []

    def branch(function: Callable[[], Any], moved: Sequence[Variable]) -> Any:
        trace = Trace()
        with watched_by(tapes=(), trace=trace):
            result = function()
            forms.append(result)
            leaves = [convert(each) for each in nest.flatten(result)]
            ends = [trace.read(variable) for variable in moved]
        assigned, _ = list(trace.assigned), trace.assigned.clear()
        _show_reads(trace)
        return trace, [*leaves, *ends], assigned

    moved = [*branch(true_fn, ())[2]]
    moved += [each for each in branch(false_fn, ())[2] if each not in set(moved)]
    sides = [branch(each, moved)[:2] for each in (true_fn, false_fn)]
    captured = list(dict.fromkeys(
        each for trace, results in sides for each in _captured(trace, results)))
    plans = [_with_inputs(trace, results, captured) for trace, results in sides]
    types = [[tuple(plan.types[i] or ()) for i in plan.outputs] for plan in plans]
    if types[0] != types[1]:
        raise ShapeError(f"both sides of cond must give alike results: {types[0]}",
                         got=f"{types[1]}", where=user_line())
    results = cond_atom(pred, *captured, true=plans[0], false=plans[1])
    for variable, value in zip(moved, results[len(results) - len(moved):], strict=True):
        variable.assign(value)
    return nest.pack(forms[-1], results)


def _captured(trace: Trace, results: Sequence[Any]) -> list[Tensor]:
    for each in results:
        trace.slot(each)
    return list(trace.captured)


def _with_inputs(trace: Trace, results: Sequence[Any], captured: Sequence[Tensor]) -> Plan:
    """The Plan of one side, taking all that either side captures, in one order."""
    for each in captured:
        trace.slot(each)
    trace.captured = {each: trace.captured[each] for each in captured}
    return trace.plan(results)


def _run_cond(pred: Any, *captured: Any, true: Plan, false: Plan) -> tuple[Any, ...]:
    return tuple((true if pred else false)(captured))


def _cond_gradient(g: Any, y: Any, pred: Tensor, *captured: Tensor, true: Plan,
                   false: Plan) -> list[Any]:
    """The gradient of the side that was taken."""
    def side(plan: Plan) -> Callable[[], Any]:
        def pull() -> list[Tensor]:
            tape = Tape()
            inputs = list(map(identity, captured))
            for each in inputs:
                if dtypes.is_float(each.dtype):
                    tape._watched[each] = True
            with watched_by(tapes=(*recording.tapes, tape)):
                results = plan.replay(inputs)
            pairs = [(r, s) for r, s in zip(results, g, strict=True) if dtypes.is_float(r.dtype)]
            found = sweep(tape, [r for r, _ in pairs], [s for _, s in pairs])
            return [found[each] if each in found else zeros_like(each) for each in inputs]
        return pull

    return [None, *cond(pred, side(true), side(false))]


cond_atom = atom(
    "cond", _run_cond, _cond_gradient,
    about="A choice of a Plan: one of two Plans, whichever the first operand calls for.",
    whole=True, many=True)
