"""Momentum for matrices, turned into the nearest rotation before each step."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from pellucid.atoms import sqrt, square, sum, transpose
from pellucid.core.errors import KindError, user_line
from pellucid.core.fields import field
from pellucid.core.kinds import shown
from pellucid.core.variable import Variable
from pellucid.optimizers.base import Optimizer


class Muon(Optimizer):
    r"""Steps of matrices that stretch all directions alike; all else moves as by `AdamW`.

    .. math::
        m ← μ m + g, \qquad O = \mathrm{NS}(g + μ m), \qquad
        w ← w - η \, c_{rms} \sqrt{\max(n_{rows}, n_{columns})} \, O

    NS turns a matrix :math:`U Σ V^T` into about :math:`U V^T`: it scales it to length 1 and then
    repeats :math:`X ← a X + (b A + c A^2) X` with :math:`A = X X^T` (Newton and Schulz's steps).
    Without ``nesterov`` it is NS(m); with ``rms_rate`` None the factor behind η is 1.

    Adam's rule serves variables that are no matrices, those of embeddings (unless
    ``exclude_embeddings`` is False), and those in whose path an expression of ``exclude_layers`` is
    found: name the output layer there.

    >>> from pellucid.core.tensor import convert
    >>> w = Variable([[1.0, 0.0], [0.0, 1.0]])
    >>> Muon(0.1, weight_decay=None, rms_rate=None).apply([convert([[3.0, 0.0], [0.0, 3.0]])], [w])
    >>> bool((abs(w.numpy() - [[0.9, 0.0], [0.0, 0.9]]) < 0.04).all())
    True

    Use: the hidden matrices of large networks; everything else is left to its AdamW.
    Pros: all directions of a matrix learn alike, so fewer steps are needed; one number of state for
    each of its weights.
    Cons: several matrix products for each step; only for matrices: embeddings and the output layer
    must be left out.
    Source: K. Jordan et al., "Muon" (2024); J. Liu et al., "Muon is scalable" (2025).
    """

    state: ClassVar[dict[str, str]] = {"m": "momentum", "v": "velocity"}
    learning_rate: Any = field(0.001, at_least=0, symbol="η", help="how far to go")
    adam_beta_1: float = field(0.9, at_least=0, below=1, symbol="β₁", help="Adam's, of means")
    adam_beta_2: float = field(0.999, at_least=0, below=1, symbol="β₂", help="Adam's, of squares")
    adam_weight_decay: float | None = field(0.004, at_least=0,
                                            help="how much is lost of what Adam moves")
    epsilon: float = field(1e-7, at_least=0, symbol="ε", help="keeps Adam's divisor from 0")
    weight_decay: float | None = field(0.004, at_least=0,
                                       help="how much is lost of the matrices")
    exclude_layers: Any = field(None, help="expressions; where one is in a path, Adam moves")
    exclude_embeddings: bool = field(True, help="whether Adam moves embeddings")
    muon_a: float = field(3.4445, symbol="a", help="of Newton and Schulz's steps")
    muon_b: float = field(-4.7750, symbol="b", help="of Newton and Schulz's steps")
    muon_c: float = field(2.0315, symbol="c", help="of Newton and Schulz's steps")
    adam_lr_ratio: float = field(1, at_least=0, help="Adam's rate in terms of η")
    momentum: float = field(0.95, at_least=0, at_most=1, symbol="μ", help="memory of gradients")
    ns_steps: int = field(5, at_least=0, whole=True, help="Newton and Schulz's steps")
    nesterov: bool = field(True, help="whether to look ahead")
    rms_rate: float | None = field(0.2, at_least=0, help="makes steps as long as Adam's; "
                                   "None leaves them as they are")

    def settle(self) -> None:
        given = self.exclude_layers or ()
        several = isinstance(given, list | tuple | set)
        if not several or not all(isinstance(each, str) for each in given):
            raise KindError("Muon's exclude_layers must be a list of expressions",
                            got=shown(given), where=user_line(),
                            hint=f"exclude_layers=[{given!r}]" if isinstance(given, str) else None)
        self.exclude_layers = list(given)

    def for_adam(self, variable: Variable) -> bool:
        """Whether Adam's rule moves a variable."""
        path = variable.path
        embeds = self.exclude_embeddings and "embedding" in path.lower()
        return (len(variable.shape) != 2 or embeds
                or any(re.search(each, path) for each in self.exclude_layers))

    def groups(self) -> Sequence[Sequence[str]]:
        return []                                        # only what Adam moves has a v

    def build(self, variables: Iterable[Variable]) -> None:
        if not self.built:
            super().build(variables)
            self._slots = {"m": [], "v": []}
            for each in self._trainable_variables:
                self._slots["m"].append(self.add_variable_from_reference(each, "momentum"))
                self._slots["v"].append(self.add_variable_from_reference(each, "velocity")
                                        if self.for_adam(each) else None)

    def _decay_of(self, variable: Variable) -> Any:
        return self.adam_weight_decay if self.for_adam(variable) else self.weight_decay

    def update(self, w: Any, g: Any, *, m: Any, v: Any = None, t: Any, rate: Any) -> Any:
        if v is not None:
            return self._adam(w, g, m, v, t, rate * self.adam_lr_ratio)
        m = self.momentum * m + g
        turn = self.rotation(g + self.momentum * m if self.nesterov else m)
        length = 1 if self.rms_rate is None else self.rms_rate * math.sqrt(max(w.shape))
        return w - rate * length * turn, m

    def _adam(self, w: Any, g: Any, m: Any, v: Any, t: Any, rate: Any) -> Any:
        m = self.adam_beta_1 * m + (1 - self.adam_beta_1) * g
        v = self.adam_beta_2 * v + (1 - self.adam_beta_2) * square(g)
        rate = rate * sqrt(1 - self.adam_beta_2 ** t) / (1 - self.adam_beta_1 ** t)
        return w - rate * m / (sqrt(v) + self.epsilon), m, v

    def rotation(self, x: Any) -> Any:
        """NS(x): the same directions, all of about length 1."""
        tall = x.shape[0] > x.shape[1]
        x = transpose(x) if tall else x
        x = x / (sqrt(sum(square(x))) + 1e-7)
        for _ in range(self.ns_steps):
            a = x @ transpose(x)
            x = self.muon_a * x + (self.muon_b * a + self.muon_c * a @ a) @ x
        return transpose(x) if tall else x
