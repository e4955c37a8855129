"""What normalizing layers share: which axes they normalize, and the γ and β behind it."""

from __future__ import annotations

from typing import Any

from pellucid import constraints, initializers, regularizers
from pellucid.core.errors import KindError, ShapeError, user_line
from pellucid.core.fields import field

CENTER: Any = field(True, help="whether β is added")
SCALE: Any = field(True, help="whether γ multiplies")
BETA_INITIALIZER: Any = field("zeros", get=initializers.get, help="first β")
GAMMA_INITIALIZER: Any = field("ones", get=initializers.get, help="first γ")
BETA_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on β")
GAMMA_REGULARIZER: Any = field(None, get=regularizers.get, help="penalty on γ")
BETA_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by β after each step")
GAMMA_CONSTRAINT: Any = field(None, get=constraints.get, help="kept by γ after each step")


def one_or_several(axis: Any, argument: str) -> Any:
    """An axis, or a list of them; raises KindError for what is neither."""
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    if not axes or any(isinstance(each, bool) or not isinstance(each, int) for each in axes):
        raise KindError(f"{argument} must be a whole number or a list of them", got=repr(axis),
                        where=user_line())
    return list(axis) if isinstance(axis, (list, tuple)) else axis


def lengths(axes: list[int], shape: Any, label: str) -> tuple[int, ...]:
    """How long the axes of a shape are; raises ShapeError if that is not known."""
    for axis in axes:
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(f"{label} normalizes axis {axis}", got=f"shape {tuple(shape)}",
                             where=user_line())
        if shape[axis] is None:
            raise ShapeError(f"{label} needs to know the length of axis {axis}",
                             got=f"shape {tuple(shape)}", where=user_line())
    return tuple(shape[axis] for axis in axes)


def weights_of(layer: Any, shape: tuple[int, ...], scale: bool, center: bool) -> tuple[Any, Any]:
    """γ and β of that shape as new weights of the layer, or None where it has none."""
    def weight(name: str) -> Any:
        return layer.add_weight(shape, getattr(layer, f"{name}_initializer"), name=name,
                                regularizer=getattr(layer, f"{name}_regularizer"),
                                constraint=getattr(layer, f"{name}_constraint"))

    return weight("gamma") if scale else None, weight("beta") if center else None
