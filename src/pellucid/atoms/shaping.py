"""Atoms that move numbers without changing them, and the ops made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.elementwise import multiply
from pellucid.atoms.samples import uniform
from pellucid.core.atom import atom
from pellucid.core.calls import known_by_name
from pellucid.core.errors import ArgumentError, ShapeError, nearest, user_line
from pellucid.core.op import op
from pellucid.core.tensor import with_operators

LINE = [uniform(-3, 3)]
BEYOND: Any = ("edge", "reflect", "symmetric", "wrap")       # what `pad` knows beside "constant"


def _scatter(g: Any, y: Any, x: Any, *, shape: Any) -> Any:
    return reshape(g, shape=x.shape)


def _back(axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.argsort(axes))


def _slices(spans: Any) -> tuple[slice, ...]:
    """(start, length, step) per axis as Python slices; a step back may end before index 0."""
    ends = [start + length * step for start, length, step in spans]
    return tuple(slice(start, end if end >= 0 else None, step)
                 for (start, _, step), end in zip(spans, ends, strict=True))


def _place(x: Any, *, shape: Any, spans: Any) -> Any:
    out = np.zeros(shape, np.asarray(x).dtype)
    out[_slices(spans)] = x
    return out


def _gather(x: Any, indices: Any, *, axis: int) -> Any:
    return np.take(x, indices, axis=axis)


def _scatter_add(x: Any, indices: Any, *, axis: int, size: int) -> Any:
    rows = np.moveaxis(x, range(axis, axis + indices.ndim), range(indices.ndim))
    out = np.zeros((size, *rows.shape[indices.ndim:]), x.dtype)
    np.add.at(out, indices, rows)
    return np.moveaxis(out, 0, axis)


def _parts(g: Any, y: Any, *xs: Any, axis: int) -> list[Any]:
    parts, start = [], 0
    for x in xs:
        spans = [(0, n, 1) for n in g.shape]
        spans[axis] = (start, x.shape[axis], 1)
        parts.append(strided(g, spans=tuple(spans)))
        start += x.shape[axis]
    return parts


_reshape = atom(
    "reshape", lambda x, *, shape: np.reshape(x, shape), _scatter,
    about="The same numbers in row order under another shape, all of it spelled out.")
_transpose = atom(
    "transpose", lambda x, *, axes=None: np.transpose(x, axes),
    lambda g, y, x, axes=None: transpose(g, axes=None if axes is None else _back(axes)),
    about="The axes in another order (reversed if None).", tex="{0:>}^T", level=5)
_broadcast_to = atom(
    "broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, y, x, shape: g,                       # the sweep adds the copies up again
    about="x repeated along new axes and along axes of length 1.", tex="{0}")
join = atom(
    "join", lambda *xs, axis: np.concatenate(xs, axis=axis), _parts,
    about="Tensors one after the other along an axis.",
    example=("join([1, 2], [3], axis=0)", [1, 2, 3]), whole=True, meet="same")
strided = atom(
    "strided", lambda x, *, spans: x[_slices(spans)],
    lambda g, y, x, spans: place(g, shape=x.shape, spans=spans),
    about="A regular part of x: for each axis the (start, length, step) of what is taken.",
    example=("strided([1, 2, 3, 4], spans=((1, 2, 2),))", [2, 4]), tex="{0:>}", level=5)
place = atom(
    "place", _place, lambda g, y, x, shape, spans: strided(g, spans=spans),
    about="Zeros of a shape with x put where `strided` would take it from.",
    example=("place([2, 4], shape=(4,), spans=((1, 2, 2),))", [0, 2, 0, 4]), tex="{0:>}")
gather = atom(
    "gather", _gather, lambda g, y, x, indices, axis: scatter_add(
        g, indices, axis=axis, size=x.shape[axis]), None,
    about="The entries of x at ``indices`` along an axis.",
    example=("gather([5, 6, 7], [2, 0, 2], axis=0)", [7, 5, 7]), tex="{0:>}_{{{1:0}}}")
scatter_add = atom(
    "scatter_add", _scatter_add,
    lambda g, y, x, indices, axis, size: gather(g, indices, axis=axis), None,
    about="Each entry of x added up at its index: what `gather` took, put back.",
    example=("scatter_add([7, 5, 7], [2, 0, 2], axis=0, size=3)", [5, 0, 14]),
    tex=r"\sum_{{{1:0}}} {0:>}")


def _known_shape(shape: Any, size: int) -> tuple[int, ...]:
    """The target shape with its one -1 filled in."""
    shape = (shape,) if isinstance(shape, (int, np.integer)) else tuple(int(n) for n in shape)
    if -1 in shape:
        rest = int(np.prod([n for n in shape if n != -1], dtype=np.int64))
        if shape.count(-1) > 1 or rest == 0 or size % rest:
            raise ShapeError(f"{size} numbers cannot take the shape {shape}", where=user_line())
        shape = tuple(size // rest if n == -1 else n for n in shape)
    return shape


def _passes(x: Any) -> bool:
    """Whether x is of another space (a symbol, a functional model's tensor)."""
    return getattr(type(x), "space", None) is not None


@op(samples=LINE)
def reshape(x, shape=(-1,)):
    """The same numbers in row order under another shape; one -1 stands for what remains.

    Raises ShapeError if the numbers do not fill the shape.

    >>> reshape([1, 2, 3, 4, 5, 6], (2, -1)).tolist()
    [[1, 2, 3], [4, 5, 6]]
    """
    return _reshape(x, shape=_known_shape(shape, int(np.prod(np.shape(x), dtype=np.int64))))


@op(samples=LINE, tex="{0:>}^T", level=5)
def transpose(x, axes=None):
    """The axes in another order (reversed unless told): xᵀ for a matrix.

    >>> transpose([[1, 2, 3], [4, 5, 6]]).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    return _transpose(x, axes=None if axes is None else tuple(int(a) % len(axes) for a in axes))


@op
def broadcast_to(x, shape=()):
    """x repeated along new axes and along axes of length 1.

    >>> broadcast_to([1, 2], (2, 2)).tolist()
    [[1, 2], [1, 2]]
    """
    return _broadcast_to(x, shape=tuple(int(n) for n in shape))


@op(samples=LINE)
def expand_dims(x, axis=0):
    """x with a new axis of length 1.

    >>> expand_dims([1, 2], axis=1).tolist()
    [[1], [2]]
    """
    shape = list(x.shape)
    axes = (axis,) if isinstance(axis, int) else axis
    total = len(shape) + len(axes)
    for each in sorted(a % total for a in axes):
        shape.insert(each, 1)
    return _reshape(x, shape=tuple(shape))


@op(samples=LINE)
def squeeze(x, axis=None):
    """x without its axes of length 1 (or without the one named).

    Raises ShapeError if the one named is longer.

    >>> squeeze([[1], [2]], axis=1).tolist()
    [1, 2]
    """
    shape = x.shape
    axes = ([i for i, n in enumerate(shape) if n == 1] if axis is None
            else [a % len(shape) for a in ((axis,) if isinstance(axis, int) else axis)])
    if any(shape[i] != 1 for i in axes):
        raise ShapeError(f"squeeze(axis={axis}) needs an axis of length 1",
                         got=f"shape {tuple(shape)}", where=user_line())
    return _reshape(x, shape=tuple(n for i, n in enumerate(shape) if i not in axes))


@op(samples=LINE)
def swapaxes(x, axis1=0, axis2=1):
    """x with two axes exchanged.

    >>> swapaxes([[1, 2, 3], [4, 5, 6]], 0, 1).tolist()
    [[1, 4], [2, 5], [3, 6]]
    """
    axes = list(range(len(x.shape)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(x, axes=axes)


@op(samples=LINE)
def moveaxis(x, source=0, destination=-1):
    """x with axes moved to new places, the others keeping their order.

    >>> moveaxis(np.zeros((2, 3, 4)), 0, -1).shape
    (3, 4, 2)
    """
    n = len(x.shape)
    sources = [s % n for s in ((source,) if isinstance(source, int) else source)]
    places = [d % n for d in ((destination,) if isinstance(destination, int) else destination)]
    order = [i for i in range(n) if i not in sources]
    for place_, source_ in sorted(zip(places, sources, strict=True)):
        order.insert(place_, source_)
    return transpose(x, axes=order)


@op(samples=LINE)
def flip(x, axis=None):
    """x in reverse order along an axis (along all if None).

    >>> flip([[1, 2], [3, 4]], axis=1).tolist()
    [[2, 1], [4, 3]]
    """
    axes = range(len(x.shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    spans = [(0, n, 1) for n in x.shape]
    for each in axes:
        spans[each] = (x.shape[each] - 1, x.shape[each], -1)
    return strided(x, spans=tuple(spans))


@op(samples=LINE)
def pad(x, pad_width=0, mode="constant", constant_values=0):
    """x with ``pad_width`` numbers before and after, per axis, all ``constant_values``.

    In another ``mode`` they are those of x: "edge" repeats the last one, "reflect" mirrors at it,
    "symmetric" mirrors it as well, "wrap" goes round. Raises ArgumentError for any other mode.

    >>> pad([1, 2], (1, 2)).tolist()
    [0, 1, 2, 0, 0]
    """
    widths = np.broadcast_to(np.asarray(pad_width), (len(x.shape), 2)).tolist()
    if mode != "constant":
        return _continued(x, widths, mode)
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, widths, strict=True))
    spans = tuple((a, n, 1) for n, (a, _) in zip(x.shape, widths, strict=True))
    padded = place(x, shape=shape, spans=spans)
    if constant_values is None or constant_values == 0:  # None is Keras's word for 0
        return padded
    inside = np.zeros(shape, bool)
    inside[_slices(spans)] = True
    return padded + multiply(np.where(inside, 0, constant_values).astype(x.dtype), 1)


def _continued(x: Any, widths: list[Any], mode: Any) -> Any:
    """x beyond its edges: along each axis NumPy says which entry stands at which place."""
    if mode not in BEYOND:
        raise ArgumentError(f"pad's mode must be one of constant, {', '.join(BEYOND)}",
                            got=repr(mode), where=user_line(),
                            hint=nearest(mode, ("constant", *BEYOND)))
    for axis, width in enumerate(widths):
        if any(width):
            places = np.pad(np.arange(x.shape[axis], dtype=np.int32), width, mode)
            x = gather(x, places, axis=axis)
    return x


# functions of several tensors, or of none
@known_by_name
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors one after the other along an axis.

    Raises ArgumentError for an empty list, ShapeError if the other axes differ.

    >>> concatenate([[1, 2], [3]]).tolist()
    [1, 2, 3]
    """
    xs = list(map(with_operators, xs))
    if not xs:
        raise ArgumentError("concatenate needs at least one tensor")
    return join(*xs, axis=axis) if any(map(_passes, xs)) else join(
        *xs, axis=axis % max(xs[0].ndim, 1))


def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors of one shape along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    return concatenate([expand_dims(with_operators(x), axis=axis) for x in xs], axis=axis)


def tile(x: Any, repeats: Any) -> Any:
    """x repeated as a whole, ``repeats`` times per axis.

    >>> tile([1, 2], 3).tolist()
    [1, 2, 1, 2, 1, 2]
    """
    repeats = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    x = with_operators(x)
    if (more := len(repeats) - len(x.shape)) > 0:
        x = reshape(x, shape=(*[1] * more, *x.shape))
    for axis, times in enumerate(repeats, start=len(x.shape) - len(repeats)):
        x = concatenate([x] * times, axis=axis) if times != 1 else x
    return x
