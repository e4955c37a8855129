"""Descent and the loss"""
import numpy as np

from pellucid.insight import plots
from pellucid.insight.dynamics import ewma

x = np.sin(np.arange(120) / 15) + np.random.default_rng(0).normal(0, 0.3, 120)
figure = plots.moving_averages(x, {beta: ewma(x, beta) for beta in (0.5, 0.9, 0.98)})
