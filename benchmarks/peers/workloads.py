"""The benchmark's workloads, as plain data.

A layer is a tuple: ("dense", units, activation), ("conv", filters, kernel, padding, activation),
("maxpool", size), ("flatten",), ("bn",), ("relu",), ("dropout", rate), ("lstm", units),
("gru", units), ("encoder", heads, hidden), ("lookup", rows, width), ("average",),
("embed", (rows, ...), width), ("dot",). "conv" and "maxpool" are 1-D or 2-D as the input is.
"gru" has its reset gate behind the recurrent product, and a bias on each side (Keras's default).
"encoder" is a transformer's: x = norm(x + attention(x)), x = norm(x + dense(relu(dense(x)))).
"lookup" gives a table's row for each whole number of the input, "average" the mean over steps;
"embed" has a table for each of the net's inputs, "dot" multiplies the two vectors it gives.
The last layer gives logits or values; the losses are "bce" (one logit) and "ce" (sparse integer
labels), both from logits, and "mse" (mean over rows and outputs).
Every peer starts from Glorot-uniform weights (the recurrent ones of LSTM and GRU orthogonal, the
LSTM's forget bias 1, tables uniform in ±0.05), shuffles each epoch and computes in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class Workload:
    """One net, its data and how it is trained."""

    name: str
    input_shape: tuple               # of one row; of each input, if there are several
    layers: tuple
    loss: str = "ce"
    classes: int = 10
    optimizer: str = "adam"          # "adam" (.9, .999, eps 1e-7) or "sgd"
    lr: float = 1e-3
    momentum: float = 0.0
    l2: float = 0.0                  # sum of squares of the kernels, times this, joins the loss
    batch: int = 32
    samples: int = 10240             # a multiple of batch
    predict: int = 0                 # 0: training.  n: forward passes over n samples in one call

    @property
    def steps_per_epoch(self):
        """Steps of one epoch; there is no partial batch."""
        return self.samples // self.batch

    def data(self):
        """``(x, y)``, the same at each call; x is a tuple if there are several inputs."""
        rng = np.random.default_rng(0)
        x, y = DATA.get(self.name, _prototypes)(self, rng)
        if self.loss == "bce":
            y = y.astype(np.float32).reshape(-1, 1)
        return x, y.astype(np.int32 if self.loss == "ce" else np.float32)

    def dense_sizes(self):
        """(inputs, units, activation) of each layer if all of them are dense, else None."""
        if any(layer[0] != "dense" for layer in self.layers):
            return None
        widths = [self.input_shape[0], *(units for _, units, _ in self.layers)]
        return [(*sizes, layer[2]) for sizes, layer in zip(pairwise(widths), self.layers,
                                                           strict=True)]


# ---- data ---------------------------------------------------------------------------------------

def _prototypes(w, rng):
    """Classes are noisy random prototypes."""
    y = rng.integers(0, w.classes, w.samples)
    centres = rng.normal(0, 0.3, (w.classes, *w.input_shape)).astype(np.float32)
    x = rng.standard_normal((w.samples, *w.input_shape), np.float32)
    x += centres[y]
    return x, y


def _xor(w, rng):
    return np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32), np.array([0, 1, 1, 0])


def _circles(w, rng):
    """Two noisy rings, one in the other."""
    y = rng.integers(0, 2, w.samples)
    angle = rng.uniform(0, 2 * np.pi, w.samples)
    x = np.stack([np.cos(angle), np.sin(angle)], 1) * (1 - 0.5 * y)[:, None]
    x = x + rng.normal(0, 0.05, x.shape)
    return np.ascontiguousarray(x, np.float32), y


def _own_input(w, rng):
    """Rows near a plane of 16 dimensions, to be given back."""
    plane = rng.standard_normal((16, *w.input_shape), np.float32) / 4
    x = rng.standard_normal((w.samples, 16), np.float32) @ plane
    x += 0.1 * rng.standard_normal(x.shape, np.float32)
    return x, x


def _ratings(w, rng):
    """A rating of an item by a user: the product of their four tastes, and noise."""
    tables = w.layers[0][1]
    rows = [rng.integers(0, n, w.samples) for n in tables]
    tastes = [rng.standard_normal((n, 4), np.float32)[r] for n, r in zip(tables, rows, strict=True)]
    y = (tastes[0] * tastes[1]).sum(1) / 2 + 0.1 * rng.standard_normal(w.samples, np.float32)
    return tuple(r.astype(np.int32)[:, None] for r in rows), y[:, None]


def _texts(w, rng):
    """Words as frequent as Zipf's law has it; a fifth of them is odd or even as the class is."""
    (_, n, _), y = w.layers[0], rng.integers(0, 2, w.samples)
    words = (n ** rng.random((w.samples, *w.input_shape))).astype(np.int32)
    told = words // 2 * 2 + y[:, None].astype(np.int32)
    return np.where(rng.random(words.shape) < 0.2, told, words), y


DATA = {"xor": _xor, "circles": _circles, "autoencoder": _own_input, "embed_dot": _ratings,
        "embedding_text": _texts}


def rows(x, index):
    """Some rows of data that are one array or a tuple of them."""
    return tuple(each[index] for each in x) if isinstance(x, tuple) else x[index]


# ---- the list -----------------------------------------------------------------------------------

def _mlp(*units, activation="relu"):
    return (*tuple(("dense", u, activation) for u in units[:-1]), ("dense", units[-1], None))


_TINY = {"input_shape": (2,), "layers": _mlp(8, 1, activation="tanh"), "loss": "bce", "classes": 2,
             "optimizer": "sgd", "lr": 0.1}
_MNIST = {"input_shape": (784,), "layers": _mlp(128, 64, 10), "samples": 6400}

WORKLOADS = [
    Workload("xor", batch=4, samples=4, **_TINY),
    Workload("circles", batch=32, samples=1024, **_TINY),
    Workload("tabular", (30,), _mlp(64, 32, 1), loss="bce", classes=2),
    Workload("mnist_mlp_32", batch=32, **_MNIST),
    Workload("mnist_mlp_128", batch=128, **_MNIST),
    Workload("mnist_reg", (784,), (
        ("dense", 256, None), ("bn",), ("relu",), ("dropout", 0.5),
        ("dense", 128, None), ("bn",), ("relu",), ("dropout", 0.5), ("dense", 10, None)),
        l2=1e-4, batch=128, samples=6400),
    Workload("wide", (1024,), _mlp(2048, 2048, 1000), classes=1000,
             optimizer="sgd", lr=0.01, momentum=0.9, batch=256, samples=1280),
    Workload("lenet", (28, 28, 1), (
        ("conv", 6, 5, "same", "relu"), ("maxpool", 2), ("conv", 16, 5, "valid", "relu"),
        ("maxpool", 2), ("flatten",), ("dense", 120, "relu"), ("dense", 84, "relu"),
        ("dense", 10, None)), batch=64, samples=3200),
    Workload("predict_1", predict=1, **{**_MNIST, "samples": 12800}),
    Workload("predict_10k", predict=10000, **{**_MNIST, "samples": 12800}),
    Workload("deep_narrow", (32,), _mlp(*[32] * 16, 10, activation="tanh")),
    Workload("lstm_50", (50, 8), (("lstm", 32), ("dense", 10, None)), samples=6400),
    Workload("gru_50", (50, 8), (("gru", 32), ("dense", 10, None)), samples=6400),
    Workload("conv1d", (128, 8), (
        ("conv", 32, 5, "same", "relu"), ("maxpool", 2), ("conv", 32, 5, "valid", "relu"),
        ("maxpool", 2), ("flatten",), ("dense", 64, "relu"), ("dense", 10, None)),
        batch=64, samples=6400),
    Workload("autoencoder", (784,), _mlp(128, 32, 128, 784), loss="mse", batch=128,
             samples=12800),
    Workload("embed_dot", (1,), (("embed", (1000, 500), 32), ("dot",)), loss="mse", lr=0.01,
             batch=64, samples=25600),
    Workload("embedding_text", (100,), (
        ("lookup", 5000, 32), ("average",), ("dense", 16, "relu"), ("dense", 1, None)),
        loss="bce", classes=2, batch=64, samples=6400),
    Workload("attention", (32, 64), (("encoder", 4, 128), ("average",), ("dense", 10, None)),
             samples=3200),
]
BY_NAME = {w.name: w for w in WORKLOADS}


def loss_value(workload, outputs, y):
    """The data loss of a prediction, to check that the peers train the same thing."""
    z = np.asarray(outputs, np.float64)
    if workload.loss == "mse":
        return float(np.mean((z - y) ** 2))
    if workload.loss == "bce":
        return float(np.mean(np.logaddexp(0, z) - z * y))
    z = z - z.max(1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(len(y)), y]))
