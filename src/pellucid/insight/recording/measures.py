"""What is recorded of the outputs of a layer, and of a weight: the figures, and how they are found.

`OUTPUT` and `WEIGHT` are the records of one moment, as NumPy dtypes: the names below are those of
the attributes of `LayerRecord` and `WeightRecord`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from pellucid.insight.cards.behaviour import Behaviour
from pellucid.insight.cards.shelf import KINDS
from pellucid.insight.signals.dead_units import share_dead
from pellucid.insight.signals.saturation import saturation
from pellucid.insight.signals.signal import spread

BINS = 48                               # of a histogram, from the least number to the largest
SMALLEST, LARGEST = -40, 16             # powers of two between which sizes of gradients are told
COUNTED = 131_071                       # of more numbers so many, evenly spread, are counted; a
                                        # prime, so that no unit is left out by rhythm
PLAIN = (np.dtype(np.float32), np.dtype(np.float64))

OUTPUT = np.dtype([
    ("mean", "f8"), ("std", "f8"),
    ("zero", "f8"),                     # share of the numbers that are exactly 0
    ("dead", "f8"),                     # share of the units that are 0 on every row of the probe
    ("saturated", "f8"),                # share at a flat end of the activation; NaN: it has none
    ("gradient", "f8"),                 # spread of the loss's gradient with respect to the output
    ("finite", "f8"),                   # share of the numbers that are finite
    ("low", "f8"), ("high", "f8"), ("counts", "u4", (BINS,))])

WEIGHT = np.dtype([
    ("norm", "f8"), ("gradient_norm", "f8"),
    ("step_norm", "f8"),                # ‖Δw‖ of the step that the optimizer would take here
    ("moved", "f8"),                    # ‖Δw‖ of training since the moment recorded before
    ("distance", "f8"),                 # ‖w - w₀‖ from where training began
    ("finite", "f8"), ("gradient_finite", "f8"),
    ("gradient_zero", "f8"),            # share of the gradient that is exactly 0
    ("low", "f8"), ("high", "f8"), ("counts", "u4", (BINS,)),
    ("sizes", "u4", (LARGEST - SMALLEST,))])     # of the gradient's numbers, by powers of two


def unknown(kind: np.dtype[Any], count: int) -> np.ndarray:
    """So many records of which nothing is known: NaN everywhere, and nothing counted.

    >>> unknown(OUTPUT, 2)["mean"]
    array([nan, nan])
    """
    table = np.zeros(count, kind)
    for name in kind.names or ():
        if table[name].dtype.kind == "f":
            table[name] = np.nan
    return table


def output_row(layer: Any, output: np.ndarray, gradient: np.ndarray | None) -> np.ndarray:
    """The `OUTPUT` record of what a layer gave for the probe.

    >>> from pellucid.layers import Dense
    >>> row = output_row(Dense(2, "relu"), np.array([[0.0, 1.0], [0.0, 3.0]]), None)
    >>> float(row["mean"]), float(row["zero"]), float(row["dead"])
    (1.0, 0.5, 0.5)
    """
    row = unknown(OUTPUT, 1)[0]
    values = _units_last(layer, _plain(output))
    ends = flat_ends(getattr(layer, "activation", None))
    with np.errstate(all="ignore"):
        row["mean"] = values.mean(dtype=np.float64)
        row["std"] = spread(values)
    row["zero"], row["dead"] = (values == 0).mean(), share_dead(values)
    if ends is not None:
        row["saturated"] = saturation(values, *ends)
    if gradient is not None:
        row["gradient"] = spread(_plain(gradient))
    row["finite"], row["low"], row["high"], row["counts"] = histogram(values)
    return row


def weight_row(weight: np.ndarray, gradient: np.ndarray | None, step: np.ndarray | None,
               last: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The `WEIGHT` record: ``last`` and ``start`` are the weight as it was before, and at first.

    >>> w = np.array([3.0, 4.0])
    >>> row = weight_row(w, gradient=0.1 * w, step=-0.01 * w, last=0 * w, start=w)
    >>> [round(float(row[name]), 3) for name in ("norm", "gradient_norm", "step_norm", "moved")]
    [5.0, 0.5, 0.05, 5.0]
    """
    row = unknown(WEIGHT, 1)[0]
    w = _plain(weight)
    row["norm"], row["moved"], row["distance"] = (length(each) for each in (
        w, _difference(w, last), _difference(w, start)))
    if step is not None:
        row["step_norm"] = length(_plain(step))
    row["finite"], row["low"], row["high"], row["counts"] = histogram(w)
    if gradient is not None:
        g = _plain(gradient)
        row["gradient_norm"], row["gradient_zero"] = length(g), (g == 0).mean()
        row["gradient_finite"], row["sizes"] = sizes(g)
    return row


def length(values: np.ndarray) -> float:
    """√Σ x², in float64; NaN or infinite if a number is.

    >>> length(np.array([3.0, -4.0]))
    5.0
    """
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(values, dtype=np.float64))))


def histogram(values: np.ndarray) -> tuple[float, float, float, np.ndarray]:
    """The share of finite numbers, their least and largest, and how many lie in each of `BINS`.

    All bins are equally wide. Without a finite number the ends are NaN and nothing is counted.

    >>> share, low, high, counts = histogram(np.array([0.0, 1.0, 1.0, np.inf]))
    >>> share, low, high, int(counts[0]), int(counts[-1])
    (0.75, 0.0, 1.0, 1, 2)
    """
    share, known = _known(values)
    if not known.size:
        return share, np.nan, np.nan, np.zeros(BINS, np.uint32)
    low, high = float(known.min()), float(known.max())
    width = high / 2 - low / 2                          # half of it, which cannot overflow
    places = np.zeros(known.size, np.intp)
    if width > 0:
        places = ((known.astype(np.float64) / 2 - low / 2) / width * BINS).astype(np.intp)
    return share, low, high, np.bincount(np.clip(places, 0, BINS - 1), minlength=BINS)


def sizes(values: np.ndarray) -> tuple[float, np.ndarray]:
    """The share of finite numbers, and how many there are of each size that is not 0.

    Place k counts those with 2ᵏ⁺ᵃ ≤ \\|x\\| < 2ᵏ⁺ᵃ⁺¹, where a is `SMALLEST`; what is smaller or
    larger counts at the end that it passes. See `size_edges`.

    >>> share, counts = sizes(np.array([0.0, 1.0, -1.5, 2.0]))
    >>> share, int(counts[0 - SMALLEST]), int(counts[1 - SMALLEST]), int(counts.sum())
    (1.0, 2, 1, 3)
    """
    share, known = _known(values)
    exponents = np.frexp(known[known != 0])[1] - 1      # x = m · 2ᵉ with ½ ≤ |m| < 1
    places = np.clip(exponents - SMALLEST, 0, LARGEST - SMALLEST - 1)
    return share, np.bincount(places, minlength=LARGEST - SMALLEST)


def size_edges() -> np.ndarray:
    """The edges of the bins of `sizes`, each twice the one before.

    >>> float(size_edges()[-1])
    65536.0
    """
    return 2.0 ** np.arange(SMALLEST, LARGEST + 1)


@lru_cache(maxsize=256)
def _ends(activation: Any) -> tuple[float, float] | None:
    seen = Behaviour(activation)
    if not seen.pointwise or seen.saturates != "both":
        return None
    low, high = seen.range.low, seen.range.high
    return (low, high) if np.isfinite([low, high]).all() and low < high else None


def flat_ends(activation: Any) -> tuple[float, float] | None:
    """The two values at which an activation is flat: (-1, 1) of tanh; None where it has not two.

    They are found by evaluating the function. Softmax has none, since no output of it stands
    alone, and for a function that is not ours nothing is tried.

    >>> from pellucid.activations import relu, sigmoid
    >>> flat_ends(sigmoid), flat_ends(relu)
    ((0.0, 1.0), None)
    """
    known = activation is not None and KINDS[0].holds(activation)
    return _ends(activation) if known else None


def _known(values: np.ndarray) -> tuple[float, np.ndarray]:
    """The share of finite numbers among all, and the finite ones in a row, or a sample of them."""
    flat = values.ravel()
    finite = np.isfinite(flat)
    share = float(finite.mean()) if flat.size else np.nan
    known = flat if share == 1 else flat[finite]
    if known.size > COUNTED:
        known = known[np.linspace(0, known.size - 1, COUNTED).astype(np.intp)]
    return share, known


def _plain(values: Any) -> np.ndarray:
    """Numbers that NumPy computes with: half precision and the like become float32."""
    array = np.asarray(values)
    return array if array.dtype in PLAIN else array.astype(np.float32)


def _difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return one - _plain(other)


def _units_last(layer: Any, values: np.ndarray) -> np.ndarray:
    """An output as (samples, ..., units), wherever the layer has its units."""
    if values.ndim < 2:
        return values.reshape(-1, 1)
    first = values.ndim > 2 and getattr(layer, "data_format", None) == "channels_first"
    return np.moveaxis(values, 1, -1) if first else values
