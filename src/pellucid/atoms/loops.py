"""Control in Keras's forms: loops whose end is found on the way, maps, and rules of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, less, logical_and, maximum, minimum
from pellucid.atoms.control import _captured, _show_reads, _with_inputs, cond, scan
from pellucid.atoms.elementwise import cast
from pellucid.atoms.reductions import all
from pellucid.atoms.shaping import broadcast_to, concatenate, reshape
from pellucid.core import nest
from pellucid.core.atom import atom
from pellucid.core.errors import ArgumentError, KindError, ShapeError, TracingError, user_line
from pellucid.core.plan import Plan, Trace
from pellucid.core.recording import recording, watched_by
from pellucid.core.tensor import Abstract, Tensor, convert


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """``branches[index](*operands)``; an index out of range is moved to the first or last.

    All branches must give alike results.

    >>> float(switch(1, [lambda x: x, lambda x: 2 * x], 3.0))
    6.0
    """
    if not branches:
        raise ArgumentError("switch needs at least one branch", where=user_line())
    index = minimum(maximum(convert(index), 0), len(branches) - 1)
    operands = nest.map_structure(convert, operands)

    def choose(first: int) -> Any:
        if first == len(branches) - 1:
            return branches[first](*operands)
        return cond(equal(index, first), lambda: branches[first](*operands),
                    lambda: choose(first + 1))

    return choose(0)


def while_loop(cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any,
               maximum_iterations: int | None = None) -> Any:
    """``loop_vars = body(*loop_vars)`` as long as ``cond(*loop_vars)`` holds.

    ``loop_vars`` are a tensor, or a list of nests of them, which keep their shapes and dtypes; at
    most ``maximum_iterations`` turns are made. In a compiled function the number of turns is found
    while it runs; gradients pass the loop only step by step (`fori_loop` and `scan` have theirs).

    >>> [int(each) for each in while_loop(lambda i, n: i < n, lambda i, n: (i * 2, n), (1, 50))]
    [64, 50]
    """
    many = isinstance(loop_vars, (list, tuple))
    start = nest.map_structure(convert, list(loop_vars) if many else [loop_vars])
    start = [np.int32(0), *start] if maximum_iterations is not None else start
    start = nest.map_structure(convert, start)
    counted = maximum_iterations is not None

    def holds(values: Any) -> Any:
        wanted = convert(cond(*values[counted:]))
        return logical_and(wanted, less(values[0], maximum_iterations)) if counted else wanted

    def turn(values: Any) -> Any:
        after = body(*values[counted:])
        after = list(after) if many else [after]
        return [values[0] + 1, *after] if counted else after

    if recording.trace is None:
        while bool(all(holds(start))):
            start = nest.map_structure(convert, turn(start))
    else:
        start = _traced_while(holds, turn, start)
    end = start[counted:]
    return tuple(end) if many else end[0]


def _traced_while(holds: Any, turn: Any, start: Any) -> Any:
    """One step of the Plan, which holds the condition and the turn as Plans of their own."""
    leaves = nest.flatten(start)

    def traced(function: Callable[[Any], Any]) -> tuple[Trace, list[Any]]:
        trace = Trace()
        inner = [trace.input(Abstract(each.shape, each.dtype)) for each in leaves]
        with watched_by(tapes=(), trace=trace):
            results = [convert(each) for each in nest.flatten(function(nest.pack(start, inner)))]
        if trace.assigned:
            raise TracingError("a variable cannot be assigned inside of while_loop",
                               where=user_line(), hint="make it one of the loop_vars and assign "
                               "it after the loop")
        _show_reads(trace)
        return trace, results

    sides = [traced(lambda values: all(holds(values))), traced(turn)]
    captured = list(dict.fromkeys(
        each for trace, results in sides for each in _captured(trace, results)))
    condition, after = (_with_inputs(trace, results, captured) for trace, results in sides)
    types = [(each.shape, each.dtype) for each in leaves]
    if (found := [tuple(after.types[i] or ()) for i in after.outputs]) != types:
        raise ShapeError(f"the loop_vars of while_loop must keep their shapes and dtypes {types}",
                         got=f"{found}", where=user_line())
    return nest.pack(start, while_atom(*leaves, *captured, condition=condition, body=after))


def _run_while(*values: Any, condition: Plan, body: Plan) -> tuple[Any, ...]:
    """NumPy: the last of the loop's values."""
    carries = len(body.outputs)
    carry, captured = list(values[:carries]), values[carries:]
    while bool(condition([*carry, *captured])[0]):
        carry = body([*carry, *captured])
    return tuple(carry)


def _while_gradient(g: Any, y: Any, *inputs: Any, condition: Plan, body: Plan) -> Any:
    raise KindError("a compiled while_loop has no gradient: its number of turns is not known",
                    where=user_line(), hint="use ops.fori_loop or ops.scan, which have, or "
                    "run_eagerly=True")


while_atom = atom(
    "while_loop", _run_while, _while_gradient,
    about="A loop of a Plan: a body that is a Plan itself, run while a condition, a Plan, holds.",
    whole=True, many=True)


def fori_loop(lower: Any, upper: Any, body_fun: Callable[..., Any], init_val: Any) -> Any:
    """``value = body_fun(i, value)`` for each i from ``lower`` to ``upper`` - 1.

    Gradients pass if both bounds are known numbers.

    >>> int(fori_loop(1, 5, lambda i, product: product * i, 1))
    24
    """
    value = nest.map_structure(convert, init_val)
    if any_traced(lower, upper):
        kind = convert(lower).dtype
        _, value = while_loop(lambda i, _: i < cast(upper, dtype=kind),
                              lambda i, value: (i + 1, body_fun(i, value)), (lower, value))
        return value
    lower, upper = int(lower), int(upper)
    if lower >= upper:
        return value
    return scan(lambda value, i: (body_fun(i, value), None), value,
                np.arange(lower, upper, dtype=np.int32))[0]


def any_traced(*values: Any) -> bool:
    """Whether one of the values is known as a shape only."""
    return bool([each for each in values
                 if isinstance(each, Tensor) and isinstance(each.value, Abstract)])


def map(f: Callable[..., Any], xs: Any) -> Any:
    """``f(x)`` for each x along the first axis of ``xs``, stacked; both may be nests.

    >>> map(lambda x: x * x, np.array([1, 2, 3])).tolist()
    [1, 4, 9]
    """
    return scan(lambda _, x: (_, f(x)), (), xs)[1]


def vectorized_map(function: Callable[..., Any], elements: Any) -> Any:
    """As `map`: ``function`` of each element along the first axis, stacked.

    >>> vectorized_map(lambda x: x * x, np.array([1, 2, 3])).tolist()
    [1, 4, 9]
    """
    return map(function, elements)


def associative_scan(f: Callable[..., Any], elems: Any, reverse: bool = False, axis: int = 0
                     ) -> Any:
    """Running results of an operation that may be grouped at will: a, f(a, b), f(f(a, b), c), …

    ``f`` takes and gives nests like ``elems``, of any length along ``axis``; ``reverse`` begins at
    the end. log₂ n rounds, each over whole tensors. Source: W. Hillis, G. Steele, "Data parallel
    algorithms" (1986).

    >>> associative_scan(lambda a, b: a + b, np.array([1, 2, 3])).tolist()
    [1, 3, 6]
    """
    elems = nest.map_structure(convert, elems)
    lengths = {each.shape[axis] for each in nest.flatten(elems)}
    if len(lengths) != 1:
        raise ShapeError("associative_scan needs elements of one length along its axis",
                         got=f"lengths {sorted(lengths)}", where=user_line())
    (n,), reach = lengths, 1

    def part(x: Any, begin: int, end: int) -> Any:
        return x[(*[slice(None)] * (axis % x.ndim), slice(begin, end))]

    def cut(begin: int, end: int) -> Any:
        return nest.map_structure(lambda x: part(x, begin, end), elems)

    def joined(*parts: Any) -> Any:
        return concatenate([convert(each) for each in parts], axis=axis)

    while reach < n:                     # each result covers twice as many elements as before
        near, far = (cut(reach, n), cut(0, n - reach))
        if reverse:
            combined, rest = f(near, far), cut(n - reach, n)
            elems = nest.map_structure(joined, combined, rest)
        else:
            combined, rest = f(far, near), cut(0, reach)
            elems = nest.map_structure(joined, rest, combined)
        reach *= 2
    return elems


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None
              ) -> Callable[..., Any]:
    """A function of single numbers as a function of tensors, which broadcast as in arithmetic.

    ``signature``, such as ``"(m,n),(n)->(m)"``, says how many of the last axes of each operand
    ``pyfunc`` takes as one; ``excluded`` holds the numbers and names of arguments that are passed
    on as they are, as keywords always are.

    >>> vectorize(lambda a, b: a + b)(np.array([1, 2]), 3).tolist()
    [4, 5]
    >>> total = vectorize(lambda row: row[0] + row[1], signature="(n)->()")
    >>> total(np.array([[1, 2], [3, 4]])).tolist()
    [3, 7]
    """
    if not callable(pyfunc):
        raise KindError("vectorize needs a function", got=repr(pyfunc), where=user_line())
    excluded = excluded or ()
    ranks = None if signature is None else _ranks(signature)

    def function(*args: Any, **kwargs: Any) -> Any:
        free = [i for i in range(len(args)) if i not in excluded]
        cores = ranks if ranks is not None else [0] * len(free)
        if len(cores) != len(free):
            raise ArgumentError(f"the signature {signature} is one of {len(cores)} operands",
                                got=f"{len(free)}", where=user_line())
        xs = [convert(args[i]) for i in free]
        leads = [x.shape[:x.ndim - core] for x, core in zip(xs, cores, strict=True)]
        lead = np.broadcast_shapes(*leads)
        rows = [reshape(broadcast_to(x, shape=(*lead, *x.shape[len(own):])),
                        shape=(-1, *x.shape[len(own):])) for x, own in zip(xs, leads, strict=True)]

        def one(row: Any) -> Any:
            given = dict(zip(free, row, strict=True))
            return pyfunc(*[given.get(i, arg) for i, arg in enumerate(args)], **kwargs)

        return nest.map_structure(lambda y: reshape(y, shape=(*lead, *y.shape[1:])),
                                  map(one, rows))

    return function


def _ranks(signature: str) -> list[int]:
    """How many axes each operand of a signature has: "(m,n),(n)->(m)" has 2 and 1."""
    axes = r"\((?:\s*\w+\s*(?:,\s*\w+\s*)*)?\s*\)"
    lists = rf"{axes}(?:\s*,\s*{axes})*"
    if not re.fullmatch(rf"\s*{lists}\s*->\s*{lists}\s*", signature):
        raise ArgumentError('vectorize needs a signature such as "(m,n),(n)->(m)"',
                            got=repr(signature), where=user_line())
    left = signature.split("->")[0]
    return [len(re.findall(r"\w+", each)) for each in re.findall(r"\(([^)]*)\)", left)]
