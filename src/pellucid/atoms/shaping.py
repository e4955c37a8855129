"""Atoms that move numbers without changing them, and the ops made of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pellucid.atoms.elementwise import cast, equal, multiply
from pellucid.atoms.samples import uniform
from pellucid.core import dtypes
from pellucid.core.atom import atom
from pellucid.core.errors import ArgumentError, KindError, ShapeError, TracingError, user_line
from pellucid.core.op import op
from pellucid.core.tensor import Abstract, Arraylike, Operators, Tensor, as_operand, convert

LINE = [uniform(-3, 3)]


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
    "reshape", lambda x, *, shape: np.reshape(x, shape), _scatter)
_transpose = atom("transpose", lambda x, *, axes=None: np.transpose(x, axes),
                  lambda g, y, x, axes=None: transpose(g, axes=None if axes is None
                                                       else _back(axes)),
                  tex="{0:>}^T", level=5)
_broadcast_to = atom("broadcast_to", lambda x, *, shape: np.broadcast_to(x, shape),
                     lambda g, y, x, shape: g,      # the sweep adds the copies up again
                     tex="{0}")
join = atom("join", lambda *xs, axis: np.concatenate(xs, axis=axis), _parts, whole=True,
            meet="same")
strided = atom("strided", lambda x, *, spans: x[_slices(spans)],
               lambda g, y, x, spans: place(g, shape=x.shape, spans=spans),
               tex="{0:>}", level=5)
place = atom("place", _place, lambda g, y, x, shape, spans: strided(g, spans=spans),
             tex="{0:>}")
gather = atom("gather", _gather,
              lambda g, y, x, indices, axis: scatter_add(
                  g, indices, axis=axis, size=x.shape[axis]), None,
              tex="{0:>}_{{{1:0}}}")
scatter_add = atom("scatter_add", _scatter_add,
                   lambda g, y, x, indices, axis, size: gather(g, indices, axis=axis), None,
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
    """The same numbers in row order under another shape; one -1 stands for what remains."""
    return _reshape(x, shape=_known_shape(shape, int(np.prod(np.shape(x), dtype=np.int64))))


@op(samples=LINE, tex="{0:>}^T", level=5)
def transpose(x, axes=None):
    """The axes in another order (reversed unless told): xᵀ for a matrix."""
    return _transpose(x, axes=None if axes is None else tuple(int(a) % len(axes) for a in axes))


@op
def broadcast_to(x, shape=()):
    """x repeated along new axes and along axes of length 1."""
    return _broadcast_to(x, shape=tuple(int(n) for n in shape))


@op(samples=LINE)
def expand_dims(x, axis=0):
    """x with a new axis of length 1."""
    shape = list(x.shape)
    axes = (axis,) if isinstance(axis, int) else axis
    total = len(shape) + len(axes)
    for each in sorted(a % total for a in axes):
        shape.insert(each, 1)
    return _reshape(x, shape=tuple(shape))


@op(samples=LINE)
def squeeze(x, axis=None):
    """x without its axes of length 1 (or without the one named)."""
    shape = x.shape
    axes = ([i for i, n in enumerate(shape) if n == 1] if axis is None
            else [a % len(shape) for a in ((axis,) if isinstance(axis, int) else axis)])
    if any(shape[i] != 1 for i in axes):
        raise ShapeError(f"squeeze(axis={axis}) needs an axis of length 1",
                         got=f"shape {tuple(shape)}", where=user_line())
    return _reshape(x, shape=tuple(n for i, n in enumerate(shape) if i not in axes))


@op(samples=LINE)
def swapaxes(x, axis1=0, axis2=1):
    """x with two axes exchanged."""
    axes = list(range(len(x.shape)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return transpose(x, axes=axes)


@op(samples=LINE)
def moveaxis(x, source=0, destination=-1):
    """x with axes moved to new places, the others keeping their order."""
    n = len(x.shape)
    sources = [s % n for s in ((source,) if isinstance(source, int) else source)]
    places = [d % n for d in ((destination,) if isinstance(destination, int) else destination)]
    order = [i for i in range(n) if i not in sources]
    for place_, source_ in sorted(zip(places, sources, strict=True)):
        order.insert(place_, source_)
    return transpose(x, axes=order)


@op(samples=LINE)
def flip(x, axis=None):
    """x in reverse order along an axis (along all if None)."""
    axes = range(len(x.shape)) if axis is None else (axis,) if isinstance(axis, int) else axis
    spans = [(0, n, 1) for n in x.shape]
    for each in axes:
        spans[each] = (x.shape[each] - 1, x.shape[each], -1)
    return strided(x, spans=tuple(spans))


@op(samples=LINE)
def pad(x, pad_width=0, mode="constant", constant_values=0):
    """x with ``pad_width`` numbers before and after, per axis, all ``constant_values``."""
    if mode != "constant":
        raise ArgumentError('pad knows mode="constant"', got=mode)
    widths = np.broadcast_to(np.asarray(pad_width), (len(x.shape), 2)).tolist()
    shape = tuple(n + a + b for n, (a, b) in zip(x.shape, widths, strict=True))
    spans = tuple((a, n, 1) for n, (a, _) in zip(x.shape, widths, strict=True))
    padded = place(x, shape=shape, spans=spans)
    if constant_values == 0:
        return padded
    inside = np.zeros(shape, bool)
    inside[_slices(spans)] = True
    return padded + multiply(np.where(inside, 0, constant_values).astype(x.dtype), 1)


@op
def get_item(x, index=()):
    """x[index]: numbers, slices, None, ..., and one tensor or list of integers."""
    index = list(index) if isinstance(index, tuple) else [index]
    if len(index) == 1 and np.ndim(index[0]) > 1 and _is_mask(index[0]):
        rest = x.shape[np.ndim(index[0]):]           # a mask over several axes makes them one
        x, index = reshape(x, shape=(-1, *rest)), [reshape(index[0])]
    if Ellipsis in [each for each in index if not isinstance(each, (Operators, np.ndarray))]:
        at = next(i for i, each in enumerate(index) if each is Ellipsis)
        given = sum(each is not None for each in index) - 1
        index[at:at + 1] = [slice(None)] * (len(x.shape) - given)
    if sum(each is not None for each in index) > len(x.shape):
        raise ShapeError(f"an index for {len(index)} axes", got=f"a tensor of shape {x.shape}",
                         where=user_line())
    spans, shape, gathers = [], [], []
    sizes = iter(x.shape)
    for each in index:
        if each is None:
            shape.append(1)
            continue
        n = next(sizes)
        if isinstance(each, slice):
            start, stop, step = each.indices(n)
            length = len(range(start, stop, step))
            spans.append((start, length, step))
            shape.append(length)
        elif isinstance(each, (int, np.integer)) and not isinstance(each, bool):
            if not -n <= each < n:
                raise ShapeError(f"index {each} is out of range for an axis of length {n}",
                                 where=user_line())
            spans.append((int(each) % n, 1, 1))
        else:
            gathers.append((len(shape), _integers(each)))
            spans.append((0, n, 1))
            shape.append(n)
    rest = list(sizes)
    spans += [(0, n, 1) for n in rest]
    if any(span != (0, n, 1) for span, n in zip(spans, x.shape, strict=True)):
        x = strided(x, spans=tuple(spans))
    if tuple(shape + rest) != tuple(x.shape):
        x = _reshape(x, shape=tuple(shape + rest))
    if len(gathers) > 1:
        raise KindError("at most one tensor or list may stand in an index", where=user_line(),
                        hint="index one axis after the other, or use ops.take")
    for axis, indices in gathers:
        x = take(x, indices, axis=axis)
    return x


def _integers(index: Any) -> Any:
    index = convert(index)
    if not _is_mask(index):
        return index
    if index.ndim != 1:
        raise ShapeError("a mask in an index has one axis (or is the whole index)",
                         got=f"shape {index.shape}", where=user_line())
    if isinstance(index.value, Abstract):
        raise TracingError("the shape of x[mask] depends on how many numbers of the mask are true, "
                           "which is not known while a function is traced into a Plan",
                           where=user_line(), hint="use ops.where(mask, x, 0), or "
                           "compile(run_eagerly=True) to run step by step")
    return convert(np.nonzero(np.asarray(index))[0])


def _is_mask(index: Any) -> bool:
    return str(getattr(index, "dtype", "")) == "bool"


@op
def take(x, indices, axis=None):
    """The entries of x at integer ``indices`` along an axis (of all numbers in a row if None)."""
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    return gather(x, indices, axis=axis % len(x.shape))


# functions of several tensors, or of none
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors one after the other along an axis."""
    xs = [x if isinstance(x, Operators) else convert(x) for x in xs]
    if not xs:
        raise ArgumentError("concatenate needs at least one tensor")
    return join(*xs, axis=axis) if any(map(_passes, xs)) else join(
        *xs, axis=axis % max(xs[0].ndim, 1))


def stack(xs: Sequence[Any], axis: int = 0) -> Any:
    """Tensors of one shape along a new axis."""
    return concatenate([expand_dims(x if isinstance(x, Operators) else convert(x), axis=axis)
                        for x in xs], axis=axis)


def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """x cut along an axis: into equal parts (a number) or before the given indices (a list)."""
    x = x if isinstance(x, Operators) else convert(x)
    n = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if n % indices_or_sections:
            raise ShapeError(f"an axis of length {n} cannot be cut into {indices_or_sections} "
                             "equal parts", where=user_line())
        width = n // indices_or_sections
        cuts = list(range(width, n, width))
    else:
        cuts = [int(each) for each in indices_or_sections]
    lead = (slice(None),) * (axis % len(x.shape))
    return [get_item(x, index=(*lead, slice(a, b)))
            for a, b in zip([0, *cuts], [*cuts, n], strict=True)]


def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The slices of x along an axis, as a list."""
    x = x if isinstance(x, Operators) else convert(x)
    lead = (slice(None),) * (axis % len(x.shape))
    return [get_item(x, index=(*lead, i)) for i in range(num or x.shape[axis])]


def tile(x: Any, repeats: Any) -> Any:
    """x repeated as a whole, ``repeats`` times per axis."""
    repeats = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    x = x if isinstance(x, Operators) else convert(x)
    if (more := len(repeats) - len(x.shape)) > 0:
        x = reshape(x, shape=(*[1] * more, *x.shape))
    for axis, times in enumerate(repeats, start=len(x.shape) - len(repeats)):
        x = concatenate([x] * times, axis=axis) if times != 1 else x
    return x


def repeat(x: Any, repeats: int, axis: int | None = None) -> Any:
    """Each entry of x ``repeats`` times in a row along an axis."""
    x = as_operand(x)
    if axis is None:
        x, axis = reshape(x, shape=(-1,)), 0
    return take(x, np.repeat(np.arange(x.shape[axis], dtype=np.int32), repeats), axis=axis)


@op
def one_hot(x, num_classes, axis=-1, dtype=None):
    """Integers as vectors with a single 1: class k of n is the k-th unit vector."""
    axis = axis % (len(x.shape) + 1)
    columns = [1] * (len(x.shape) + 1)
    columns[axis] = num_classes
    classes = np.arange(num_classes, dtype=np.int32).reshape(columns)
    return cast(equal(expand_dims(x, axis=axis), classes), dtype=dtypes.standardize(dtype))


def zeros(shape: Any, dtype: Any = None) -> Any:
    """A tensor of zeros."""
    return full(shape, 0, dtypes.standardize(dtype))


def ones(shape: Any, dtype: Any = None) -> Any:
    """A tensor of ones."""
    return full(shape, 1, dtypes.standardize(dtype))


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """A tensor of one number."""
    shape = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    return _broadcast_to(convert(fill_value, dtype), shape=shape)


def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros in the shape and dtype of x."""
    return full_like(x, 0, dtype)


def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones in the shape and dtype of x."""
    return full_like(x, 1, dtype)


def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One number in the shape and dtype of x."""
    x = x if isinstance(x, Arraylike) else convert(x)
    return full(x.shape, fill_value, dtype or x.dtype)


def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    """The numbers start, start + step, … below stop."""
    if stop is None:
        start, stop = 0, start
    whole = all(isinstance(each, (int, np.integer)) for each in (start, stop, step))
    return Tensor(np.arange(start, stop, step).astype(
        dtypes.standardize(dtype or ("int32" if whole else None))))


def eye(n: int, m: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """The identity matrix (ones on diagonal k)."""
    return Tensor(np.eye(n, m, k, dtype=dtypes.standardize(dtype)))
