"""Why from_logits=True: a probability that was rounded cannot give its loss back.

    python examples/logits_in_float32.py [picture.png]

A network is sure of the wrong answer by a logit z. Its loss is log(1 + eᶻ), nearly z. Twice it is
computed in float32: from the logit itself, and from the probability, as a sigmoid or a softmax
gives it. Both are held against the exact loss: the same definition, read in 50 digits. In float32
1 - σ(z) loses its digits long before z = 17, and Keras keeps probabilities above 10⁻⁷, where the
loss stops at 16.1 and passes no gradient on: the worst mistakes are those that are not learnt from.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from pellucid import GradientTape, Tensor, activations, losses
from pellucid.insight.plots.error_by_logit import error_by_logit
from pellucid.spaces.exact import exact

LOGITS = np.arange(0, 40.25, 0.25, dtype=np.float32)
SQUASHED, DIRECT = "by way of the probability", "from the logits"


def binary(logits: Any, direct: bool) -> Any:
    """The right answer is 0; shape ``(n,) → (n,)``."""
    z = logits[:, None]
    wrong = np.zeros(z.shape, "float32")
    return losses.binary_crossentropy(wrong, z if direct else activations.sigmoid(z), direct)


def categorical(logits: Any, direct: bool) -> Any:
    """The right class is the second, whose logit is 0; shape ``(n,) → (n,)``."""
    z = logits[:, None] * np.array([[1.0, 0.0]], "float32")
    second = np.tile(np.array([[0.0, 1.0]], "float32"), (len(LOGITS), 1))
    return losses.categorical_crossentropy(second, z if direct else activations.softmax(z), direct)


WAYS = {"sigmoid, binary crossentropy": binary, "softmax, categorical crossentropy": categorical}


def errors() -> dict[str, dict[str, np.ndarray]]:
    """|loss in float32 - exact loss| for each loss and way, at each of the logits."""
    found = {}
    for name, loss in WAYS.items():
        truth = exact(lambda z, loss=loss: loss(z, True), LOGITS)
        found[name] = {way: np.abs(loss(Tensor(LOGITS), direct).numpy() - truth).astype(float)
                       for way, direct in ((DIRECT, True), (SQUASHED, False))}
    return found


def slopes(loss: Any, direct: bool) -> np.ndarray:
    """∂loss/∂z at each of the logits; exactly it is σ(z), nearly 1."""
    z = Tensor(LOGITS)
    with GradientTape() as tape:
        tape.watch(z)
        total = loss(z, direct)
    return tape.gradient(total, z).numpy()


def main(path: str = "logits_in_float32.png") -> None:
    """Compute, draw, and say what was seen."""
    found = errors()
    error_by_logit(LOGITS, found).savefig(path, dpi=144)

    worst = {way: max(curves[way].max() for curves in found.values()) for way in (SQUASHED, DIRECT)}
    at_ten = found["sigmoid, binary crossentropy"][SQUASHED][LOGITS == 10][0]
    dead = min(float(LOGITS[slopes(loss, False) == 0].min()) for loss in WAYS.values())
    kept = min(float(slopes(loss, True)[dead <= LOGITS].min()) for loss in WAYS.values())
    assert worst[DIRECT] < 1e-5 < 1 < worst[SQUASHED]
    print(f"From the logits the loss is within {worst[DIRECT]:.0e} of the exact one up to a logit "
          f"of {LOGITS[-1]:g}; by way of the probability it is {at_ten:.0e} off at 10 and "
          f"{worst[SQUASHED]:.1f} at {LOGITS[-1]:g}, and from {dead:g} on its gradient is 0, where "
          f"that from the logits is {kept:.3f}; the picture is {path}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
