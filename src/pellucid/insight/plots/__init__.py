"""Pictures: one file each, each a pure function from plain data to a matplotlib ``Figure``.

    from pellucid.insight import plots
    plots.roc_curve(y_true, y_score).savefig("roc.png")

A picture is loaded when it is first used. All take ``width``, in pixels at 72 dots an inch;
``plots.darkened(figure)`` gives one the colours of a dark page.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pellucid.core.exports import not_here

if TYPE_CHECKING:
    from pellucid.insight.plots.activation_histograms import activation_histograms
    from pellucid.insight.plots.boundary_moving import BoundaryMoving
    from pellucid.insight.plots.calibration import calibration, calibration_bins
    from pellucid.insight.plots.computation_graph import computation_graph
    from pellucid.insight.plots.confusion_matrix import confusion_counts, confusion_matrix
    from pellucid.insight.plots.curves_compared import curves_compared
    from pellucid.insight.plots.curves_overlaid import curves_overlaid
    from pellucid.insight.plots.dark import darkened
    from pellucid.insight.plots.dead_units import dead_units
    from pellucid.insight.plots.decision_boundary import decision_boundary
    from pellucid.insight.plots.decision_line import Plane, decision_line
    from pellucid.insight.plots.decision_plane import decision_plane
    from pellucid.insight.plots.descent_paths import descent_paths
    from pellucid.insight.plots.descent_race import DescentRace
    from pellucid.insight.plots.embedding_map import embedding_map
    from pellucid.insight.plots.error_by_logit import error_by_logit
    from pellucid.insight.plots.filters import filters
    from pellucid.insight.plots.gradient_by_depth import gradient_by_depth
    from pellucid.insight.plots.gradient_flow import gradient_flow
    from pellucid.insight.plots.gradient_noise import gradient_noise
    from pellucid.insight.plots.histograms_moving import HistogramsMoving
    from pellucid.insight.plots.idle_units import idle_units
    from pellucid.insight.plots.image_grid import image_grid
    from pellucid.insight.plots.label_bars import label_bars
    from pellucid.insight.plots.learning_curves import learning_curves
    from pellucid.insight.plots.learning_rate_finder import learning_rate_finder
    from pellucid.insight.plots.line_moving import LineMoving
    from pellucid.insight.plots.loss_landscape import loss_landscape
    from pellucid.insight.plots.moving_averages import moving_averages
    from pellucid.insight.plots.precision_recall_curve import precision_recall_curve
    from pellucid.insight.plots.predicted_against_true import predicted_against_true
    from pellucid.insight.plots.residuals import residuals
    from pellucid.insight.plots.roc_curve import roc_curve
    from pellucid.insight.plots.score_bars import score_bars
    from pellucid.insight.plots.signal_examples import signal_examples
    from pellucid.insight.plots.signal_propagation import signal_propagation
    from pellucid.insight.plots.trials import trials
    from pellucid.insight.plots.unit_regions import unit_regions
    from pellucid.insight.plots.update_ratios import update_ratios
    from pellucid.insight.plots.weight_histograms import weight_histograms
    from pellucid.insight.plots.with_and_without import with_and_without

HOMES = {                               # name → file, for names that are not those of their files
    "BoundaryMoving": "boundary_moving", "DescentRace": "descent_race",
    "HistogramsMoving": "histograms_moving",
    "LineMoving": "line_moving", "Plane": "decision_line", "calibration_bins": "calibration",
    "confusion_counts": "confusion_matrix", "darkened": "dark",
} | {name: name for name in (
    "activation_histograms", "calibration", "computation_graph", "confusion_matrix",
    "curves_compared", "curves_overlaid", "dead_units", "decision_boundary", "decision_line",
    "decision_plane", "descent_paths", "embedding_map", "error_by_logit", "filters",
    "gradient_by_depth", "gradient_flow", "gradient_noise", "idle_units", "image_grid",
    "label_bars", "learning_curves", "learning_rate_finder",
    "loss_landscape", "moving_averages", "precision_recall_curve", "predicted_against_true",
    "residuals", "roc_curve", "score_bars", "signal_examples", "signal_propagation", "trials",
    "unit_regions", "update_ratios", "weight_histograms", "with_and_without")}

__all__ = [*HOMES]                                                          # pyright: ignore


class Pictures(ModuleType):
    """This package. A picture has the name of its file, and here that name is the picture's.

    Python binds a file to its package when it is first loaded, whoever asked for it.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        own = isinstance(value, ModuleType) and HOMES.get(name) == name
        super().__setattr__(name, getattr(value, name) if own else value)


def __getattr__(name: str) -> Any:
    if name in HOMES:
        return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
    raise not_here(__name__, name, [*HOMES])


def __dir__() -> list[str]:
    return sorted(HOMES)


sys.modules[__name__].__class__ = Pictures
