"""Dead ReLUs: units that give 0 for every sample get no gradient, so no training brings them back.

A hidden layer of 16 units starts from biases of -3 on data of two features: no sample lifts a unit
above 0. Behind ReLU its weights then never move. Behind LeakyReLU, PReLU and ELU, which let some
gradient through on the left, the same weights come back and learn.

    python examples/dying_relu.py [picture.png]
"""

import sys

import numpy as np

from pellucid import Input, Sequential, data, layers, optimizers, set_random_seed
from pellucid.initializers import Constant
from pellucid.insight.plots.dead_units import dead_units
from pellucid.insight.signals import UnitTrace

moons = data.load("moons", rows=300)
x, y = moons.x, moons.y
SEEDS = range(5)


def train(activation, seed):
    """What the hidden units did in 60 epochs, how far their weights moved, and the accuracy."""
    set_random_seed(seed)
    hidden = layers.Dense(16, bias_initializer=Constant(-3.0), name="hidden")
    model = Sequential([Input((2,)), hidden, activation(name="units"),
                        layers.Dense(1, "sigmoid")])
    model.compile(optimizers.Adam(0.03), "binary_crossentropy", metrics=["accuracy"])
    before, trace = hidden.kernel.numpy(), UnitTrace(x, y, "hidden", output_of="units")
    history = model.fit(x, y, epochs=60, verbose=0, callbacks=[trace]).history
    return trace.record, np.abs(hidden.kernel.numpy() - before).max(), history["accuracy"][-1]


records, moved, accuracy = {}, {}, {}
for activation in (layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU):
    name = activation.__name__
    runs = [train(activation, seed) for seed in SEEDS]
    records[name] = runs[0][0]
    moved[name] = [run[1] for run in runs]
    accuracy[name] = np.mean([run[2] for run in runs])
    first, last = records[name].share_dead[[0, -1]]
    print(f"{name:<10} dead before {first:4.0%}, after {last:4.0%}; output "
          f"{records[name].output[-1].mean():.3f}, gradient {records[name].gradient[0].mean():.1e} "
          f"at first; weights moved by up to {max(moved[name]):.3f}; accuracy {accuracy[name]:.3f}")

picture = sys.argv[1] if len(sys.argv) > 1 else "dying_relu.png"
dead_units(records).savefig(picture, dpi=144)

others = [name for name in records if name != "ReLU"]
print(f"With biases of -3 all ReLUs are dead, their weights move by {max(moved['ReLU']):g} in 60 "
      f"epochs, and accuracy stays at {accuracy['ReLU']:.2f}; from the same start "
      + ", ".join(f"{name} reaches {accuracy[name]:.2f}" for name in others)
      + f" (means of {len(SEEDS)} seeds): see {picture}.")
