"""The reference engine: a Plan run line by line on NumPy. It is slow, simple and the judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pellucid.core.plan import Plan
from pellucid.engines.base import register


class Reference:
    """A Plan says itself how it runs on NumPy; nothing is added here."""

    name = "reference"

    def compile(self, plan: Plan) -> Callable[[Sequence[Any]], list[Any]]:
        return plan


reference = register(Reference())
