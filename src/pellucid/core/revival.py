"""Whether an object can be made again from its config: does its ``__init__`` take what is there?"""

from __future__ import annotations

import inspect
from typing import Any

from pellucid.core.errors import ArgumentError


def misfit_of(cls: type, config: dict[str, Any]) -> tuple[str, str] | None:
    """What is wrong with a config for ``cls(**config)`` and how to mend it; None if it fits.

    >>> class Scale:
    ...     def __init__(self, factor): ...
    >>> misfit_of(Scale, {"factor": 2.0, "name": "scale"})[0]
    'Scale.__init__ takes no name'
    """
    parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
    names = {each.name for each in parameters}
    open_ended = any(each.kind is each.VAR_KEYWORD for each in parameters)
    foreign = [] if open_ended else [name for name in config if name not in names]
    if foreign:
        return (f"{cls.__name__}.__init__ takes no {', '.join(foreign)}",
                "let it take **kwargs and pass them on with super().__init__(**kwargs), or write "
                "a get_config() that gives its own arguments alone")
    missing = [each.name for each in parameters if each.default is each.empty
               and each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
               and each.name not in config]
    if missing:
        told = ", ".join(f'"{name}": ...' for name in missing)
        return (f"{cls.__name__}.__init__ needs {' and '.join(missing)}, which its get_config() "
                "does not give",
                f"let get_config() return {{**super().get_config(), {told}}}")
    return None


def check_revival(cls: type, config: dict[str, Any]) -> None:
    """Raise ArgumentError where a class of one's own cannot be called with its config."""
    wrong = None if cls.__module__.startswith("pellucid.") else misfit_of(cls, config)
    if wrong is not None:
        raise ArgumentError(f"{cls.__name__} cannot be made again from its config: {wrong[0]}",
                            hint=wrong[1])
