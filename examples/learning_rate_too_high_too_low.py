"""A learning rate that is too high zigzags or diverges, one that is too low never arrives.

First on a bowl, f = x²/2 + 5y², whose steepest curvature is 10: a step of plain descent multiplies
y by 1 - 10η, so that y changes sign at each step for η > 0.1 and grows for η > 0.2. Then on a
network for handwritten digits, where the learning-rate finder tries a hundred rates in a hundred
steps and suggests one, which is trained for five epochs beside rates that are higher and lower.

    python examples/learning_rate_too_high_too_low.py [picture.png]
"""

import sys
from pathlib import Path

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.insight.dynamics import curvature, descend, find_learning_rate, landscape
from pellucid.insight.plots.descent_paths import descent_paths
from pellucid.insight.plots.learning_rate_finder import learning_rate_finder


def f(x, y):
    return x * x / 2 + 5 * y * y


START, STEPS, NEAR = (-8, 1), 30, 0.5
limit = 2 / curvature(f, START).eigenvalues[-1]
paths = [descend(f, START, optimizers.SGD(rate), STEPS, name=f"rate {rate:g}")
         for rate in (0.205, 0.19, 0.1, 0.002)]
print(f"Above 2 / (largest curvature) = {limit:g} plain descent diverges.")
for path in paths:
    turns = int((path.points[1:, 1] * path.points[:-1, 1] < 0).sum())
    came = path.arrival((0, 0), within=NEAR)
    print(f"{path.name}: y changed sign {turns} times; after {STEPS} steps f = "
          f"{path.heights[-1]:.3g}, " + (f"within {NEAR} of the minimum since step {came}"
                                         if came is not None else "not at the minimum"))

digits = data.load("digits")
x, y = digits.x / 16, digits.y


def network(rate):
    set_random_seed(0)
    model = Sequential([Input((64,)), layers.Dense(32, "relu"), layers.Dense(10, "softmax")])
    model.compile(optimizers.SGD(rate, momentum=0.9), "sparse_categorical_crossentropy",
                  metrics=["accuracy"])
    return model


test = find_learning_rate(network(0.01), x, y, low=1e-5, high=10)
print(test)
accuracy = {}
for rate in (test.suggested * 100, test.suggested, test.suggested / 1000):
    history = network(rate).fit(x, y, epochs=5, verbose=0).history
    accuracy[rate] = history["accuracy"][-1]
    print(f"rate {rate:<8.2g} loss {history['loss'][-1]:<8.3g} accuracy {accuracy[rate]:.3f} "
          "after 5 epochs")

file = Path(sys.argv[1] if len(sys.argv) > 1 else "learning_rate_too_high_too_low.png")
descent_paths(landscape(f, x=(-9, 4), y=(-3, 3)), paths).savefig(file, dpi=144)
finder = file.with_name(f"{file.stem}_finder.png")
learning_rate_finder(test).savefig(finder, dpi=144)
high, good, low = accuracy.values()
print(f"At the suggested rate of {test.suggested:.2g} five epochs bring an accuracy of {good:.3f}; "
      f"a hundred times higher it is {high:.3f}, a thousand times lower {low:.3f} ({file}, "
      f"{finder}).")
