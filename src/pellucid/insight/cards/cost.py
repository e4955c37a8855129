"""What a definition costs: the operations of its Plan, counted."""

from __future__ import annotations

import ast
import contextlib
import doctest
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from pellucid.core import names, nest
from pellucid.core.tensor import Abstract
from pellucid.core.variable import Variable
from pellucid.engines.trace import trace
from pellucid.engines.work import Work, shape, work
from pellucid.random import seed
from pellucid.tabular import wording

ROWS, COLUMNS = 16, 32                 # of the arrays on which costs are counted
# what an example raises that has no call, or needs values (words, say) where a trace has none
UNTRACED = (StopIteration, TypeError, ValueError, AttributeError, LookupError)


def per(done: Work, count: int) -> str:
    """Work in words, for each of ``count`` numbers."""
    total = sum(done.others.values()) / count
    shown = ", ".join(name if abs(n - count) < 0.1 * count else f"{n / count:.2g} {name}"
                      for name, n in done.others.most_common() if n >= 0.1 * count)
    parts = [f"{_short(total)} operation{'' if _short(total) == '1' else 's'}"
             + (f" ({shown})" if shown else "")] if total >= 0.1 else []
    if done.multiply_adds:
        parts.insert(0, f"{_short(done.multiply_adds / count)} multiply-adds")
    return " and ".join(parts) or "no operation"


def _short(value: float) -> str:
    return f"{round(value):,}" if abs(value - round(value)) < 0.05 or value >= 100 else (
        f"{value:.1f}")


def per_number(function: Callable[..., Any], operands: int = 1) -> str:
    """The cost of a function of arrays, for each number of its last operand."""
    like = [Abstract((ROWS, COLUMNS), "float32")] * operands
    return f"{per(work(trace(function, *like).plan), ROWS * COLUMNS)} per number"


def of_optimizer(cls: Any) -> tuple[int, str]:
    """How many numbers an optimizer keeps for each weight, and what a step costs for each."""
    with unnoticed():
        rate = {} if "learning_rate" in cls.fields else {"learning_rate": 0.01}
        optimizer, w = cls(**rate), Variable(np.ones((COLUMNS, COLUMNS), "float32"), name="w")
        optimizer.build([w])
        kept = sum(each.size for each in optimizer.variables)
        plan = trace(lambda g: optimizer.apply([g], [w]), Abstract(w.shape, "float32")).plan
    return round(kept / w.size), f"{per(work(plan), w.size)} per weight and step"


def of_layer(cls: Any) -> tuple[str, str]:
    """Shapes and cost of a layer in the example of its help; empty where it cannot be traced."""
    with unnoticed(), contextlib.suppress(*UNTRACED):
        layer, args, kwargs, written = next(examples(cls))
        arrays = [_arrays(each) for each in args]
        traced = trace(lambda *given: layer(*given, **kwargs), *arrays)
        weights = sum(each.size for each in layer.weights)
        shapes = [str(each.shape) for each in nest.flatten(arrays)]
        given = " and ".join(shapes)
        out = shape(traced.plan, traced.plan.outputs[0])
        on = f"on {'inputs of shapes' if len(shapes) > 1 else 'an input of shape'} {given}"
        return f"{given} → {out}", f"{_counts(weights, work(traced.plan))} for {written} {on}"
    return "", ""


def _arrays(given: Any) -> Any:
    """An argument with arrays in the place of what becomes one; a list of tensors stays a list."""
    if isinstance(given, (list, tuple)) and any(hasattr(each, "shape") for each in given):
        return [np.asarray(each) for each in given]
    return np.asarray(given)


def _counts(weights: int, done: Work) -> str:
    other = "other operation" if done.multiply_adds else "operation"
    counts = [(weights, "weight"), (done.multiply_adds, "multiply-add"),
              (sum(done.others.values()), other)]
    return ", ".join(wording.counted(n, noun) for n, noun in counts if n) or "nothing is computed"


def examples(cls: Any) -> Iterator[tuple[Any, tuple[Any, ...], dict[str, Any], str]]:
    """The calls in the example of a class's docstring: object, arguments, how it was made.

    Of our own classes only: what stands in a stranger's docstring is not run.
    """
    if not cls.__module__.startswith("pellucid."):
        return
    seen: list[Any] = []
    space = {**vars(sys.modules[cls.__module__]), "np": np,
             "_watched": lambda made, written: _Watched(made, seen, written)}
    for example in doctest.DocTestParser().get_examples(cls.__doc__ or ""):
        tree = _Watching(cls).visit(ast.parse(example.source))
        exec(compile(ast.fix_missing_locations(tree), "<example>", "exec"), space)
        yield from seen
        seen.clear()


class _Watched:
    """An object that notes with what it is called; in all else it is that object."""

    def __init__(self, made: Any, seen: list[Any], written: str) -> None:
        self.made, self.seen, self.written = made, seen, written

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.seen.append((self.made, args, kwargs, self.written))
        return self.made(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made, name)


class _Watching(ast.NodeTransformer):
    """Puts ``_watched(…)`` around every making of an object of one class."""

    def __init__(self, cls: Any) -> None:
        self.names = {name for name, each in vars(sys.modules[cls.__module__]).items()
                      if each is cls}
        self.arguments = list(inspect.signature(cls).parameters)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        written = self.written(node)
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self.names:
            return ast.Call(ast.Name("_watched", ast.Load()), [node, ast.Constant(written)], [])
        return node

    def written(self, node: ast.Call) -> str:
        """The making as code, each argument by its name."""
        named = [ast.keyword(name, given) for name, given in zip(
            self.arguments, node.args, strict=False)]
        plain = ast.Call(node.func, [], [*named, *node.keywords])
        return re.sub(r"'([^']*)'", r'"\1"', ast.unparse(plain))


@contextlib.contextmanager
def unnoticed() -> Iterator[None]:
    """What is made inside takes no name and no seed from what a user makes afterwards."""
    stream, used = seed.stream_state(), names._names.used.copy()
    try:
        yield
    finally:
        seed.restore_stream(stream)
        names._names.used = used
