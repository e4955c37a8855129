"""What every loss does: compare, weigh, leave out what is masked, reduce to one number."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from pellucid.core import dtypes, nest
from pellucid.core.errors import KindError, nearest_or_all, user_line
from pellucid.core.field import check
from pellucid.core.kinds import FUNCTION, TEXT
from pellucid.core.names import auto_name
from pellucid.core.recording import scope
from pellucid.core.serialization import Configurable, serialize
from pellucid.core.tensor import convert
from pellucid.losses.pairing import same_rank
from pellucid.losses.reduction import reduce_weighted_values, standardize_reduction


class Keywords(Configurable):
    """The keywords that type checkers see on every loss."""

    if TYPE_CHECKING:
        _: KW_ONLY
        reduction: Any = "sum_over_batch_size"
        name: Any = None
        dtype: Any = None


class Loss(Keywords):
    """How wrong predictions are, as one number: derive from it and write ``call``.

    ``call(y_true, y_pred)`` gives one loss per sample, ``(batch, …, outputs) → (batch, …)``.

    Arguments: ``name``; ``reduction`` — ``"sum_over_batch_size"`` (or ``"mean"``: the sum divided
    by the number of losses, whatever the weights), ``"sum"``, ``"mean_with_sample_weight"``
    (divided by the sum of the weights), ``"none"`` or None; ``dtype`` (the default float type).

    >>> class Cubic(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return abs(y_true - y_pred) ** 3
    >>> float(Cubic()([0.0, 0.0], [1.0, 2.0]))
    4.5
    """

    family = "keras.losses"

    def __init__(self, name: str | None = None, reduction: str | None = "sum_over_batch_size",
                 dtype: Any = None) -> None:
        owner = type(self).__name__
        self.name = check(owner, "name", name, kind=TEXT) or auto_name(owner)
        self.reduction = standardize_reduction(reduction)
        dtype = getattr(dtype, "compute_dtype", dtype)
        self._dtype = None if dtype is None else dtypes.standardize(dtype)

    @property
    def dtype(self) -> str:
        """The float type in which the loss is computed, for predictions that are not wider."""
        return self._dtype or dtypes.floatx()

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        masks = [getattr(y_pred, "_keras_mask", None)]
        with scope(self.name):
            y_pred = as_tensors(y_pred)
            dtype = self._dtype or dtypes.result_type(dtypes.floatx(), *(
                each.dtype for each in nest.flatten(y_pred)))
            y_true, y_pred = as_tensors(y_true, dtype), as_tensors(y_pred, dtype)
            losses = self.call(y_true, y_pred)
            masks = [each for each in (*masks, getattr(losses, "_keras_mask", None))
                     if each is not None]
            mask = None if not masks else masks[0] if len(masks) == 1 else masks[0] & masks[1]
            return reduce_weighted_values(losses, sample_weight, mask, self.reduction, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """One loss per sample."""
        raise NotImplementedError(f"{type(self).__name__} needs a method call(y_true, y_pred)")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        own_init = not type(self).__init__.__module__.startswith("pellucid.")
        if own_init and type(self).get_config is Loss.get_config:
            return super().get_config()                  # as its author's __init__ was called
        return {"name": self.name, "reduction": self.reduction,
                **{name: serialize(getattr(self, name)) for name in self.fields}}


def as_tensors(y: Any, dtype: str | None = None) -> Any:
    """A tensor, or a nest of them; a list of plain numbers is one tensor."""
    if all(isinstance(each, (bool, int, float, np.generic)) for each in nest.flatten(y)):
        return convert(y, dtype)
    return nest.map_structure(lambda each: convert(each, dtype), y)


class FormulaLoss(Loss):
    """A loss class over a loss function: the fields of the class are the function's options.

    >>> class Off(FormulaLoss):
    ...     formula = lambda y_true, y_pred: abs(y_true - y_pred)
    >>> float(Off()([0.0, 0.0], [1.0, 2.0]))
    1.5
    """

    formula: ClassVar[Callable[..., Any]]
    usual_name: ClassVar[str | None] = None

    def __init__(self, reduction: str | None = "sum_over_batch_size", name: str | None = None,
                 dtype: Any = None) -> None:
        super().__init__(name or self.usual_name, reduction, dtype)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The formula, after a last axis of length 1 is added or dropped where ranks differ."""
        y_true, y_pred = same_rank(y_true, y_pred)
        return type(self).formula(y_true, y_pred,
                                  **{name: getattr(self, name) for name in self.fields})


def options_of(fn: Any, options: dict[str, Any], owner: str) -> dict[str, Any]:
    """The options that a wrapper hands on to a function; raises KindError for one it cannot take.

    >>> options_of(lambda y_true, y_pred, by=1.0: by, {"by": 2.0}, "LossFunctionWrapper")
    {'by': 2.0}
    """
    try:
        parameters = inspect.signature(fn).parameters
    except (TypeError, ValueError):                      # a function that does not say
        return options
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return options
    for name in options:
        if name not in parameters:
            known = ["fn", "reduction", "name", "dtype", *list(parameters)[2:]]
            raise KindError(f"{owner} has no argument {name!r}, and neither has the function in it",
                            where=user_line(),
                            hint=nearest_or_all(name, known))
    return options


class LossFunctionWrapper(Loss):
    """A loss over any function ``fn(y_true, y_pred, **kwargs)`` of one loss per sample.

    >>> worst = LossFunctionWrapper(lambda y, p: abs(y - p), reduction="sum")
    >>> float(worst([0.0, 0.0], [1.0, 2.0]))
    3.0
    """

    def __init__(self, fn: Callable[..., Any], reduction: str | None = "sum_over_batch_size",
                 name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name, reduction, dtype)
        self.fn = check("LossFunctionWrapper", "fn", fn, kind=FUNCTION)
        self._fn_kwargs = options_of(fn, kwargs, "LossFunctionWrapper")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """``fn``, leaf by leaf brought to one rank."""
        pairs = [same_rank(*pair) for pair in zip(nest.flatten(y_true), nest.flatten(y_pred),
                                                  strict=False)]
        if len(pairs) == len(nest.flatten(y_true)) == len(nest.flatten(y_pred)):
            y_true = nest.pack(y_true, [true for true, _ in pairs])
            y_pred = nest.pack(y_pred, [pred for _, pred in pairs])
        values = self.fn(y_true, y_pred, **self._fn_kwargs)
        if values is None:
            raise KindError(f"the loss {self.name} gave None", where=user_line(),
                            hint="end it with return and one loss per sample")
        return values

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {"name": self.name, "reduction": self.reduction, "fn": serialize(self.fn),
                **serialize(self._fn_kwargs)}
