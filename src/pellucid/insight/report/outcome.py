"""What the test rows say, counted once: every share on the page comes from these counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pellucid.insight.answers.confusion import confusion_matrix
from pellucid.insight.answers.reliability import Bin, bins
from pellucid.insight.report.run import Run

SPELT_OUT = {"mae": "mean absolute error", "mse": "mean squared error",
             "rmse": "root mean squared error", "r2": "R²", "auc": "AUC"}


class ClassLine(NamedTuple):
    """One class in four numbers; None where nothing was there to take a share of."""

    name: str
    precision: float | None             # of the rows called so, how many are so
    recall: float | None                # of the rows that are so, how many were called so
    f1: float | None                    # the harmonic mean of the two
    support: int                        # rows that are so


class Confusion(NamedTuple):
    """A pair of classes and how many rows of the first were called the second."""

    true: str
    predicted: str
    rows: int
    share: float                        # of the true class


class Mistake(NamedTuple):
    """One wrong row: ``place`` counts the test rows from 0, ``row`` is its place in the data."""

    place: int
    row: int
    true: str
    predicted: str
    probability: float                  # given to the wrong answer


def label_counts(run: Run) -> np.ndarray:
    """For each label of a multi-label run its 2 × 2 confusion matrix: shape ``(labels, 2, 2)``."""
    return np.array([confusion_matrix(truth, said, 2)
                     for truth, said in zip(run.y_true.T, run.y_pred.T, strict=True)])


def class_line(name: str, hits: int, called: int, support: int) -> ClassLine:
    """Precision hits/called, recall hits/support, F1 2·hits/(called + support).

    >>> class_line("cat", hits=3, called=4, support=6)
    ClassLine(name='cat', precision=0.75, recall=0.5, f1=0.6, support=6)
    """
    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None
    return ClassLine(name, share(hits, called), share(hits, support),
                     share(2 * hits, called + support), support)


def class_lines(run: Run) -> list[ClassLine]:
    """The per-class table of a classification, the per-label table of a multi-label task."""
    if run.task == "multilabel":
        return [class_line(name, int(n[1, 1]), int(n[:, 1].sum()), int(n[1].sum()))
                for name, n in zip(run.class_names, label_counts(run), strict=True)]
    counts = confusion_matrix(run.y_true, run.y_pred, len(run.class_names))
    return [class_line(name, int(counts[k, k]), int(counts[:, k].sum()), int(counts[k].sum()))
            for k, name in enumerate(run.class_names)]


def share_right(run: Run) -> tuple[int, int]:
    """How many answers are right, of how many: rows, or labels of rows in a multi-label task."""
    return int((run.y_true == run.y_pred).sum()), run.y_true.size


def worst_confusions(run: Run, most: int = 8) -> list[Confusion]:
    """The pairs of classes that were mixed up most often, most first."""
    counts = confusion_matrix(run.y_true, run.y_pred, len(run.class_names))
    wrong = counts - np.diag(counts.diagonal())
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    pairs = [(int(k) // len(counts), int(k) % len(counts)) for k in order if wrong.flat[k]]
    return [Confusion(run.class_names[i], run.class_names[j], int(wrong[i, j]),
                      float(wrong[i, j] / counts[i].sum())) for i, j in pairs]


def confident_mistakes(run: Run, most: int = 10) -> list[Mistake]:
    """The wrong rows whose wrong answer had the highest probability, surest first."""
    if run.probabilities is None or not run.classified:
        return []
    wrong = np.flatnonzero(run.y_true != run.y_pred)
    sureness = run.probabilities[wrong, run.y_pred[wrong].astype(int)]
    places = wrong[np.argsort(-sureness, kind="stable")[:most]]
    return [_mistake(run, int(place)) for place in places]


def _mistake(run: Run, place: int) -> Mistake:
    assert run.probabilities is not None
    true, said = int(run.y_true[place]), int(run.y_pred[place])
    return Mistake(place, row_number(run, place), run.class_names[true], run.class_names[said],
                   float(run.probabilities[place, said]))


def row_number(run: Run, place: int) -> int:
    """The place in the whole data of the test row at ``place``."""
    return int(run.row_numbers[place]) if run.row_numbers is not None else place


def largest_errors(run: Run, most: int = 10) -> list[tuple[int, int, float, float]]:
    """Of a regression: ``(place, target number, true, predicted)``, largest error first.

    Targets of different units are compared in units of their own spread.
    """
    truth, said = run.y_true.reshape(len(run.y_true), -1), run.y_pred.reshape(len(run.y_true), -1)
    spread = truth.std(axis=0)
    error = np.abs(said - truth) / np.where(spread > 0, spread, 1.0)
    order = np.argsort(-error, axis=None, kind="stable")[:most]
    return [(int(k) // truth.shape[1], int(k) % truth.shape[1], float(truth.flat[k]),
             float(said.flat[k])) for k in order]


def confidence_bins(run: Run, least: int = 10) -> list[Bin]:
    """Test rows gathered by the probability of their answer, ten bins; those under ``least`` rows
    are left out, for they would say nothing."""
    if run.probabilities is None or not run.classified:
        return []
    sureness = run.probabilities[np.arange(len(run.y_pred)), run.y_pred.astype(int)]
    return bins(sureness, run.y_true == run.y_pred, least=least)


def found_metric(metrics: Sequence[str], *names: str) -> str | None:
    """The first of ``metrics`` that goes by one of ``names``, whatever its case and joints.

    >>> found_metric(["loss", "Mean-Absolute error"], "mae", "mean_absolute_error")
    'Mean-Absolute error'
    """
    plain = {"".join(filter(str.isalnum, name.lower())): name for name in reversed(metrics)}
    known = ("".join(filter(str.isalnum, name.lower())) for name in names)
    return next((plain[name] for name in known if name in plain), None)


def metric_name(name: str) -> str:
    """A metric's name in words, for those who do not know the short one.

    >>> metric_name("rmse of width"), metric_name("top_k_accuracy")
    ('root mean squared error of width', 'top k accuracy')
    """
    short, of, rest = name.partition(" of ")
    return SPELT_OUT.get(short.lower(), short.replace("_", " ")) + of + rest
