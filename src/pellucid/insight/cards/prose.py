"""The words of docstrings in the language of a card: their formulas, names and signs."""

from __future__ import annotations

import re
from collections.abc import Callable

MARKUP = re.compile(r":math:`([^`]+)`|``([^`]+)``|`([^`]+)`|\*([^*\s][^*]*)\*")


def spelled(text: str, *, words: Callable[[str], str], code: Callable[[str], str],
            math: Callable[[str], str]) -> str:
    """The text with each formula, each name in backticks and all else written in its own way.

    >>> spelled("Half of ``x``: :math:`x / 2`.", words=str.upper, code=repr, math=repr)
    "HALF OF 'x': 'x / 2'."
    """
    parts, end = [], 0
    for found in MARKUP.finditer(text):
        formula, *names = found.groups()
        parts.append(words(text[end:found.start()]))
        parts.append(math(formula) if formula else code(next(name for name in names if name))
                     if any(names[:2]) else words(names[2]))
        end = found.end()
    return "".join([*parts, words(text[end:])])
