"""Atoms that compare numbers, reason about the answers, and choose by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.atoms.samples import uniform
from pellucid.core.atom import atom

PAIR = [uniform(-3, 3), uniform(-3, 3)]


def _comparison(name: str, value: Any, text: str, tex: str, about: str, answers: Any) -> Any:
    return atom(name, value, None, None, about=about, example=(f"{name}([1, 2, 3], 2)", answers),
                meet="same", result="bool", level=0,
                text=f"{{0:>}} {text} {{1:>}}", tex=f"{{0:>}} {tex} {{1:>}}", samples=PAIR)


equal = _comparison(
    "equal", np.equal, "==", "=",
    "Whether x1 = x2, number by number.", [False, True, False])
not_equal = _comparison(
    "not_equal", np.not_equal, "!=", r"\neq",
    "Whether x1 ≠ x2, number by number.", [True, False, True])
less = _comparison(
    "less", np.less, "<", "<",
    "Whether x1 < x2, number by number.", [True, False, False])
less_equal = _comparison(
    "less_equal", np.less_equal, "<=", r"\leq",
    "Whether x1 ≤ x2, number by number.", [True, True, False])
greater = _comparison(
    "greater", np.greater, ">", ">",
    "Whether x1 > x2, number by number.", [False, False, True])
greater_equal = _comparison(
    "greater_equal", np.greater_equal, ">=", r"\geq",
    "Whether x1 ≥ x2, number by number.", [False, True, True])

logical_not = atom(
    "logical_not", np.logical_not, None,
    about="Whether x is false; a number counts as false if it is 0.",
    example=("logical_not([True, False])", [False, True]),
    meet="bool", result="bool", tex=r"\lnot {0:>}", level=3)
logical_and = atom(
    "logical_and", np.logical_and, None, None,
    about="Whether x1 and x2 are both true.",
    example=("logical_and([True, True, False], [True, False, False])", [True, False, False]),
    meet="bool", result="bool", tex=r"{0:>} \land {1:>}", level=0)
logical_or = atom(
    "logical_or", np.logical_or, None, None,
    about="Whether x1 or x2 is true, or both.",
    example=("logical_or([True, True, False], [True, False, False])", [True, True, False]),
    meet="bool", result="bool", tex=r"{0:>} \lor {1:>}", level=0)

where = atom(
    "where", lambda condition, x1, x2: np.where(condition, x1, x2), None,
    lambda g, y, condition, a, b: where(condition, g, 0),
    lambda g, y, condition, a, b: where(condition, 0, g),
    about="x1 where the condition holds, x2 elsewhere, number by number.",
    example=("where([True, False], [1, 2], [3, 4])", [1, 4]),
    meet="same", keep=1, tex_level=1,
    tex=r"\begin{{cases}} {1:0} & {0:0} \\ {2:0} & \text{{else}} \end{{cases}}")

# at a tie the first operand takes the gradient
maximum = atom(
    "maximum", np.maximum,
    lambda g, y, a, b: where(greater_equal(a, b), g, 0),
    lambda g, y, a, b: where(greater_equal(a, b), 0, g),
    about="The larger of two numbers, number by number.",
    example=("maximum([1, 5], [4, 2])", [4, 5]),
    meet="same", tex=r"\max({0:0}, {1:0})", samples=PAIR)
minimum = atom(
    "minimum", np.minimum,
    lambda g, y, a, b: where(less_equal(a, b), g, 0),
    lambda g, y, a, b: where(less_equal(a, b), 0, g),
    about="The smaller of two numbers, number by number.",
    example=("minimum([1, 5], [4, 2])", [1, 2]),
    meet="same", tex=r"\min({0:0}, {1:0})", samples=PAIR)
