"""Descent on f = x² - y²: the gradient vanishes at (0, 0), and yet that is no minimum.

With rate 0.1 a step makes x smaller by 0.8 and y larger by 1.2, so a descent from (2, 3) runs away
along y. One from (2, 0) feels no slope along y and comes to rest at (0, 0), which looks like
success. The second derivatives tell the difference: one curvature is positive, one negative.

    python examples/descent_on_a_saddle.py [picture.png]
"""

import sys

from pellucid import optimizers
from pellucid.insight.dynamics import curvature, descend, landscape, stationary_point
from pellucid.insight.plots.descent_paths import descent_paths


def f(x, y):
    return x * x - y * y


away = descend(f, (2, 3), optimizers.SGD(0.1), steps=100, name="from (2, 3)")
stuck = descend(f, (2, 0), optimizers.SGD(0.1), steps=100, name="from (2, 0)")
for step in (1, 2, 100):
    x, y = away.points[step]
    print(f"from (2, 3), step {step:3}: ({x:.9g}, {y:.14g})")
print(f"from (2, 0), step 100: ({stuck.end[0]:.9g}, {stuck.end[1]:.9g}), "
      f"where the gradient has the length {stuck.slopes[-1]:.1e}")
print(curvature(f, stuck.end))

saddle = stationary_point(f, near=away.points[0])
picture = descent_paths(landscape(f, x=(-4, 4), y=(-6, 6)), [away, stuck], width=900)
file = sys.argv[1] if len(sys.argv) > 1 else "descent_on_a_saddle.png"
picture.savefig(file, dpi=144)
print(f"The only point without a slope, ({saddle.point[0]:g}, {saddle.point[1]:g}), is a "
      f"{saddle.kind} (curvatures {saddle.eigenvalues[0]:g} and {saddle.eigenvalues[1]:g}), not a "
      f"minimum: one descent stopped there, the other fell to {away.heights[-1]:.3g} and would "
      f"never arrive ({file}).")
