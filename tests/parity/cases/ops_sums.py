"""`keras.ops` along axes: sums and their kin, order, running totals, segments, statistics."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.parity.cases.inputs import (
    BITS,
    COUNTS,
    CUBE,
    GAPS,
    LABELS,
    MATRIX,
    OTHER,
    POSITIVE,
    ROW,
    WHOLE,
    X,
    Y,
)
from tests.parity.judge import Case, constant, of

IDS, RISING = np.array([0, 2, 2, 1], "int32"), np.sort(ROW)
HOLES = constant(GAPS)                                   # Keras's gradients are NaN there

ALONG = ("all", "amax", "amin", "any", "argmax", "argmin", "logsumexp", "max", "mean", "median",
         "min", "prod", "ptp", "std", "sum", "var")
NANS = ("nanmax", "nanmin", "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmedian")
MEANS = 1e-6                                             # Keras takes means of float64 in float32
SHAPED: dict[str, list[Case]] = {name: [of(X), of(CUBE, axis=1), of(
    CUBE, axis=2 if name in ("argmax", "argmin") else (0, 2), keepdims=True)] for name in ALONG}
WHOLES = ("all", "any", "argmax", "argmin", "amax", "max", "mean", "min", "prod", "std", "sum",
          "var", "cumsum", "cumprod")

CASES: dict[str, list[Case]] = {f"ops.{name}": cases for name, cases in {
    **SHAPED,
    **{name: [of(HOLES), of(HOLES, axis=0), of(constant(CUBE), axis=-1, keepdims=True)]
       for name in NANS},
    "nanargmax": [of(HOLES, axis=1), of(HOLES)], "nanargmin": [of(HOLES, axis=0)],
    "nancumsum": [of(HOLES, axis=1)], "nancumprod": [of(HOLES, axis=1)],
    "nanpercentile": [of(HOLES, 40.0), of(HOLES, 60.0, axis=1)],
    "nanquantile": [of(HOLES, 0.4), of(HOLES, 0.6, axis=1)],
    "average": [of(X), of(X, axis=1), of(X, axis=1, weights=POSITIVE), of(X, weights=POSITIVE)],
    "bincount": [of(COUNTS[0]), of(COUNTS[0], weights=constant(X[0]), minlength=8)],
    "corrcoef": [of(CUBE[0])], "count_nonzero": [of(X), of(CUBE, axis=(0, 2))],
    "correlate": [of(ROW, X[0]), of(ROW, X[0], mode="same"), of(ROW, X[0], mode="full")],
    "cumprod": [of(X), of(X, axis=1)], "cumsum": [of(X), of(CUBE, axis=1)],
    "diff": [of(X), of(CUBE, n=2, axis=-1), of(WHOLE)],
    "digitize": [of(constant(X), constant([-1.0, 0.0, 1.0]))],
    "histogram": [of(constant(ROW), bins=4), of(constant(ROW), bins=3, range=(-1.0, 1.0))],
    "moments": [of(CUBE, axes=[0, 2]), of(X, axes=[1], keepdims=True)],
    "norm": [of(X), of(X, ord=1, axis=0), of(X, ord=np.inf, axis=1), of(CUBE, ord="fro",
                                                                        axis=(1, 2)),
             of(X, ord=3, axis=1, keepdims=True)],
    "normalize": [of(X), of(X, axis=0, order=1, close=MEANS)],
    "percentile": [of(X, 30.0), of(CUBE, 70.0, axis=1, keepdims=True)],
    "quantile": [of(X, 0.3), of(CUBE, 0.7, axis=1), of(X, 0.4, method="nearest"),
                 of(X, constant([0.2, 0.5]), axis=1)],
    "ptp": [of(X), of(CUBE, axis=1)],
    "trapezoid": [of(X), of(X, dx=0.5, axis=0), of(X, x=Y)],
    # order
    "argpartition": [of(constant(RISING), 2)], "argsort": [of(constant(CUBE)), of(WHOLE, axis=0)],
    "sort": [of(CUBE), of(CUBE, axis=0), of(WHOLE)],
    "searchsorted": [of(constant(RISING), constant(OTHER)),
                     of(constant(RISING), constant(RISING), side="right")],
    "top_k": [of(CUBE, 2), of(WHOLE, 2)],
    "in_top_k": [of(IDS[:2], constant(X), 2)],
    "isin": [of(WHOLE, COUNTS), of(WHOLE, COUNTS, invert=True)],
    "unique": [of(COUNTS), of(COUNTS, return_inverse=True, return_counts=True),
               of(COUNTS, size=7, fill_value=0)],
    # segments
    **{f"segment_{how}": [of(ROW, IDS, num_segments=4, slopes=how != "prod"),
                          of(MATRIX, np.array([1, 1, 0], "int32"), num_segments=2,
                             slopes=how != "prod")]      # JAX has no gradient of products
       for how in ("max", "min", "prod", "sum")},
}.items()}
for each in WHOLES:
    CASES[f"ops.{each}"].append(of(WHOLE, axis=-1))
for each in ("all", "any", "sum", "count_nonzero"):
    CASES[f"ops.{each}"].append(of(BITS))
CASES["ops.argmax"].append(of(LABELS))
CASES["ops.mean"] = [replace(each, close=MEANS) for each in CASES["ops.mean"]]
