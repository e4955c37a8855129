"""Objects to plain data and back, in Keras 3's form, with names from a fixed table only.

``{"module": "keras.layers", "class_name": "Dense", "config": {...}, "registered_name": None}``.
Nothing is ever imported because a file says so: a class is built in, registered by its author, or
passed by the caller.
"""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from pellucid.core.custom_objects import custom_object_scope, find_custom, get_registered_name
from pellucid.core.errors import ArgumentError, KindError, advise, nearest
from pellucid.core.fields import Declared
from pellucid.core.revival import check_revival

BUILT_IN: dict[str, dict[str, Any]] = {}     # "keras.layers" → {"Dense": Dense, …}


class Configurable(Declared):
    """A `Declared` object that can be written as data: `get_config` and `from_config`.

    Built-in classes are entered in the table by being defined; ``family`` is Keras's module name.
    """

    family = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.family and cls.__module__.startswith("pellucid."):
            BUILT_IN.setdefault(cls.family, {})[cls.__name__] = cls

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal object: the fields, or what ``__init__`` was given.

        A class whose ``__init__`` was written by hand gives the arguments as they came; if it has
        a get_config of its own, that one asks here only for what the classes above declare.
        """
        if self.plain and type(self).get_config.__module__.startswith("pellucid."):
            return {name: serialize(value) for name, value in self._given.items()}
        return {name: serialize(getattr(self, name)) for name, each in self.fields.items()
                if each.written and hasattr(self, name)}

    @classmethod
    def from_config(cls, config: dict[str, Any], **_: Any) -> Any:
        """An object of this class from `get_config`'s data."""
        check_revival(cls, config)
        return cls(**{name: deserialize(value) for name, value in config.items()})


def serialize(value: Any) -> Any:
    """Plain data (JSON) that `deserialize` turns into an equal value.

    Raises KindError for a lambda, and for an object without ``get_config``.

    >>> from pellucid.constraints import MaxNorm
    >>> serialize([1.0, MaxNorm(3)])[1]["config"]
    {'max_value': 3, 'axis': 0}
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": value.tolist(),
                                                      "dtype": value.dtype.name}}
    if isinstance(value, tuple):
        return tuple(serialize(each) for each in value)
    if isinstance(value, list):
        return [serialize(each) for each in value]
    if isinstance(value, dict):
        return {key: serialize(each) for key, each in value.items()}
    if isinstance(value, slice):
        parts = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": serialize(parts)}
    if value is ...:
        return {"class_name": "__ellipsis__", "config": {}}
    if hasattr(value, "keras_config"):                   # a value with a form of its own
        return value.keras_config()
    if hasattr(value, "get_config"):
        return _serialized_object(value)
    if callable(value) and hasattr(value, "__name__"):
        return _serialized_function(value)
    raise KindError(f"a value of type {type(value).__name__} cannot be written to a file",
                    got=f"{value!r:.60}", hint="give it get_config() and from_config()")


def _serialized_object(value: Any) -> dict[str, Any]:
    cls, family = type(value), getattr(value, "family", "")
    built_in = BUILT_IN.get(family, {}).get(cls.__name__) is cls
    return {"module": family if built_in else cls.__module__, "class_name": cls.__name__,
            "config": value.get_config(),
            "registered_name": None if built_in else
            get_registered_name(cls)}


def _serialized_function(value: Any) -> Any:
    name = value.__name__
    if BUILT_IN.get("functions", {}).get(name) is value:
        return name
    if name == "<lambda>":
        raise KindError("a lambda cannot be written to a file", hint="give it a name with def and "
                        "register it with @pellucid.saving.register_keras_serializable()")
    return {"module": getattr(value, "__module__", "builtins"), "class_name": "function",
            "config": name, "registered_name": get_registered_name(value)}


def deserialize(data: Any, custom_objects: dict[str, Any] | None = None,
                safe_mode: bool = True, **_: Any) -> Any:
    """The value that `serialize` wrote; raises ArgumentError for a name that is in no table.

    >>> from pellucid.constraints import MaxNorm
    >>> deserialize(serialize(MaxNorm(3)))
    MaxNorm(max_value=3)
    """
    if custom_objects:
        with custom_object_scope(custom_objects):
            return deserialize(data)
    if isinstance(data, (list, tuple)):
        return type(data)(deserialize(each) for each in data)
    if not isinstance(data, dict):
        return data
    if "class_name" not in data:
        return {key: deserialize(each) for key, each in data.items()}
    match data["class_name"]:
        case "__tuple__":
            return tuple(deserialize(each) for each in data["items"])
        case "__numpy__" | "__tensor__":
            return np.array(data["config"]["value"], dtype=data["config"]["dtype"])
        case "__slice__":
            return slice(*(deserialize(data["config"][part]) for part in ("start", "stop", "step")))
        case "__ellipsis__":
            return ...
        case "function":
            name = data.get("registered_name")           # in Keras often just "function"
            return find(data["config"] if name in (None, "function") else name, "functions")
    target = find_class(data)
    config = data.get("config") or {}
    if not isinstance(config, dict):
        raise ArgumentError(f"the config of {data['class_name']} must be a dict", got=config)
    made = target.from_config(config)
    if (build := data.get("build_config")) and hasattr(made, "build_from_config"):
        made.build_from_config(build)
    return made


def find_class(data: dict[str, Any]) -> Any:
    """The class that a piece of config names: an own one, or one of the built-in families."""
    name, registered = str(data["class_name"]), data.get("registered_name")
    own = (find_custom(str(registered)) if registered else None) or find_custom(name)
    if own is not None and inspect.isclass(own):
        return own
    module = str(data.get("module") or "")
    families = [module] if module in BUILT_IN else [
        each for each in BUILT_IN if module.startswith("keras.src") or not module]
    for family in families:
        if name in BUILT_IN[family]:
            return BUILT_IN[family][name]
    return _unknown(name, BUILT_IN.get(module, {}))


def find(name: str, family: str) -> Any:
    """A built-in or own object by name."""
    own = find_custom(name)
    return own if own is not None else BUILT_IN.get(family, {}).get(name) or _unknown(
        name, BUILT_IN.get(family, {}))


def _unknown(name: str, known: dict[str, Any]) -> Any:
    raise ArgumentError(f"{name!r} is neither built in nor registered",
                        hint=nearest(name, known) or "pass it in custom_objects={...}, or register "
                        "it with @pellucid.saving.register_keras_serializable()")


def enable_unsafe_deserialization() -> None:
    """Say that there is nothing to enable: no file is ever given the power to run code.

    Keras lets files with lambdas run them after this call. Here such a function is passed in
    ``custom_objects``, and the call gives a PellucidWarning and changes nothing.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     enable_unsafe_deserialization()
    >>> len(told)
    1
    """
    advise("enable_unsafe_deserialization changes nothing: pellucid runs no code out of a file. "
           "Pass your own functions in custom_objects={...}.")
