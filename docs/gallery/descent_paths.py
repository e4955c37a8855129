"""Descent and the loss"""
from pellucid.insight import plots
from pellucid.insight.dynamics import descend, landscape
from pellucid.optimizers import SGD, Adam

f = lambda x, y: x**2 - y**2
paths = [descend(f, (2, 0.01), optimizer, steps=25) for optimizer in (SGD(0.1), Adam(0.2))]
figure = plots.descent_paths(landscape(f, (-3, 3), (-3, 3), count=41), paths)
