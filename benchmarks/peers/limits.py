"""What this machine allows: sgemm at the workloads' shapes, large sgemm, memory bandwidth; and from
these a lower bound on each workload's step.

    python limits.py [--json out.json]        (needs numpy, threadpoolctl, torch; jax if present)

The bound is the sum, over the step's matrix products (forward, weight gradients, input gradients
except the first layer's; convolutions as im2col products), of the best measured time of that
product by any library, plus the optimiser's memory traffic at the bandwidth of arrays of that size;
once with one thread only, and once with one or two, whichever is faster.  `peak` is the same with
all flops at the one-thread large-sgemm rate: the libraries' call overhead (about 1 us a product)
and their losses at small shapes are gone.  An embedding has traffic only.
Timings are minima, since the machine is shared.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from workloads import WORKLOADS

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None


def best(f, seconds=0.25):
    """The least time of a call."""
    f()
    end, lowest = time.perf_counter() + seconds, 1e9
    while time.perf_counter() < end:
        t = time.perf_counter()
        f()
        lowest = min(lowest, time.perf_counter() - t)
    return lowest


def gemms(w):
    """The step's products as (m, k, n), and the number of parameters."""
    out, params, shape, first = [], 0, w.input_shape, True
    for layer in w.layers:
        forward, weights, shape = _layer(w.predict or w.batch, shape, *layer)
        params += weights
        for rows, k, n in forward:
            out.append((rows, k, n))
            if not w.predict:
                out.append((k, rows, n))
                if not first:
                    out.append((rows, n, k))
            first = False
    return out, params


def _layer(b, shape, kind, *arg):
    """``(forward products, parameters, output shape)`` of one layer on b rows."""
    if kind == "dense":
        return [(b, shape[0], arg[0])], (shape[0] + 1) * arg[0], (arg[0],)
    if kind == "conv":
        cut, space = 0 if arg[2] == "same" else arg[1] - 1, len(shape) - 1
        k, n = arg[1] ** space * shape[-1], arg[0]
        shape = (*(each - cut for each in shape[:-1]), n)
        return [(b * int(np.prod(shape[:-1])), k, n)], (k + 1) * n, shape
    if kind in ("lstm", "gru"):
        (steps, k), u = shape, arg[0]
        gates, biases = (4, 1) if kind == "lstm" else (3, 2)
        wide = gates * u
        return [(b * steps, k, wide)] + [(b, u, wide)] * steps, wide * (k + u + biases), (u,)
    if kind == "encoder":
        return _encoder(b, shape, *arg)
    if kind in ("embed", "lookup"):
        tables, width = arg
        looked = shape if kind == "lookup" else ()
        return [], int(np.sum(tables)) * width, (*looked, width)
    if kind == "average":
        return [], 0, shape[1:]
    if kind == "maxpool":
        return [], 0, (*(n // arg[0] for n in shape[:-1]), shape[-1])
    if kind == "flatten":
        return [], 0, (int(np.prod(shape)),)
    return [], 2 * shape[0] if kind == "bn" else 0, shape


def _encoder(b, shape, heads, hidden):
    """The products of attention (head by head) and of the two dense layers behind it."""
    steps, width = shape
    head, rows = width // heads, b * steps
    found = [(rows, width, 3 * width), *[(steps, head, steps), (steps, steps, head)] * (b * heads),
             (rows, width, width), (rows, width, hidden), (rows, hidden, width)]
    weights = 4 * (width + 1) * width + (width + 1) * hidden + (hidden + 1) * width + 4 * width
    return found, weights, shape


def sgemm(m, k, n, seconds=0.1, counts=(1,)):
    """Best time of an (m, k) x (k, n) product, by library and threads."""
    rng = np.random.default_rng(0)
    a, b = (rng.standard_normal(s, np.float32) for s in ((m, k), (k, n)))
    c = np.empty((m, n), np.float32)
    ta, tb, tc = map(torch.from_numpy, (a, b, c))
    times = {}
    for threads in counts:
        with threadpool_limits(threads, "blas"):
            times[f"numpy@{threads}"] = best(lambda: np.matmul(a, b, out=c), seconds)
        torch.set_num_threads(threads)
        times[f"torch@{threads}"] = best(lambda: torch.mm(ta, tb, out=tc), seconds)
    if jax and 2 in counts:
        f, ja, jb = jax.jit(jnp.matmul), jnp.asarray(a), jnp.asarray(b)
        times["jax@2"] = best(lambda: f(ja, jb).block_until_ready(), seconds)
    return times


def bandwidth(megabytes, threads):
    """Bytes per second of a = b + s * c (two reads, one write), arrays of this total size."""
    torch.set_num_threads(threads)
    n = int(megabytes * 2 ** 20 / 12)
    a, b, c = torch.empty(n), torch.ones(n), torch.ones(n)
    return 12 * n / best(lambda: torch.add(b, c, alpha=2.0, out=a), 0.3)


def machine_limits():
    """Large sgemm in GFLOP/s and triads in GB/s."""
    peak, triad = {}, {}
    for n in (512, 1024, 2048):
        for library, t in sgemm(n, n, n, 0.5, (1, 2)).items():
            peak[f"{library} {n}"] = round(2e-9 * n ** 3 / t, 1)
    for mb in (0.5, 2, 32, 128, 1024):
        for threads in (1, 2):
            triad[f"{mb} MB @{threads}"] = round(bandwidth(mb, threads) / 1e9, 1)
    return peak, triad


def bound(w, cache, peak):
    """A workload's flops, parameters and least times; ``cache`` keeps the products' times."""
    shapes, params = gemms(w)
    for s in shapes:
        if s not in cache:
            cache[s] = sgemm(*s, counts=(1, 2))
    flops = sum(2 * m * k * n for m, k, n in shapes)
    products = sum(min(t for name, t in cache[s].items() if "@1" in name) for s in shapes)
    products2 = sum(min(cache[s].values()) for s in shapes)
    # arrays held (p, g, m, v) and array passes (reads and writes) of an update
    held, passes = (4, 7) if w.optimizer == "adam" else (3, 5) if w.momentum else (2, 3)
    rate = bandwidth(max(4 * params * held / 2 ** 20, 0.1), 1)
    rate2 = max(rate, bandwidth(max(4 * params * held / 2 ** 20, 0.1), 2))
    traffic = 0 if w.predict else 4 * params * passes
    return {"flops": flops, "params": params, "products_us": 1e6 * products,
            "optimiser_us": 1e6 * traffic / rate, "bound_us": 1e6 * (products + traffic / rate),
            "bound2_us": 1e6 * (products2 + traffic / rate2),
            "peak_us": 1e6 * (flops / peak + traffic / rate)}


def shapes_table(cache):
    """GFLOP/s of each product by each library."""
    names = list(next(iter(cache.values())))
    print(f"\n| m x k x n, GFLOP/s | {' | '.join(names)} | best |")
    print("|---|" + "--:|" * len(names) + "---|")
    rates = {}
    for (m, k, n), times in cache.items():
        each = {name: round(2e-9 * m * k * n / s, 1) for name, s in times.items()}
        rates[f"{m}x{k}x{n}"] = each | {"best": min(times, key=times.get)}
        print(f"| {m}x{k}x{n} | {' | '.join(map(str, rates[f'{m}x{k}x{n}'].values()))} |")
    return rates


def main():
    """Measure and print."""
    ap = argparse.ArgumentParser(description=__doc__,
                                 formatter_class=argparse.RawTextHelpFormatter)
    ap.add_argument("--json")
    args = ap.parse_args()
    peak, triad = machine_limits()
    print("large sgemm, GFLOP/s:", peak)
    print("triad, GB/s:", triad)
    rate = max(v for name, v in peak.items() if "@1" in name) * 1e9
    cache, rows = {}, {}
    print("| workload | flops/step | products µs (GFLOP/s) | optimiser µs | bound µs, 1 thread "
          "| 2 threads | peak µs, 1 thread |\n|---|--:|--:|--:|--:|--:|--:|")
    for w in WORKLOADS:
        r = rows[w.name] = bound(w, cache, rate)
        speed = r["flops"] / max(r["products_us"], 1e-9) / 1e3
        print(f"| {w.name} | {r['flops'] / 1e6:.3f} M | {r['products_us']:.1f} ({speed:.0f}) | "
              f"{r['optimiser_us']:.1f} | {r['bound_us']:.1f} | {r['bound2_us']:.1f} | "
              f"{r['peak_us']:.1f} |", flush=True)
    shapes = shapes_table(cache)
    if args.json:
        result = {"peak": peak, "bandwidth": triad, "shapes": shapes, "workloads": rows}
        Path(args.json).write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
