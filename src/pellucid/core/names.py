"""Names as in Keras: `dense`, `dense_1`, …, and paths such as `sequential/dense/kernel`."""

from __future__ import annotations

import contextlib
import re
import threading
from collections import Counter
from collections.abc import Iterator


class _Names(threading.local):
    def __init__(self) -> None:
        self.used: Counter[str] = Counter()
        self.path: list[str] = []


_names = _Names()


def snake_case(name: str) -> str:
    """`BatchNormalization` → `batch_normalization`, `PReLU` → `p_re_lu` (Keras's own rule).

    >>> snake_case("PReLU"), snake_case("Conv2D")
    ('p_re_lu', 'conv2d')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(class_name: str) -> str:
    """A name that no other object of the class has had: `dense`, `dense_1`, …"""
    prefix = snake_case(class_name)
    used = _names.used[prefix]
    _names.used[prefix] += 1
    return prefix if used == 0 else f"{prefix}_{used}"


def reset_names() -> None:
    """Start counting afresh (`keras.utils.clear_session`).

    >>> reset_names()
    >>> auto_name("Dense"), auto_name("Dense")
    ('dense', 'dense_1')
    >>> reset_names()
    >>> auto_name("Dense")
    'dense'
    """
    _names.used.clear()


@contextlib.contextmanager
def inside(name: str) -> Iterator[None]:
    """Variables created inside get ``name`` in front of their path."""
    _names.path.append(name)
    try:
        yield
    finally:
        _names.path.pop()


def current_path(name: str) -> str:
    """The path of a variable called ``name`` that is created here."""
    return "/".join([*_names.path, name])


def is_inside(name: str) -> bool:
    """Whether what is created now belongs to an object of that name already."""
    return bool(_names.path) and _names.path[-1] == name


def get_uid(prefix: str = "") -> int:
    """How often a name was asked for, this time included; `clear_session` begins anew.

    >>> reset_names()
    >>> get_uid("dense"), get_uid("dense"), auto_name("Dense")
    (1, 2, 'dense_2')
    """
    _names.used[prefix] += 1
    return _names.used[prefix]
