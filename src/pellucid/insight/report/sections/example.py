"""One test row, from its numbers to the model's answer."""

from __future__ import annotations

import numpy as np

from pellucid.insight.report.markup import Html, number, percent, tag
from pellucid.insight.report.outcome import row_number
from pellucid.insight.report.run import Run
from pellucid.insight.report.thumbnail import thumbnail


def example(run: Run) -> Html | None:
    """The row, what it is and what the model says; its derivation is folded."""
    if run.example is None:
        return None
    place, row = run.example.place, row_number(run, run.example.place)
    body = (tag("details", tag("summary", f"The way of row {row}, layer by layer"),
                Html(run.example.derivation)) if run.example.derivation
            else tag("p", run.example.note, class_="note"))
    return tag("section", tag("h2", "One row explained"),
               tag("p", f"Row {row} (counted from 0) {answered(run, place)}. Below, what each "
                   "layer computes for it, with the numbers."), _picture(run, place), body)


def answered(run: Run, place: int) -> str:
    """What a test row is, and what the model says of it, in words."""
    if run.task == "regression":
        truth, said = (np.atleast_1d(each[place]) for each in (run.y_true, run.y_pred))
        return "; ".join(f"has {name} {number(float(t))}, and the model answers {number(float(s))}"
                         for name, t, s in zip(run.class_names, truth, said, strict=True))
    if run.task == "multilabel":
        right = int((run.y_true[place] == run.y_pred[place]).sum())
        return f"has {right} of {len(run.class_names)} labels right"
    true, said = (int(each[place]) for each in (run.y_true, run.y_pred))
    words = f"is {run.class_names[true]}, and the model says {run.class_names[said]}"
    if run.probabilities is None:
        return words
    return f"{words} ({percent(float(run.probabilities[place, said]))})"


def _picture(run: Run, place: int) -> Html:
    """The row as a picture, where rows are pictures."""
    if not (run.image_shape and run.test_values):
        return Html("")
    pixels = np.array([column[place] for column in run.test_values.values()], dtype=float)
    return tag("p", thumbnail(pixels.reshape(run.image_shape), float(pixels.min()),
                              float(pixels.max()), alt=f"row {row_number(run, place)}"))
