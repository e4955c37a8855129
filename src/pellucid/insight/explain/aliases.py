"""Other names of a number: ∂E for ∂L, paths as in Keras, w1 and θ1 in a chain of single units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.stations import Stations

CHAIN = {"w": ("w{}",), "b": ("θ{}", "b{}"), "z": ("z{}",), "o": ("a{}", "o{}")}


def aliases_of(stations: Stations) -> Callable[[Quantity, tuple[int, ...]], tuple[str, ...]]:
    """A function that gives the other names of a number of a quantity."""
    chain = _is_chain(stations)
    last = max(stations.numbers.values(), default=0)

    def aliases(quantity: Quantity, where: tuple[int, ...]) -> tuple[str, ...]:
        own = [*_outputs(quantity, where, last), *(_short(quantity, last) if chain else ())]
        index = ", ".join(map(str, where))
        own += [f"{quantity.path}[{index}]", f"{_tail(quantity.path)}[{index}]"
                ] if quantity.path else []
        if quantity.kind == "gradient":
            own = [quantity.wrap[0].format(each) for each in own]
            own += [each.replace("∂L", "∂E") for each in (quantity.name(where), *own)]
            own += [each.replace("∂", "d") for each in (quantity.name(where), *own)]
        elif quantity.kind == "new":
            own = [quantity.wrap[0].format(each) for each in own]
            if quantity.wrap[0] == "{}'":
                own += [f"new {each[:-1]}" for each in (quantity.name(where), *own)]
        elif quantity.letter == "L":
            own += ["E", "loss"]
        return tuple(dict.fromkeys(own))
    return aliases


def _tail(path: str) -> str:
    """sequential/dense/kernel is dense/kernel too."""
    return "/".join(path.split("/")[-2:])


def _outputs(quantity: Quantity, where: tuple[int, ...], last: int) -> list[str]:
    """The outputs ŷ_j are o_kj of the last layer too."""
    if quantity.letter != "ŷ" or quantity.above:
        return []
    index = quantity.index_of(where) or "1"
    row = f"[{where[quantity.row] + 1}]" if quantity.row is not None else ""
    return [f"o_{last}{',' if ',' in index else ''}{index}{row}", f"yhat_{index}{row}",
            *(["yhat"] if index == "1" and not row else [])]


def _is_chain(stations: Stations) -> bool:
    """Whether every weight is a single number: units one after the other."""
    return stations.rows == 1 and all(
        each.ids.size == 1 for each in stations.weights.values())


def _short(quantity: Quantity, last: int) -> list[str]:
    k: Any = quantity.above or (quantity.lead[0] if quantity.lead else "")
    letter = quantity.letter
    if letter == "ŷ":
        letter, k = "o", last
    return [form.format(k) for form in CHAIN.get(letter, ())]
