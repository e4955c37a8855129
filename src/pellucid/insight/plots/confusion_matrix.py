"""Which class was taken for which: counts, shaded by their share of the true class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.core.errors import DataError, ShapeError, user_line
from pellucid.insight.answers.confusion import confusion
from pellucid.insight.plots.style import BLUE, INK, LINE, ORANGE, PAPER, canvas, picture, shorts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CLASSES = 60
SHARES_FROM, COUNTS_FROM = 40, 17       # cell sizes in pixels from which text fits inside
FAINTEST = 0.24                         # shade of a single row, so that no mistake is invisible


def drawn_classes(counts: np.ndarray, most: int = MOST_CLASSES) -> np.ndarray:
    """The class numbers that get a row: all of them, or the ``most`` with the most mistakes.

    >>> drawn_classes(np.array([[5, 0, 0], [0, 5, 2], [0, 0, 5]]), most=2).tolist()
    [1, 2]
    """
    if len(counts) <= most:
        return np.arange(len(counts))
    mistakes = counts.sum(axis=0) + counts.sum(axis=1) - 2 * counts.diagonal()
    return np.sort(np.argsort(-mistakes, kind="stable")[:most])


def confusion_matrix(y_true: Any, y_pred: Any, *, labels: Sequence[Any] | None = None,
                     display_labels: Sequence[str] | None = None, width: float = 620) -> Figure:
    """Which class was taken for which: a row a true class, a column what was said.

    Blue on the diagonal is right, orange off it is wrong; the shade is the share of the true class.
    ``y_true``, ``y_pred``: labels, ``(n,)``, or rows with a column a class. ``labels`` chooses and
    orders the classes, ``display_labels`` are words for them. Raises ShapeError and DataError for
    what does not fit.

    >>> figure = confusion_matrix(["no", "yes", "yes"], ["no", "no", "yes"])
    >>> [label.get_text() for label in figure.axes[0].get_xticklabels()]
    ['no', 'yes']
    """
    counts, classes = confusion(y_true, y_pred, labels)
    names = classes if display_labels is None else list(display_labels)
    if len(names) != len(classes):
        raise ShapeError(f"display_labels must name all {len(classes)} classes",
                         got=f"{len(names)}: {names[:6]}", where=user_line())
    return confusion_counts(counts, list(map(str, names)), width=width)


@picture
def confusion_counts(counts: np.ndarray, class_names: Sequence[str], *,
                     width: float = 620) -> Figure:
    """The same from counts: ``counts[i, j]`` rows of true class i were called j.

    ``counts``: shape ``(classes, classes)``. Raises ShapeError unless there is one name for each
    row and column, DataError unless all are finite numbers of at least 0.

    >>> figure = confusion_counts(np.array([[9, 1], [0, 5]]), ["no", "yes"])
    >>> figure.axes[0].get_xlabel()
    'predicted class'
    """
    counts = np.asarray(counts)
    if counts.shape != (len(class_names), len(class_names)):
        raise ShapeError(f"counts of {len(class_names)} classes must be square", got=counts.shape)
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise DataError("counts must be finite numbers of at least 0", where=user_line(),
                        got=f"{counts.min()}")
    shown = drawn_classes(counts)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    counts, shares = counts[np.ix_(shown, shown)], shares[np.ix_(shown, shown)]
    letters = 20 if width >= 600 else 14 if len(shown) <= 6 else 10
    names = shorts([class_names[k] for k in shown], letters)
    longest = max(map(len, names))
    margin = 46 + 6.4 * longest
    cell = min((width - margin - 12) / len(names), 92)
    size = cell * len(names)
    upright = longest * 6.6 > cell - 4
    figure = canvas(margin + size + 12, size + 46 + (6.4 * longest if upright else 14))
    axes = figure.subplots()
    _cells(axes, counts, shares, cell)
    _names(axes, names, cell, upright)
    return figure


def _cells(axes: Axes, counts: np.ndarray, shares: np.ndarray, cell: float) -> None:
    from matplotlib.patches import Rectangle
    gap = 0.03 if cell >= COUNTS_FROM else 0
    for i, j in zip(*np.nonzero(counts), strict=True):
        shade = FAINTEST + (1 - FAINTEST) * float(shares[i, j])
        axes.add_patch(Rectangle((j - 0.5 + gap, i - 0.5 + gap), 1 - 2 * gap, 1 - 2 * gap,
                                 facecolor=BLUE if i == j else ORANGE, alpha=shade, linewidth=0))
        if cell >= COUNTS_FROM:
            _write(axes, i, j, int(counts[i, j]), float(shares[i, j]), cell, shade)


def _write(axes: Axes, i: int, j: int, count: int, share: float, cell: float,
           shade: float) -> None:
    colour = PAPER if shade > 0.55 else INK
    size = min(14.0, cell * 0.5, cell / (0.72 * len(str(count))))
    if cell < SHARES_FROM:
        axes.text(j, i, str(count), ha="center", va="center", color=colour, fontsize=size)
        return
    axes.text(j, i - 0.13, str(count), ha="center", va="center", color=colour, fontweight="bold",
              fontsize=min(size, cell * 0.38))
    axes.text(j, i + 0.24, f"{100 * share:.0f}\u00a0%", ha="center", va="center", color=colour,
              fontsize=min(11.0, cell * 0.24))


def _names(axes: Axes, names: list[str], cell: float, upright: bool) -> None:
    every = max(1, int(np.ceil(11 / cell)))
    places = np.arange(0, len(names), every)
    size = float(np.clip(cell * every * 0.8, 8, 12))
    text = [names[k] for k in places]
    axes.set_xticks(places, text, fontsize=size, rotation=90 if upright else 0)
    axes.set_yticks(places, text, fontsize=size)
    edge = len(names) - 0.5
    axes.set(xlim=(-0.5, edge), ylim=(edge, -0.5), aspect="equal",
             xlabel="predicted class", ylabel="true class")
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(LINE)
