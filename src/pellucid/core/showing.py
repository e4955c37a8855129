"""How values show themselves in notebooks and terminals: drawn above, and named here as text.

Nothing is imported before a value is shown, so the core depends on no floor above it.
"""

from __future__ import annotations

import importlib
from typing import Any

DRAWN_BY = {"Arraylike": "tensors", "Plan": "plans", "History": "histories", "Model": "models"}


class Shown:
    """What Jupyter shows as HTML, and rich in colours; both ask for these methods.

    >>> from pellucid.core.tensor import convert
    >>> "float32" in convert([1.0, 2.0])._repr_html_()
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        """As a piece of HTML, with its own style for light and dark."""
        return _drawing(self).html(self)

    def __rich__(self) -> Any:
        """As rich prints it."""
        return _drawing(self).rich(self)


def _drawing(value: Any) -> Any:
    name = next(DRAWN_BY[each.__name__] for each in type(value).__mro__
                if each.__name__ in DRAWN_BY)
    return importlib.import_module(f"pellucid.insight.displays.{name}")
