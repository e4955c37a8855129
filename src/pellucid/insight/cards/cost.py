"""What a definition costs: the operations of its Plan, counted."""

from __future__ import annotations

import ast
import contextlib
import doctest
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pellucid.core import names, nest
from pellucid.core.plan import Plan, Step
from pellucid.core.tensor import Abstract
from pellucid.core.variable import Variable
from pellucid.engines.passes.loop import VIEWS
from pellucid.engines.trace import trace
from pellucid.random import seed
from pellucid.tabular import wording

FREE = VIEWS | {"identity", "stop_gradient", "cast"}
ROWS, COLUMNS = 16, 32                 # of the arrays on which costs are counted
# what an example raises that has no call, or needs values (words, say) where a trace has none
UNTRACED = (StopIteration, TypeError, ValueError, AttributeError, LookupError)


@dataclass(frozen=True)
class Work:
    """Multiply-adds of matrix products, and the numbers that other operations compute, by name."""

    multiply_adds: int
    others: Counter[str]

    def per(self, count: int) -> str:
        """In words, for each of ``count`` numbers."""
        total = sum(self.others.values()) / count
        shown = ", ".join(name if abs(n - count) < 0.1 * count else f"{n / count:.2g} {name}"
                          for name, n in self.others.most_common() if n >= 0.1 * count)
        parts = [f"{_short(total)} operation{'' if _short(total) == '1' else 's'}"
                 + (f" ({shown})" if shown else "")] if total >= 0.1 else []
        if self.multiply_adds:
            parts.insert(0, f"{_short(self.multiply_adds / count)} multiply-adds")
        return " and ".join(parts) or "no operation"


def _short(value: float) -> str:
    return f"{round(value):,}" if abs(value - round(value)) < 0.05 or value >= 100 else (
        f"{value:.1f}")


def work(plan: Plan) -> Work:
    """What running a Plan once computes; views and casts are free."""
    products, others = 0, Counter[str]()
    for step in plan.steps:
        inner = [each for each in step.options.values() if isinstance(each, Plan)]
        if inner:                                        # a loop's body, once for each turn
            times = step.options.get("length", 1)
            for each in map(work, inner):
                products += times * each.multiply_adds
                others.update({name: times * n for name, n in each.others.items()})
        elif step.op.name == "matrix_product":
            products += _size(plan, step.outputs[0]) * _shape(plan, step.inputs[0])[-1]
        elif step.op.name not in FREE:
            others[step.op.name] += _numbers(plan, step)
    return Work(products, others)


def _numbers(plan: Plan, step: Step) -> int:
    """How many numbers a step computes, or reads where it gathers many into few."""
    return max(_size(plan, slot) for slot in (*step.inputs, *step.outputs))


def _shape(plan: Plan, slot: int) -> tuple[int, ...]:
    kind = plan.types[slot]
    return () if kind is None else kind.shape


def _size(plan: Plan, slot: int) -> int:
    return int(np.prod(_shape(plan, slot), dtype=np.int64))


def per_number(function: Callable[..., Any], operands: int = 1) -> str:
    """The cost of a function of arrays, for each number of its last operand."""
    like = [Abstract((ROWS, COLUMNS), "float32")] * operands
    return f"{work(trace(function, *like).plan).per(ROWS * COLUMNS)} per number"


def of_optimizer(cls: Any) -> tuple[int, str]:
    """How many numbers an optimizer keeps for each weight, and what a step costs for each."""
    with unnoticed():
        rate = {} if "learning_rate" in cls.fields else {"learning_rate": 0.01}
        optimizer, w = cls(**rate), Variable(np.ones((COLUMNS, COLUMNS), "float32"), name="w")
        optimizer.build([w])
        kept = sum(each.size for each in optimizer.variables)
        plan = trace(lambda g: optimizer.apply([g], [w]), Abstract(w.shape, "float32")).plan
    return round(kept / w.size), f"{work(plan).per(w.size)} per weight and step"


def of_layer(cls: Any) -> tuple[str, str]:
    """Shapes and cost of a layer in the example of its help; empty where it cannot be traced."""
    with unnoticed(), contextlib.suppress(*UNTRACED):
        layer, args, kwargs = next(examples(cls))
        arrays = [_arrays(each) for each in args]
        traced = trace(lambda *given: layer(*given, **kwargs), *arrays)
        weights = sum(each.size for each in layer.weights)
        given = " and ".join(str(each.shape) for each in nest.flatten(arrays))
        out = _shape(traced.plan, traced.plan.outputs[0])
        return f"{given} → {out}", _sentence(given, weights, work(traced.plan))
    return "", ""


def _arrays(given: Any) -> Any:
    """An argument with arrays in the place of what becomes one; a list of tensors stays a list."""
    if isinstance(given, (list, tuple)) and any(hasattr(each, "shape") for each in given):
        return [np.asarray(each) for each in given]
    return np.asarray(given)


def _sentence(given: str, weights: int, done: Work) -> str:
    other = "other operation" if done.multiply_adds else "operation"
    counts = [(weights, "weight"), (done.multiply_adds, "multiply-add"),
              (sum(done.others.values()), other)]
    parts = [wording.counted(n, noun) for n, noun in counts if n] or ["nothing is computed"]
    return f"{', '.join(parts)} for an input of shape {given}"


def examples(cls: Any) -> Iterator[tuple[Any, tuple[Any, ...], dict[str, Any]]]:
    """The calls of objects of a class in the example of its docstring: object and arguments.

    Of our own classes only: what stands in a stranger's docstring is not run.
    """
    if not cls.__module__.startswith("pellucid."):
        return
    seen: list[Any] = []
    space = {**vars(sys.modules[cls.__module__]), "np": np,
             "_watched": lambda made: _Watched(made, seen)}
    for example in doctest.DocTestParser().get_examples(cls.__doc__ or ""):
        tree = _Watching(cls.__name__).visit(ast.parse(example.source))
        exec(compile(ast.fix_missing_locations(tree), "<example>", "exec"), space)
        yield from seen
        seen.clear()


class _Watched:
    """An object that notes with what it is called; in all else it is that object."""

    def __init__(self, made: Any, seen: list[Any]) -> None:
        self.made, self.seen = made, seen

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self.seen.append((self.made, args, kwargs))
        return self.made(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made, name)


class _Watching(ast.NodeTransformer):
    """Puts ``_watched(…)`` around every making of an object of one class."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == self.name:
            return ast.Call(ast.Name("_watched", ast.Load()), [node], [])
        return node


@contextlib.contextmanager
def unnoticed() -> Iterator[None]:
    """What is made inside takes no name and no seed from what a user makes afterwards."""
    stream, used = seed.stream_state(), names._names.used.copy()
    try:
        yield
    finally:
        seed.restore_stream(stream)
        names._names.used = used
