"""Inside a network"""
import numpy as np

import pellucid as pc
from pellucid.insight import plots
from pellucid.insight.signals import signals

pc.set_random_seed(0)
x, norms = np.random.default_rng(0).normal(size=(64, 20)), {}
for activation in ("sigmoid", "tanh", "relu"):
    model = pc.Sequential([pc.Input((20,)), *(pc.layers.Dense(20, activation) for _ in range(12))])
    norms[activation] = [each.gradient_norm for each in signals(model, x, upstream=x)]
figure = plots.gradient_by_depth(norms)
