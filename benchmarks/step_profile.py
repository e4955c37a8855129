"""Where a training step of a workload goes, kernel by kernel: `./dev bench --profile NAME ...`.

The net of peers/workloads.py is trained as in the table of the peers; after an epoch that only
warms up, every kernel of every step is timed. The clock around each kernel costs some hundredths
of a microsecond, which tiny nets show: their sum is above the step's time in the table.
"""

from __future__ import annotations

import difflib
import sys
from typing import Any

from peers.keras_names import build, compile_model, inputs_of
from peers.workloads import BY_NAME

import pellucid

STEPS = 1000            # a profile is the mean of about so many, and of two epochs at least


def profile(name: str) -> Any:
    """The profile of a workload's step."""
    w = BY_NAME[name]
    x, y = w.data()
    pellucid.utils.set_random_seed(0)
    model = compile_model(w, build(w, pellucid), pellucid)
    model.fit(inputs_of(x), y, batch_size=w.batch, epochs=1, verbose=0)
    steps = -(-STEPS // w.steps_per_epoch)
    return model.fit(inputs_of(x), y, batch_size=w.batch, epochs=max(2, steps),
                     verbose=0, profile=True).profile


def main(names: list[str]) -> int:
    """Print the profile of each workload that is named."""
    if not names:
        return _refused(f"--profile needs the name of a workload: {', '.join(BY_NAME)}")
    for name in names:
        if name not in BY_NAME:
            close = difflib.get_close_matches(name, BY_NAME, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(BY_NAME)}"
            return _refused(f'no workload is called "{name}"; {hint}')
        if BY_NAME[name].predict:
            return _refused(f"{name} predicts, and a profile is of training: "
                            "mnist_mlp_32 trains the same net")
    for name in names:
        print(f"{name}: {profile(name)}\n", flush=True)
    return 0


def _refused(why: str) -> int:
    print(f"bench: {why}", file=sys.stderr)
    return 2
