"""Floor 7: what people look at. May read everything below; nothing below knows that it exists."""

import importlib
from typing import TYPE_CHECKING, Any

from pellucid.core.exports import not_here

if TYPE_CHECKING:
    from pellucid.insight import (
        answers,
        cards,
        dynamics,
        explain,
        graph,
        plots,
        recording,
        report,
        signals,
    )
    from pellucid.insight.recording import Record, Recorder

# loaded when asked for
__all__ = ["Record", "Recorder", "answers", "cards", "dynamics", "explain", "graph", "plots",
           "recording", "report", "signals"]
FROM = {"Record": "recording", "Recorder": "recording"}


def __getattr__(name: str) -> Any:
    if name in FROM:
        return getattr(importlib.import_module(f"pellucid.insight.{FROM[name]}"), name)
    if name in __all__:
        return importlib.import_module(f"pellucid.insight.{name}")
    raise not_here("pellucid.insight", name, __all__)
