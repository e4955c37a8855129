"""The atoms read as rules of shape and dtype: what tracing needs to know, without a number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pellucid.atoms.host import HOST
from pellucid.atoms.reductions import axes_of, kept_shape, summed_dtype
from pellucid.atoms.windows import count
from pellucid.core import dtypes
from pellucid.core.atom import ATOMS
from pellucid.core.errors import ShapeError, user_line
from pellucid.core.plan import Plan
from pellucid.core.tensor import Abstract


def rule(*names: str) -> Callable[[Any], Any]:
    """Decorator: this is how the shapes of the named atoms follow from their operands."""
    def give(function: Any) -> Any:
        for name in names:
            ATOMS[name].shape = function
        return function
    return give


def broadcast(name: str, *values: Any) -> tuple[int, ...]:
    """The shape in which operands meet."""
    try:
        return np.broadcast_shapes(*(np.shape(v) if not isinstance(v, Abstract) else v.shape
                                     for v in values))
    except ValueError:
        shapes = " and ".join(str(tuple(getattr(v, "shape", ()))) for v in values)
        raise ShapeError(f"{name} needs shapes that broadcast", got=shapes,
                         where=user_line()) from None


def _elementwise(name: str, result: str | None, keep: int) -> Callable[..., Abstract]:
    def shape(*values: Any, **options: Any) -> Abstract:
        dtype = result or dtypes.result_type(*map(dtypes.of, values[keep:]))
        return Abstract(broadcast(name, *values), dtype)
    return shape


def _reduced(x: Any, axis: Any, keepdims: bool) -> tuple[int, ...]:
    axes = axes_of(axis, len(x.shape))
    return kept_shape(x.shape, axes) if keepdims else tuple(
        n for i, n in enumerate(x.shape) if i not in axes)


@rule("cast")
def _(x: Any, *, dtype: str) -> Abstract:
    return Abstract(np.shape(x) if not isinstance(x, Abstract) else x.shape, dtype)


@rule("sum", "prod")
def _(x: Any, *, axis: Any = None, keepdims: bool = False) -> Abstract:
    return Abstract(_reduced(x, axis, keepdims), summed_dtype(x.dtype))


@rule("max", "min", "any", "all")
def _(x: Any, *, axis: Any = None, keepdims: bool = False) -> Abstract:
    return Abstract(_reduced(x, axis, keepdims), str(x.dtype))


@rule("argmax")
def _(x: Any, *, axis: Any = None, keepdims: bool = False) -> Abstract:
    return Abstract(_reduced(x, axis, keepdims), "int32")


@rule("cumsum")
def _(x: Any, *, axis: int = 0) -> Abstract:
    return Abstract(tuple(x.shape), str(x.dtype))


@rule("reshape")
def _(x: Any, *, shape: Any) -> Abstract:
    if np.prod(shape, dtype=np.int64) != np.prod(x.shape, dtype=np.int64):
        raise ShapeError(f"a tensor of shape {tuple(x.shape)} cannot take the shape {shape}",
                         where=user_line())
    return Abstract(tuple(shape), str(x.dtype))


@rule("transpose")
def _(x: Any, *, axes: Any = None) -> Abstract:
    order = axes if axes is not None else range(len(x.shape))[::-1]
    return Abstract(tuple(x.shape[i] for i in order), str(x.dtype))


@rule("broadcast_to")
def _(x: Any, *, shape: Any) -> Abstract:
    if broadcast("broadcast_to", x, Abstract(tuple(shape), "")) != tuple(shape):
        raise ShapeError(f"shape {tuple(x.shape)} does not broadcast to {tuple(shape)}",
                         where=user_line())
    return Abstract(tuple(shape), str(x.dtype))


@rule("join")
def _(*xs: Any, axis: int) -> Abstract:
    first = list(xs[0].shape)
    axis = axis % max(len(first), 1)
    for x in xs[1:]:
        if len(x.shape) != len(first) or any(
                a != b for i, (a, b) in enumerate(zip(x.shape, first, strict=True)) if i != axis):
            raise ShapeError(f"tensors joined along axis {axis} must agree in all other axes",
                             got=" and ".join(str(tuple(each.shape)) for each in xs),
                             where=user_line())
    first[axis] = sum(x.shape[axis] for x in xs)
    return Abstract(tuple(first), dtypes.result_type(*(x.dtype for x in xs)))


@rule("strided")
def _(x: Any, *, spans: Any) -> Abstract:
    return Abstract(tuple(length for _, length, _ in spans), str(x.dtype))


@rule("place")
def _(x: Any, *, shape: Any, spans: Any) -> Abstract:
    return Abstract(tuple(shape), str(x.dtype))


@rule("gather")
def _(x: Any, indices: Any, *, axis: int) -> Abstract:
    return Abstract((*x.shape[:axis], *indices.shape, *x.shape[axis + 1:]), str(x.dtype))


@rule("scatter_add")
def _(x: Any, indices: Any, *, axis: int, size: int) -> Abstract:
    rest = x.shape[axis + len(indices.shape):]
    return Abstract((*x.shape[:axis], size, *rest), str(x.dtype))


@rule("windows")
def _(x: Any, *, size: Any, strides: Any, dilation: Any) -> Abstract:
    n, *space, channels = x.shape
    places = [count(*axis) for axis in zip(space, size, strides, dilation, strict=True)]
    if any(place < 1 for place in places):
        raise ShapeError(f"no window of size {tuple(size)} fits", got=f"shape {tuple(x.shape)}",
                         where=user_line())
    return Abstract((n, *places, *size, channels), str(x.dtype))


@rule("overlap_add")
def _(x: Any, *, shape: Any, size: Any, strides: Any, dilation: Any) -> Abstract:
    return Abstract(tuple(shape), str(x.dtype))


@rule("matrix_product")
def _(a: Any, b: Any) -> Abstract:
    if a.shape[-1] != b.shape[-2]:
        raise ShapeError("a matrix product needs the inner axes to match",
                         got=f"shapes {tuple(a.shape)} and {tuple(b.shape)}", where=user_line())
    lead = broadcast("matmul", Abstract(a.shape[:-2], ""), Abstract(b.shape[:-2], ""))
    return Abstract((*lead, a.shape[-2], b.shape[-1]), dtypes.result_type(a.dtype, b.dtype))


@rule("random_uniform")
def _(state: Any, *, shape: Any, dtype: str, stream: int = 0) -> Abstract:
    return Abstract(tuple(shape), dtype)


@rule("random_permutation")
def _(state: Any, *, n: int, stream: int = 2) -> Abstract:
    return Abstract((n,), "int32")


def _out(plan: Plan, slots: Any, lead: tuple[int, ...] = ()) -> list[Abstract]:
    types = [plan.types[i] or Abstract((), dtypes.floatx()) for i in slots]
    return [Abstract((*lead, *each.shape), each.dtype) for each in types]


@rule("scan")
def _(*values: Any, body: Plan, carries: int, rows: int, length: int,
      reverse: bool, moved: int) -> tuple[Abstract, ...]:
    return (*_out(body, body.outputs[:carries]), *_out(body, body.outputs[carries:], (length,)),
            *_out(body, body.inputs[:carries], (length,)))


@rule("cond")
def _(pred: Any, *captured: Any, true: Plan, false: Plan) -> tuple[Abstract, ...]:
    return tuple(_out(true, true.outputs))


@rule("while_loop")
def _(*values: Any, condition: Plan, body: Plan) -> tuple[Abstract, ...]:
    return tuple(_out(body, body.outputs))


@rule("host")
def _(*values: Any, function: str, **options: Any) -> tuple[Abstract, ...]:
    return HOST[function].types(*values, **options)


for _name, _atom in ATOMS.items():
    if _atom.shape is None and _atom.meet is not None:
        _atom.shape = _elementwise(_name, _atom.result, _atom.keep)
