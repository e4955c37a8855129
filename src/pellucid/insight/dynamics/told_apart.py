"""Names for optimizers beside each other: the class and, of several of one class, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np


def told_apart(optimizers: Sequence[Any]) -> list[str]:
    """A name for each: its class, and of several of a class those settings in which they differ.

    >>> from pellucid.optimizers import SGD, Adam
    >>> told_apart([SGD(0.1), SGD(0.1, momentum=0.9), Adam()])
    ['SGD, momentum 0', 'SGD, momentum 0.9', 'Adam']
    """
    names = [_name(each, [other for other in optimizers if type(other) is type(each)])
             for each in optimizers]
    counts, seen = Counter(names), Counter[str]()
    for k, name in enumerate(names):                     # alike in all: they are numbered
        if counts[name] > 1:
            seen[name] += 1
            names[k] = f"{name} ({seen[name]})"
    return names


def _name(optimizer: Any, alike: Sequence[Any]) -> str:
    configs = [each.get_config() for each in alike]
    own = optimizer.get_config()
    told = [_setting(key, value) for key, value in own.items()
            if key != "name" and any(repr(other.get(key)) != repr(value) for other in configs)]
    return ", ".join([type(optimizer).__name__, *filter(None, told)])


def _setting(key: str, value: Any) -> str:
    """One setting in few letters; nothing for what is switched off."""
    word = "rate" if key == "learning_rate" else key.replace("_", " ")
    if value is None or value is False:
        return ""
    if value is True:
        return word
    if isinstance(value, (int, float, np.number)):
        return f"{word} {float(value):.4g}"
    named = value.get("class_name", "") if isinstance(value, dict) else type(value).__name__
    return f"{word} {named}".rstrip()
