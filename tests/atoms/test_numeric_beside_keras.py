"""The NumPy-like functions and the real `keras.ops` on JAX: the same numbers in the same dtypes."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from pellucid import ops
from tests.parity.oracle import keras_marks, real_keras

pytestmark = keras_marks

SPECIAL = [-np.inf, -1e4, -2.5, -1.0, -0.5, -1e-6, -0.0, 0.0, 1e-6, 0.5, 1.0, 2.5, 1e4, np.inf,
           np.nan]
WHOLE = {"int32": [-7, -1, 0, 1, 2, 5, 100], "uint8": [0, 1, 2, 5, 250], "bool": [0, 1]}
X = np.array([[1.5, -2.0, 0.25], [3.0, np.nan, -0.5]])
FULL = np.array([[1.5, -2.0, 0.25], [3.0, 4.0, -0.5]])
COUNTS = np.array([[2, 0, 3], [1, 5, 1]], "int32")
CUBE = np.arange(24.0).reshape(2, 3, 4)

ONE = ["arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "cosh", "deg2rad",
       "erfc", "erfinv", "exp2", "fabs", "i0", "isneginf", "isposinf", "isreal", "log10", "log2",
       "nan_to_num", "rad2deg", "signbit", "sinc", "sinh", "tan", "trunc"]
TWO = ["arctan2", "divide_no_nan", "fmax", "fmin", "fmod", "heaviside", "hypot", "isclose",
       "logaddexp2", "logical_xor"]
# what JAX gives for them is no better than this in float32
LOOSE = {"tan": 1e-4, "arccosh": 1e-4, "arctanh": 1e-4, "erfinv": 2e-5}


def same(ours: Any, theirs: Any, rtol: float | None = None) -> None:
    """The same shapes, dtypes and numbers, list by list.

    Keras on JAX narrows some results of 64 bits to 32, and JAX widens some the other way: between
    those two, ours is what its operands say.
    """
    if isinstance(theirs, (list, tuple)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            same(a, b, rtol)
        return
    a, b = np.asarray(ours), np.asarray(theirs)
    assert a.shape == b.shape
    assert str(a.dtype).replace("64", "32") == str(b.dtype).replace("64", "32")
    rtol = rtol or (1e-5 if np.float32 in (a.dtype, b.dtype) else 1e-11)
    np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol / 10)


def both(name: str, *args: Any, rtol: float | None = None, **options: Any) -> None:
    same(getattr(ops, name)(*args, **options),
         getattr(real_keras().ops, name)(*args, **options), rtol)


@pytest.mark.deep
@pytest.mark.parametrize("name", ONE)
def test_functions_of_one_number(name):
    for dtype in ("float32", "float64"):
        x = np.array(SPECIAL, dtype)
        both(name, x, rtol=LOOSE.get(name))
        assert getattr(ops, name)(x).dtype in (dtype, "bool")
    for dtype in ("int32", "uint8"):
        both(name, np.array(WHOLE[dtype], dtype), rtol=LOOSE.get(name))


@pytest.mark.deep
@pytest.mark.parametrize("name", TWO)
def test_functions_of_two_numbers(name):
    a, b = np.array(list(itertools.product(SPECIAL, repeat=2))).T
    for dtype in ("float32", "float64"):
        both(name, a.astype(dtype), b.astype(dtype))
    for left, right in (("int32", "int32"), ("bool", "uint8")):
        both(name, np.array(WHOLE[left], left)[:, None], np.array(WHOLE[right], right))
    both(name, np.array([0.5, 2.0], "float32"), np.array([3, -1], "int32"))


BITS = ["bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift",
        "left_shift", "right_shift"]


@pytest.mark.deep
@pytest.mark.parametrize("name", BITS)
def test_functions_of_bits(name):
    for left, right in (("int32", "int32"), ("uint8", "int32"), ("int8", "int8"), ("bool", "bool"),
                        ("uint8", "uint8"), ("int64", "int32")):
        a = np.array([0, 1, 5, 100, 27], left)
        both(name, a, np.array([3, 0, 1, 7, 2], right))
    both(name, np.array([-1, -100, 7], "int32"), np.array([1, 40, 3], "int32"))


@pytest.mark.deep
def test_functions_of_bits_of_one_number():
    for name in ("bitwise_not", "bitwise_invert"):
        for dtype in ("int32", "uint8", "bool"):
            both(name, np.array([0, 1, 5], dtype))


@pytest.mark.deep
@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_divisors_and_multiples(name):
    both(name, np.array([12, -18, 0, 7, 0, 100], "int32"), np.array([18, 12, 5, 0, 0, 75], "int32"))
    both(name, np.array([12, 250], "uint8"), np.array([18, 75], "int32"))


NAN = ["nanmax", "nanmin", "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanargmax",
       "nanargmin"]


@pytest.mark.deep
@pytest.mark.parametrize("name", NAN)
@pytest.mark.parametrize("options", [{}, {"axis": 0}, {"axis": -1, "keepdims": True}], ids=str)
def test_what_is_missing_is_passed_over(name, options):
    for x in (X, COUNTS):
        both(name, x, **options)


@pytest.mark.deep
@pytest.mark.filterwarnings("ignore")                      # JAX warns of slices without a number
@pytest.mark.parametrize("name", NAN)
def test_nothing_but_missing_numbers(name):
    both(name, np.array([[np.nan, np.nan], [1.0, np.nan]]), axis=1)


@pytest.mark.deep
@pytest.mark.parametrize("name", ["cumprod", "nancumsum", "nancumprod"])
def test_running_totals_and_products(name):
    for x, axis in ((X, 0), (FULL.astype("float32"), None), (COUNTS, -1),
                    (COUNTS.astype("uint8"), 1), (COUNTS > 1, None)):
        both(name, x, axis=axis)
    both(name, COUNTS, dtype="float32")


CALLS: list[tuple[Any, ...]] = [
    ("diff", FULL), ("diff", COUNTS, 2), ("diff", COUNTS > 1), ("diff", FULL, 1, 0),
    ("diff", COUNTS, 3), ("diff", FULL, 0), ("diff", FULL[:0], 1, 0),
    ("ptp", FULL), ("ptp", COUNTS, 0), ("amax", FULL), ("amin", COUNTS, 1),
    ("average", FULL), ("average", COUNTS, 0), ("average", FULL, 1, np.array([1.0, 2.0, 0.5])),
    ("average", COUNTS, 0, np.array([1, 3], "int32")), ("average", FULL, None, np.abs(FULL)),
    ("average", FULL.astype("float32"), -1, np.array([1, 2, 3], "int32")),
    ("trapezoid", FULL), ("trapezoid", COUNTS, None, 0.5, 0), ("trapezoid", FULL, [1.0, 2.0, 4.0]),
    ("trapezoid", FULL, FULL, 1.0, 0), ("trapezoid", FULL, np.cumsum(FULL, 1)),
    ("digitize", FULL, np.array([-1.0, 0.0, 2.0])), ("digitize", X, np.array([2.0, 0.0, -1.0])),
    ("digitize", COUNTS, np.array([1, 3], "int32")), ("digitize", X, np.array([-1.0, 2.0])),
    ("bincount", COUNTS[0]), ("bincount", COUNTS[0], FULL[0], 6), ("bincount", COUNTS, None, 7),
    ("bincount", np.array([1, 2, 5], "uint8")), ("bincount", COUNTS, FULL, 6),
    ("bincount", np.array([-1, 2], "int32")),
    ("linspace", 0.0, 1.0, 5), ("linspace", 2, 10, 4, False), ("linspace", 0.0, 5.0, 1),
    ("linspace", 0.0, 1.0, 0), ("linspace", 0, 9, 4, True, False, "int32"),
    ("linspace", FULL[0], FULL[1], 3, True, True, None, -1), ("linspace", -5, 5, 4, False, True),
    ("linspace", np.float32(0), FULL[0].astype("float32"), 4),
    ("logspace", 0.0, 3.0, 4), ("logspace", 0, 4, 5, False, 2), ("logspace", FULL[0], 1.0, 3),
    ("logspace", 0.0, 3.0, 4, True, 2.0, "float64"),
    ("geomspace", 1.0, 1000.0, 4), ("geomspace", -2.0, -32.0, 5, False),
    ("geomspace", np.array([1.0, 2.0]), np.array([8.0, 4.0]), 4, True, None, 1),
    ("identity", 3), ("identity", 2, "int32"), ("copy", COUNTS), ("array", [[1, 2], [3, 4]]),
    ("array", COUNTS, "float32"),
    ("fliplr", CUBE), ("flipud", COUNTS), ("ravel", CUBE), ("rot90", CUBE), ("rot90", CUBE, 2),
    ("rot90", CUBE, -1, (1, 2)), ("rot90", COUNTS, 3), ("rot90", COUNTS, 4, (1, 0)),
    ("roll", CUBE, 5), ("roll", CUBE, -1, 1), ("roll", CUBE, (1, 2), (0, 2)),
    ("roll", COUNTS, 2, (0, 1)), ("roll", FULL[:0], 1, 0),
    ("append", COUNTS, FULL), ("append", FULL, COUNTS, 0), ("append", CUBE, CUBE, -1),
    ("hstack", [FULL, COUNTS]), ("hstack", [FULL[0], COUNTS[0]]), ("vstack", [FULL[0], COUNTS[0]]),
    ("hstack", [1.0, 2.0]), ("vstack", [FULL, FULL[:1]]), ("dstack", [FULL, COUNTS]),
    ("dstack", [FULL[0], COUNTS[0]]), ("dstack", [CUBE, CUBE]),
    ("hsplit", CUBE, 3), ("hsplit", FULL[0], [1]), ("vsplit", CUBE, 2), ("dsplit", CUBE, [1, 3]),
    ("array_split", CUBE, 3, 2), ("array_split", FULL[0], 2),
    ("array_split", COUNTS, 5, 1),
    ("isclose", X, X + 1e-9, 1e-5, 1e-8, True), ("allclose", FULL, FULL + 1e-9),
    ("allclose", X, X), ("allclose", X, X, 1e-5, 1e-8, True), ("allclose", COUNTS, COUNTS),
    ("nan_to_num", X, 1.0), ("nan_to_num", np.array([np.inf, -np.inf, np.nan]), 0.0, 5.0, -5.0),
    ("ldexp", FULL, COUNTS), ("ldexp", COUNTS, COUNTS), ("ldexp", np.array([3e-300]), [1100]),
    ("hard_swish", FULL), ("sparse_sigmoid", FULL), ("psnr", FULL, FULL + 0.1, 4.0),
]


@pytest.mark.deep
@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]}-{len(call)}")
def test_calls(call):
    name, *args = call
    loose = {"logspace": 1e-4, "geomspace": 1e-5}.get(name)
    both(name, *args, rtol=loose)


@pytest.mark.deep
@pytest.mark.parametrize("indexing", ["xy", "ij"])
def test_grids(indexing):
    a, b, c = np.arange(2), np.arange(3.0), np.arange(4)
    for lines in ((a,), (a, b), (a, b, c)):
        both("meshgrid", *lines, indexing=indexing)


@pytest.mark.deep
@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning", "kaiser"])
def test_windows(name):
    for length in (0, 1, 7):
        both(name, length, *([3.5] if name == "kaiser" else []), rtol=1e-4)


@pytest.mark.deep
def test_choosing_between_several():
    x = np.arange(6.0)
    both("select", [x < 2, x < 4], [x, 10 * x])
    both("select", [x > 1, x > 3, x > 5], [x, -x, 2 * x], -1.0)


@pytest.mark.deep
@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "uint32", "float32", "bool"])
def test_casts_that_stay_in_range(dtype):
    for x in (np.array([-1e10, -130.0, -0.5, 0.0, 0.7, 127.6, 300.0, 1e10], "float32"),
              np.array([-300, -1, 0, 1, 300], "int32"), np.array([True, False])):
        if (x.dtype.name, dtype) != ("int32", "float32"):   # where Keras gives the least int32
            both("saturate_cast", x, dtype)


@pytest.mark.deep
def test_empty_tensors_have_a_shape_and_a_dtype():
    assert ops.empty((2, 3)).shape == (2, 3)
    assert ops.empty(2, dtype="int32").dtype == "int32"
    assert ops.empty_like(COUNTS).dtype == "int32"
