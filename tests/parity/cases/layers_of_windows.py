"""Layers that look through windows: convolutions and pooling in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

from tests.parity.cases.inputs import IMAGE, SEQUENCE, VOLUME
from tests.parity.judge import Case
from tests.parity.layer_case import over

INPUTS = {1: SEQUENCE, 2: IMAGE, 3: VOLUME}
SAME: dict[str, Any] = {"padding": "same"}

CASES: dict[str, list[Case]] = {}


def add(name: str, *cases: Case) -> None:
    CASES.setdefault(f"layers.{name}", []).extend(cases)


for n, x in INPUTS.items():
    wide = {"filters": 2, "kernel_size": 2}
    add(f"Conv{n}D", over({**wide, **SAME, "strides": 2, "activation": "tanh"}, x),
        over({**wide, "use_bias": False}, x))
    add(f"Conv{n}DTranspose", over({**wide, "strides": 2}, x), over({**wide, **SAME}, x))
    for kind in ("Average", "Max"):
        add(f"{kind}Pooling{n}D", over({"pool_size": 2}, x),
            over({"pool_size": 2, "strides": 1, **SAME}, x))
        narrow = 1e-6 if kind == "Average" else 0.0      # Keras takes means in float32
        add(f"Global{kind}Pooling{n}D", over({}, x, close=narrow),
            over({"keepdims": True}, x, close=narrow))
        add(f"Adaptive{kind}Pooling{n}D", over({"output_size": 2 if n == 1 else (2,) * n}, x))
    if n < 3:
        add(f"DepthwiseConv{n}D", over({"kernel_size": 2, "depth_multiplier": 2}, x),
            over({"kernel_size": 2, **SAME, "strides": 2}, x))
        add(f"SeparableConv{n}D", over({**wide, "depth_multiplier": 2}, x),
            over({**wide, **SAME}, x))
add("Conv1D", over({"filters": 2, "kernel_size": 2, "padding": "causal", "dilation_rate": 2},
                   SEQUENCE))
add("Conv2D", over({"filters": 4, "kernel_size": (2, 1), "groups": 2}, IMAGE))
