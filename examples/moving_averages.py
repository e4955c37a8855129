"""Exponentially weighted moving averages: old values count less and less.

V_t = β V_{t-1} + (1 - β) x_t, first by hand on four numbers, then on a year of noisy temperatures.
Momentum, RMSprop and Adam keep such averages of gradients, batch normalization of its statistics.

    python examples/moving_averages.py [picture.png]
"""

import sys

import numpy as np

from pellucid.insight.dynamics import ewma, ewma_weights
from pellucid.insight.plots.moving_averages import moving_averages

beta, x = 0.9, [43, 33, 25.5, 30.6]
averages, weights = ewma(x, beta), ewma_weights(len(x), beta)
for t, (value, average) in enumerate(zip(x, averages, strict=True)):
    print(f"t = {t}: x = {value:<4g}  V = {average:.4f}")
terms = " + ".join(f"{w:.4f} · {each:g}" for w, each in zip(weights, reversed(x), strict=True))
print(f"V_3 = Σ (1 - β) β^k x_(3-k) + β³ x_0\n    = {terms} = {weights @ x[::-1]:.4f}")

days = np.arange(365)
season = 12 - 10 * np.cos(2 * np.pi * days / 365)
temperatures = season + np.random.default_rng(0).normal(0, 3, len(days))
lines = {beta: ewma(temperatures, beta) for beta in (0.5, 0.9, 0.98)}
noise = {beta: np.std(np.diff(line)) for beta, line in lines.items()}
lag = {beta: int(np.argmax(line)) - int(np.argmax(season)) for beta, line in lines.items()}

file = sys.argv[1] if len(sys.argv) > 1 else "moving_averages.png"
moving_averages(temperatures, lines).savefig(file, dpi=144)
print(f"From one day to the next the temperatures jump by {np.std(np.diff(temperatures)):.1f} "
      "degrees, their averages by "
      + ", ".join(f"{noise[beta]:.2f} (β = {beta:g})" for beta in lines)
      + f"; the price of the smoothest is that its summer comes {lag[0.98]} days late ({file}).")
