"""How wide a signal is after each of 50 layers, for each start and each activation.

Noise of spread 1 goes forwards through 50 new layers of 100 units, other noise comes back. A start
that fits its activation (He for ReLU, Glorot for tanh, LeCun for SELU) keeps both at their size;
numbers of ±0.01 lose them within a few layers, numbers of ±3 blow them up.

    python examples/signal_propagation.py [picture.png]
"""

import sys

from pellucid.initializers import RandomUniform
from pellucid.insight.plots.signal_propagation import signal_propagation
from pellucid.insight.signals import propagation

# a layer of as many outputs as inputs starts alike by Glorot and by LeCun
GLOROT = "Glorot, LeCun"
STARTS = {GLOROT: "glorot_normal", "He": "he_normal", "orthogonal": "orthogonal",
          "±0.01": RandomUniform(-0.01, 0.01), "±3": RandomUniform(-3, 3)}
ACTIVATIONS = ("sigmoid", "tanh", "relu", "selu")

found = {activation: {name: propagation(start, activation) for name, start in STARTS.items()}
         for activation in ACTIVATIONS}

print("spread at layer 50 of the outputs | at layer 1 of the gradients")
print("        " + "".join(f"{name:>21}" for name in STARTS))
for activation, measured in found.items():
    print(f"{activation:<8}" + "".join(f"{each.outputs[-1]:>11.1e} {each.gradients[0]:>9.1e}"
                                       for each in measured.values()))

picture = sys.argv[1] if len(sys.argv) > 1 else "signal_propagation.png"
signal_propagation(found).savefig(picture, dpi=144)

relu, sigmoid = found["relu"], found["sigmoid"]
print(f"Behind 50 ReLUs outputs of spread 1 have {relu['He'].outputs[-1]:.2f} with He's start, but "
      f"{relu[GLOROT].outputs[-1]:.0e} with Glorot's and {relu['±0.01'].outputs[-1]:.0e} with "
      f"±0.01; through 50 sigmoids a gradient of 1 comes back as "
      f"{sigmoid[GLOROT].gradients[0]:.0e} even with Glorot's: see {picture}.")
