"""The scores of both runs, their differences, and how far these may be chance."""

from __future__ import annotations

from pellucid.insight.report.against.verdict import spotted
from pellucid.insight.report.comparison import Comparison, Difference
from pellucid.insight.report.markup import Html, table, tag, together
from pellucid.insight.report.sections.metrics import figure, named

WORDS = {"better": "better", "worse": "worse", "chance": "may be chance", "same": "the same"}


def scores(both: Comparison) -> Html | None:
    """The table of scores."""
    if not both.differences:
        return None
    rows = [(named(each.name), figure(each.mine), figure(each.other), together(
        [signed(each.value), tag("small", interval(each), class_="below")]),
        WORDS[each.verdict]) for each in both.differences]
    same = ("on the same test rows, drawn together" if both.same_rows
            else "on the test rows of each run, drawn apart")
    return tag("section", tag("h2", "The scores"),
               table(("metric", *spotted(both), "difference, 95 % interval", ""), rows,
                     kinds="tnnnt", caption="Scores of both runs and their differences",
                     class_="stacked scores"),
               tag("p", "The interval says how much the difference would change with other test "
                   f"rows of the same kind: the scores are computed anew {same} with replacement, "
                   "many times. Where it holds nought, the difference may be chance. Another seed "
                   "would change the runs themselves; that is not in it.", class_="note"))


def signed(value: float) -> str:
    """A difference as its neighbours in the table are written, with its sign.

    >>> signed(0.0125), signed(-3.5), signed(0.0)
    ('+0.0125', '−3.5000', '0.0000')
    """
    return ("+" if value > 0 else "") + figure(value)


def interval(difference: Difference) -> str:
    """From where to where a difference may lie."""
    return f"{signed(difference.low)} to {signed(difference.high)}"
