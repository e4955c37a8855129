"""A layer in Keras and here: the same weights, the same input; outputs, gradients and states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.parity.judge import (
    Case,
    Theirs,
    arrays,
    flat,
    is_float,
    labelled,
    resolve,
    weighted_sum,
    weights_for,
)


@dataclass(frozen=True, eq=False)
class LayerCase(Case):
    """A layer is made, built by a first call, given weights, and called again.

    Beside inputs, gradients are asked of every trainable weight; what the layer keeps is compared
    after the call.
    """

    def results(self, library: Any, name: str, dtype: str) -> dict[str, np.ndarray]:
        def called(layer: Any, xs: Any) -> Any:
            return Case(lambda k, name, /, *args, **options: layer(*args, **options),
                        self.args, self.options).apply(None, name, dtype, library.tensor, xs)

        with library.in_dtype(dtype):
            assert self.make is not None
            layer, xs = self.make(library.k, name), [library.tensor(x) for x in self.floats(dtype)]
            called(layer, xs)
            layer.set_weights([start(each, i, dtype) for i, each in enumerate(layer.weights)])
            through = of_keras if isinstance(library, Theirs) else of_ours
            values, slopes, states = through(called, layer, xs)
        return labelled(values, slopes) | {f"state{i}": each for i, each in enumerate(states)}


def start(weight: Any, place: int, dtype: str) -> np.ndarray:
    """First values by the place of a weight; variances are positive."""
    draw = np.random.default_rng(place)
    x = draw.uniform(0.5, 2, tuple(weight.shape)) if "variance" in weight.name else draw.uniform(
        -0.8, 0.8, tuple(weight.shape))
    return x.astype(dtype)


def of_ours(called: Callable[..., Any], layer: Any, xs: Any) -> tuple[Any, Any, Any]:
    from pellucid.core.tape import GradientTape

    with GradientTape() as tape:
        tape.watch(xs)
        ys = flat(called(layer, xs))
        total = weighted_sum(ys)
    sources = [*xs, *layer.trainable_variables]
    slopes = tape.gradient(total, sources, unconnected_gradients="zero") if any(
        map(is_float, ys)) and sources else []
    return arrays(ys), arrays(slopes), arrays(kept(layer.non_trainable_variables))


def of_keras(called: Callable[..., Any], layer: Any, xs: Any) -> tuple[Any, Any, Any]:
    import jax

    others = [each.value for each in layer.non_trainable_variables]

    def total(xs: Any, weights: Any) -> Any:
        def stateless(*args: Any, **options: Any) -> Any:
            return layer.stateless_call(weights, others, *args, **options)

        found, states = called(stateless, xs)
        ys = flat(found)
        return sum(((y * weights_for(y.shape)).sum() for y in ys if is_float(y)), 0.0), (ys, states)

    weights = [each.value for each in layer.trainable_variables]
    (_, (ys, states)), slopes = jax.jit(jax.value_and_grad(total, argnums=(0, 1), has_aux=True))(
        xs, weights)
    slopes = [*slopes[0], *slopes[1]] if any(map(is_float, ys)) else []
    return arrays(ys), arrays(slopes), arrays(kept(states))


def kept(states: Any) -> list[Any]:
    """States that are floats; those of random generators differ by nature."""
    return [each for each in states if is_float(each)]


def over(options: Any, *args: Any, close: float = 0.0, config: bool = True, **call: Any
         ) -> LayerCase:
    """A layer of the named class, called; ``options`` may be a function of the library."""
    def make(k: Any, name: str) -> Any:
        return resolve(k, name)(**(options(k) if callable(options) else options))

    return LayerCase(make, args, call, make, slopes=config, close=close)
