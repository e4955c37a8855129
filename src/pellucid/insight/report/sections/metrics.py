"""Every metric beside that of the trivial answer."""

from __future__ import annotations

from pellucid.insight.report.markup import Html, bar, number, table, tag, together
from pellucid.insight.report.outcome import metric_name
from pellucid.insight.report.run import Run
from pellucid.insight.report.sections.verdict import baseline_rule

LOWER_IS_BETTER = ("loss", "error", "mae", "mse", "rmse", "mape", "msle", "crossentropy", "hinge")


def metrics(run: Run) -> Html | None:
    """The table of metrics, on the test rows."""
    if not run.metrics:
        return None
    names = [*run.metrics, *(name for name in run.baseline if name not in run.metrics)]
    rows = [(named(name), figure(run.metrics.get(name)), figure(run.baseline.get(name)),
             _bars(run.metrics.get(name), run.baseline.get(name))) for name in names]
    return tag("section", tag("h2", "Against the trivial answer"),
               tag("p", "Measured on the test rows, which the training never saw. The baseline is "
                   f"{baseline_rule(run)}."),
               table(("metric", _keyed("model", "blue"), _keyed("baseline", "grey"), ""), rows,
                     kinds="tnnb", caption="Metrics of the model and of the baseline"))


def figure(value: float | None) -> str:
    """A metric to four places, as its neighbours in the table; large ones whole.

    >>> figure(0.98), figure(2903.218), figure(float("nan"))
    ('0.9800', '2,903', 'nan')
    """
    return number(value) if value is None or abs(value) >= 10 else \
        f"{value:.4f}".replace("-", "−")


def lower_is_better(name: str) -> bool:
    """Whether a metric measures what should be small.

    >>> lower_is_better("mae of width"), lower_is_better("log_loss"), lower_is_better("r2")
    (True, True, False)
    """
    return name.lower().replace("_", "").split(" of ")[0].endswith(LOWER_IS_BETTER)


def named(name: str) -> Html:
    """A metric in words, and the remark where less is more."""
    remark = [" ", tag("small", "lower is better")] if lower_is_better(name) else []
    return together([metric_name(name), *remark])


def _keyed(name: str, colour: str) -> Html:
    return tag("span", tag("i", class_=f"spot {colour}"), name, class_="keyed")


def _bars(mine: float | None, trivial: float | None) -> Html:
    """Two thin bars on one scale: to 1 where both are shares, else to the larger."""
    known = [value for value in (mine, trivial) if value is not None]
    if not all(0 <= value < float("inf") for value in known):
        return Html("")
    whole = max(1.0 if all(value <= 1 for value in known) else 0.0, *known) or 1.0
    return together(bar(None if value is None else value / whole, colour=colour)
                    for value, colour in ((mine, "blue"), (trivial, "grey")))
