"""How both learned: their curves over each other."""

from __future__ import annotations

from pellucid.insight.plots.curves_overlaid import curves_overlaid
from pellucid.insight.plots.learning_curves import curve_names
from pellucid.insight.report.comparison import Comparison
from pellucid.insight.report.figures import Drawing, figure
from pellucid.insight.report.markup import Html, tag


def curves(both: Comparison) -> Html | None:
    """The curves, and why each run stopped."""
    runs = dict(zip(both.names, (both.mine, both.other), strict=True))
    histories = {name: run.course.history for name, run in runs.items()}
    if not any(curve_names(each) for each in histories.values()):
        return None
    best = {name: run.course.best_epoch for name, run in runs.items()}
    drawing = Drawing("curves", f"Curves of {both.names[0]} and {both.names[1]} over their epochs",
                      lambda width: curves_overlaid(histories, best=best, width=width))
    told = [tag("li", tag("b", name), ": ", run.course.reason.rstrip(".") + ".")
            for name, run in runs.items() if run.course.reason]
    return tag("section", tag("h2", "How they learned"), tag("ul", *told) if told else "",
               figure(drawing, wide=900, caption="Strong: the validation rows. Thin and dashed: "
                      "the training rows. The dot is the best epoch, whose weights were kept."))
