"""How training went: the curves, the best epoch, and why it stopped."""

from __future__ import annotations

from pellucid.insight.plots.learning_curves import curve_names, learning_curves
from pellucid.insight.report.figures import Drawing, figure
from pellucid.insight.report.markup import Html, tag
from pellucid.insight.report.run import Run


def learning(run: Run) -> Html | None:
    """The learning curves, with what to see in them."""
    names = curve_names(run.history)
    if not names:
        return None
    told = " and ".join(name.replace("_", " ") for name in names[:2])
    best = f"; best epoch {run.best_epoch}" if run.best_epoch else ""
    text = []
    if run.stopped:
        text.append(run.stopped.rstrip(".") + ".")
    if run.best_epoch:
        text.append(f"The model has the weights of epoch {run.best_epoch}, its best on the "
                    "validation rows.")
    if run.loss_note:
        text.append(run.loss_note.rstrip(".") + ".")
    drawing = Drawing("learning", f"Curves of {told} over {len(run.history[names[0]])} epochs, "
                      f"training and validation{best}",
                      lambda width: learning_curves(run.history, run.best_epoch, width=width))
    return tag("section", tag("h2", "How it learned"), tag("p", " ".join(text)) if text else "",
               figure(drawing, wide=900))
