"""Lines, planes and regions"""
import numpy as np

from pellucid.insight import plots
from pellucid.perceptron import learn

x = np.random.default_rng(7).normal(size=(60, 2))
y = (x @ [1, -2] > 0.4).astype(int)
film = plots.LineMoving(x, y, learn(x, y, trace=True), width=460)    # film.save("line.gif")
