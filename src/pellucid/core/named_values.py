"""A dict whose entries are read and written as attributes: the settings of an experiment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pellucid.core.errors import ArgumentError, nearest, user_line


class Config:
    """Named values: ``config.rate`` and ``config["rate"]`` are one, and `freeze` locks them.

    >>> config = Config(rate=0.1)
    >>> config.seed = 7
    >>> config["seed"], config.rate, config.to_json()
    (7, 0.1, '{"rate": 0.1, "seed": 7}')
    >>> config.freeze(); config.seed = 8
    Traceback (most recent call last):
    pellucid.core.errors.ArgumentError: the config is frozen, so seed cannot be set. Call unfreeze() first.
    """  # noqa: E501 - a message is one line

    _config: dict[str, Any]
    _frozen: bool

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_config", kwargs)
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether the values are locked."""
        return self._frozen

    def freeze(self) -> None:
        """Lock the values: from now on a change raises ArgumentError."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Let the values change again."""
        object.__setattr__(self, "_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """The values as a dict of their own."""
        return dict(self._config)

    def to_json(self) -> str:
        """The values as JSON."""
        return json.dumps(self._config)

    def keys(self) -> Any: return self._config.keys()

    def values(self) -> Any: return self._config.values()

    def items(self) -> Any: return self._config.items()

    def get(self, keyname: str, value: Any = None) -> Any:
        """The value of a name, or a stand-in where there is none."""
        return self._config.get(keyname, value)

    def pop(self, *args: Any) -> Any:
        """Take a value out."""
        return self._open(args[0] if args else "a value").pop(*args)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Set several values, given as for a dict."""
        self._open("a value").update(*args, **kwargs)

    def _open(self, name: str) -> dict[str, Any]:
        if self._frozen:
            raise ArgumentError(f"the config is frozen, so {name} cannot be set",
                                hint="call unfreeze() first")
        return self._config

    def __getattr__(self, name: str) -> Any:
        values = vars(self).get("_config", {})
        if name not in values:
            raise AttributeError(f"the config has no {name!r}. {nearest(name, values) or ''}")
        return values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name):
            raise ArgumentError(f"{name!r} is a method of a config, not a value to set",
                                where=user_line(), hint=f"config[{name!r}] = ... may hold it")
        self._open(name)[name] = value

    def __getitem__(self, key: str) -> Any: return self._config[key]

    def __setitem__(self, key: str, item: Any) -> None: self._open(key)[key] = item

    def __delitem__(self, key: str) -> None: del self._open(key)[key]

    def __contains__(self, item: Any) -> bool: return item in self._config

    def __iter__(self) -> Iterator[str]: return iter(sorted(self._config))

    def __len__(self) -> int: return len(self._config)

    def __repr__(self) -> str: return f"<Config {self._config}>"
