"""Numbers and counts as people read them, the same on the console, in messages and in reports."""

from __future__ import annotations

LARGE = 1e9                                     # from here on a power of ten is easier to read


def number(value: float, digits: int = 4) -> str:
    """A number to ``digits`` figures, in groups of three from 1,000 on, its whole part complete.

    >>> number(12500), number(0.97555), number(202341.7), number(2.5e12 + 0.5)
    ('12,500', '0.9756', '202,342', '2.5e+12')
    """
    value = float(value)
    if value.is_integer() and abs(value) < 1e15:
        return f"{value:,.0f}"
    text = f"{value:.{digits}g}"
    long = "e+" in text or abs(value) >= 1000
    if not long or not abs(value) < LARGE:                              # NaN and infinity too
        return text
    decimals = max(0, digits - len(str(int(abs(value)))))
    return f"{value:,.{decimals}f}"


def counted(n: int, noun: str, plural: str | None = None) -> str:
    """``n`` of something, in words.

    >>> counted(1, "row"), counted(12500, "row"), counted(2, "class", "classes")
    ('1 row', '12,500 rows', '2 classes')
    """
    return f"{number(n)} {noun if n == 1 else plural or noun + 's'}"
