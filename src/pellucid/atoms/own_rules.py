"""Gradients by a rule of one's own, and derivatives along a direction."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from pellucid.atoms.elementwise import identity
from pellucid.atoms.making import zeros_like
from pellucid.atoms.reductions import sum
from pellucid.core import dtypes, nest
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import Application, Op
from pellucid.core.recording import recording, scope, watched_by
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import as_operand, convert


class OwnRule(Op):
    """One call of a function that brings its gradient along: ``f(*args)`` gives (y, rule)."""

    many = True

    def __init__(self, f: Callable[..., Any], args: Any, keywords: dict[str, Any]) -> None:
        super().__init__(f)
        self.form, self.keywords, self.operands = args, keywords, None
        self.results: Any = None
        self.pull: Any = None

    def apply(self, args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, ...]:
        """Run anew, as an entry of its own: a loop's body is run once for each of its turns."""
        again = OwnRule(self.body, self.form, self.keywords)
        return tuple(nest.flatten(again.applied(tuple(args))))

    def applied(self, inputs: tuple[Any, ...]) -> Any:
        """y, as one entry of the tape, whose gradient is that of the rule."""
        with scope(self.name):
            y, self.pull = self.body(*nest.pack(self.form, inputs), **self.keywords)
            with watched_by(tapes=()):
                outputs = tuple(identity(convert(each)) for each in nest.flatten(y))
        self.results = y
        Application(self, inputs, {}, outputs, recording.scope).tell()
        return nest.pack(y, outputs)

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        found = nest.flatten(self.pull(nest.pack(self.results, gradients)))
        if len(found) != len(application.inputs):
            raise ArgumentError(f"the gradient function of {self.name} must give one gradient for "
                                f"each of its {len(application.inputs)} inputs",
                                got=f"{len(found)}", where=user_line())
        return [None if each is None else convert(each) for each in found]


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: ``f(*args)`` gives ``(y, grad)``, and ``grad(upstream)`` the gradients of args.

    ``upstream`` has the form of y; ``grad`` gives one gradient for each argument (None: nothing
    passes). Made of ops, it has gradients of its own.

    >>> @custom_gradient
    ... def doubled(x):
    ...     return 2 * x, lambda upstream: 100 * upstream
    >>> x = convert(1.0)
    >>> with GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = doubled(x)
    >>> float(y), float(tape.gradient(y, x))
    (2.0, 100.0)
    """
    @functools.wraps(f)
    def function(*args: Any, **keywords: Any) -> Any:
        return OwnRule(f, args, keywords).applied(tuple(map(as_operand, nest.flatten(args))))

    return function


def jvp(fun: Callable[..., Any], primals: Any, tangents: Any, has_aux: bool = False) -> Any:
    """``(fun(*primals), its derivative along tangents)``: how y moves when x moves by them.

    ``primals`` and ``tangents`` are tuples of nests of one form. With ``has_aux``, ``fun`` gives
    ``(y, aux)``, and aux comes as a third result. It is found with two sweeps backwards: what the
    first makes of a gradient u is linear in u, and its slope is the derivative.

    >>> y, moved = jvp(lambda x: x * x, (3.0,), (0.5,))
    >>> float(y), float(moved)
    (9.0, 3.0)
    """
    xs = [identity(convert(x)) for x in nest.flatten(primals)]
    ways = [convert(each) for each in nest.flatten(tangents)]
    if [x.shape for x in xs] != [each.shape for each in ways]:
        raise ShapeError("jvp needs a tangent of the same shape for each primal",
                         got=f"{[x.shape for x in xs]} and {[each.shape for each in ways]}",
                         where=user_line())
    with GradientTape(watch_accessed_variables=False) as outer:
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([x for x in xs if dtypes.is_float(x.dtype)])
            made = fun(*nest.pack(tuple(primals), xs))
        y, aux = made if has_aux else (made, None)
        ys = [convert(each) for each in nest.flatten(y)]
        smooth = [each for each in ys if dtypes.is_float(each.dtype)]
        seeds = [identity(zeros_like(each)) for each in smooth]
        outer.watch(seeds)
        slopes = tape.gradient(smooth, xs, output_gradients=seeds)
        along = [sum(g * way) for g, way in zip(slopes, ways, strict=True) if g is not None]
    found = outer.gradient(along, seeds, unconnected_gradients="zero") if along else [
        zeros_like(each) for each in smooth]
    moves = iter(found)
    moved = [next(moves) if dtypes.is_float(each.dtype) else zeros_like(each) for each in ys]
    y, moved = nest.pack(y, ys), nest.pack(y, moved)
    return (y, moved, aux) if has_aux else (y, moved)
