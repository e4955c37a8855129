"""What an engine is: something that turns a Plan into a callable on arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from pellucid.core.errors import unknown_name
from pellucid.core.plan import Plan

ENGINES: dict[str, Engine] = {}


class Engine(Protocol):
    """Turns a Plan into a function from input arrays to output arrays; speed lives behind it."""

    name: str

    def compile(self, plan: Plan) -> Callable[[Sequence[Any]], Sequence[Any]]: ...


def register(engine: Engine) -> Engine:
    """Make an engine known by its name."""
    ENGINES[engine.name] = engine
    return engine


def get(name: str = "reference") -> Engine:
    """The engine of that name; raises ArgumentError with the names that are available."""
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    return ENGINES[name]
