"""What a trained model answers, measured: over a plane, at every threshold, unit by unit.

Numbers, no pictures; `pellucid.insight.plots` draws them.
"""

from pellucid.insight.answers.confusion import ConfusionCounts, confusion
from pellucid.insight.answers.feature_plane import FeaturePlane, feature_plane
from pellucid.insight.answers.reliability import Bin, reliability
from pellucid.insight.answers.surface import Surface, surface
from pellucid.insight.answers.tradeoffs import Tradeoff, precision_recall, roc
from pellucid.insight.answers.units import LayerAnswers, unit_answers

__all__ = ["Bin", "ConfusionCounts", "FeaturePlane", "LayerAnswers", "Surface", "Tradeoff",
           "confusion", "feature_plane", "precision_recall", "reliability", "roc", "surface",
           "unit_answers"]
