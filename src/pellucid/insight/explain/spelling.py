"""Names of quantities as people write them, and the one spelling by which they are compared."""

from __future__ import annotations

import re
import unicodedata

GREEK = {unicodedata.name(letter).split()[-1].lower().replace("lamda", "lambda"): letter
         for letter in "αβγδεζηθικλμνξοπρστυφχψω"}
FRACTION = re.compile(r"\\[td]?frac\{(.*)\}\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
SLOPE = re.compile(r"\bd\(?([^\W\d_]\w*)\)?/d\(?(?=\w)")            # dE/dw2
RENEWED = re.compile(r"^(?:new|updated)\s+(.+)$|^(.+?)(?:\s+|_)(?:new|after)$|^(.+)['′⁺]$")


def plain(name: str) -> str:
    r"""A name without the differences that are none: θ1, theta_1, θ₁ and \theta_{1} are one.

    A weight after the step is ``new w1``, however it is written (w1', w1 new); a derivative is
    ∂E/∂w1 also where dE/dw1 is written.

    >>> [plain(each) for each in (r"\\theta_1", "θ₁", "new theta1", "θ1'", "dE/dw2", "w^1_{11}")]
    ['θ1', 'θ1', 'new θ1', 'new θ1', '∂E/∂w2', 'w^1_11']
    """
    said = FRACTION.sub(r"\1/\2", unicodedata.normalize("NFKC", name.strip().strip("$")))
    said = re.sub(r"\\(?:text|mathrm|operatorname|left|right|,|;)", "", said)
    said = SLOPE.sub(r"∂\1/∂", said.replace("\\partial", "∂").replace("\\", ""))
    if (found := RENEWED.match(said)) is not None:
        return f"new {plain(next(each for each in found.groups() if each))}"
    said = re.sub(r"[\s{}·*]", "", said)
    said = re.sub(r"[A-Za-z]{2,}", lambda word: GREEK.get(word[0].lower(), word[0]), said)
    said = re.sub(r"_([^_^/,()]+)\^([^_^/,()]+)", r"^\2_\1", said)        # w_11^1 is w^1_11
    return said if "^" in said else said.replace("_", "")


def letters(name: str) -> str:
    """A name without its indices: what z1 and z2 have in common.

    >>> letters("new w1"), letters("∂a_2/∂z_2")
    ('new w', '∂a/∂z')
    """
    return re.sub(r"[\d^_,]+", "", plain(name))
