"""What an op is: its value, its gradient and its notation, said once; all else reads it.

An `Atom` is a row of the closed table in `pellucid.atoms`: a NumPy function and a gradient rule.
An `Op` is a plain function over atoms. It may carry a `stable` body where the textbook form
overflows, and a `gradient` where a shorter or safer one exists than the one its atoms imply.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pellucid.core import dtypes
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.recording import recording, scope, watched_by
from pellucid.core.tensor import OPS, Abstract, Tensor, as_operand

ATOMS: dict[str, Atom] = {}    # the closed set, by name


class Op:
    """A function over atoms: `op(x, axis=-1)` computes, `.gradient` differentiates.

    ``samples`` describe inputs on which the generated tests try the op, ``symbol`` is how a
    formula writes it, ``smooth=False`` says that a second derivative is zero or undefined.
    """

    def __init__(self, body: Callable[..., Any], *, symbol: str | None = None,
                 samples: Sequence[Any] = (), **facts: Any) -> None:
        self.body, self.run = body, body
        self.rule: Callable[..., Any] | None = None
        self.symbol, self.samples, self.facts = symbol, tuple(samples), facts
        functools.update_wrapper(self, body)
        self.name = body.__name__
        self.operands, self.options = _signature(body)

    def stable(self, body: Callable[..., Any]) -> None:
        """Decorator: the body that runs; the first one then only prints and judges."""
        self.run = body

    def gradient(self, rule: Callable[..., Any]) -> None:
        """Decorator: ``rule(g, y, *inputs, **options)`` gives the gradient for each input."""
        self.rule = rule

    def __call__(self, *args: Any, **options: Any) -> Any:
        if len(args) > self.operands:                    # softmax(x, 0) means softmax(x, axis=0)
            options.update(zip(self.options, args[self.operands:], strict=False))
            args = args[: self.operands]
        for arg in args:
            if (other := getattr(type(arg), "space", None)) is not None:
                return other(self, args, options)        # symbols, 50 digits, functional models
        return self.apply(args, options)

    def apply(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """Run the body; with a rule of its own the op is one entry of the tape, else many."""
        if self.rule is None:
            with scope(self.name):
                return self.run(*args, **options)
        inputs = tuple(as_operand(arg) for arg in args)
        with watched_by(tapes=()), scope(self.name):
            outputs = self.run(*inputs, **options)
        outputs = outputs.alias() if any(outputs is each for each in inputs) else outputs
        for tape in recording.tapes:
            tape.record(Application(self, inputs, options, (outputs,)))
        return outputs

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        """The gradient of each input from the gradient of the output: one step of the chain."""
        assert self.rule is not None
        result = self.rule(gradients[0], application.outputs[0],
                           *application.inputs, **application.options)
        return result if isinstance(result, tuple) else (result,)

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.name}>"


class Atom(Op):
    """A row of the closed table: a NumPy function and one gradient rule for each operand.

    ``operands`` says in which dtype the operands meet: "same" (promoted together), "float"
    (promoted, at least the default float), "bool", or None (each keeps its own). ``keep`` is the
    number of leading operands left out of it; ``result="bool"`` marks comparisons; ``whole`` says
    that the one rule gives the gradients of all operands, ``many`` that there are many outputs.
    """

    def __init__(self, body: Callable[..., Any], *rules: Callable[..., Any] | None,
                 meet: str | None = None, keep: int = 0, result: str | None = None,
                 text: str | None = None, tex: str | None = None, many: bool = False,
                 whole: bool = False, **facts: Any) -> None:
        super().__init__(body, **facts)
        self.rules, self.meet, self.keep, self.result = rules, meet, keep, result
        self.text, self.tex, self.many, self.whole = text, tex, many, whole
        self.shape: Callable[..., Any] | None = None     # filled in by pellucid.spaces.shapes

    def apply(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        inputs = self.meeting([as_operand(arg) for arg in args])
        values = [each.value if isinstance(each, Tensor) else each for each in inputs]
        if any(isinstance(value, Abstract) for value in values):
            assert self.shape is not None
            results = self.shape(*values, **options)
        else:
            results = self.evaluate(values, options)
        outputs = tuple(map(Tensor, results if self.many else (results,)))
        if recording.tapes or recording.trace:
            self._tell(Application(self, inputs, options, outputs, recording.scope))
        return outputs if self.many else outputs[0]

    def _tell(self, application: Application) -> None:
        for tape in recording.tapes:
            tape.record(application)
        if recording.trace is not None:
            recording.trace.record(application)

    def meeting(self, inputs: list[Any]) -> tuple[Any, ...]:
        """The operands in their common dtype; a cast is an atom too, so gradients pass it."""
        if self.meet is None:
            return tuple(inputs)
        kept, rest = inputs[: self.keep], inputs[self.keep:]
        common = "bool" if self.meet == "bool" else dtypes.result_type(*map(dtypes.of, rest))
        if self.meet == "float" and not dtypes.is_float(common):
            common = dtypes.floatx()
        if not any(isinstance(each, Tensor) for each in rest):
            rest = [Tensor(np.asarray(each, common)) for each in rest]
        return (*kept, *(ATOMS["cast"](each, dtype=common)
                         if isinstance(each, Tensor) and each.dtype != common else each
                         for each in rest))

    def evaluate(self, values: Sequence[Any], options: dict[str, Any]) -> Any:
        """The NumPy value; shapes that do not fit are told apart from other mistakes."""
        try:
            with np.errstate(all="ignore"):
                results = self.body(*values, **options)
        except (ValueError, IndexError) as error:
            shapes = " and ".join(str(np.shape(value)) for value in values)
            raise ShapeError(f"{self.name} cannot combine shapes {shapes} ({error})",
                             where=user_line()) from None
        return tuple(map(np.asarray, results)) if self.many else np.asarray(results)

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        g, y = ((gradients, application.outputs) if self.many
                else (gradients[0], application.outputs[0]))
        if self.whole:
            return self.rules[0](g, y, *application.inputs, **application.options)
        return [rule(g, y, *application.inputs, **application.options)
                if rule is not None and want else None
                for rule, want in zip(self.rules, wanted, strict=True)]


class Application:
    """One line of a tape: ``outputs = op(*inputs, **options)``, done inside ``scope``."""

    __slots__ = ("inputs", "op", "options", "outputs", "scope")

    def __init__(self, op: Op, inputs: tuple[Any, ...], options: dict[str, Any],
                 outputs: tuple[Tensor, ...], scope: str = "") -> None:
        self.op, self.inputs, self.options = op, inputs, options
        self.outputs, self.scope = outputs, scope


def op(body: Callable[..., Any] | None = None, **facts: Any) -> Any:
    """Decorator: make a function over atoms an op, known by its name.

    >>> from pellucid.atoms import exp
    >>> @op(symbol="σ")
    ... def squash(x):
    ...     return 1 / (1 + exp(-x))
    >>> float(squash(0.0))
    0.5
    """
    if body is None:
        return lambda function: op(function, **facts)
    made = Op(body, **facts)
    OPS[made.name] = made
    return made


def atom(name: str, body: Callable[..., Any], *rules: Callable[..., Any] | None,
         **facts: Any) -> Atom:
    """Add a row to the closed table of atoms."""
    made = Atom(body, *rules, **facts)
    made.name = name
    ATOMS[name] = OPS[name] = made
    return made


def _signature(body: Callable[..., Any]) -> tuple[float, list[str]]:
    """How many leading arguments are tensors (those without default), and the options' names."""
    try:
        parameters = list(inspect.signature(body).parameters.values())
    except ValueError:                                   # NumPy's ufuncs: tensors only
        return float("inf"), []
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return float("inf"), []
    required = [each for each in parameters if each.default is each.empty
                and each.kind is not each.KEYWORD_ONLY]
    return len(required), [each.name for each in parameters[len(required):]]
