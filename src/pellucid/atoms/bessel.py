"""The Bessel function I₀, of which Kaiser's window is made."""

from __future__ import annotations

import math

from pellucid.atoms.choices import less, where
from pellucid.atoms.elementwise import abs, exp, sqrt, square
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

_TERMS = 24                           # of the series, for |x| ≤ 8
# I₀(x) √x e⁻ˣ as a polynomial in 8/x for x ≥ 8: our own fit at Chebyshev nodes, right to 2e-16.
_FAR = (
    0.0004564239425667149, -0.004946732027962788, 0.02479851420055745, -0.07628739967702916,
    0.16115242264504226, -0.247951980254461, 0.28775108003052513, -0.25746559955012743,
    0.18009904215884992, -0.09930596955619408, 0.0433264116012903, -0.014954338242435741,
    0.0040669758158161755, -0.0008642913780102672, 0.00014185862063324504,
    -1.7257358411381738e-05, 2.4790402883167792e-06, 2.660781503256634e-06,
    1.0927918056261565e-05, 5.706903014318292e-05, 0.00043829108125822356, 0.006233473131262672,
    0.3989422804014327)


@op(samples=[uniform(-3, 3), at(-20.0, -7.9, 0.0, 8.1, 20.0)])
def i0(x):
    """The modified Bessel function I₀(x) = Σ (x²/4)ᵏ / (k!)².

    >>> i0([0.0]).tolist()
    [1.0]
    """
    total = 1.0
    for k in range(60, 0, -1):
        total = 1 + total * (square(x) / (4 * k * k))
    return total


@i0.stable                            # beyond 8 it is eˣ / √x times what hardly changes
def _(x):
    near = less(abs(x), 8)
    quarter, far = square(where(near, x, 0)) / 4, where(near, 8.0, abs(x))
    series = 1 / math.factorial(_TERMS) ** 2
    for k in range(_TERMS - 1, -1, -1):
        series = series * quarter + 1 / math.factorial(k) ** 2
    slow = _FAR[0]
    for coefficient in _FAR[1:]:
        slow = slow * (8 / far) + coefficient
    root = exp(far / 2)                                     # eˣ would overflow too early
    return where(near, series, root * (root * slow / sqrt(far)))
