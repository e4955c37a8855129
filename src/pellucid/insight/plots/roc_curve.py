"""Hits against false alarms, at every threshold: the ROC curve and the area under it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pellucid.core.errors import DataError, ShapeError
from pellucid.data.frames import arrays
from pellucid.insight.answers.tradeoffs import Tradeoff, one_by_one, roc
from pellucid.insight.plots.style import (
    MUTED,
    canvas,
    legend_above,
    picture,
    plain_ticks,
    short,
    stroke,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CURVES = 9                         # of more classes, those with the smallest area are drawn


@picture
def roc_curve(y_true: Any, y_score: Any, *, pos_label: Any = None, sample_weight: Any = None,
              classes: Sequence[Any] | None = None, display_labels: Sequence[str] | None = None,
              width: float = 520) -> Figure:
    """True positive rate against false positive rate; dashed is what guessing gives.

    ``y_true``: labels, ``(n,)``. ``y_score``: scores or probabilities of the positive class,
    ``(n,)``, or a column a class, ``(n, classes)``: then each class has a curve of its own, against
    the rest, and of more than nine classes those with the smallest area. AUC is the area, the
    chance that a positive row is scored above a negative one. ``pos_label``: which of two labels is
    the positive; ``classes``: the labels of the columns, ``display_labels``: words for them.

    Raises DataError where y_true holds one class only, numbers are not finite or labels do not fit,
    ShapeError for other lengths.

    >>> figure = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> [text.get_text() for text in figure.legends[0].texts]
    ['AUC 0.750', 'by chance']
    """
    curves = tradeoffs(roc, y_true, y_score, classes, display_labels, pos_label=pos_label,
                       sample_weight=sample_weight)
    figure, axes = square(width)
    lines = [axes.plot(each.x, each.y, label=name or "the curve", clip_on=False,
                       **stroke(k))[0]
             for k, (name, each) in enumerate(curves.items())]
    lines += axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1,
                       label="by chance")
    axes.set(xlabel="false positive rate", ylabel="true positive rate")
    legend_above(figure, lines, [*told(curves, "AUC"), "by chance"])
    return figure


def tradeoffs(measure: Callable[..., Tradeoff], y_true: Any, y_score: Any,
              classes: Sequence[Any] | None, display_labels: Sequence[str] | None,
              **how: Any) -> dict[str, Tradeoff]:
    """The curve of each class by its name; a single question has the name ""."""
    parts = one_by_one(y_true, y_score, classes) if _by_class(y_score) else []
    if len(parts) < 2:
        score = parts[0][2] if parts else y_score
        return {"": measure(parts[0][1] if parts and how["pos_label"] is None else y_true, score,
                            **how)}
    if display_labels is not None and len(display_labels) != len(parts):
        raise ShapeError(f"display_labels must name all {len(parts)} classes",
                         got=f"{len(display_labels)}")
    names = display_labels if display_labels is not None else [str(each[0]) for each in parts]
    for name, (_, of, _) in zip(names, parts, strict=True):
        if of.all() or not of.any():
            raise DataError("each class is judged against the rest, and needs rows of both",
                            got=f"class {name!r} with {of.sum()} of {len(of)} rows")
    found = {str(name): measure(of, score, sample_weight=how["sample_weight"])
             for name, (_, of, score) in zip(names, parts, strict=True)}
    least = sorted(found, key=lambda name: found[name].area)[:MOST_CURVES]
    return {name: each for name, each in found.items() if name in least}


def _by_class(y_score: Any) -> bool:
    return arrays(y_score, "y_score").ndim == 2


def square(width: float) -> tuple[Figure, Axes]:
    """A figure of one panel in which shares from 0 to 1 stand against each other."""
    figure = canvas(width, min(width * 0.86, 460))
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1.01))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    plain_ticks(axes)
    return figure, axes


def told(curves: dict[str, Tradeoff], area: str) -> list[str]:
    """What the legend says of each curve: its class, and its area."""
    return [f"{short(name, 18)}{': ' * bool(name)}{area} {each.area:.3f}"
            for name, each in curves.items()]
