"""Correlations: whether predictions rise and fall with what was measured."""

from __future__ import annotations

from typing import Any

from pellucid.atoms import mean, square, std, var
from pellucid.core.fields import field
from pellucid.core.kinds import AXES
from pellucid.core.settings import epsilon
from pellucid.core.tensor import convert
from pellucid.losses.pairing import paired
from pellucid.metrics.reduction import FormulaMetric

AXIS = "the axis, or axes, along which they are compared"


def pearson_correlation(y_true, y_pred, axis=-1):
    """cov(y, ŷ) / (σ_y σ_ŷ), from -1 to 1: how nearly one is a line over the other.

    NaN where y or ŷ stays the same all along the axis. ``(…, n) → (…)``.

    >>> round(float(pearson_correlation([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])), 4)
    1.0

    Source: K. Pearson (1895).
    """
    y, p = paired(y_true, convert(y_pred))
    return mean(apart(y, axis) / std(y, axis=axis, keepdims=True)
                * (apart(p, axis) / std(p, axis=axis, keepdims=True)), axis=axis)


def concordance_correlation(y_true, y_pred, axis=-1):
    """2 cov(y, ŷ) / (σ²_y + σ²_ŷ + (ȳ - mean ŷ)² + ε): 1 only where ŷ is y itself.

    As `pearson_correlation`, but a wrong scale or a constant error counts. ``(…, n) → (…)``.

    >>> round(float(concordance_correlation([0.0, 1.0, 2.0], [1.0, 3.0, 5.0])), 4)
    0.3636

    Source: L. Lin, "A concordance correlation coefficient to evaluate reproducibility" (1989).
    """
    y, p = paired(y_true, convert(y_pred))
    gap = mean(y, axis=axis) - mean(p, axis=axis)
    spread = var(y, axis=axis) + var(p, axis=axis) + square(gap)
    return 2 * mean(apart(y, axis) * apart(p, axis), axis=axis) / (spread + epsilon())


def apart(x: Any, axis: Any) -> Any:
    """How far each number is from the mean."""
    return x - mean(x, axis=axis, keepdims=True)


class PearsonCorrelation(FormulaMetric):
    r"""The mean correlation of y and ŷ: 1 where ŷ is a rising line over y, 0 for no relation.

    .. math:: M = \frac{\mathrm{cov}(y, ŷ)}{σ_y σ_ŷ}

    >>> round(float(PearsonCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])), 4)
    1.0

    Use: whether predictions rise and fall with the targets, whatever their scale.
    Pros: from -1 to 1, without a unit.
    Cons: blind to a wrong scale and to a constant error; a few outliers decide it.
    """

    formula, usual_name, _direction = pearson_correlation, "pearson_correlation", "up"
    axis: Any = field(-1, kind=AXES, optional=True, help=AXIS)

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None,
                 axis: Any = -1) -> None:
        super().__init__(name, dtype)
        self._take(axis=axis)


class ConcordanceCorrelation(FormulaMetric):
    r"""The mean agreement of y and ŷ, in order and in size: 1 only where they are equal.

    .. math:: M = \frac{2 \, \mathrm{cov}(y, ŷ)}{σ_y^2 + σ_ŷ^2 + (μ_y - μ_ŷ)^2 + ε}

    >>> round(float(ConcordanceCorrelation()([[0.0, 1.0, 2.0]], [[1.0, 3.0, 5.0]])), 4)
    0.3636

    Use: whether predictions agree with the targets, in scale as well.
    Pros: from -1 to 1; a wrong scale or a constant error counts.
    Cons: grows with the spread of the targets, so data sets cannot be compared.
    """

    formula, usual_name, _direction = concordance_correlation, "concordance_correlation", "up"
    axis: Any = field(-1, kind=AXES, optional=True, help=AXIS)

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None,
                 axis: Any = -1) -> None:
        super().__init__(name, dtype)
        self._take(axis=axis)
