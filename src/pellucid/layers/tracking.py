"""Which variables and layers belong to a layer: whatever stands in its attributes."""

from __future__ import annotations

from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import numpy as np

from pellucid.core.variable import Variable

OWN = frozenset({"_compile_config", "_given", "_losses", "_inbound_nodes", "_outbound_nodes",
                 "_parts", "input_spec", "history", "optimizer", "stop_training", "host_stage",
                 "traced_functions", "_traced_for"})


# What has no members, for certain: most attributes are of these types, and are passed over.
PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes, FunctionType, MethodType,
                   BuiltinFunctionType, np.dtype, np.ndarray})
BOXES = (list, tuple, dict, set)
LASTING = frozenset({"builtins", "types", "collections", "numpy", "pellucid"})
NOTHING, BOX, MEMBER, PERHAPS = range(4)                 # what a value may be, by its type


class _Sorts(dict[type, int]):
    """What the values of a type may be, found out once for each type of ours, Python's and
    NumPy's: models are looked through in every call, and a large one has many attributes. A
    person's own types are asked each time, since what their methods hold must not live on here."""

    def __missing__(self, kind: type) -> int:
        found = NOTHING if kind in PLAIN else BOX if issubclass(kind, BOXES) else PERHAPS
        if found == PERHAPS and (issubclass(kind, Variable) or hasattr(kind, "variables")
                                 or hasattr(kind, "state")):
            found = MEMBER
        if kind.__module__.partition(".")[0] in LASTING:
            self[kind] = found
        return found


_SORTS = _Sorts()


def members(owner: Any, skip: frozenset[str] = OWN) -> list[Any]:
    """Every value in the attributes of an object, in the order they were set, lists opened."""
    found: dict[int, Any] = {}
    _gather([value for name, value in vars(owner).items() if name not in skip], found, set())
    return list(found.values())


def _gather(values: Iterable[Any], found: dict[int, Any], opened: set[int]) -> None:
    """Note the members among the values, and in lists among them, by their ids: each once."""
    for value in values:
        if sort := _SORTS[type(value)]:
            if sort == MEMBER or (sort == PERHAPS and _has_own(value)):
                found[id(value)] = value
            elif sort == BOX and id(value) not in opened:
                opened.add(id(value))
                _gather(list(value.values() if isinstance(value, dict) else value), found, opened)


def _has_own(value: Any) -> bool:
    """Whether an object, though its class does not, has variables or a state."""
    own = getattr(value, "__dict__", ())
    return "variables" in own or "state" in own


def unique(values: Iterable[Any]) -> list[Any]:
    """The values in order, each object once (tied weights count once)."""
    return list({id(value): value for value in values}.values())
