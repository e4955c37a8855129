"""Six optimizers race from the same start into a long ravine, f = x²/20 + y².

The ravine is twenty times steeper across than along. A rate that suits one direction is too high
or too low for the other: plain descent zigzags, momentum rolls past the minimum and comes back, and
the optimizers that measure each direction's step in its own gradients walk almost straight.

    python examples/optimizers_race.py [picture.png]        (the animation goes beside it, as .gif)
"""

import sys
from pathlib import Path

from pellucid import optimizers
from pellucid.insight.dynamics import landscape, race
from pellucid.insight.plots.descent_paths import descent_paths
from pellucid.insight.plots.descent_race import DescentRace


def f(x, y):
    return x * x / 20 + y * y


START, STEPS, NEAR = (-7, 2), 80, 0.1
paths = race(f, START, {
    "SGD": optimizers.SGD(0.95), "momentum": optimizers.SGD(0.1, momentum=0.9),
    "Nesterov": optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "AdaGrad": optimizers.Adagrad(1.5), "RMSProp": optimizers.RMSprop(0.2),
    "Adam": optimizers.Adam(0.3)}, STEPS)
arrivals = {path.name: path.arrival((0, 0), within=NEAR) for path in paths}
for path in paths:
    came = arrivals[path.name]
    print(f"{path.name:9} " + (f"stays within {NEAR} of the minimum from step {came:2}"
                               if came is not None else f"has not settled after {STEPS} steps")
          + f", having walked {path.length:4.1f}")

ground = landscape(f, x=(-8.5, 5), y=(-3.2, 3.2))
file = Path(sys.argv[1] if len(sys.argv) > 1 else "optimizers_race.png")
descent_paths(ground, paths).savefig(file, dpi=144)
DescentRace(ground, paths).save(file.with_suffix(".gif"))
winner = min((name for name, step in arrivals.items() if step is not None), key=arrivals.get)
shortest, longest = (pick(paths, key=lambda path: path.length) for pick in (min, max))
print(f"{winner} settled first, after {arrivals[winner]} steps; {longest.name} walked "
      f"{longest.length:.1f} to get where {shortest.name} got with {shortest.length:.1f} ({file}, "
      f"{file.with_suffix('.gif')}).")
