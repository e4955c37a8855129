"""Own classes and functions that files and strings may name: registered, or given for a block."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

CUSTOM: dict[str, Any] = {}                  # "package>name" → class or function
_scopes: list[dict[str, Any]] = []


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable:
    """Decorator: make an own class or function known to `deserialize` (and so to files).

    It is entered as ``package>name``; the name is its own unless told.

    >>> @register_keras_serializable(package="shop")
    ... def double(x):
    ...     return 2 * x
    >>> get_custom_objects().pop("shop>double") is double
    True
    """
    def register(target: Any) -> Any:
        key = f"{package}>{name or target.__name__}"
        target._registered_name = key
        CUSTOM[key] = target
        return target
    return register


@contextlib.contextmanager
def custom_object_scope(custom_objects: dict[str, Any] | None) -> Iterator[None]:
    """Within this block, files and strings may name the given classes and functions.

    >>> from pellucid import activations
    >>> with custom_object_scope({"double": lambda x: 2 * x}):
    ...     activations.get("double")(3)
    6
    """
    _scopes.append(custom_objects or {})
    try:
        yield
    finally:
        _scopes.pop()


def get_custom_objects() -> dict[str, Any]:
    """The table of registered own objects (it may be changed).

    >>> get_custom_objects()["shop>half"] = lambda x: x / 2
    >>> find_custom("shop>half")(3), get_custom_objects().pop("shop>half")(5)
    (1.5, 2.5)
    """
    return CUSTOM


def find_custom(name: str) -> Any:
    """An own class or function by registered or plain name, or None.

    >>> find_custom("nobody made this") is None
    True
    """
    for scope in reversed(_scopes):
        if name in scope:
            return scope[name]
    return CUSTOM.get(name, CUSTOM.get(f"Custom>{name}"))


def get_registered_name(obj: Any) -> str:
    """The name under which a class or function is registered, or else its own.

    >>> get_registered_name(int)
    'int'
    """
    return getattr(obj, "__dict__", {}).get("_registered_name") or obj.__name__


def get_registered_object(name: str, custom_objects: dict[str, Any] | None = None,
                          module_objects: dict[str, Any] | None = None) -> Any:
    """What is known by a name: in a scope, by registration, or in the given tables; else None.

    >>> get_registered_object("half", custom_objects={"half": lambda x: x / 2})(3)
    1.5
    """
    tables = [*reversed(_scopes), CUSTOM, custom_objects or {}, module_objects or {}]
    return next((table[name] for table in tables if name in table), None)
