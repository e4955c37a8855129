"""What a model answers"""
import numpy as np

from pellucid.insight import plots

random = np.random.default_rng(0)
y = random.random((400, 5)) < [0.5, 0.35, 0.3, 0.2, 0.08]
said = np.where(random.random(y.shape) < 0.12, ~y, y)
figure = plots.label_bars((y & said).sum(0), (y & ~said).sum(0), (~y & said).sum(0),
                          ["sun", "rain", "wind", "fog", "storm"])
