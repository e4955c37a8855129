"""Floor 7: what people look at. May read everything below; nothing below knows that it exists."""

import importlib
from typing import TYPE_CHECKING, Any

from pellucid.core.exports import not_here

if TYPE_CHECKING:
    from pellucid.insight import cards, dynamics, plots, report, signals

__all__ = ["cards", "dynamics", "plots", "report", "signals"]              # loaded when asked for


def __getattr__(name: str) -> Any:
    if name in __all__:
        return importlib.import_module(f"pellucid.insight.{name}")
    raise not_here("pellucid.insight", name, __all__)
