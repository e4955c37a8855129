"""What an op is: its value, its gradient and its notation, said once; all else reads it.

An `Op` is a plain function over atoms (`atom.py`). It may carry a `stable` body where the textbook
form overflows, and a `gradient` where a shorter or safer one exists than its atoms imply.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from pellucid.core.calls import check_fit, operands_and_options
from pellucid.core.errors import ArgumentError
from pellucid.core.pickling import op_named
from pellucid.core.recording import recording, scope, watched_by
from pellucid.core.tensor import OPS, Tensor, as_operand, convert


class Op:
    """A function over atoms: `op(x, axis=-1)` computes, `.gradient` differentiates.

    ``samples`` describe inputs on which the generated tests try the op, ``symbol`` is its name in
    a formula; the other facts (``text``, ``tex``, ``level``) say how it is written as a sign.
    """

    many = False                       # whether there are many outputs (some atoms only)

    def __init__(self, body: Callable[..., Any], *, symbol: str | None = None,
                 samples: Sequence[Any] = (), **facts: Any) -> None:
        self.body, self.run = body, body
        self.rule: Callable[..., Any] | None = None
        self.symbol, self.samples, self.facts = symbol, tuple(samples), facts
        functools.update_wrapper(self, body)
        self.name = body.__name__
        self.operands, self.options = operands_and_options(body)

    def stable(self, body: Callable[..., Any]) -> None:
        """Decorator: the body that runs; the first one then only prints and judges."""
        self.run = body

    def gradient(self, rule: Callable[..., Any]) -> None:
        """Decorator: ``rule(g, y, *inputs, **options)`` gives the gradient for each input."""
        self.rule = rule

    def __call__(self, *operands: Any, **options: Any) -> Any:
        args: Sequence[Any] = operands
        if self.operands is not None and len(args) != len(self.operands):
            args = self._operands_of(args, options)
        for arg in args:
            if (other := getattr(type(arg), "space", None)) is not None:
                return other(self, args, options)        # symbols, 50 digits, functional models
        try:
            return self.apply(args, options)
        except TypeError:
            check_fit(self, args, options)
            raise

    def _operands_of(self, args: Sequence[Any], options: dict[str, Any]) -> Sequence[Any]:
        """softmax(x, 0) means softmax(x, axis=0), and sigmoid(x=t) means sigmoid(t)."""
        names = self.operands or ()
        if len(args) > len(names) + len(self.options):
            check_fit(self, args, options)
        options.update(zip(self.options, args[len(names):], strict=False))
        named = [options.pop(name) for name in names[len(args):] if name in options]
        return [*args[:len(names)], *named]

    def apply(self, args: Sequence[Any], options: dict[str, Any]) -> Any:
        """Run the body; with a rule of its own the op is one entry of the tape, else many."""
        inputs = tuple(map(as_operand, args))
        if not any(isinstance(each, Tensor) for each in inputs):
            inputs = tuple(map(convert, inputs))
        if self.rule is None:
            with scope(self.name):
                return self.run(*inputs, **options)
        with watched_by(tapes=()), scope(self.name):
            output = convert(self.run(*inputs, **options))
            output = OPS["identity"](output) if any(output is each for each in inputs) else output
        Application(self, inputs, options, (output,), recording.scope).tell()
        return output

    def pull_back(self, application: Application, gradients: Sequence[Any],
                  wanted: Sequence[bool]) -> Sequence[Any]:
        """The gradient of each input from the gradient of the output: one step of the chain."""
        assert self.rule is not None
        result = self.rule(gradients[0], application.outputs[0],
                           *application.inputs, **application.options)
        found = result if isinstance(result, tuple) else (result,)
        if len(found) != len(application.inputs):
            raise ArgumentError(f"the gradient rule of {self.name} must give one gradient for each "
                                f"of its {len(application.inputs)} inputs", got=f"{len(found)}")
        return found

    def __reduce__(self) -> Any: return op_named, (self.name, self.__module__)
    def __deepcopy__(self, _: Any) -> Op: return self

    def __repr__(self) -> str:
        return f"<{type(self).__name__.lower()} {self.name}>"


class Application:
    """One line of a tape: ``outputs = op(*inputs, **options)``, done inside ``scope``."""

    __slots__ = ("inputs", "op", "options", "outputs", "scope")

    def __init__(self, op: Op, inputs: tuple[Any, ...], options: dict[str, Any],
                 outputs: tuple[Tensor, ...], scope: str = "") -> None:
        self.op, self.inputs, self.options = op, inputs, options
        self.outputs, self.scope = outputs, scope

    def tell(self) -> None:
        """Let the open tapes and the running trace know."""
        for tape in recording.tapes:
            tape.record(self)
        if recording.trace is not None:
            recording.trace.record(self)


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
