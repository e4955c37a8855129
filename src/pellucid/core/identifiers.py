"""What a person may write where an object belongs: a name, a class, an instance, data, a function.

``kernel_initializer="he_normal"``, ``=HeNormal``, ``=HeNormal(seed=1)``,
``={"class_name": "HeNormal", "config": {"seed": 1}}`` and ``=my_function`` mean what they seem to.
"""

from __future__ import annotations

import inspect
from typing import Any

from pellucid.core import serialization
from pellucid.core.custom_objects import custom_object_scope, find_custom
from pellucid.core.errors import KindError, unknown_name, user_line
from pellucid.core.likeness import one_spelling
from pellucid.core.names import snake_case


class Identifiers:
    """The names of one family, and what they stand for.

    ``family`` is Keras's module name, ``kind`` the word for messages, ``base`` the class that all
    must be of (else functions will do too), ``aliases`` further names of classes. The table itself
    is filled by defining classes.
    """

    def __init__(self, family: str, kind: str, base: type | None = None, **aliases: Any) -> None:
        self.family, self.kind, self.base, self.aliases = family, kind, base, aliases
        self._classes: dict[str, Any] | None = None         # those that `_names` were made of
        self._names: dict[str, Any] = {}

    def names(self) -> dict[str, Any]:
        """Every name that strings may use: ``HeNormal``, ``he_normal`` and the aliases."""
        classes = serialization.BUILT_IN.get(self.family, {})
        if classes != self._classes:                        # more have been defined since
            self._classes = dict(classes)
            self._names = {**classes, **{name.lower(): each for name, each in classes.items()},
                           **{snake_case(name): each for name, each in classes.items()},
                           **self.aliases}
        return self._names

    def get(self, identifier: Any) -> Any:
        """The object that an identifier names; None stays None.

        Raises ArgumentError for an unknown name, with the nearest one that is known, and
        KindError for what can be no identifier at all.

        >>> from pellucid import constraints
        >>> constraints.get("max_norm"), constraints.get(constraints.NonNeg), constraints.get(None)
        (MaxNorm(), NonNeg(), None)
        """
        if isinstance(identifier, str):
            identifier = self.find(identifier)
        elif isinstance(identifier, dict):
            identifier = self.deserialize(identifier)
        if inspect.isclass(identifier):
            identifier = identifier()
        fits = (isinstance(identifier, self.base) if self.base is not None
                else callable(identifier) or hasattr(identifier, "get_config"))
        if identifier is None or fits:
            return identifier
        article = "an" if self.kind[0] in "aeiou" else "a"
        raise KindError(f"{article} {self.kind} is named by a string, or is a class, an object"
                        f"{'' if self.base else ', a function'} or a config",
                        got=f"{identifier!r:.60}", where=user_line())

    def find(self, name: str) -> Any:
        """The class or function of that name: an own, registered one goes first."""
        own, known = find_custom(name), self.names()
        if own is None and name not in known:
            raise unknown_name(self.kind, name, one_spelling(
                (each for each, what in known.items()
                 if each.islower() and each[0] != "_" and what is not self.base), self.aliases))
        return own if own is not None else known[name]

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """The object that `serialize` wrote; the class may be named by an alias.

        >>> from pellucid import constraints
        >>> constraints.deserialize({"class_name": "max_norm", "config": {"max_value": 3}})
        MaxNorm(max_value=3)
        """
        with custom_object_scope(custom_objects):
            if isinstance(config, str):
                return self.get(config)
            known = self.names().get(str(config.get("class_name")))
            if known is not None and find_custom(str(config["class_name"])) is None:
                config = {**config, "module": self.family, "class_name": known.__name__}
            return serialization.deserialize(config)
