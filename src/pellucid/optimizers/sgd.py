"""Gradient descent, with or without momentum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from pellucid.core.fields import field
from pellucid.optimizers.base import Optimizer


class SGD(Optimizer):
    r"""Go a little way downhill: :math:`w ← w - η g`.

    With momentum a ball rolls instead, whose velocity holds the rate:

    .. math:: v ← μ v - η g, \qquad w ← w + v

    With ``nesterov`` it looks ahead: :math:`w ← w + μ v - η g`, with the new v.

    >>> from pellucid.core.tensor import convert
    >>> from pellucid.core.variable import Variable
    >>> w = Variable(1.0)
    >>> SGD(0.1).apply([convert(1.0)], [w])
    >>> round(float(w), 6)
    0.9

    Others write :math:`v ← β v + η g,\ w ← w - v`: the same path with v of the other sign.
    Source: B. Polyak (1964); Y. Nesterov (1983); I. Sutskever et al. (2013).

    Use: a first look at any problem; with momentum and a falling rate the last word for many image
    models.
    Pros: no state, or one number for each weight; what it finds often does well on new data.
    Cons: one rate for all weights, which must be found; slow in narrow valleys without momentum.
    """

    state: ClassVar[dict[str, str]] = {"v": "momentum"}
    learning_rate: Any = field(0.01, at_least=0, symbol="η", help="how far to go")
    momentum: float = field(0.0, at_least=0, at_most=1, symbol="μ", help="memory of the velocity")
    nesterov: bool = field(False, help="whether to look ahead")

    def groups(self) -> Sequence[Sequence[str]]:
        return [("v",)] if self.momentum else []

    def update(self, w: Any, g: Any, *, v: Any = None, t: Any, rate: Any) -> Any:
        if not self.momentum:
            return w - rate * g
        v = self.momentum * v - rate * g
        return (w + self.momentum * v - rate * g if self.nesterov else w + v), v
