"""Precision against recall, at every threshold: what is found, and how much of it is right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pellucid.insight.answers.tradeoffs import precision_recall
from pellucid.insight.plots.roc_curve import square, told, tradeoffs
from pellucid.insight.plots.style import MUTED, legend_above, picture, stroke

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@picture
def precision_recall_curve(y_true: Any, y_score: Any, *, pos_label: Any = None,
                           sample_weight: Any = None, classes: Sequence[Any] | None = None,
                           display_labels: Sequence[str] | None = None,
                           width: float = 520) -> Figure:
    """Of the rows that are called so, how many are so, against how many of all are found.

    Arguments, classes and errors are those of `roc_curve`. AP is the average precision, the area
    under the steps. Dashed is the share of positive rows, which guessing reaches; of several
    classes each has its own, and none is drawn.

    >>> figure = precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> [text.get_text() for text in figure.legends[0].texts]
    ['AP 0.833', 'by chance 0.500']
    """
    curves = tradeoffs(precision_recall, y_true, y_score, classes, display_labels,
                       pos_label=pos_label, sample_weight=sample_weight)
    figure, axes = square(width)
    lines = [axes.plot(each.x, each.y, drawstyle="steps-post", label=name or "the curve",
                       clip_on=False, **stroke(k))[0]
             for k, (name, each) in enumerate(curves.items())]
    names = told(curves, "AP")
    if len(curves) == 1:
        share = next(iter(curves.values())).positives
        lines.append(axes.axhline(share, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)),
                                  zorder=1, label="by chance"))
        names.append(f"by chance {share:.3f}")
    axes.set(xlabel="recall", ylabel="precision")
    legend_above(figure, lines, names)
    return figure
