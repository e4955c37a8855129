"""One unit learns AND, OR, NAND and NOR exactly, whatever the seed; XOR it says it cannot, and why.

    python examples/logic_gates.py [picture.png]

A perceptron draws one line, and a line has two sides. The ones and the zeros of XOR lie crosswise:
the middle of the square is between the two ones and between the two zeros, so a line that had all
ones on one side and all zeros on the other would have that point on both. The picture shows each
gate's four points with the line that was found (a point on it counts as a one), and for XOR the two
diagonals that meet.
"""

import sys
import warnings

from pellucid.data import load
from pellucid.insight.plots.decision_line import Plane, decision_line
from pellucid.perceptron import NotSeparableWarning
from pellucid.sklearn import Perceptron

SEEDS = 100

planes, looks = [], 0
for name in ("and", "or", "nand", "nor"):
    gate = load(name)
    units = [Perceptron(random_state=seed).fit(gate.x, gate.y) for seed in range(SEEDS)]
    right = sum(unit.score(gate.x, gate.y) == 1 for unit in units)
    looks = max(looks, *(unit.n_iter_ * len(gate.x) for unit in units))
    print(f"{name.upper():4} learned exactly from {right} of {SEEDS} seeds")
    (a, b), c = units[0].coef_[0], units[0].intercept_[0]
    planes.append(Plane(name.upper(), gate.x, gate.y, [(a, b, c)],
                        note=f"{right} of {SEEDS} seeds"))
    assert right == SEEDS

gate = load("xor")
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    unit = Perceptron(random_state=0).fit(gate.x, gate.y)
assert told[0].category is NotSeparableWarning
print(f"XOR  stopped after {unit.n_iter_} epochs: {told[0].message}")
overlap = unit.overlap_[0]
planes.append(Plane("XOR", gate.x, gate.y, hulls=(list(overlap.ones), list(overlap.zeros)),
                    meeting=tuple(overlap.point), note="no line: they cross"))

picture = sys.argv[1] if len(sys.argv) > 1 else "logic_gates.png"
decision_line(planes, names=("a", "b"), width=800).savefig(picture, dpi=144)
print(f"Four of five gates need at most {looks} looks at a row; XOR has no line, since the point "
      f"{tuple(overlap.point.tolist())} lies between its ones and between its zeros. "
      f"Picture: {picture}")
