"""PyTorch: eager; compiled model; one compiled graph for the whole step (written functionally).

"plane" is eager with 1-D convolutions as 2-D ones of height 1, which oneDNN does faster.
"""

from __future__ import annotations

import os

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 (its usual name)
from torch import nn
from torch_nets import WITH_KERNEL, ChannelsFirst, build
from workloads import rows

VARIANTS = ["eager", "plane", "compile", "step"]
LOSSES = {"bce": F.binary_cross_entropy_with_logits, "ce": F.cross_entropy, "mse": F.mse_loss}
WRITTEN_OUT = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.BatchNorm1d, nn.ReLU, nn.Tanh, nn.Dropout,
               nn.Flatten, nn.MaxPool1d, nn.MaxPool2d, ChannelsFirst)


def _tensors(x):
    return tuple(map(torch.from_numpy, x)) if isinstance(x, tuple) else torch.from_numpy(x)


def _split(x, size):
    """Batches of data that are one tensor or a tuple of them."""
    if isinstance(x, tuple):
        return list(zip(*(each.split(size) for each in x), strict=True))
    return x.split(size)


class Runner:
    """The net on this peer, with its data."""

    def __init__(self, w, variant, x, y):
        torch.set_num_threads(int(os.environ["BENCH_THREADS"]))
        torch.manual_seed(0)
        self.w, self.variant = w, variant
        self.x = _tensors(x)
        self.y = torch.from_numpy(y.astype(np.int64) if w.loss == "ce" else y)
        plane = variant == "plane"
        if plane and (len(w.input_shape) != 2 or w.layers[0][0] != "conv"):
            raise NotImplementedError("1-D convolutions only")
        self.model = build(w, plane)
        if len(w.input_shape) == 3:
            self.model = self.model.to(memory_format=torch.channels_last)
        self.kernels = [m.weight for m in self.model if isinstance(m, WITH_KERNEL)]
        self.loss_of = LOSSES[w.loss]
        compiled = variant in ("compile", "step")
        if compiled:
            import torch._inductor.config as config
            config.cpp_wrapper = variant == "step" or bool(w.predict)
        if w.predict:
            self.model.eval()
        self.infer = torch.compile(self.model) if w.predict and compiled else self.model
        if variant == "step":
            self.step = self._whole_step()
            return
        params = [p for p in self.model.parameters() if p.requires_grad]
        self.opt = (torch.optim.Adam(params, lr=w.lr, eps=1e-7, fused=True)
                    if w.optimizer == "adam"
                    else torch.optim.SGD(params, lr=w.lr, momentum=w.momentum, fused=True))
        self.forward = torch.compile(self._loss) if variant == "compile" else self._loss

    def _loss(self, x, y):
        loss = self.loss_of(self.model(x), y)
        if self.w.l2:
            loss = loss + self.w.l2 * sum((k * k).sum() for k in self.kernels)
        return loss

    def _functional_loss(self, names, decayed):
        """The loss as a function of explicit tensors, each layer written out."""
        w, model = self.w, self.model

        def forward(layer, own, x):
            if isinstance(layer, nn.Linear):
                return F.linear(x, own["weight"], own["bias"])
            if isinstance(layer, (nn.Conv1d, nn.Conv2d)):
                conv = F.conv1d if isinstance(layer, nn.Conv1d) else F.conv2d
                return conv(x, own["weight"], own["bias"], padding=layer.padding)
            if isinstance(layer, nn.BatchNorm1d):
                mean, var = x.mean(0), x.var(0, correction=0)
                with torch.no_grad():
                    layer.running_mean.lerp_(mean.detach(), 0.01)
                    layer.running_var.lerp_(var.detach(), 0.01)
                return (x - mean) * torch.rsqrt(var + 1e-3) * own["weight"] + own["bias"]
            return layer(x)

        def loss(values, x, y):
            values = dict(zip(names, values, strict=True))
            for j, layer in enumerate(model):
                own = {n.split(".")[1]: v for n, v in values.items() if n.startswith(f"{j}.")}
                x = forward(layer, own, x)
            out = self.loss_of(x, y)
            if w.l2:
                out = out + w.l2 * sum((values[n] ** 2).sum() for n in decayed)
            return out
        return loss

    def _whole_step(self):
        """Forward, gradients and update as a single graph, over explicit tensors."""
        w, model = self.w, self.model
        if not all(isinstance(m, WRITTEN_OUT) for m in model):
            raise NotImplementedError("written out for dense and convolutional nets only")
        names, params = zip(*model.named_parameters(), strict=True)
        self.m = [torch.zeros_like(p) for p in params]
        self.v = [torch.zeros_like(p) for p in params]
        self.t = torch.zeros(())
        params = [p.detach() for p in params]
        l2 = {id(k) for k in self.kernels}
        loss = self._functional_loss(names, [n for n, p in model.named_parameters()
                                             if id(p) in l2])

        def step(params, m, v, t, x, y):
            grads = torch.func.grad(loss)(params, x, y)
            if w.optimizer == "adam":
                t.add_(1)
                rate = w.lr * torch.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)
                for p, g, a, b in zip(params, grads, m, v, strict=True):
                    a.lerp_(g, 0.1)
                    b.lerp_(g * g, 0.001)
                    p.sub_(rate * a / (torch.sqrt(b) + 1e-7))
            else:
                for p, g, a in zip(params, grads, m, strict=True):
                    if w.momentum:
                        a.mul_(w.momentum).add_(g)
                        g = a
                    p.sub_(w.lr * g)

        compiled = torch.compile(step)
        return lambda x, y: compiled(params, self.m, self.v, self.t, x, y)

    def fit(self, epochs):
        """Train for some epochs."""
        self.model.train()
        n, b = self.w.samples, self.w.batch
        for _ in range(epochs):
            order = torch.randperm(n)
            xs, ys = _split(rows(self.x, order), b), self.y[order].split(b)
            if self.variant == "step":
                with torch.no_grad():
                    for x, y in zip(xs, ys, strict=True):
                        self.step(x, y)
                continue
            for x, y in zip(xs, ys, strict=True):
                self.opt.zero_grad(set_to_none=True)
                self.forward(x, y).backward()
                self.opt.step()

    def predict(self, x):
        """The outputs, as a NumPy array."""
        if not self.w.predict:
            self.model.eval()
        with torch.inference_mode():
            return self.infer(_tensors(x)).numpy()
