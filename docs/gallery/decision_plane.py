"""Lines, planes and regions"""
import numpy as np

from pellucid.insight import plots
from pellucid.perceptron import learn

x = np.random.default_rng(1).normal(size=(60, 3))
y = (x @ [1, -2, 1] > 0.3).astype(int)
figure = plots.decision_plane(x, y, learn(x, y, trace=True).lines[-1:])
