"""Where the answers are right and where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from pellucid.insight.plots.calibration import calibration_bins
from pellucid.insight.plots.confusion_matrix import MOST_CLASSES, confusion_counts
from pellucid.insight.plots.label_bars import MOST_LABELS, label_bars
from pellucid.insight.plots.predicted_against_true import MOST_POINTS, predicted_against_true
from pellucid.insight.report.figures import Drawing, figure, small_figure
from pellucid.insight.report.markup import Html, count, number, percent, table, tag, together
from pellucid.insight.report.outcome import (
    ClassLine,
    class_lines,
    confidence_bins,
    confusion_matrix,
    label_counts,
    worst_confusions,
)
from pellucid.insight.report.run import Run

MOST_LINES = 16                         # a longer table begins with the weakest and folds the rest
FEWEST_BINS = 3
BESIDE = 12                             # so many classes fit beside their matrix


def answers(run: Run) -> Html | None:
    """Confusion matrix and classes, labels, or predictions against the truth."""
    if not len(run.y_true):
        return None
    if run.task == "regression":
        return _numbers(run)
    return _labels(run) if run.task == "multilabel" else _classes(run)


def _classes(run: Run) -> Html:
    k = len(run.class_names)
    counts = confusion_matrix(run.y_true, run.y_pred, k)
    drawing = Drawing("confusion", f"Confusion matrix of {k} classes: {counts.trace()} of "
                      f"{counts.sum()} test rows on the diagonal",
                      lambda width: confusion_counts(counts, run.class_names, width=width))
    caption = ("Rows are true classes, columns what the model said. Blue is right, orange wrong; "
               "the shade is the share of the true class."
               + (f" Shown: the {MOST_CLASSES} classes with the most mistakes."
                  if k > MOST_CLASSES else ""))
    beside = k <= BESIDE
    picture = figure(drawing, wide=460 if beside else 900, caption=caption)
    return tag("section", tag("h2", "Which classes it takes for which"),
               tag("div", picture, tag("div", class_table(run)), class_="beside") if beside
               else together([picture, _mixed_up(run), tag("h3", "Class by class"),
                              class_table(run)]))


def _mixed_up(run: Run) -> Html:
    pairs = worst_confusions(run)
    if not pairs:
        return tag("p", "No test row was taken for another class.")
    rows = [(each.true, each.predicted, number(each.rows), percent(each.share)) for each in pairs]
    return together([tag("h3", "Most often mixed up"),
                     table(("is", "called", "rows", "of this class"), rows, kinds="ttnn",
                           caption="The pairs of classes that were mixed up most often")])


def class_table(run: Run) -> Html:
    """Precision, recall, F1 and support, a line a class (or label)."""
    lines = class_lines(run)
    noun = "label" if run.task == "multilabel" else "class"
    text = tag("p", "Precision: of the rows called so, how many are so. Recall: of the rows that "
               "are so, how many were called so. F1 joins the two. Support: how many rows are so.",
               class_="note")
    if len(lines) <= MOST_LINES:
        return together([_lines(lines, noun), text])
    weakest = sorted(lines, key=lambda line: 1.0 if line.f1 is None else line.f1)[:10]
    words = "classes" if noun == "class" else "labels"
    return together([tag("p", f"The ten weakest of {len(lines)} {words}:"),
                     _lines(weakest, noun),
                     tag("details", tag("summary", f"All {len(lines)} {words}"),
                         _lines(lines, noun)), text])


def _lines(lines: Sequence[ClassLine], noun: str) -> Html:
    rows = [(line.name, percent(line.precision), percent(line.recall),
             percent(line.f1), number(line.support)) for line in lines]
    return table((noun, "precision", "recall", "F1", "support"), rows, kinds="tnnnn",
                 caption=f"Precision, recall, F1 and support of each {noun}", class_="classes")


def _labels(run: Run) -> Html:
    counts = label_counts(run)
    drawing = Drawing("labels", "For each label: test rows where it was found, missed, or given "
                      "for nothing", lambda width: label_bars(
                          counts[:, 1, 1], counts[:, 1, 0], counts[:, 0, 1], run.class_names,
                          width=width))
    many = len(run.class_names) > MOST_LABELS
    caption = ("Right of the line, rows that have the label: found or missed. Left of it, rows "
               "that were given the label and do not have it."
               + (f" The {MOST_LABELS} most frequent labels." if many else ""))
    wholly = int((run.y_true == run.y_pred).all(axis=1).sum())
    return tag("section", tag("h2", "Label by label"),
               tag("p", f"Every label right: {number(wholly)} of "
                   f"{count(len(run.y_true), 'test row')} "
                   f"({percent(wholly / len(run.y_true))})."),
               figure(drawing, wide=760, caption=caption), class_table(run))


def _numbers(run: Run) -> Html:
    truth, said = run.y_true.reshape(len(run.y_true), -1), run.y_pred.reshape(len(run.y_true), -1)
    pictures = []
    for k, name in enumerate(run.class_names):
        known = np.isfinite(truth[:, k]) & np.isfinite(said[:, k])
        draw = partial(predicted_against_true, truth[known, k], said[known, k], name)
        drawing = Drawing(f"predicted-{k}", f"Predicted against true {name} over "
                          f"{known.sum()} test rows, and the residual of each",
                          lambda width, draw=draw: draw(width=width))
        left_out = f"{count(int((~known).sum()), 'row')} without a number left out."
        pictures.append(figure(drawing, wide=900, caption="" if known.all() else left_out))
    return tag("section", tag("h2", "Predicted against true"),
               tag("p", "On the orange line a prediction is exact; the further off, the larger "
                   "the error. Errors should lie evenly around zero, without a bend."
                   + (" Each hexagon gathers the rows inside it: the stronger, the more."
                      if len(truth) > MOST_POINTS else "")),
               *pictures)


def trust(run: Run) -> Html | None:
    """Whether the stated probabilities come true, when there are rows enough to say."""
    bins = confidence_bins(run)
    if len(bins) < FEWEST_BINS:
        return None
    drawing = Drawing("calibration", "Share of right answers against the stated probability, in "
                      f"{len(bins)} groups of test rows",
                      lambda width: calibration_bins(bins, width=width))
    return tag("section", tag("h2", "Can its probabilities be trusted?"),
               tag("div", small_figure(drawing), tag("div", tag(
                   "p", "Test rows gathered by how sure the model was of its answer. On the "
                   "orange line a stated probability comes true; below it the model is too sure "
                   "of itself, above it too modest."), tag(
                   "p", "The strokes are 95 % intervals: the fewer rows, the longer.")),
                   class_="beside"))
