"""One training step of a small net (30-64-32-1, ReLU, Adam, batch 32, float32), by fit().

The work is an epoch of 64 steps on random data; the figure is its time divided by 64, so the cost
of `fit` itself is spread over the steps. Pellucid runs on the engine that `fit` takes: the native
one where it is installed. JAX is a jitted step called from Python, PyTorch the usual loop; neither
shuffles.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

STEPS, BATCH, SIZES = 64, 32, (30, 64, 32, 1)
draw = np.random.default_rng(0)
X = draw.standard_normal((STEPS * BATCH, SIZES[0]), dtype=np.float32)
Y = (X @ draw.standard_normal((SIZES[0], 1), dtype=np.float32) > 0).astype(np.float32)


def per_step(epoch: Callable[[], object]) -> Callable[[], float]:
    """The seconds of one step, taken over an epoch."""
    def once() -> float:
        start = time.perf_counter()
        epoch()
        return (time.perf_counter() - start) / STEPS
    return once


def by_fit(library: Any) -> Callable[[], object]:
    """Pellucid and Keras take the same lines."""
    model = library.Sequential([
        library.Input((SIZES[0],)),
        *(library.layers.Dense(units, activation="relu") for units in SIZES[1:-1]),
        library.layers.Dense(SIZES[-1])])
    model.compile(optimizer=library.optimizers.Adam(1e-3),
                  loss=library.losses.BinaryCrossentropy(from_logits=True))
    return lambda: model.fit(X, Y, batch_size=BATCH, epochs=1, verbose=0)


def by_jax() -> Callable[[], object]:
    """The step in plain JAX, jitted once."""
    import jax
    import jax.numpy as jnp

    def loss(weights: Any, x: Any, y: Any) -> Any:
        for kernel, bias in weights[:-1]:
            x = jax.nn.relu(x @ kernel + bias)
        z = x @ weights[-1][0] + weights[-1][1]
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))

    @jax.jit
    def step(weights: Any, m: Any, v: Any, t: Any, x: Any, y: Any) -> Any:
        g = jax.grad(loss)(weights, x, y)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        moved = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7), weights, m, v)
        return moved, m, v, t + 1

    weights = [(jnp.asarray(draw.normal(0, (2 / n) ** 0.5, (n, k)), jnp.float32),
                jnp.zeros(k, jnp.float32)) for n, k in pairwise(SIZES)]
    nothing = jax.tree.map(jnp.zeros_like, weights)
    state = [weights, nothing, nothing, jnp.float32(1)]

    def epoch() -> None:
        nonlocal state
        for start in range(0, len(X), BATCH):
            state = step(*state, X[start:start + BATCH], Y[start:start + BATCH])
        jax.block_until_ready(state)
    return epoch


def by_torch() -> Callable[[], object]:
    """The usual PyTorch loop on the CPU."""
    import torch
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    units = [layer for n, k in pairwise(SIZES)
             for layer in (torch.nn.Linear(n, k), torch.nn.ReLU())][:-1]
    model = torch.nn.Sequential(*units)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    loss = torch.nn.BCEWithLogitsLoss()

    def epoch() -> None:
        for start in range(0, len(x), BATCH):
            optimizer.zero_grad()
            loss(model(x[start:start + BATCH]), y[start:start + BATCH]).backward()
            optimizer.step()
    return epoch


def contenders() -> dict[str, Callable[[], float]]:
    """Pellucid first; a peer only where it is installed."""
    import pellucid
    found = {"pellucid": per_step(by_fit(pellucid))}
    if importlib.util.find_spec("keras") and importlib.util.find_spec("jax"):
        os.environ.setdefault("KERAS_BACKEND", "jax")
        import keras
        found["keras (jax)"] = per_step(by_fit(keras))
    if importlib.util.find_spec("jax"):
        found["jax (jit, a step)"] = per_step(by_jax())
    if importlib.util.find_spec("torch"):
        found["torch"] = per_step(by_torch())
    return found
