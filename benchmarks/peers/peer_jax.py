"""JAX: one jitted call per step; or one jitted call for all epochs (fori_loop over lax.scan)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from workloads import rows

jax.config.update("jax_default_prng_impl", "unsafe_rbg")    # the fast generator, for dropout
VARIANTS = ["step", "scan", "unroll"]
ACTIVATIONS = {"relu": lambda x: jnp.maximum(x, 0), "tanh": jnp.tanh, None: lambda x: x}


# ---- weights ------------------------------------------------------------------------------------

def _glorot(rng, dims, fan):
    limit = (6 / sum(fan)) ** 0.5
    return jnp.asarray(rng.uniform(-limit, limit, dims), jnp.float32)


def _layer(rng, shape, kind, *arg):
    """``(parameters, state, output shape)`` of one layer."""
    if kind == "dense":
        units = arg[0]
        return {"w": _glorot(rng, (shape[0], units), (shape[0], units)),
                    "b": jnp.zeros(units)}, {}, (units,)
    if kind == "conv":
        filters, k, padding, _ = arg
        window, cut = (k,) * (len(shape) - 1), 0 if padding == "same" else k - 1
        area = int(np.prod(window))
        w = _glorot(rng, (*window, shape[-1], filters), (area * shape[-1], area * filters))
        return {"w": w, "b": jnp.zeros(filters)}, {}, (*(n - cut for n in shape[:-1]), filters)
    if kind in ("lstm", "gru"):
        return _recurrent(rng, shape[-1], arg[0], 4 if kind == "lstm" else 3), {}, (arg[0],)
    if kind == "encoder":
        return _encoder_weights(rng, shape[-1], arg[1]), {}, shape
    if kind == "lookup":
        table = jnp.asarray(rng.uniform(-0.05, 0.05, arg), jnp.float32)
        return {"table": table}, {}, (*shape, arg[1])
    if kind == "average":
        return {}, {}, shape[1:]
    if kind == "embed":
        tables, width = arg
        return {"tables": [jnp.asarray(rng.uniform(-0.05, 0.05, (n, width)), jnp.float32)
                            for n in tables]}, {}, (width,)
    if kind == "bn":
        return ({"gamma": jnp.ones(shape), "beta": jnp.zeros(shape)},
                {"mean": jnp.zeros(shape), "var": jnp.ones(shape)}, shape)
    if kind == "maxpool":
        return {}, {}, (*(n // arg[0] for n in shape[:-1]), shape[-1])
    return {}, {}, (int(np.prod(shape)),) if kind == "flatten" else shape


def _recurrent(rng, n, units, gates):
    """Of an LSTM, whose second gate forgets, or of a GRU, which has a bias on each side."""
    wide = gates * units
    r = np.linalg.qr(rng.standard_normal((wide, units)))[0].T
    p = {"w": _glorot(rng, (n, wide), (n, wide)), "r": jnp.asarray(r, jnp.float32),
         "b": jnp.zeros(wide)}
    if gates == 4:
        return {**p, "b": p["b"].at[units:2 * units].set(1)}
    return {**p, "rb": jnp.zeros(wide)}


def _encoder_weights(rng, width, hidden):
    def dense(inputs, units, times=1):
        each = [_glorot(rng, (inputs, units), (inputs, units)) for _ in range(times)]
        return {"w": jnp.concatenate(each, 1), "b": jnp.zeros(times * units)}

    def norm():
        return {"gamma": jnp.ones(width), "beta": jnp.zeros(width)}

    return {"qkv": dense(width, width, 3), "out": dense(width, width), "norm1": norm(),
            "up": dense(width, hidden), "down": dense(hidden, width), "norm2": norm()}


def _init(w):
    rng, params, state, shape = np.random.default_rng(0), [], [], w.input_shape
    for layer in w.layers:
        p, s, shape = _layer(rng, shape, *layer)
        params.append(p)
        state.append(s)
    return params, state


# ---- forward ------------------------------------------------------------------------------------

def _conv(p, x, padding):
    names = ("NWC", "WIO", "NWC") if x.ndim == 3 else ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, p["w"], (1,) * (x.ndim - 2), padding.upper(),
                                    dimension_numbers=names) + p["b"]


def _maxpool(x, k):
    if x.ndim == 3:
        n, t, c = x.shape
        return x[:, :t // k * k].reshape(n, t // k, k, c).max(2)
    n, h, v, c = x.shape
    return x.reshape(n, h // k, k, v // k, k, c).max((2, 4))


def _lstm(p, x):
    """The last output; the inputs' products are taken out of the loop."""
    def cell(carry, z):
        h, c = carry
        i, f, g, o = jnp.split(z + h @ p["r"], 4, 1)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

    nothing = jnp.zeros((len(x), len(p["r"])))
    (h, _), _ = lax.scan(cell, (nothing, nothing), (x @ p["w"] + p["b"]).swapaxes(0, 1))
    return h


def _gru(p, x):
    """The last output; the reset gate comes after the recurrent product."""
    def cell(h, z):
        x_z, x_r, x_n = jnp.split(z, 3, 1)
        h_z, h_r, h_n = jnp.split(h @ p["r"] + p["rb"], 3, 1)
        update, reset = jax.nn.sigmoid(x_z + h_z), jax.nn.sigmoid(x_r + h_r)
        return update * h + (1 - update) * jnp.tanh(x_n + reset * h_n), None

    nothing = jnp.zeros((len(x), len(p["r"])))
    return lax.scan(cell, nothing, (x @ p["w"] + p["b"]).swapaxes(0, 1))[0]


def _layer_norm(p, x):
    x = x - x.mean(-1, keepdims=True)
    return x * lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-3) * p["gamma"] + p["beta"]


def _encoder(p, x, heads):
    def dense(q, x):
        return x @ q["w"] + q["b"]

    b, t, width = x.shape
    q, k, v = dense(p["qkv"], x).reshape(b, t, 3, heads, width // heads).transpose(2, 0, 3, 1, 4)
    shares = jax.nn.softmax(q @ k.swapaxes(2, 3) * (width // heads) ** -0.5)
    seen = (shares @ v).swapaxes(1, 2).reshape(b, t, width)
    x = _layer_norm(p["norm1"], x + dense(p["out"], seen))
    return _layer_norm(p["norm2"], x + dense(p["down"], jnp.maximum(dense(p["up"], x), 0)))


def _batch_norm(p, s, x, training):
    mean, var = s["mean"], s["var"]
    if training:
        mean, var = x.mean(0), x.var(0)
        s = {"mean": 0.99 * s["mean"] + 0.01 * mean, "var": 0.99 * s["var"] + 0.01 * var}
    return (x - mean) * lax.rsqrt(var + 1e-3) * p["gamma"] + p["beta"], s


def _apply(p, s, x, key, training, kind, *arg):
    """``(output, new state)`` of one layer."""
    match kind:
        case "dense":
            x = ACTIVATIONS[arg[1]](x @ p["w"] + p["b"])
        case "conv":
            x = ACTIVATIONS[arg[3]](_conv(p, x, arg[2]))
        case "maxpool":
            x = _maxpool(x, arg[0])
        case "flatten":
            x = x.reshape(len(x), -1)
        case "bn":
            x, s = _batch_norm(p, s, x, training)
        case "relu":
            x = jnp.maximum(x, 0)
        case "dropout" if training:
            x = jnp.where(jax.random.bernoulli(key, 1 - arg[0], x.shape), x / (1 - arg[0]), 0)
        case "lstm":
            x = _lstm(p, x)
        case "gru":
            x = _gru(p, x)
        case "encoder":
            x = _encoder(p, x, arg[0])
        case "lookup":
            x = p["table"][x]
        case "average":
            x = x.mean(1)
        case "embed":
            x = [table[index[:, 0]] for table, index in zip(p["tables"], x, strict=True)]
        case "dot":
            x = (x[0] * x[1]).sum(1, keepdims=True)
    return x, s


def _forward(w, params, state, x, key, training):
    new = []
    for layer, p, s in zip(w.layers, params, state, strict=True):
        sub = key
        if layer[0] == "dropout" and training:
            key, sub = jax.random.split(key)
        x, s = _apply(p, s, x, sub, training, *layer)
        new.append(s)
    return x, new


# ---- a step -------------------------------------------------------------------------------------

def _loss(w, params, state, x, y, key):
    z, new = _forward(w, params, state, x, key, True)
    if w.loss == "mse":
        out = jnp.mean((z - y) ** 2)
    elif w.loss == "bce":
        out = jnp.mean(jnp.logaddexp(0, z) - z * y)
    else:
        out = jnp.mean(jax.nn.logsumexp(z, 1) - jnp.take_along_axis(z, y[:, None], 1)[:, 0])
    if w.l2:
        out += w.l2 * sum((p["w"] ** 2).sum() for p in params if "w" in p)
    return out, new


def _step(w, carry, x, y):
    params, state, m, v, t, key = carry
    key, sub = jax.random.split(key) if any(n[0] == "dropout" for n in w.layers) else (key, key)
    grads, state = jax.grad(lambda p: _loss(w, p, state, x, y, sub), has_aux=True)(params)
    tree = jax.tree.map
    t = t + 1
    if w.optimizer == "adam":
        rate = w.lr * jnp.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
        m = tree(lambda a, g: 0.9 * a + 0.1 * g, m, grads)
        v = tree(lambda a, g: 0.999 * a + 0.001 * g * g, v, grads)
        params = tree(lambda p, a, b: p - rate * a / (jnp.sqrt(b) + 1e-7), params, m, v)
    else:
        if w.momentum:
            m = grads = tree(lambda a, g: w.momentum * a + g, m, grads)
        params = tree(lambda p, g: p - w.lr * g, params, grads)
    return params, state, m, v, t, key


def _epochs(w, unroll):
    """A function that trains for a number of epochs."""
    n, b = w.samples, w.batch

    def epochs(carry, key, count, x, y):
        def epoch(i, both):
            carry, key = both
            key, sub = jax.random.split(key)
            order = jax.random.permutation(sub, n).reshape(n // b, b)
            carry, _ = lax.scan(lambda c, index: (_step(w, c, rows(x, index), y[index]), None),
                                carry, order, unroll=unroll)
            return carry, key
        return lax.fori_loop(0, count, epoch, (carry, key))
    return epochs


class Runner:
    """The net on this peer, with its data."""

    def __init__(self, w, variant, x, y):
        self.w, self.variant = w, variant
        self.x, self.y = jax.tree.map(jnp.asarray, x), jnp.asarray(y)
        params, state = _init(w)
        zeros = jax.tree.map(jnp.zeros_like, params)
        m, v = zeros, jax.tree.map(jnp.copy, zeros)
        if w.optimizer == "sgd":
            v = None
            m = zeros if w.momentum else None
        self.carry = params, state, m, v, jnp.zeros(()), jax.random.key(0)
        self.order_key = jax.random.key(1)
        self.epochs = jax.jit(_epochs(w, 4 if variant == "unroll" else 1), donate_argnums=(0, 1))
        self.step = jax.jit(lambda c, x, y, index: _step(w, c, rows(x, index), y[index]),
                            donate_argnums=0)
        self.infer = jax.jit(lambda p, s, x: _forward(w, p, s, x, None, False)[0])
        self.rng = np.random.default_rng(0)

    def fit(self, epochs):
        """Train for some epochs."""
        if self.variant == "step":
            n, b = self.w.samples, self.w.batch
            for _ in range(epochs):
                for index in self.rng.permutation(n).astype(np.int32).reshape(n // b, b):
                    self.carry = self.step(self.carry, self.x, self.y, index)
        else:
            self.carry, self.order_key = self.epochs(self.carry, self.order_key, epochs,
                                                     self.x, self.y)
        jax.block_until_ready(self.carry[0])

    def predict(self, x):
        """The outputs, as a NumPy array."""
        return np.asarray(self.infer(self.carry[0], self.carry[1], x))
