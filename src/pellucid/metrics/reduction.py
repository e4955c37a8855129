"""Running sums and means, and metrics that are the mean of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from pellucid import losses
from pellucid.atoms import broadcast_to, mean, sum
from pellucid.core.field import check
from pellucid.core.kinds import FUNCTION
from pellucid.core.serialization import serialize
from pellucid.core.tensor import convert
from pellucid.losses.base import options_of
from pellucid.losses.pairing import same_rank
from pellucid.losses.reduction import apply_mask, divide_no_nan
from pellucid.metrics.base import Metric


def per_sample(values: Any, sample_weight: Any, reduce: Callable[..., Any],
               dtype: str) -> tuple[Any, Any]:
    """One weighted value per sample, and one weight per sample (or None)."""
    mask = getattr(values, "_keras_mask", None)
    values = convert(values, dtype)
    if sample_weight is not None:
        weight = apply_mask(convert(sample_weight, dtype), mask, dtype, "sum")
        values, weight = same_rank(values, weight)
        rank = len(weight.shape)
        if len(values.shape) > rank:
            values = reduce(values, axis=tuple(range(rank, len(values.shape))))
        weight = broadcast_to(weight, shape=values.shape)
        values = values * weight
        sample_weight = reduce(weight, axis=tuple(range(1, rank))) if rank > 1 else weight
    if len(values.shape) > 1:
        values = reduce(values, axis=tuple(range(1, len(values.shape))))
    return values, sample_weight


class Sum(Metric):
    r"""The weighted sum of all values so far: :math:`M = \sum w v`.

    >>> total = Sum()
    >>> total.update_state([1.0, 2.0])
    >>> float(total(3.0))
    6.0

    Use: totals over an epoch, such as counts of one's own.
    Pros: exact over batches of any size.
    Cons: grows with the data.
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, _ = per_sample(values, sample_weight, sum, self.dtype)
        self.total.assign_add(sum(values))

    def result(self) -> Any:
        return self.total.value


class Mean(Metric):
    """The weighted mean of all values so far, Σ w v / Σ w; 0 before the first.

    >>> average = Mean()
    >>> average.update_state([1.0, 2.0])
    >>> float(average(6.0))
    3.0

    Use: the running mean of any value, such as a loss in a loop of one's own.
    Pros: exact over batches of unequal size and weight.
    Cons: the mean of ratios is not the ratio of means.
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), name="total")
        self.count = self.add_variable((), name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values, weight = per_sample(values, sample_weight, mean, self.dtype)
        self.total.assign_add(sum(values))
        samples = float(values.shape[0]) if values.shape else 1.0
        self.count.assign_add(samples if weight is None else sum(weight))

    def result(self) -> Any:
        return divide_no_nan(self.total.value, self.count.value)


class MeanMetricWrapper(Mean):
    """The weighted mean of any function ``fn(y_true, y_pred, **kwargs)`` of one value per sample.

    >>> off = MeanMetricWrapper(lambda y, p: abs(y - p), name="off")
    >>> float(off(convert([0.0, 0.0]), convert([1.0, 2.0])))
    1.5
    """

    if TYPE_CHECKING:
        _direction: str = ""             # set here only where it is known

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = check("MeanMetricWrapper", "fn", fn, kind=FUNCTION)
        self._fn_kwargs = options_of(fn, kwargs, "MeanMetricWrapper")
        if isinstance(fn, losses.Loss) or any(fn is each for each in losses.FUNCTIONS.values()):
            self._direction = "down"

    def update_state(                                    # pyright: ignore
            self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        weight = apply_mask(sample_weight, getattr(y_pred, "_keras_mask", None), self.dtype, "sum")
        super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "fn": serialize(self._fn), **serialize(self._fn_kwargs)}


class FormulaMetric(MeanMetricWrapper):
    """A metric class over a function: the fields of the class are the function's options."""

    formula: ClassVar[Callable[..., Any]]

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(type(self).formula, name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self._fn_kwargs = {name: getattr(self, name) for name in self.fields}
        super().update_state(y_true, y_pred, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return Metric.get_config(self)
