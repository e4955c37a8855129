"""Training"""
import numpy as np

from pellucid.insight import plots

random = np.random.default_rng(0)
rates, units = 10 ** random.uniform(-4, 0, 40), random.choice([16, 64, 256], 40)
scores = 0.95 - 0.08 * (np.log10(rates) + 2) ** 2 + 0.01 * np.log2(units / 64)
figure = plots.trials(scores, {"learning rate": rates.tolist(), "units": units.tolist()},
                      name="accuracy")
