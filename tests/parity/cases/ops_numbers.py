"""`keras.ops`, number by number: arithmetic, functions of one and two numbers, bits, questions."""

from __future__ import annotations

import numpy as np

from tests.parity.cases.inputs import (
    ABOVE,
    BITS,
    COUNTS,
    GAPS,
    POSITIVE,
    SHARE,
    UNIT,
    WHOLE,
    X,
    Y,
)
from tests.parity.judge import Case, constant, of, told

EDGES = constant([[-np.inf, -0.0, 1.0], [np.nan, 0.0, np.inf]])
BYTES = np.array([[0, 3, 200], [7, 255, 1]], "uint8")

# XLA's float64 of these is an approximation
ROUGH = {"tanh": 1e-6, "erfinv": 1e-6}

ONE: list[tuple[np.ndarray, str]] = [
    (X, "abs absolute arctan arcsinh ceil cos cosh deg2rad erf erfc exp exp2 expm1 fabs floor i0 "
        "negative rad2deg real round sign sin sinc sinh square stop_gradient tan tanh trunc"),
    (X, "celu elu gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu "
        "log_sigmoid log_softmax relu relu6 selu sigmoid silu swish soft_shrink softmax softplus "
        "softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh_shrink"),
    (POSITIVE, "cbrt log log10 log1p log2 reciprocal rsqrt sqrt"),
    (UNIT, "arccos arcsin arctanh erfinv"), (ABOVE, "arccosh"),
    (WHOLE, "abs absolute arctan cbrt ceil conj conjugate cos deg2rad exp expm1 fabs floor imag "
            "isfinite isreal negative real round sign square tanh trunc"),
    (EDGES, "isfinite isinf isnan isneginf isposinf isreal nan_to_num signbit sign"),
    (BITS, "logical_not bitwise_not"), (X, "logical_not"), (WHOLE, "bitwise_not bitwise_invert"),
]
TWO: list[tuple[np.ndarray, np.ndarray, str]] = [
    (X, Y, "add arctan2 divide divide_no_nan fmax fmin heaviside hypot logaddexp logaddexp2 "
           "maximum minimum multiply subtract true_divide"),
    (X, POSITIVE, "floor_divide fmod mod"), (POSITIVE, Y, "power"),
    (X, Y, "equal greater greater_equal isclose allclose less less_equal not_equal "
           "logical_and logical_or logical_xor"),
    (WHOLE, COUNTS, "add divide floor_divide fmod gcd lcm maximum minimum mod multiply power "
                    "subtract true_divide equal greater less_equal not_equal arctan2 hypot"),
    (WHOLE, X, "add multiply subtract divide maximum power"), (BITS, X, "multiply add maximum"),
    (WHOLE, COUNTS, "bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift "
                    "left_shift right_shift"),
    (BITS, BITS[::-1], "logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor"),
    (BYTES, BYTES[::-1], "bitwise_and bitwise_xor gcd maximum"),
]

CASES: dict[str, list[Case]] = {}


def add(name: str, *cases: Case) -> None:
    CASES.setdefault(f"ops.{name}", []).extend(cases)


for operand, names in ONE:
    for each in names.split():
        add(each, of(operand, close=ROUGH.get(each, 0.0)))
for left, right, names in TWO:
    for each in names.split():
        add(each, of(left, right))
for each in ("arctan2", "power", "logaddexp", "maximum", "fmod", "less_equal"):
    add(each, of(np.abs(X), POSITIVE[:1]))               # broadcast
for each in ("add", "fmax", "fmin", "logaddexp", "maximum", "nan_to_num"):
    add(each, *[of(EDGES)] * (each == "nan_to_num") or [of(EDGES, EDGES[::-1])])

for each in ("angle", "conj", "conjugate", "imag", "real"):
    add(each, told(lambda k, x, each=each: getattr(k.ops, each)(k.ops.view_as_complex(x)),
                   np.stack([X, Y], -1)))
add("view_as_complex", of(np.stack([X, Y], -1)))
add("view_as_real", told(lambda k, x: k.ops.view_as_real(k.ops.view_as_complex(x)),
                         np.stack([X, Y], -1)))
add("polar", of(POSITIVE, X, close=1e-6))              # Keras takes the cosine in float32
add("angle", of(X))

add("celu", of(X, alpha=2.0))
add("elu", of(X, alpha=0.5))
add("gelu", of(X, approximate=False))
add("glu", of(np.concatenate([X, Y], 1)), of(np.concatenate([X, Y], 1), axis=0))
add("hard_shrink", of(X, threshold=1.0))
add("leaky_relu", of(X, negative_slope=0.05))
add("log_softmax", of(X, axis=0))
add("soft_shrink", of(X, threshold=1.0))
add("softmax", of(X, axis=0), of(X, axis=(0, 1)))
add("squareplus", of(X, b=1.0))
add("threshold", of(X, 0.5, 0.25))
add("clip", of(X, -1.0, 0.5), of(WHOLE, 0, 3), of(X, constant(Y - 1), constant(Y + 1)))
add("round", of(X, decimals=1))
add("isclose", of(X, X + 1e-7, rtol=1e-3), of(EDGES, EDGES, equal_nan=True))
add("allclose", of(X, X, rtol=1e-3), of(EDGES, EDGES, equal_nan=True))
add("nan_to_num", of(GAPS, nan=3.0), of(EDGES, posinf=5.0, neginf=-5.0))
add("ldexp", of(X, COUNTS), of(WHOLE, COUNTS))
add("psnr", of(SHARE, SHARE[::-1], 1.0))
add("where", of(X > 0, X, Y), of(BITS, X, 0.0), of(BITS))
add("cast", *(of(X, dtype) for dtype in ("int32", "float32", "bool")), of(WHOLE, "float64"))
add("saturate_cast", of(300 * X, "uint8"), of(WHOLE, "uint8"))
add("view", of(np.arange(6, dtype="int32"), "float32"), of(np.arange(8, dtype="uint8"), "int16"),
    of(constant(X)))
add("dtype", of(X), of(WHOLE), of(BITS))
add("nextafter", of(X, Y, slopes=False), of(EDGES, constant(X)))   # JAX has no gradient of it
