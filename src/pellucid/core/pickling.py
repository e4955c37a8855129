"""Ops in pickles: by name, for their bodies may be functions that no pickle can hold."""

from __future__ import annotations

import importlib
from typing import Any

from pellucid.core.errors import ArgumentError
from pellucid.core.tensor import OPS


def op_named(name: str, module: str) -> Any:
    """The op of that name that stands in a module; raises ArgumentError if there is none.

    >>> from pellucid.activations import relu
    >>> op_named("relu", relu.__module__) is relu
    True
    """
    home = importlib.import_module(module)
    found = OPS.get(name)
    if getattr(found, "__module__", None) != module:     # another one has taken the name since
        found = getattr(home, name, None)
    if found is None:
        raise ArgumentError(f"{module} has no op {name!r}", hint="define an own op at the top of a "
                            "module, so that it can be found again")
    return found
