"""The head of the page: how good the model is, in one sentence, and the run in six numbers."""

from __future__ import annotations

from collections.abc import Mapping

from pellucid.insight.answers.reliability import likely_range
from pellucid.insight.plots.style import short
from pellucid.insight.report.markup import Html, count, number, percent, tag, together
from pellucid.insight.report.outcome import (
    found_metric,
    metric_name,
    share_right,
)
from pellucid.insight.report.run import Run

ACCURACIES = ("accuracy", "acc", "binary_accuracy", "categorical_accuracy",
              "sparse_categorical_accuracy")
R_SQUARED = ("r2", "r2_score")
ABSOLUTE_ERRORS = ("mae", "mean_absolute_error")


def baseline_rule(run: Run) -> str:
    """What the trivial answer is, in words that can follow a semicolon."""
    return short(run.baseline_rule, 120)


def sentence(run: Run) -> tuple[str, str]:
    """The verdict in two halves: what the model does, and what the trivial answer does."""
    n = len(run.y_true)
    rows = count(n, "test row")
    if not n:
        return "Trained, and not yet tested", ""
    if run.task == "regression":
        return _regression(run, rows)
    right, of = share_right(run)
    what = rows if run.classified else f"{count(of, 'answer')} about {rows}"
    key = found_metric(list(run.baseline), *ACCURACIES)
    rest = f"{baseline_rule(run)} gets {percent(run.baseline[key])}" if key else ""
    return f"{percent(right / of)} of {what} right", rest


def _regression(run: Run, rows: str) -> tuple[str, str]:
    key = found_metric(list(run.metrics), *ABSOLUTE_ERRORS)
    if key and len(run.targets) == 1:
        rest = ""
        if (other := found_metric(list(run.baseline), *ABSOLUTE_ERRORS)):
            rest = f"{baseline_rule(run)} is off by {number(run.baseline[other], 3)}"
        return (f"{short(run.targets[0], 40)} predicted to within "
                f"{number(run.metrics[key], 3)} on average, over {rows}", rest)
    key = next(iter(run.metrics))
    rest = f"{baseline_rule(run)} gets {number(run.baseline[key])}" if key in run.baseline else ""
    return f"{metric_name(key)} {number(run.metrics[key])} over {rows}", rest


def beaten(run: Run) -> bool | None:
    """Whether the model beats the trivial answer in the verdict's own number; None if unknown."""
    return better(run.task, run.metrics, run.baseline)


def better(task: str, metrics: Mapping[str, float], baseline: Mapping[str, float]) -> bool | None:
    """``beaten`` for those who have the scores only.

    >>> better("binary", {"accuracy": 0.7}, {"accuracy": 0.75})
    False
    """
    scales = [(ABSOLUTE_ERRORS, -1), (R_SQUARED, 1)] if task == "regression" \
        else [(ACCURACIES, 1)]
    for names, sign in scales:
        mine, other = (found_metric(list(each), *names) for each in (metrics, baseline))
        if mine and other:
            return sign * (metrics[mine] - baseline[other]) > 0
    return None


def header(run: Run) -> Html:
    """The top of the page."""
    mine, trivial = sentence(run)
    kind = {"binary": "two classes", "multiclass": f"{len(run.class_names)} classes",
            "multilabel": count(len(run.class_names), "label"),
            "regression": "regression"}[run.task]
    title = [mine, tag("span", "; ", trivial, ".", class_="quiet")] if trivial else [mine, "."]
    return tag("header", tag("p", tag("b", run.data_name), f" · {kind}", class_="eyebrow"),
               tag("h1", *title), *_remarks(run), _facts(run))


def _remarks(run: Run) -> list[Html]:
    remarks = []
    if beaten(run) is False:
        remarks.append(tag("p", "The model is no better than this trivial answer.",
                           class_="lead warning"))
    if run.classified and len(run.y_true):
        low, high = likely_range(*share_right(run))
        remarks.append(tag("p", f"On new rows of the same kind, expect between {percent(low)} and "
                           f"{percent(high)} right (95 % interval for {len(run.y_true)} rows).",
                           class_="lead"))
    return remarks


def _facts(run: Run) -> Html:
    epochs = max((len(values) for values in run.history.values()), default=0)
    facts = [("rows", number(run.rows)), ("columns", number(run.features))]
    if run.encoded is not None:
        facts.append(("features", number(run.encoded)))
    if run.layers:
        facts.append(("parameters", number(sum(layer.parameters for layer in run.layers))))
    if epochs:
        facts.append(("epochs", number(epochs)))
    if run.best_epoch is not None:
        facts.append(("best epoch", number(run.best_epoch)))
    if run.seconds is not None:
        facts.append(("training time", duration(run.seconds)))
    return tag("dl", together(tag("div", tag("dt", name), tag("dd", value))
                              for name, value in facts), class_="facts")


def duration(seconds: float) -> str:
    """A time in the unit that fits.

    >>> duration(3.21), duration(75), duration(7300)
    ('3.2\\xa0s', '1\\xa0min 15\\xa0s', '2\\xa0h 1\\xa0min')
    """
    if seconds < 60:
        return f"{seconds:.1f}\u00a0s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}\u00a0min {rest}\u00a0s"
    return f"{minutes // 60}\u00a0h {minutes % 60}\u00a0min"
