"""Other names of a number: ∂E for ∂L, paths as in Keras, w1 and θ1 in a chain of single units.

In a small network of dense layers weights and biases have numbers as well, unit by unit (w1 and w2
lead from x_1 and x_2 into the first), and δ_kj is the gradient of what goes into unit j of layer k.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.insight.explain.naming import Quantity
from pellucid.insight.explain.stations import Stations
from pellucid.layers import Dense

CHAIN = {"w": ("w{}",), "b": ("θ{}", "b{}"), "z": ("z{}",), "o": ("a{}", "o{}")}
SMALL, FEW = 64, 9                     # weights, and biases, of a network that are numbered


def aliases_of(stations: Stations) -> Callable[[Quantity, tuple[int, ...]], tuple[str, ...]]:
    """A function that gives the other names of a number of a quantity."""
    chain = _is_chain(stations)
    last = max(stations.numbers.values(), default=0)
    numbers = _numbers(stations)
    sums = {each.lead for each in stations.forward if each.letter == "z" and not each.above}

    def aliases(quantity: Quantity, where: tuple[int, ...]) -> tuple[str, ...]:
        own = [*_outputs(quantity, where, last), *(_short(quantity, last) if chain else ())]
        own += [f"{quantity.letter}{numbers[quantity.path][where]}"
                ] if quantity.path in numbers else []
        index = ", ".join(map(str, where))
        own += [f"{quantity.path}[{index}]", f"{_tail(quantity.path)}[{index}]"
                ] if quantity.path else []
        if quantity.kind == "gradient":
            delta = _delta(quantity, where, last, sums) if numbers else []
            own = [*delta, *(quantity.wrap[0].format(each) for each in own)]
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


def _numbers(stations: Stations) -> dict[str, np.ndarray]:
    """By path: the numbers of weights, counted unit by unit, and of biases.

    Only where they are few, and every layer with weights is a dense one that is called once: in
    other networks nobody could tell what w7 is.
    """
    weights = list(stations.weights.values())
    if not all(type(layer) is Dense for layer in stations.numbers) or any(
            each.above for each in stations.forward if each.letter == "z") or len(
            {each.path for each in weights}) < len(weights):
        return {}
    found: dict[str, np.ndarray] = {}
    counts = {"w": 0, "b": 0}
    for each in weights:
        if each.letter not in counts:
            return {}
        numbers = np.arange(each.ids.size).reshape(each.shape[::-1]).T + counts[each.letter] + 1
        found[each.path] = numbers
        counts[each.letter] += each.ids.size
    return found if counts["w"] <= SMALL and counts["b"] <= FEW else {}


def _delta(quantity: Quantity, where: tuple[int, ...], last: int, sums: set[tuple[int, ...]]
           ) -> list[str]:
    """δ_kj: ∂L/∂z_kj, or ∂L/∂o_kj of a unit whose output is the sum itself."""
    is_sum = quantity.letter == "z" or (quantity.lead or (last,)) not in sums
    if quantity.above or quantity.letter not in ("z", "o", "ŷ") or not is_sum:
        return []
    if quantity.letter == "ŷ":
        return [f"δ{_outputs(quantity, where, last)[0][1:]}"]
    row = f"[{where[quantity.row] + 1}]" if quantity.row is not None else ""
    return [f"δ_{quantity.index_of(where)}{row}"]


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
