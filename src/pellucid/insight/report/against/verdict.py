"""The head of the page: which run is better, and whether that may be chance."""

from __future__ import annotations

from pellucid.insight.report.comparison import Comparison, Difference
from pellucid.insight.report.markup import Html, count, number, percent, tag
from pellucid.insight.report.outcome import metric_name
from pellucid.insight.report.sections.verdict import duration

SHARES = ("accuracy",)
COLOURS = ("blue", "orange")


def header(both: Comparison) -> Html:
    """The top of the page."""
    mine, rest = sentence(both)
    title = [mine, tag("span", "; ", rest, ".", class_="quiet")] if rest else [mine, "."]
    names = [tag("b", name) for name in both.names]
    return tag("header", tag("p", names[0], " against ", names[1], class_="eyebrow"),
               tag("h1", *title),
               *(tag("p", f"{each}.", class_="lead warning") for each in both.obstacles),
               _facts(both))


def sentence(both: Comparison) -> tuple[str, str]:
    """The verdict in two halves: what both runs reach, and whether the difference may be chance."""
    if not both.differences:
        return "Two runs of different tasks", ""
    first = both.differences[0]
    rows = (f"the same {count(len(both.mine.y), 'test row')}" if both.same_rows
            else "test rows of their own")
    mine = (f"{both.names[0]} reaches {shown(first.name, first.mine)} {metric_name(first.name)}, "
            f"{both.names[1]} {shown(first.name, first.other)}, over {rows}")
    return mine, sureness(first)


def shown(name: str, value: float) -> str:
    """A score in a sentence: shares in hundredths.

    >>> shown("accuracy", 0.975), shown("r2", 0.36605)
    ('97.5\\xa0%', '0.366')
    """
    return percent(value) if name in SHARES else number(value, 3)


def sureness(difference: Difference) -> str:
    """Whether a difference says anything, in words that can follow a semicolon."""
    if not difference.value:
        return "there is no difference"
    if difference.verdict == "chance":
        return "the difference may be chance"
    return f"that is {difference.verdict}, and more than chance"


def _facts(both: Comparison) -> Html:
    """Both runs in a few figures, the first above the second."""
    runs = (both.mine, both.other)
    figures = {
        "test rows": [number(len(run.y)) for run in runs],
        "parameters": [number(run.opened.model.count_params()) for run in runs],
        "epochs": [number(run.course.epochs) for run in runs],
        "best epoch": [number(run.course.best_epoch) for run in runs],
        "training time": [duration(run.course.seconds) for run in runs]}
    return tag("dl", *(tag("div", tag("dt", name), *(
        tag("dd", tag("i", class_=f"spot {colour}"), value)
        for value, colour in zip(values, COLOURS, strict=True)))
        for name, values in figures.items()), class_="facts")


def spotted(both: Comparison) -> list[Html]:
    """The names of the runs, each with its colour: heads of table columns."""
    return [tag("span", tag("i", class_=f"spot {colour}"), name, class_="keyed")
            for name, colour in zip(both.names, COLOURS, strict=True)]
