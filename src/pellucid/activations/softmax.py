"""Softmax and its kin: scores of several classes become shares that add up to 1."""

from __future__ import annotations

from pellucid.atoms import cast, exp, expand_dims, log, max, moveaxis, sum, swapaxes, where
from pellucid.atoms.samples import at, uniform
from pellucid.core.op import op

SCORES = [uniform(-3, 3), at(-1e4, 0.0, 1e4)]


@op(symbol="softmax", samples=SCORES)
def softmax(x, axis=-1):
    """Scores become probabilities: softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ, along ``axis`` (one, or several).

    Any shape → the same shape.

    Args:
        axis: the axis, or axes, along which outputs add up to 1.

    >>> softmax([0.0, 0.0]).numpy().tolist()
    [0.5, 0.5]

    Use: the output layer for one of k classes, and the weights of attention.
    Pros: shares of all classes that add up to 1; with crossentropy its gradient is simply p - y.
    Cons: saturates where one score leads by far; always sure of some class, also for what is none
    of them.
    Source: J. Bridle, 1990.
    """
    e = exp(x)
    return e / sum(e, axis=axis, keepdims=True)


@softmax.stable                       # a common factor cancels, so the largest e^x may be 1
def _(x, axis=-1):
    e = exp(x - max(x, axis=axis, keepdims=True))
    return e / sum(e, axis=axis, keepdims=True)


@softmax.gradient                     # ∂yᵢ/∂xⱼ = yᵢ (δᵢⱼ - yⱼ)
def _(g, y, x, axis=-1):
    return y * (g - sum(g * y, axis=axis, keepdims=True))


@op(samples=SCORES)
def log_softmax(x, axis=-1):
    """The logarithm of softmax: xᵢ - log Σⱼ e^xⱼ, along ``axis``. Any shape → the same shape.

    Args:
        axis: the axis, or axes, along which the exponentials add up to 1.

    >>> log_softmax([0.0, -1e4]).numpy().tolist()
    [0.0, -10000.0]

    Use: an output layer whose loss wants logarithms of probabilities; more exact than
    log(softmax(x)).
    Pros: finite where softmax would round to 0; a gradient however wrong the scores are.
    Cons: logarithms, which people do not read as probabilities.
    """
    return x - log(sum(exp(x), axis=axis, keepdims=True))


@log_softmax.stable                   # scores relative to the largest: nothing overflows
def _(x, axis=-1):
    x = x - max(x, axis=axis, keepdims=True)
    return x - log(sum(exp(x), axis=axis, keepdims=True))


@log_softmax.gradient                 # ∂yᵢ/∂xⱼ = δᵢⱼ - softmax(x)ⱼ
def _(g, y, x, axis=-1):
    return g - exp(y) * sum(g, axis=axis, keepdims=True)


@op(samples=[uniform(-1, 1), at(-1e4, 0.0, 1e4)])
def sparsemax(x, axis=-1):
    r"""The probabilities nearest to the scores, many of them exactly 0:
    :math:`y = \max(x - τ, 0)` with τ such that they add up to 1.

    A score belongs to the support if 1 + k xᵢ > S, where k counts the scores that are at least
    xᵢ and S is their sum; then τ = (S - 1) / k for the least score of the support.
    Any shape → the same shape.

    Args:
        axis: the axis along which outputs add up to 1.

    >>> sparsemax([3.0, 1.0]).numpy().tolist()
    [1.0, 0.0]

    Use: attention, or labels of which few apply, where most shares should be exactly 0.
    Pros: shares that are exactly 0: what does not count is left out; still adds up to 1.
    Cons: no gradient for what is left out; needs each pair of scores compared, so it is dear for
    many classes.
    Source: A. Martins and R. Astudillo, "From softmax to sparsemax", 2016.
    """
    rows = moveaxis(x, source=axis, destination=-1)
    inside = cast(support(rows), dtype=rows.dtype)
    tau = (sum(inside * rows, axis=-1, keepdims=True) - 1) / sum(inside, axis=-1, keepdims=True)
    return moveaxis(where(inside > 0, rows - tau, 0), source=-1, destination=axis)


@sparsemax.gradient                   # ∂yᵢ/∂xⱼ = δᵢⱼ - 1/k within the support, 0 outside
def _(g, y, x, axis=-1):
    inside = cast(y > 0, dtype=y.dtype)
    mean = sum(inside * g, axis=axis, keepdims=True) / sum(inside, axis=axis, keepdims=True)
    return inside * (g - mean)


def support(x):
    """Which scores of each row keep a share in `sparsemax`."""
    x = x - max(x, axis=-1, keepdims=True)
    others = expand_dims(x, axis=-2)
    at_least = cast(others >= swapaxes(others, axis1=-1, axis2=-2), dtype=x.dtype)
    return 1 + x * sum(at_least, axis=-1) > sum(at_least * others, axis=-1)
