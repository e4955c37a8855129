"""Numbers that look up a row of an `Embedding`: each must have one, before the first step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from pellucid.core import nest
from pellucid.core.errors import DataError
from pellucid.layers.embedding import Embedding
from pellucid.layers.reversible_embedding import ReversibleEmbedding
from pellucid.models.steps import Steps

LOOK_UPS = (Embedding.call, ReversibleEmbedding.call)    # a subclass may do as it likes


class Lookup(NamedTuple):
    """One of a model's inputs that reaches an `Embedding` as it came."""

    place: int                                           # of the input among all
    layer: str                                           # as messages call it
    rows: int


def check_numbers(model: Any, x: Any) -> list[Lookup]:
    """Raise DataError for the first number of the inputs that has no row; gives the look-ups.

    A negative one, which a Plan would count from the end as Keras does, is an error as well.
    """
    found = lookups(model)
    if found:
        check_rows(found, leaves(model, x))
    return found


def lookups(model: Any) -> list[Lookup]:
    """Each `Embedding` that an input reaches, if the steps are pellucid's: others may do as they
    like with the data."""
    own = all(getattr(getattr(model, name), "__func__", None) is getattr(Steps, name)
              for name in ("train_step", "test_step", "predict_step"))
    return list(_reached(model)) if own else []


def _reached(model: Any) -> Iterator[Lookup]:
    graph, chain = getattr(model, "_graph", None), getattr(model, "_chain", None)
    if not str(type(model).call.__module__).startswith("pellucid."):
        return                                           # a call that a person has written
    if graph is None:
        if chain:                                        # built only by the first batch
            yield from _in_layer(chain[0], "x", {id("x"): 0})
        return
    graph = graph.compiled
    places = {id(symbol): i for i, symbol in enumerate(nest.flatten(graph.inputs))}
    for node in graph.nodes:
        if node.inputs and len(node.args) == 1 and not node.kwargs.get("reverse"):
            yield from _in_layer(node.layer, node.args[0], places)


def _in_layer(layer: Any, x: Any, places: dict[int, int]) -> Iterator[Lookup]:
    if type(layer).call in LOOK_UPS:
        if id(x) in places:
            yield Lookup(places[id(x)], layer.label, layer.input_dim)
    elif hasattr(layer, "_graph"):                       # a model within the model
        inner = leaves(layer, x)
        yield from (each._replace(place=places[id(inner[each.place])]) for each in _reached(layer)
                    if id(inner[each.place]) in places)


def leaves(model: Any, x: Any) -> list[Any]:
    """The inputs of a model one by one, in their order."""
    graph = getattr(model, "_graph", None)
    return [x] if graph is None else graph.compiled._leaves(graph.encode(x))


def check_rows(found: Sequence[Lookup], inputs: Sequence[Any]) -> None:
    """Raise DataError for the first number that no row of its `Embedding` belongs to."""
    for place, layer, n in found:
        numbers = np.asarray(inputs[place])
        if numbers.dtype.kind in "iuf" and numbers.size and not all_within(numbers, n):
            raise without_row(layer, numbers, n)


def all_within(numbers: np.ndarray, n: int) -> bool:
    """Whether each number is one of 0 … n - 1; of a float the whole part counts.

    >>> all_within(np.array([0, 4]), 5), all_within(np.array([0, -1]), 5)
    (True, False)
    """
    dtype = numbers.dtype
    if dtype.kind == "i" and n <= np.iinfo(dtype).max:   # read without its sign, a negative number
        return bool(numbers.view(dtype.str.replace("i", "u")).max() < n)     # is beyond all others
    return bool(numbers.min() > -1 and numbers.max() < n)


def without_row(layer: str, numbers: np.ndarray, n: int) -> DataError:
    """The error that names the first number without a row, and where it stands."""
    most = numbers.max()
    place = tuple(map(int, np.argwhere(~((numbers > -1) & (numbers < n)))[0]))
    enough = numbers.min() > -1 and np.isfinite(most)
    return DataError(
        f"{layer} has rows for the numbers 0 to {n - 1} (input_dim={n})",
        got=f"{numbers[place]:g}" + (f" in row {place[0]}" if place else ""),
        hint=f"input_dim={int(most) + 1} would have a row for all" if enough else
        "numbers are counted from 0; give what is unknown or missing a number of its own")
