"""The one reverse sweep: walk a tape backwards, multiply by local gradients, add up.

A tape is already in order, so there is nothing to sort, and each entry is visited once: all P
derivatives of an N-entry tape cost one walk of N steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pellucid.core.atom import ATOMS
from pellucid.core.op import Application
from pellucid.core.tensor import Tensor

if TYPE_CHECKING:
    from pellucid.core.tape import Tape


def sweep(tape: Tape, targets: Sequence[Tensor], seeds: Sequence[Tensor]) -> dict[Tensor, Tensor]:
    """∂(Σ seed·target)/∂v for every watched v on the tape that the targets depend on."""
    gradients: dict[Tensor, Tensor] = {}
    for target, seed in zip(targets, seeds, strict=True):
        accumulate(gradients, target, seed)
    for application in reversed(tuple(tape.applications)):
        if any(output in gradients for output in application.outputs):
            for x, gradient in local_gradients(tape, application, gradients):
                accumulate(gradients, x, gradient)
    return gradients


def local_gradients(tape: Tape, application: Application, gradients: dict[Tensor, Tensor]):
    """Pairs (input, its gradient) through one application: one factor of the chain rule."""
    wanted = [tape.watches(each) for each in application.inputs]
    outputs = [gradients[y] if y in gradients else zeros_like(y) for y in application.outputs]
    found = application.op.pull_back(application, outputs, wanted)
    for x, want, gradient in zip(application.inputs, wanted, found, strict=True):
        if want and gradient is not None:
            yield x, unbroadcast(gradient, x)


def accumulate(gradients: dict[Tensor, Tensor], x: Tensor, gradient: Tensor) -> None:
    """Where a value is used twice, its gradients add up."""
    gradients[x] = gradients[x] + gradient if x in gradients else gradient


def unbroadcast(gradient: Tensor, x: Tensor) -> Tensor:
    """Broadcasting copied x along some axes; the gradient adds the copies up again."""
    if gradient.dtype != x.dtype:
        gradient = ATOMS["cast"](gradient, dtype=x.dtype)
    if gradient.shape == x.shape:
        return gradient
    lead = gradient.ndim - x.ndim
    stretched = [lead + i for i, n in enumerate(x.shape) if n == 1 != gradient.shape[lead + i]]
    axes = (*range(lead), *stretched)
    total = ATOMS["sum"](gradient, axis=axes, keepdims=True) if axes else gradient
    return ATOMS["reshape"](total, shape=x.shape) if total.shape != x.shape else total


def zeros_like(x: Tensor) -> Tensor:
    """No gradient reached this output: a zero of its shape."""
    return ATOMS["broadcast_to"](Tensor(np.zeros((), x.dtype)), shape=x.shape)
