"""Lines, planes and regions"""
from pellucid.data import load
from pellucid.insight import plots
from pellucid.perceptron import learn

gate = load("nand")
lines = learn(gate.x, gate.y, trace=True).lines
figure = plots.decision_line([plots.Plane("NAND, learned", gate.x, gate.y, lines)], width=420)
