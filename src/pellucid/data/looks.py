"""What a column of words looks like: amounts, shares or dates in a form that is not read.

A column that a person takes for numbers and that is read as words must not go by in silence: the
note says what the cells look like, and what to change so that they are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

MOST = 0.9                      # so many of the different cells must look alike
SEEN = 2000                     # and so many of them are looked at

PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")               # says nothing for or against a form

_DIGITS = r"\d[\d.,'\u00a0\u202f ]*"
_SIGN = r"(?:[$€£¥₹₩₽]|USD|EUR|GBP|CHF|JPY)"
_CLOCK = r"\d{1,2}:\d\d(:\d\d([.,]\d+)?)?(\s?[AaPp]\.?[Mm]\.?)?"
_DAY = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}"
_NAMED_DAY = r"(\d{1,2}\.?[ -][A-Za-z]{3,9}\.?|[A-Za-z]{3,9}\.? \d{1,2},?)[ ,-]+\d{2,4}"

# the first form that fits is told, so the narrow ones stand first
LOOKS = tuple((re.compile(form), looks, advice) for form, looks, advice in (
    (rf"[+-]?\(?[+-]?{_SIGN}\s?[+-]?{_DIGITS}\)?|[+-]?{_DIGITS}\s?{_SIGN}",
     "amounts of money", "remove the signs to use them as numbers"),
    (rf"[+-]?{_DIGITS}%", "percentages", "remove the % to use them as numbers"),
    (r"[+-]?[1-9]\d{0,2}([,'\u00a0\u202f ]\d{3})+(\.\d+)?|[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?",
     "numbers with separators between thousands", "remove these to use them as numbers"),
    (r"[+-]?\d+,\d+", "numbers with decimal commas", "write 3.14 to use them as numbers"),
    (rf"({_DAY}|{_NAMED_DAY})([ T,]+{_CLOCK})?\s?(Z|UTC|[+-]\d\d:?\d\d)?",
     "dates", "write them as 2026-11-21 or 2026-11-21 18:30 to use them as days"),
    (_CLOCK, "times of day", "write them as numbers, such as minutes, to use them"),
))


def looks_like(words: Collection[str]) -> str:
    """``amounts of money, read as words: remove the signs …``, or nothing for ordinary words.

    >>> looks_like(["$1,234.50", "$7"])
    'amounts of money, read as words: remove the signs to use them as numbers'
    >>> looks_like(["red", "blue"])
    ''
    """
    some = [word for word in islice(words, SEEN) if not PLAIN.fullmatch(word)]
    for form, looks, advice in LOOKS:
        if some and sum(form.fullmatch(word) is not None for word in some) >= MOST * len(some):
            return f"{looks}, read as words: {advice}"
    return ""
