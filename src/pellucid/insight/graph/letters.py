"""How wide a text is, without a font at hand: no narrower than any reader's browser draws it.

The widths are those of DejaVu Sans, which is wider than what systems use for their own pages.
"""

from __future__ import annotations

import unicodedata

# Widths in hundredths of the size of the letters, each with the letters that are as wide.
WIDTHS = {32: " ijlIJ,.", 34: "/:;\\|·'", 36: "f-", 39: "()[]t", 42: "r!₀₁₂₃₄₅₆₇₈₉²³", 46: '"',
          52: "*_`sz∂", 55: "c?", 59: "FkvxyL", 63: "PTYaoeESbdghnpqu", 66: "K0123456789{}$\u2007",
          69: "ABRVXZ", 74: "CU", 77: "HNDG", 79: "OQ&", 82: "w", 84: "#+<=>^~−±×→≤≥∞←",
          87: "M", 95: "%", 99: "mW", 100: "@…"}
WIDTH = {letter: hundredths / 100 for hundredths, letters in WIDTHS.items() for letter in letters}
OTHER, WIDE, BOLDER = 0.85, 1.05, 1.14


def width(text: str, size: float, bold: bool = False) -> float:
    """The width of a text in CSS pixels.

    >>> width("ii", 10.0) < width("WW", 10.0) < width("WW", 10.0, bold=True)
    True
    """
    total = 0.0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        known = WIDTH.get(letter)
        broad = unicodedata.east_asian_width(letter) in "WF"
        total += known if known is not None else WIDE if broad else OTHER
    return total * size * (BOLDER if bold else 1.0)


def cut(text: str, size: float, most: float, bold: bool = False) -> str:
    """The text if it fits into ``most`` pixels, else its beginning and an ellipsis.

    >>> cut("a name that goes on and on", 10.0, 60.0)
    'a name t…'
    """
    if width(text, size, bold) <= most:
        return text
    while text and width(text + "…", size, bold) > most:
        text = text[:-1]
    return text.rstrip() + "…"


def wrapped(text: str, size: float, most: float, lines: int = 4) -> list[str]:
    """The text in lines of at most ``most`` pixels; what is beyond the last line is cut.

    >>> wrapped("one two three", 10.0, 50.0)
    ['one two', 'three']
    """
    rows: list[str] = []
    for word in text.split():
        if rows and width(f"{rows[-1]} {word}", size) <= most:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    if len(rows) > lines:
        rows = [*rows[:lines - 1], " ".join(rows[lines - 1:])]
    return [cut(each, size, most) for each in rows]
