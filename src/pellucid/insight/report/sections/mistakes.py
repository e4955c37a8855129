"""The wrong answers that the model was surest of: the first rows to look at."""

from __future__ import annotations

import numpy as np

from pellucid.insight.report.markup import Html, aligned, bar, number, percent, table, tag, together
from pellucid.insight.report.outcome import (
    Mistake,
    confident_mistakes,
    largest_errors,
    row_number,
)
from pellucid.insight.report.run import Run
from pellucid.insight.report.thumbnail import thumbnail

UNUSUAL = 2.0                           # standard deviations
COUNTED = "Rows are counted from 0, as in predictions.csv."


def mistakes(run: Run) -> Html | None:
    """The surest mistakes of a classifier, the largest errors of a regression."""
    if run.task == "regression":
        return _errors(run) if len(run.y_true) else None
    found = confident_mistakes(run)
    if not found:
        return None
    shown = _pictures(run, found) if run.image_shape and run.test_values else _table(run, found)
    wrong = int((run.y_true != run.y_pred).sum())
    return tag("section", tag("h2", "Its surest mistakes"),
               tag("p", f"{_how_many(len(found), wrong)}. Now and then it is the label in the "
                   f"data that is wrong. {COUNTED}"), shown)


def _how_many(shown: int, wrong: int) -> str:
    if shown == wrong:
        return ("The one wrong test row" if wrong == 1
                else f"All {wrong} wrong test rows, the surest first")
    return f"{shown} of the {number(wrong)} wrong test rows, the surest first"


def _table(run: Run, found: list[Mistake]) -> Html:
    head, kinds = ["row", "is", "called", "sure"], "tttn"
    rows = [[each.row, each.true, each.predicted,
             together([percent(each.probability), bar(each.probability, colour="orange")])]
            for each in found]
    if run.test_values:
        head, kinds = [*head, "stands out"], kinds + "t"
        rows = [[*row, standing_out(run, each.place)]
                for row, each in zip(rows, found, strict=True)]
    return table(head, rows, kinds=kinds, caption="Wrong answers, the surest first",
                 class_="stacked" if run.test_values else None)


def _pictures(run: Run, found: list[Mistake]) -> Html:
    assert run.test_values is not None
    assert run.image_shape is not None
    pixels = np.array([[column[each.place] for column in run.test_values.values()]
                       for each in found], dtype=float)
    cards = [tag("li", thumbnail(picture.reshape(run.image_shape), float(pixels.min()),
                                 float(pixels.max()), alt=f"row {each.row}"),
                 tag("span", "is ", tag("b", each.true), ", called ", tag("b", each.predicted)),
                 tag("small", f"{percent(each.probability)} sure"), tag("small", f"row {each.row}"))
             for each, picture in zip(found, pixels, strict=True)]
    return tag("ul", *cards, class_="pictures")


def standing_out(run: Run, place: int, most: int = 2) -> str:
    """The number features of a test row that lie furthest from the mean, in words."""
    known = [column for column in run.columns
             if column.name in (run.test_values or {}) and column.mean is not None and column.std]
    far = []
    for column in known:
        value = (run.test_values or {})[column.name][place]
        if isinstance(value, (int, float, np.number)) and np.isfinite(float(value)):
            far.append(((float(value) - (column.mean or 0)) / (column.std or 1), column.name,
                        float(value)))
    far.sort(key=lambda each: -abs(each[0]))
    return "; ".join(f"{name} = {number(value)} ({'+' if z > 0 else '−'}{abs(z):.1f} std)"
                     for z, name, value in far[:most] if abs(z) >= UNUSUAL)


def _errors(run: Run) -> Html:
    several = len(run.class_names) > 1
    found = largest_errors(run)
    words = aligned([value for _, _, true, said in found for value in (true, said, said - true)])
    rows = [[row_number(run, place), *([run.class_names[k]] if several else []),
             *words[3 * i:3 * i + 3], *([standing_out(run, place)] if run.test_values else [])]
            for i, (place, k, _, _) in enumerate(found)]
    head = ["row", *(["target"] if several else []), "true", "predicted", "error",
            *(["stands out"] if run.test_values else [])]
    kinds = "t" + "t" * several + "nnn" + "t" * bool(run.test_values)
    return tag("section", tag("h2", "Its largest errors"),
               tag("p", "The first rows to look at: now and then it is the value in the "
                   f"data that is wrong. {COUNTED}"),
               table(head, rows, kinds=kinds, caption="Predictions with the largest errors",
                     class_="stacked" if run.test_values else None))
