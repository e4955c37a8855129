"""How training moves: descent over a landscape, learning rates, noise. Numbers, no pictures."""

from pellucid.insight.dynamics.descent import Descent, descend, race
from pellucid.insight.dynamics.gradient_noise import GradientNoise, gradient_noise
from pellucid.insight.dynamics.landscape import Landscape, landscape
from pellucid.insight.dynamics.learning_rate_finder import RateTest, find_learning_rate
from pellucid.insight.dynamics.loss_landscape import (
    LossLandscape,
    loss_landscape,
    random_directions,
)
from pellucid.insight.dynamics.moving_average import ewma, ewma_weights
from pellucid.insight.dynamics.stationary import Curvature, curvature, stationary_point
from pellucid.insight.dynamics.unchanged import unchanged

__all__ = ["Curvature", "Descent", "GradientNoise", "Landscape", "LossLandscape", "RateTest",
           "curvature", "descend", "ewma", "ewma_weights", "find_learning_rate", "gradient_noise",
           "landscape", "loss_landscape", "race", "random_directions", "stationary_point",
           "unchanged"]
