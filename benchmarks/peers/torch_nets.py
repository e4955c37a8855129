"""The workloads' nets as PyTorch modules, with the weights that all peers start from."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import nn

WITH_KERNEL = (nn.Linear, nn.Conv1d, nn.Conv2d)


class ChannelsFirst(nn.Module):
    """The channels before the places."""

    def forward(self, x):
        """A view: the memory stays as it is."""
        return x.movedim(-1, 1)


class Plane(nn.Module):
    """A line as a plane of height 1."""

    def forward(self, x):
        """A view."""
        return x.unsqueeze(2)


class LastOutput(nn.Module):
    """The last output of an LSTM or a GRU.

    The LSTM's second bias stays zero, so it trains the same as the others'.
    """

    def __init__(self, kind, inputs, units):
        super().__init__()
        self.cells = {"lstm": nn.LSTM, "gru": nn.GRU}[kind](inputs, units, batch_first=True)
        nn.init.xavier_uniform_(self.cells.weight_ih_l0)
        nn.init.orthogonal_(self.cells.weight_hh_l0)
        nn.init.zeros_(self.cells.bias_ih_l0)
        nn.init.zeros_(self.cells.bias_hh_l0)
        if kind == "lstm":
            self.cells.bias_hh_l0.requires_grad_(False)
            with torch.no_grad():
                self.cells.bias_ih_l0[units:2 * units] = 1

    def forward(self, x):
        """(batch, steps, inputs) → (batch, units)."""
        last = self.cells(x)[1]
        return last[0][0] if isinstance(last, tuple) else last[0]


class Encoder(nn.Module):
    """A transformer's encoder block; queries, keys and values come of one product."""

    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = (nn.LayerNorm(width, eps=1e-3) for _ in range(2))
        with torch.no_grad():
            for part in self.qkv.weight.split(width):
                nn.init.xavier_uniform_(part)
        for each in (self.out, self.up, self.down):
            nn.init.xavier_uniform_(each.weight)
        for each in (self.qkv, self.out, self.up, self.down):
            nn.init.zeros_(each.bias)

    def forward(self, x):
        """(batch, steps, width) → the same."""
        b, t, width = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, width)
        x = self.norm1(x + self.out(seen))
        return self.norm2(x + self.down(F.relu(self.up(x))))


class Tables(nn.Module):
    """An embedding for each input."""

    def __init__(self, tables, width):
        super().__init__()
        self.tables = nn.ModuleList(lookup(n, width) for n in tables)

    def forward(self, x):
        """A vector for each input."""
        return [table(index[:, 0]) for table, index in zip(self.tables, x, strict=True)]


class Dot(nn.Module):
    """The dot product of two vectors."""

    def forward(self, x):
        """Two of (batch, width) → (batch, 1)."""
        return (x[0] * x[1]).sum(1, keepdim=True)


class Average(nn.Module):
    """The mean over steps."""

    def forward(self, x):
        """(batch, steps, width) → (batch, width)."""
        return x.mean(1)


def lookup(n, width):
    """An embedding."""
    table = nn.Embedding(n, width)
    nn.init.uniform_(table.weight, -0.05, 0.05)
    return table


def _windowed(shape, kind, *arg):
    """``(module, output shape)`` of a convolution or a pooling."""
    if kind == "maxpool":
        made = (nn.MaxPool1d, nn.MaxPool2d)[len(shape) - 2]
        return made(arg[0]), (*(n // arg[0] for n in shape[:-1]), shape[-1])
    filters, k, padding, _ = arg
    cut = 0 if padding == "same" else k - 1
    made = (nn.Conv1d, nn.Conv2d)[len(shape) - 2]
    return (made(shape[-1], filters, k, padding=k // 2 if padding == "same" else 0),
            (*(n - cut for n in shape[:-1]), filters))


def _plane_layer(shape, kind, *arg):
    """A 1-D convolution or pooling as one in a plane of height 1."""
    module, shape = _layer(shape, kind, *arg)
    if kind == "conv":
        module = nn.Conv2d(module.in_channels, module.out_channels, (1, *module.kernel_size),
                           padding=(0, *module.padding))
    elif kind == "maxpool":
        module = nn.MaxPool2d((1, arg[0]))
    return module, shape


def _layer(shape, kind, *arg):
    """``(module, output shape)`` of one layer, its activation left out."""
    match kind:
        case "dense":
            return nn.Linear(shape[0], arg[0]), (arg[0],)
        case "conv" | "maxpool":
            return _windowed(shape, kind, *arg)
        case "flatten":
            return nn.Flatten(), (int(np.prod(shape)),)
        case "bn":
            return nn.BatchNorm1d(shape[0], eps=1e-3, momentum=0.01), shape
        case "relu":
            return nn.ReLU(), shape
        case "dropout":
            return nn.Dropout(arg[0]), shape
        case "lstm" | "gru":
            return LastOutput(kind, shape[-1], arg[0]), (arg[0],)
        case "encoder":
            return Encoder(shape[-1], *arg), shape
        case "average":
            return Average(), shape[1:]
        case "lookup":
            return lookup(*arg), (*shape, arg[1])
        case "embed":
            return Tables(*arg), (arg[1],)
    return Dot(), (1,)


def build(w, plane):
    """The workload's net; with ``plane``, 1-D convolutions are 2-D ones of height 1."""
    out, shape = [], w.input_shape
    for layer in w.layers:
        if layer[0] == "conv" and not out:
            out += [ChannelsFirst(), Plane()] if plane else [ChannelsFirst()]
        module, shape = (_plane_layer if plane else _layer)(shape, *layer)
        out.append(module)
        if layer[0] in ("dense", "conv") and layer[-1]:
            out.append({"relu": nn.ReLU, "tanh": nn.Tanh}[layer[-1]]())
    for m in out:
        if isinstance(m, WITH_KERNEL):
            nn.init.xavier_uniform_(m.weight)
            nn.init.zeros_(m.bias)
    return nn.Sequential(*out)
