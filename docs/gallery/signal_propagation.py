"""Inside a network"""
from pellucid.insight import plots
from pellucid.insight.signals import propagation

found = {activation: {start: propagation(start, activation, depth=50, width=50)
                      for start in ("glorot_normal", "he_normal", "orthogonal")}
         for activation in ("sigmoid", "tanh", "relu")}
figure = plots.signal_propagation(found)
