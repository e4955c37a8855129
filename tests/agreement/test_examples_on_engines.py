"""Every name of `keras.ops` on the native engine, in the calls of its own example.

A docstring's example runs with listeners in place of the functions that it names. What they were
given is traced, with its arrays as inputs; both engines run the Plan, and that of the gradient.
"""

from __future__ import annotations

import doctest
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pellucid import ops
from pellucid.core import dtypes, nest
from pellucid.core.errors import KindError, TracingError
from pellucid.core.exports import not_here
from pellucid.core.op import Op
from pellucid.core.tape import GradientTape
from pellucid.core.tensor import OPS, Tensor, convert
from pellucid.engines.native.extension import extension
from pellucid.engines.trace import trace
from tests.agreement.test_engines import GRADIENT, VALUE
from tests.engines.comparison import assert_engines_agree

pytestmark = pytest.mark.skipif(extension() is None, reason="the native engine is switched off")

NAMES = sorted(name for name, thing in vars(ops).items() if not name.startswith("_")
               and callable(thing) and thing is not not_here)
# They make tensors of numbers that are known before: there is nothing to run.
MADE = {"arange", "bartlett", "blackman", "empty", "eye", "hamming", "hanning", "identity",
        "kaiser", "ones", "tri", "zeros"}
# They say what a tensor is, or bring its numbers to Python.
ABOUT = {"convert_to_numpy", "dtype", "is_tensor", "ndim", "shape", "size"}
# The shapes of their results depend on numbers: step by step only. For others, in some calls.
NEVER_TRACED = {"bincount", "nonzero", "unique"}
SELDOM_TRACED = {"split", "where"}
NO_GRADIENT = {"eig", "lu_factor", "while_loop"}     # and it is said so
# Functions that take functions or lists of arrays, for whose examples plain numbers are enough.
MORE: dict[str, Callable[[Any], Any]] = {
    "cond": lambda x: ops.cond(x[0] > 0, lambda: x, lambda: -x),
    "custom_gradient": lambda x: ops.custom_gradient(lambda v: (v * v, lambda g: 3 * g * v))(x),
    "fori_loop": lambda x: ops.fori_loop(1, 4, lambda i, v: v * v + i, x),
    "select": lambda x: ops.select([x > 1, x < 0], [x, -x], 0.0),
    "vectorize": lambda x: ops.vectorize(lambda v: v * v)(x),
    "while_loop": lambda x: ops.while_loop(lambda v: v[0] < 9, lambda v: v * v + 1, x),
}


class Call:
    """One call of a function, with its arrays apart from the rest."""

    def __init__(self, function: Any, args: Any, options: Any) -> None:
        operands = function.operands if isinstance(function, Op) else None
        count = len(args) if operands is None else len(operands)
        args = [_as_arrays(each) if i < count else each for i, each in enumerate(args)]
        options = {name: _as_arrays(each) if name in (operands or ("x", "variable")) else each
                   for name, each in options.items()}
        self.function, self.form = function, (args, options)
        self.leaves = nest.flatten(self.form)
        self.places = [i for i, leaf in enumerate(self.leaves)
                       if isinstance(leaf, (np.ndarray, np.generic, Tensor))]

    @property
    def arrays(self) -> list[np.ndarray]:
        return [np.asarray(self.leaves[i]) for i in self.places]

    def __call__(self, *arrays: Any) -> list[Any]:
        """The results for these arrays, in a row."""
        leaves = list(self.leaves)
        for i, array in zip(self.places, arrays, strict=True):
            leaves[i] = array
        args, options = nest.pack(self.form, leaves)
        found = self.function(*args, **options)
        return [convert(each) for each in nest.flatten(found) if each is not None]


def _as_arrays(value: Any) -> Any:
    """Numbers with a point and lists of numbers as arrays, also within tuples and lists."""
    if isinstance(value, float):
        return np.float64(value)
    if not isinstance(value, (list, tuple)):
        return value
    try:
        array = np.asarray(value if isinstance(value, list) else None)
    except ValueError:                               # rows of several lengths
        array = np.asarray(None)
    return array if array.dtype.kind in "biuf" else type(value)(map(_as_arrays, value))


class Listener:
    """A function that keeps what it is called with."""

    def __init__(self, function: Any, calls: list[Call]) -> None:
        self.function, self.calls = function, calls

    def __call__(self, *args: Any, **options: Any) -> Any:
        self.calls.append(Call(self.function, args, options))
        return self.function(*args, **options)


def calls_of(name: str) -> list[Call]:
    """What the example of a function calls it with."""
    if name in MORE:
        return [Call(MORE[name], (np.array([0.5, -1.5, 3.0]),), {})]
    function, found = getattr(ops, name), []
    listener = Listener(function, found)
    names = dict(vars(sys.modules[function.__module__]))
    names |= {key: listener for key, thing in names.items() if thing is function}
    names[function.__name__] = listener
    example = doctest.DocTestParser().get_doctest(function.__doc__, names, name, None, None)
    doctest.DocTestRunner(verbose=False).run(example, out=lambda _: None)
    return found


def traced(name: str) -> list[tuple[Call, Any]]:
    """The calls of an example that a Plan can hold, and their Plans."""
    found = []
    for call in calls_of(name):
        if not call.places:
            continue
        try:
            found.append((call, trace(call, *call.arrays).plan))
        except TracingError:
            if name not in NEVER_TRACED | SELDOM_TRACED:
                raise
    return found


@pytest.mark.parametrize("name", sorted({*NAMES} - MADE - ABOUT - NEVER_TRACED))
def test_values_agree(name):
    plans = traced(name)
    assert plans
    for call, plan in plans:
        assert_engines_agree(plan, call.arrays, VALUE)


def slope(call: Call) -> Any:
    """The gradient of the sum of all results squared, for the arrays of floats."""
    places = [i for i, each in enumerate(call.arrays) if dtypes.is_float(each.dtype)]

    def function(*arrays: Any) -> Any:
        xs = [convert(each) for each in arrays]
        wanted = [xs[i] for i in places]
        with GradientTape() as tape:
            tape.watch(wanted)
            total = sum((OPS["sum"](OPS["square"](y)) for y in call(*xs)
                         if dtypes.is_float(y.dtype)), start=convert(np.float64(0)))
        return [each for each in tape.gradient(total, wanted) if each is not None]
    return function


@pytest.mark.parametrize("name", sorted(
    {*NAMES} - MADE - ABOUT - NEVER_TRACED - NO_GRADIENT))
def test_gradients_agree(name):
    for call, _ in traced(name):
        plan = trace(slope(call), *call.arrays).plan
        if plan.outputs:                             # not where no gradient passes
            assert_engines_agree(plan, call.arrays, GRADIENT)


@pytest.mark.parametrize("name", sorted(NO_GRADIENT))
def test_what_has_no_gradient_says_so(name):
    (call, _), *_ = traced(name)
    with pytest.raises(KindError, match="no gradient"):
        trace(slope(call), *call.arrays)


def test_what_stands_aside_is_as_said():
    for name in MADE:
        assert not any(array.ndim for call in calls_of(name) for array in call.arrays)
    for name in NEVER_TRACED | SELDOM_TRACED:
        calls = [call for call in calls_of(name) if call.places]
        assert len(traced(name)) < len(calls)
        assert name in SELDOM_TRACED or not traced(name)
