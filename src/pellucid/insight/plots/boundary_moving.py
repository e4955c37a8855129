"""The regions of a classifier's answers, moving while it learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pellucid.core.errors import DataError, user_line
from pellucid.insight.answers.feature_plane import FeaturePlane, feature_plane
from pellucid.insight.answers.surface import Surface, labels_of, surface
from pellucid.insight.dynamics.unchanged import unchanged
from pellucid.insight.plots.decision_boundary import MARKS, framed, point_look, shade_leads
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.over_epochs import NOT_FINITE, checked
from pellucid.insight.plots.style import MUTED, SERIES, canvas, legend_above, picture, short
from pellucid.insight.recording.moments import Moment
from pellucid.insight.recording.record import Record

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class BoundaryMoving(Film):
    """Where a classifier changes its mind, from epoch to epoch, and the data beside it.

    ``record`` is the run of ``model``, with its weights at each moment; they are put into the model
    one after the other, and in the end those come back that it had. ``x`` is ``(rows, features)``,
    ``y`` a label for each row; of more than two features ``features`` chooses two, by number or
    name, and the others are held at their median. Colours are as in `decision_boundary`.
    ``figure`` shows one moment; `show` moves to another, `save` writes all as .gif, .html or .mp4.

    Raises KindError for what is no `Record`, DataError for a record without weights and for a model
    that is no classifier, and what `decision_boundary` raises.

    >>> import numpy as np
    >>> from pellucid.insight import Recorder
    >>> from pellucid.layers import Dense, Input
    >>> from pellucid.models import Sequential
    >>> model = Sequential([Input((2,)), Dense(1, "sigmoid")])
    >>> model.compile("sgd", "binary_crossentropy")
    >>> x, recorder = np.array([[0.0, 0.0], [1.0, 1.0]]), Recorder()
    >>> history = model.fit(x, [0, 1], epochs=3, verbose=0, callbacks=[recorder])
    >>> animation = BoundaryMoving(recorder.record, model, x, [0, 1])
    >>> animation.show(2).axes[0].get_title(loc="left")
    'epoch 2'
    """

    def __init__(self, record: Record, model: Any, x: Any, y: Any, *,
                 features: Sequence[int | str] | None = None, grid_resolution: int = 60,
                 feature_names: Sequence[str] | None = None,
                 class_names: Sequence[str] | None = None, width: float = 560) -> None:
        record = checked(record, "BoundaryMoving")
        if record.values is None:
            raise DataError("BoundaryMoving needs the weights at each moment of the record",
                            where=user_line(), hint="Recorder(weights=True) keeps them")
        self.epochs, self.steps = record.epochs, len(record) - 1
        self.plane = feature_plane(x, features, feature_names=feature_names, count=grid_resolution)
        with unchanged(model):
            found = [_asked(model, moment, self.plane, y) for moment in record]
        classes = next((each.classes for each in found if each is not None), None)
        if classes is None:
            raise DataError("BoundaryMoving needs a classifier with finite answers",
                            where=user_line(), hint="decision_boundary draws numbers as well")
        self.leads = [None if each is None else each.lead for each in found]
        self._own = labels_of(y, self.plane.points, classes)
        self._names = [str(each) for each in class_names] if class_names is not None else [
            each if isinstance(each, str) else f"class {each}" for each in classes]
        if len(self._names) != len(classes):
            raise DataError(f"class_names must name all {len(classes)} classes",
                            got=f"{len(self._names)}", where=user_line())
        self.figure = picture(self._start)(width=width)
        self.show(0)

    def _start(self, *, width: float) -> Figure:
        figure, plane = canvas(width, min(width * 0.86, 540)), self.plane
        self._axes = axes = figure.subplots()
        handles = []
        for k, name in enumerate(self._names):
            handles += axes.plot(*plane.points[self._own == k].T, MARKS[k % len(MARKS)],
                                 color=SERIES[k % len(SERIES)], label=name, zorder=4,
                                 **point_look(len(plane.points)))
        axes.set(xlim=(plane.x[0], plane.x[-1]), ylim=(plane.y[0], plane.y[-1]),
                 xlabel=short(plane.names[0], 40), ylabel=short(plane.names[1], 30))
        framed(axes)
        self._title = axes.set_title(f"epoch {self.epochs[-1]:.6g}")
        self._said = axes.text(0.5, 0.5, "", transform=axes.transAxes, ha="center", color=MUTED)
        legend_above(figure, handles, self._names)
        return figure

    def show(self, step: int) -> Figure:
        """The figure at a step: the regions with the weights of that moment."""
        step = min(max(step, 0), self.steps)
        for each in [*self._axes.collections]:
            each.remove()
        lead = self.leads[step]
        self._said.set_text(NOT_FINITE if lead is None else "")
        if lead is not None:
            colours = [SERIES[k % len(SERIES)] for k in range(len(self._names))]
            shade_leads(self._axes, self.plane, lead, colours)
        self._title.set_text(f"epoch {self.epochs[step]:.6g}")
        return self.figure


def _asked(model: Any, moment: Moment, plane: FeaturePlane, y: Any) -> Surface | None:
    """What the model says all over the plane with the weights of a moment; None if not finite."""
    assert moment.values is not None
    model.set_weights(moment.values)
    try:
        return surface(model, plane, y)
    except DataError:                                    # a run that diverged
        return None
