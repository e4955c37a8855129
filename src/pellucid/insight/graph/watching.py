"""Watching a model run: which call of a layer, or which op, each tensor comes from."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pellucid.atoms.elementwise import identity
from pellucid.core import nest
from pellucid.core.op import Application
from pellucid.core.plan import Trace
from pellucid.core.recording import watched_by
from pellucid.core.tape import Tape
from pellucid.core.tensor import Abstract, Tensor
from pellucid.core.variable import Variable
from pellucid.layers import calling
from pellucid.layers.input_layer import InputLayer
from pellucid.layers.symbolic import STAND_INS
from pellucid.models.model import Model

PASSING = frozenset({"cast", "identity"})       # the same value: no node of its own
MASKS = ("mask", "training")


@dataclass(eq=False)
class Call:
    """What made some tensors: a ``"layer"``, an ``"op"``, or nobody (``"input"``, ``"weight"``).

    ``operands`` are the makers of an op's inputs, None for a constant.
    """

    role: str
    thing: Any
    outputs: list[Any]
    sources: list[Call] = field(default_factory=list)
    within: tuple[str, ...] = ()
    application: Application | None = None
    operands: list[Call | None] = field(default_factory=list)


class Watch(Tape):
    """Told of every op, like a tape, and of the calls of layers; keeps who made what.

    An op inside a layer that is ``closed`` is the layer's own business. With ``each_op`` there are
    no layers: every op counts, and so does every weight that is read (``names`` says what the
    tensors of weights are called); ``places`` are the names of layers that ops can stand in.
    """

    def __init__(self, each_op: bool = False, names: dict[Tensor, str] | None = None,
                 places: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.each_op, self.watches_variables = each_op, each_op
        self.names, self.places = names or {}, places
        self.closed, self.within = False, ()
        self._made: dict[int, tuple[Any, Call]] = {}     # with the value, so that ids stay taken

    def add(self, call: Call) -> Call:
        """A call has made its outputs."""
        self.calls.append(call)
        self._made.update((id(each), (each, call)) for each in call.outputs)
        return call

    def input(self, tensor: Any, name: str) -> None:
        """A tensor (or an array of strings) comes from outside."""
        self.add(Call("input", name, [tensor]))

    def watch_variable(self, variable: Variable, tensor: Tensor) -> None:
        """A weight is read; it becomes a node when it is used."""
        self.names.setdefault(tensor, variable.name)

    def sources(self, values: Any) -> list[Call]:
        """Who made these values, in order; what nobody made (a constant) is left out."""
        return [call for each in nest.flatten(values) if (call := self.maker(each)) is not None]

    def maker(self, value: Any) -> Call | None:
        """The call that a value comes from, or None if it is a constant."""
        if isinstance(value, Tensor) and id(value) not in self._made and value in self.names:
            self.add(Call("weight", self.names[value], [value], within=self.within))
        return self._made.get(id(value), (None, None))[1]

    def record(self, application: Application) -> None:
        if self.closed:
            return
        operands = [self.maker(each) for each in application.inputs]
        sources = [each for each in operands if each is not None]
        if not sources:
            return
        if application.op.name in PASSING:
            output = application.outputs[0]
            self._made[id(output)] = output, sources[0]
        else:
            scope = [each for each in application.scope.split("/") if each in self.places]
            self.add(Call("op", application.op, list(application.outputs), sources,
                          tuple(scope) if self.each_op else self.within, application, operands))

    def hear(self, layer: Any, opened: bool) -> Callable[..., Any]:
        """``layer.call``, which also says what it made of what."""
        call = layer.call

        @functools.wraps(call)                           # its parameters are asked for by name
        def heard(*args: Any, **kwargs: Any) -> Any:
            if self.closed:
                return call(*args, **kwargs)
            with self._inside(layer, opened):
                outputs = call(*args, **kwargs)
            if opened:
                return outputs
            given = [args, {key: each for key, each in kwargs.items()
                            if key not in MASKS and not key.endswith("_mask")}]
            sources = self.sources(given)
            passed = {id(each) for each in nest.flatten(given)}
            outputs = nest.map_structure(
                lambda each: _renewed(each) if id(each) in passed else each, outputs)
            made = [each for each in nest.flatten(outputs) if isinstance(each, Tensor)]
            self.add(Call("layer", layer, made, sources, self.within))
            return outputs

        return heard

    @contextlib.contextmanager
    def _inside(self, layer: Any, opened: bool) -> Iterator[None]:
        before = self.closed, self.within
        self.closed, self.within = not opened, ((*self.within, layer.name) if opened
                                                else self.within)
        try:
            yield
        finally:
            self.closed, self.within = before

    def needed(self, outputs: Iterable[Any]) -> list[Call]:
        """The calls, but for ops and weights that nothing depends on (those of masks, say)."""
        wanted = {id(call) for call in self.sources(list(outputs))}
        kept = []
        for call in reversed(self.calls):
            if id(call) in wanted or call.role in ("input", "layer"):
                wanted.update(id(each) for each in call.sources)
                kept.append(call)
        return kept[::-1]


def _renewed(value: Any) -> Any:
    """A layer that gives back what it got has made it all the same."""
    if not isinstance(value, Tensor):
        return value
    fresh, mask = identity(value), calling.mask_of(value)
    if mask is not None:
        fresh._keras_mask = mask
    return fresh


def opens(layer: Any) -> bool:
    """Whether a layer is made of layers that can be shown: a model, or an own layer of layers."""
    ours = type(layer).__module__.startswith("pellucid.")
    return bool(layer._sublayers()) and (isinstance(layer, Model) or not ours)


def parts(layers: Iterable[Any], depth: int) -> list[tuple[Any, bool]]:
    """These layers, and the layers of those that are opened: each once, and whether it is."""
    found: list[tuple[Any, bool]] = []
    for each in layers:
        if not isinstance(each, InputLayer):
            opened = depth > 0 and opens(each)
            found.append((each, opened))
            found += parts(each._sublayers(), depth - 1) if opened else []
    return list({id(each): (each, opened) for each, opened in found}.values())


@contextlib.contextmanager
def heard_by(watch: Watch, layers: list[tuple[Any, bool]]) -> Iterator[None]:
    """Inside the ``with`` these layers tell ``watch`` of their calls."""
    before = [vars(layer).get("call") for layer, _ in layers]
    for layer, opened in layers:
        vars(layer)["call"] = watch.hear(layer, opened)
    try:
        yield
    finally:
        for (layer, _), call in zip(layers, before, strict=True):
            del vars(layer)["call"]
            if call is not None:
                vars(layer)["call"] = call


def stand_ins(symbols: Any, size: int, trace: Trace) -> Any:
    """Tensors of which only the shapes are known, an unknown axis being ``size`` long."""
    return nest.map_structure(lambda each: trace.input(Abstract(
        tuple(size if n is None else n for n in each.shape), each.dtype)), symbols)


def on_shapes(symbols: Any, run: Callable[[Any, Any], Any]) -> list[Any]:
    """``run(inputs, trace)`` on shapes alone, once for each of the two sizes of unknown axes."""
    unknown = any(None in each.shape for each in nest.flatten(symbols))
    results = []
    for size in STAND_INS[:1 + unknown]:
        trace = Trace()
        with watched_by(tapes=(), trace=trace):
            results.append(run(stand_ins(symbols, size, trace), trace))
    return results


def common_shape(first: Any, last: Any) -> tuple[int | None, ...]:
    """The shape of a tensor in two runs; an axis that differs between them is unknown."""
    return tuple(a if a == b else None for a, b in zip(first.shape, last.shape, strict=True))
