"""The suite's cases, and what a case gives in Keras or here: values and gradients, by label.

A case is a call that means the same in both libraries. Its floats are given in float32 and in
float64; what is compared is every output, and the gradient of a weighted sum of the outputs for
every array of floats that is not a `constant`.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

DTYPES = ("float32", "float64")
CLOSE = {"float32": 1e-5, "float64": 1e-10}


class Constant(np.ndarray):
    """An array of which no gradient is asked."""


def constant(x: Any) -> np.ndarray:
    return np.asarray(x, float).view(Constant)


@dataclass(frozen=True, eq=False)
class Case:
    """``call(k, name, *args, **options)``, with ``k`` the library and ``name`` as in ``ops.add``.

    ``make(k, name)`` gives the object whose config goes both ways, where there is one. ``close``
    loosens the comparison; the reason stands beside it.
    """

    call: Callable[..., Any]
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    make: Callable[[Any, str], Any] | None = None
    slopes: bool = True
    close: float = 0.0

    def floats(self, dtype: str) -> list[np.ndarray]:
        """The arrays that gradients are asked of, in order."""
        found: list[np.ndarray] = []
        replaced((self.args, self.options), lambda x: found.append(np.asarray(x, dtype))
                 if is_free(x) else x)
        return found

    def apply(self, k: Any, name: str, dtype: str, tensor: Callable[[Any], Any], xs: Any) -> Any:
        """The call, with ``xs`` in the places of the arrays of floats."""
        rest = iter(xs)

        def swapped(x: np.ndarray) -> Any:
            if is_free(x):
                return next(rest)
            return tensor(np.asarray(x, dtype if x.dtype.kind == "f" else x.dtype))

        args, options = replaced((self.args, self.options), swapped)
        return self.call(k, name, *args, **options)

    def results(self, library: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
        """Every output and gradient of the case in one library."""
        def outputs(*xs: Any) -> list[Any]:
            return flat(self.apply(library.k, name, dtype, library.tensor, xs))

        with library.in_dtype(dtype):
            values, slopes = library.differentiated(outputs, self.floats(dtype), self.slopes)
        return labelled(values, slopes)


def labelled(values: list[Any], slopes: list[Any]) -> dict[str, np.ndarray]:
    return {f"{what}{i}": each for what, several in (("value", values), ("slope", slopes))
            for i, each in enumerate(several)}


def is_free(x: np.ndarray) -> bool:
    return x.dtype.kind == "f" and not isinstance(x, Constant)


def replaced(value: Any, swap: Callable[[np.ndarray], Any]) -> Any:
    """A nest of lists, tuples and dicts with every array replaced."""
    if isinstance(value, np.ndarray):
        return swap(value)
    if isinstance(value, (list, tuple)):
        return type(value)(replaced(each, swap) for each in value)
    if isinstance(value, dict):
        return {key: replaced(each, swap) for key, each in value.items()}
    return value


def flat(value: Any) -> list[Any]:
    """What a call gave, as a row of tensors; text as its letters, complex numbers as two parts."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [each for key in sorted(value) for each in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [each for inner in value for each in flat(inner)]
    if isinstance(value, str):
        return [np.frombuffer(value.encode(), np.uint8)]
    if isinstance(value, (bool, int, float)):
        return [np.asarray(value)]
    if "complex" in str(getattr(value, "dtype", "")):
        return [value.real, value.imag]
    return [value]


def weights_for(shape: Any) -> np.ndarray:
    """Weights of a sum over an output, so that no gradient is zero by symmetry."""
    return np.cos(0.7 + np.arange(int(np.prod(shape)))).reshape(shape)


def resolve(k: Any, name: str) -> Any:
    for part in name.split("."):
        k = getattr(k, part)
    return k


# ways to say a case


def of(*args: Any, slopes: bool = True, close: float = 0.0, **options: Any) -> Case:
    """The named function on these arguments."""
    return Case(lambda lib, name, /, *a, **o: resolve(lib, name)(*a, **o), args, options,
                slopes=slopes, close=close)


def told(function: Callable[..., Any], *args: Any, slopes: bool = True, close: float = 0.0) -> Case:
    """``function(k, *args)``, for what is no single call."""
    return Case(lambda k, name, /, *a: function(k, *a), args, slopes=slopes, close=close)


def built(options: Any, *args: Any, close: float = 0.0, slopes: bool = True, **call: Any) -> Case:
    """An object of the named class, called; ``options`` may be a function of the library."""
    def make(k: Any, name: str) -> Any:
        return resolve(k, name)(**(options(k) if callable(options) else options))

    return Case(lambda k, name, /, *a, **o: make(k, name)(*a, **o), args, call, make, slopes, close)


# the two libraries


class Theirs:
    """Real Keras, on JAX."""

    def __init__(self) -> None:
        import keras

        self.k = keras

    def tensor(self, x: Any) -> Any:
        import jax.numpy as jnp

        return jnp.asarray(x)

    @contextlib.contextmanager
    def in_dtype(self, dtype: str) -> Iterator[None]:
        """The default dtype of tensors and layers, for a while."""
        config = self.k.config
        floatx, policy = config.floatx(), config.dtype_policy()
        try:
            config.set_floatx(dtype)
            config.set_dtype_policy(dtype)
            yield
        finally:
            config.set_floatx(floatx)
            config.set_dtype_policy(policy)

    def differentiated(self, f: Any, xs: Any, slopes: bool) -> tuple[list[Any], list[Any]]:
        import jax

        def total(*xs: Any) -> tuple[Any, Any]:
            ys = f(*xs)
            return sum(((y * weights_for(y.shape)).sum() for y in ys if is_float(y)), 0.0), ys

        xs = [self.tensor(x) for x in xs]
        if not (slopes and xs):
            return arrays(f(*xs)), []
        (_, ys), found = jax.value_and_grad(
            total, argnums=tuple(range(len(xs))), has_aux=True)(*xs)
        return arrays(ys), arrays(found) if any(map(is_float, ys)) else []


class Ours:
    """Keras's names here."""

    def __init__(self) -> None:
        from pellucid import keras

        self.k = keras

    def tensor(self, x: Any) -> Any:
        from pellucid.core.tensor import convert

        return convert(x)

    @contextlib.contextmanager
    def in_dtype(self, dtype: str) -> Iterator[None]:
        """The default dtype of tensors, for a while; layers follow it."""
        floatx = self.k.config.floatx()
        try:
            self.k.config.set_floatx(dtype)
            yield
        finally:
            self.k.config.set_floatx(floatx)

    def differentiated(self, f: Any, xs: Any, slopes: bool) -> tuple[list[Any], list[Any]]:
        from pellucid.core.tape import GradientTape

        xs = [self.tensor(x) for x in xs]
        if not (slopes and xs):
            return arrays(f(*xs)), []
        with GradientTape() as tape:
            tape.watch(xs)
            ys = f(*xs)
            total = weighted_sum(ys)
        if not any(map(is_float, ys)):
            return arrays(ys), []
        found = tape.gradient(total, xs, unconnected_gradients="zero")
        return arrays(ys), arrays(found)


def weighted_sum(ys: list[Any]) -> Any:
    """Σ weights · y over the outputs that are floats."""
    from pellucid import ops
    from pellucid.core.tensor import convert

    return sum((ops.sum(y * weights_for(y.shape).astype(str(y.dtype)))
                for y in ys if is_float(y) and not isinstance(y, np.ndarray)), convert(0.0))


def arrays(values: Any) -> list[np.ndarray]:
    with warnings.catch_warnings():                      # between Keras's __array__ and NumPy
        warnings.simplefilter("ignore", DeprecationWarning)
        return [np.array(each) for each in values]


def is_float(x: Any) -> bool:
    return "float" in str(x.dtype)


def assert_alike(found: dict[str, np.ndarray], expected: dict[str, np.ndarray], dtype: str,
                 close: float = 0.0, where: str = "") -> None:
    """The same labels, shapes, kinds of numbers, and numbers.

    Keras on JAX widens whole numbers, and takes some functions of float64 in float32 (which is then
    how near ours can be expected); between those two ours is what its operands say.
    """
    assert found.keys() == expected.keys(), (where, list(found), list(expected))
    narrow = any(b.dtype == np.float32 for b in expected.values())
    within = max(CLOSE["float32" if narrow else dtype], close)
    for label, b in expected.items():
        a = found[label]
        assert a.shape == b.shape, (where, label, a.shape, b.shape)
        assert a.dtype.kind == b.dtype.kind, (where, label, a.dtype, b.dtype)
        np.testing.assert_allclose(a, b, rtol=within, atol=within, err_msg=f"{where} {label}")
