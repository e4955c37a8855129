"""A perceptron worked by hand: one point moves a line, and AND is learned look by look.

    python examples/perceptron_by_hand.py [picture.png]

First the trick of the perceptron: a point on the wrong side of A x + B y + C = 0 pulls the line
over itself, (A, B, C) ← (A, B, C) ± η (x, y, 1). Then AND with the weights (1, 1) and the fixed
threshold 2.5: every look at a sample is a line of the table, and every mistake moves the weights.
"""

import sys

import numpy as np

from pellucid.data import load
from pellucid.insight.plots.decision_line import Plane, decision_line
from pellucid.perceptron import learn, move_line, side

line, point = (2, 3, 5), (4, 5)
moved = move_line(line, point, positive=False, rate=1)
print(f"the point {point} belongs on the negative side of the line {line}, but lies at "
      f"{side(line, point):g}; moved by it, the line is {tuple(moved.astype(int).tolist())} and "
      f"the point lies at {side(moved, point):g}")
slower = move_line(line, point, positive=False, rate=0.1)
print(f"with η = 0.1 the line moves a tenth as far, to {tuple(slower.round(3).tolist())}\n")

gate = load("and")
found = learn(gate.x, gate.y, weights=(1, 1), bias=-2.5, learn_bias=False, shuffle=False,
              trace=True)
print("AND by hand: w = (1, 1), threshold 2.5 (b = -2.5)")
print(found.table())

lines = [(1, 1, -2.5), *((*look.weights, look.bias) for look in found.trace if not look.right)]
trick = Plane("the trick", np.array([[0, 0], point]), np.array([1, 0]),
              [line, moved], note="(4, 5) moves it")
learned = Plane("AND by hand", gate.x, gate.y, lines,
                note=f"moved {found.updates} time")
picture = sys.argv[1] if len(sys.argv) > 1 else "perceptron_by_hand.png"
decision_line([trick, learned], width=800).savefig(picture, dpi=144)

print(f"\nAND took {found.updates} move of the weights in {len(found.trace)} looks: "
      f"from (1, 1) to ({found.weights[0]:g}, {found.weights[1]:g}), and then all 4 rows are "
      f"right. Picture: {picture}")
