"""Numbers gathered by a number of their own: the sum, the largest, the product of each segment.

The same is done at places that are indices: `scatter_update`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from pellucid.atoms.choices import equal, greater_equal, logical_and, maximum, where
from pellucid.atoms.elementwise import cast
from pellucid.atoms.host import host_function, like
from pellucid.atoms.making import full
from pellucid.atoms.reductions import max
from pellucid.atoms.shaping import broadcast_to, concatenate, gather, reshape, scatter_add
from pellucid.atoms.slicing import last_writer, row_places, whole_numbers
from pellucid.core import dtypes
from pellucid.core.errors import ArgumentError, ShapeError, user_line
from pellucid.core.op import op

AT = {"max": np.maximum, "min": np.minimum, "mul": np.multiply}


def _combine(x: Any, places: Any, updates: Any, *, how: str) -> Any:
    x = np.array(x)
    AT[how].at(x, places, updates)
    return x


def _winners(g: Any, y: Any, x: Any, places: Any, updates: Any) -> Any:
    """The largest (or least) takes the gradient; equal ones share it."""
    of_x = cast(equal(x, y), dtype=x.dtype)
    of_updates = cast(equal(updates, gather(y, places, axis=0)), dtype=x.dtype)
    count = of_x + scatter_add(of_updates, places, axis=0, size=x.shape[0])
    share = g / count
    return share * of_x, gather(share, places, axis=0) * of_updates


def _factors(g: Any, y: Any, x: Any, places: Any, updates: Any) -> Any:
    """The product of all others; where a factor is zero the rest is multiplied anew."""
    def is_zero(factor: Any) -> Any:
        return cast(equal(factor, 0), dtype=x.dtype)

    def not_zero(factor: Any) -> Any:
        return where(equal(factor, 0), 1, factor)

    zeros = is_zero(x) + scatter_add(is_zero(updates), places, axis=0, size=x.shape[0])
    rest = combine(not_zero(x), places, not_zero(updates), how="mul")

    def others(factor: Any, zeros: Any, rest: Any) -> Any:
        return where(equal(factor, 0), where(equal(zeros, 1), rest, 0),
                     where(equal(zeros, 0), rest / not_zero(factor), 0))

    there = [gather(each, places, axis=0) for each in (zeros, rest, g)]
    return g * others(x, zeros, rest), there[2] * others(updates, there[0], there[1])


def _combined_gradient(g: Any, y: Any, x: Any, places: Any, updates: Any, *, how: str) -> Any:
    rule = _factors if how == "mul" else _winners
    of_x, of_updates = rule(g[0], y[0], x, places, updates)
    return [of_x, None, of_updates]


combine = host_function(
    "combine", _combine, lambda x, places, updates, how: like(x), _combined_gradient,
    about="Rows of x combined (max, min, mul) with the rows of updates that name their place.")


@op(judge="keras")
def scatter_update(inputs, indices, updates, reduction=None):
    """``inputs`` with ``updates`` put at ``indices``, or combined with what stands there.

    ``indices`` (n, k) name places on the first k axes, ``updates`` have the shape (n,) and then
    that of the other axes. ``reduction`` is None (replace; of several updates for one place the
    last one stays), "add", "max", "min" or "mul". What is out of range is left out.

    >>> scatter_update([0.0, 1.0, 2.0], [[2], [0]], [7.0, 5.0]).tolist()
    [5.0, 1.0, 7.0]
    """
    if reduction not in (None, "add", *AT):
        raise ArgumentError("the reduction must be None, 'add', 'max', 'min' or 'mul'",
                            got=repr(reduction), where=user_line())
    if len(indices.shape) != 2 or not 1 <= indices.shape[1] <= len(inputs.shape):
        raise ShapeError("scatter_update needs indices of shape (n, k), with k axes of inputs",
                         got=f"shape {tuple(indices.shape)} for {tuple(inputs.shape)}",
                         where=user_line())
    n, depth = indices.shape
    lead, rest = inputs.shape[:depth], inputs.shape[depth:]
    size = math.prod(lead)
    places = row_places(whole_numbers(indices, size + 1, "scatter_update"), lead)
    rows = reshape(inputs, shape=(size, *rest))
    more = broadcast_to(cast(updates, dtype=inputs.dtype), shape=(n, *rest))
    return reshape(_updated(rows, places, more, reduction), shape=inputs.shape)


def _updated(rows: Any, places: Any, updates: Any, how: str | None) -> Any:
    """Rows with updates at their places; the place after the last one belongs to nobody."""
    size, rest = rows.shape[0], rows.shape[1:]
    if how == "add":
        return rows + scatter_add(updates, places, axis=0, size=size + 1)[:size]
    if how is None:
        writer = last_writer(places, size=size + 1)[:size]
        found = gather(updates, maximum(writer, 0), axis=0)
        return where(reshape(greater_equal(writer, 0), shape=(size, *[1] * len(rest))), found, rows)
    nobody = full((1, *rest), 0, rows.dtype)
    return combine(concatenate([rows, nobody]), places, updates, how=how)[:size]


def _segmented(data: Any, ids: Any, count: int | None, how: str, start: Any) -> Any:
    if len(ids.shape) != 1 or not data.shape or ids.shape[0] != data.shape[0]:
        raise ShapeError("segments need one number for each entry along the first axis of the data",
                         got=f"shapes {tuple(data.shape)} and {tuple(ids.shape)}",
                         where=user_line())
    if count is None:                                # known only where the numbers are
        count = int(max(ids)) + 1 if ids.shape[0] else 0
    ids = whole_numbers(ids, count + 1, "segments")
    places = where(logical_and(greater_equal(ids, 0), ids < count), ids, count)
    rows = full((count, *data.shape[1:]), start, data.dtype)
    return _updated(rows, places, data, how)


def _extreme(dtype: str, side: str) -> Any:
    """The number that is no larger (or smaller) than any other."""
    if dtypes.is_float(dtype):
        return float("-inf") if side == "min" else float("inf")
    return getattr(np.iinfo(dtype), side)


@op(judge="keras")
def segment_sum(data, segment_ids, num_segments=None, sorted=False):
    """The sum of the entries of each segment: entry i of ``data`` belongs to ``segment_ids[i]``.

    ``(n, …) → (num_segments, …)``. Without ``num_segments`` there are as many as the largest
    number says, which must then be known (not in a compiled function). A number out of range
    belongs to no segment; ``sorted`` changes nothing.

    >>> segment_sum([1.0, 2.0, 4.0], [0, 2, 0], num_segments=3).tolist()
    [5.0, 0.0, 2.0]
    """
    return _segmented(data, segment_ids, num_segments, "add", 0)


@op(judge="keras")
def segment_max(data, segment_ids, num_segments=None, sorted=False):
    """The largest entry of each segment, as `segment_sum`; -∞ where there is none.

    Equal ones share the gradient. A host call.

    >>> segment_max([1.0, 2.0, 4.0], [0, 1, 0], num_segments=2).tolist()
    [4.0, 2.0]
    """
    return _segmented(data, segment_ids, num_segments, "max", _extreme(data.dtype, "min"))


@op(judge="keras")
def segment_min(data, segment_ids, num_segments=None, sorted=False):
    """The least entry of each segment, as `segment_sum`; ∞ where there is none. A host call.

    >>> segment_min([1.0, 2.0, 4.0], [0, 1, 0], num_segments=2).tolist()
    [1.0, 2.0]
    """
    return _segmented(data, segment_ids, num_segments, "min", _extreme(data.dtype, "max"))


@op(judge="keras")
def segment_prod(data, segment_ids, num_segments=None, sorted=False):
    """The product of the entries of each segment, as `segment_sum`; 1 where there is none.

    A host call.

    >>> segment_prod([1.0, 2.0, 4.0], [0, 1, 0], num_segments=2).tolist()
    [4.0, 2.0]
    """
    return _segmented(data, segment_ids, num_segments, "mul", 1)
