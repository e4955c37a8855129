"""What the data are: rows, columns, how they were split, what had to be mended."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from pellucid.insight.report.markup import Html, count, number, percent, table, tag, together
from pellucid.insight.report.run import Column, Run

SHOWN, MOST = 12, 300                   # columns in sight, and columns in the page at all
SHADES = ("blue", "sky", "orange")


def data(run: Run) -> Html:
    """The section about the data."""
    where = tag("code", run.data_path) if run.data_path else "a built-in set"
    targets = together(
        part for k, name in enumerate(run.targets)
        for part in ([", "] if k else []) + [tag("code", name)])
    return tag("section", tag("h2", "The data"),
               tag("p", tag("b", run.data_name), ", ", where, ": ", count(run.rows, "row"), ", ",
                   count(run.features, "column"),
                   f", {count(run.encoded, 'feature')}" if run.encoded is not None else "",
                   "; to be predicted: ", targets, "."),
               tag("p", run.rule.rstrip(".") + ".") if run.rule else "", _split(run),
               tag("ul", *(tag("li", note) for note in run.notes)) if run.notes else "",
               _columns(run.columns))


def _split(run: Run) -> Html:
    total = sum(run.split.values())
    if not total:
        return Html("")
    parts = list(zip(run.split.items(), SHADES, strict=False))
    pieces = [tag("span", class_=shade, style=f"flex-grow: {rows}") for (_, rows), shade in parts]
    words = [tag("li", tag("i", class_=f"spot {shade}"), f"{name} ", tag("b", number(rows)),
                 f" ({percent(rows / total)})") for (name, rows), shade in parts]
    return together([tag("div", *pieces, class_="split", aria_hidden="true"),
                     tag("ul", *words, class_="key")])


def _columns(columns: Sequence[Column]) -> Html:
    if not columns:
        return Html("")
    parts = [_table(columns[:SHOWN])]
    if rest := columns[SHOWN:MOST]:
        parts.append(tag("details", tag("summary", f"{count(len(rest), 'more column')}"),
                         _table(rest)))
    if len(columns) > MOST:
        parts.append(tag("p", f"{count(len(columns) - MOST, 'further column')} "
                         f"{'is' if len(columns) == MOST + 1 else 'are'} not listed.",
                         class_="quiet"))
    return together(parts)


def _table(columns: Sequence[Column]) -> Html:
    rows = [(column.name, column.kind, number(column.missing), described(column))
            for column in columns]
    return table(("column", "kind", "missing", "values"), rows, kinds="ttnt",
                 caption="The columns of the data", class_="stacked columns")


def described(column: Column) -> str:
    """A column's values in one line.

    >>> described(Column(name="age", kind="number", mean=41.25, std=9.5, minimum=18, maximum=80))
    '41.25 ± 9.5, from 18 to 80'
    >>> described(Column(name="town", kind="category", distinct=3, top=[("Bern", 5)]))
    'Bern 5 (3 different)'
    >>> described(Column(name="sold", kind="date", minimum=18264.0, maximum=18661.75))
    'from 2020-01-03 to 2021-02-03'
    """
    if column.kind == "date" and column.minimum is not None and column.maximum is not None:
        return f"from {_day(column.minimum)} to {_day(column.maximum)}"
    words = []
    if column.mean is not None:
        words.append(number(column.mean) + (f" ± {number(column.std, 3)}"
                                            if column.std is not None else ""))
    if column.minimum is not None and column.maximum is not None:
        words.append(f"from {number(column.minimum)} to {number(column.maximum)}")
    words += [f"{name} {number(rows)}" for name, rows in column.top]
    text = ", ".join(words)
    if column.distinct is not None:
        text = f"{text} ({number(column.distinct)} different)" if text else \
            f"{number(column.distinct)} different"
    return text or "–"


def _day(number: float) -> str:
    """The date of a number of days since 1970-01-01, as `data.readings` counts them."""
    return str(np.datetime64(math.floor(number), "D"))
