"""The moves of random Plans that rearrange numbers, multiply matrices, or draw at random."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pellucid.atoms.windows import count
from pellucid.core.atom import ATOMS
from tests.engines.moves import Value, move, of, op

if TYPE_CHECKING:
    from tests.engines.random_plans import Draft

# views and other rearrangements ---------------------------------------------------------------

@move
def reshape(draft: Draft) -> Value:
    x = draft.pick()
    return of(x, op("reshape", x.tensor, shape=draft.shape_of(math.prod(x.shape))))


@move
def transpose(draft: Draft) -> Value:
    x = draft.pick()
    axes = tuple(int(i) for i in draft.random.permutation(len(x.shape)))
    return of(x, op("transpose", x.tensor, axes=draft.choice((None, axes))))


@move
def stretch(draft: Draft) -> Value | None:
    x = draft.pick()
    shape = [int(draft.random.integers(0, 4)) if n == 1 else n for n in x.shape]
    shape = [*map(int, draft.random.integers(1, 4, draft.random.integers(2))), *shape]
    if math.prod(shape) > draft.most or len(shape) > 5:
        return None
    return of(x, op("broadcast_to", x.tensor, shape=tuple(shape)))


@move
def slices(draft: Draft) -> Value:
    x = draft.pick()
    return of(x, op("strided", x.tensor, spans=tuple(draft.span(n) for n in x.shape)))


@move
def place(draft: Draft) -> Value | None:
    x = draft.pick()
    shape = tuple(n * int(draft.random.integers(1, 3)) + int(draft.random.integers(3))
                  for n in x.shape)
    if math.prod(shape) > draft.most:
        return None
    spans = []
    for n, room in zip(x.shape, shape, strict=True):
        jump_ = int(draft.random.integers(1, max((room - 1) // max(n - 1, 1), 1) + 1))
        start = int(draft.random.integers(0, max(room - (n - 1) * jump_, 1))) if n else 0
        back = draft.random.random() < 0.3
        spans.append((start + (n - 1) * jump_, n, -jump_) if back and n else (start, n, jump_))
    return of(x, op("place", x.tensor, shape=shape, spans=tuple(spans)))


@move
def join(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: len(v.shape) > 0 and math.prod(v.shape) * 3 <= draft.most)
    if x is None:
        return None
    axis = int(draft.random.integers(len(x.shape)))

    def fits(v: Value) -> bool:
        return (v.dtype == x.dtype and len(v.shape) == len(x.shape)
                and math.prod(v.shape) * 3 <= draft.most
                and all(a == b for i, (a, b) in enumerate(zip(v.shape, x.shape, strict=True))
                        if i != axis))

    parts = [x, *(draft.pick(fits) or x for _ in range(int(draft.random.integers(1, 3))))]
    draft.random.shuffle(parts)
    return Value(op("join", *(v.tensor for v in parts), axis=axis), all(v.exact for v in parts))


def indices_below(draft: Draft, n: int, shape: Sequence[int]) -> Any:
    """Places in an axis of length n: known, or counted from values of the Plan."""
    found = draft.pick(lambda v: v.whole and v.dtype != "uint8" and len(v.shape) in (1, 2)
                       and math.prod(v.shape) <= 12)
    if found is not None and draft.random.random() < 0.5:
        return op("mod", found.tensor, n)
    return draft.random.integers(-n, n, tuple(shape)).astype(draft.choice(("int32", "int64")))


@move
def gather(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: len(v.shape) > 0 and math.prod(v.shape) * 6 <= draft.most)
    if x is None or not x.shape[axis := int(draft.random.integers(len(x.shape)))]:
        return None
    places = indices_below(draft, x.shape[axis], draft.shape(2, 4))
    if len(x.shape) + len(places.shape) > 6:
        return None
    return of(x, op("gather", x.tensor, places, axis=axis))


@move
def scatter(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: len(v.shape) > 0 and v.dtype != "bool")
    if x is None:
        return None
    axis = int(draft.random.integers(len(x.shape)))
    rank = int(draft.random.integers(1, min(2, len(x.shape) - axis) + 1))
    size = int(draft.random.integers(1, 6))
    shape = x.shape[axis:axis + rank]
    places = draft.random.integers(0, size, shape).astype("int32")
    result = op("scatter_add", x.tensor, places, axis=axis, size=size)
    return Value(op("tanh", result), False) if x.floating else Value(result, True)


# products and windows -------------------------------------------------------------------------

@move
def product(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: len(v.shape) >= 2 and v.floating)
    if x is None:
        return None
    y = draft.pick(lambda v: len(v.shape) >= 2 and v.dtype == x.dtype
                   and v.shape[-2] == x.shape[-1] and draft.meets_shape(v.shape[:-2], x.shape[:-2]))
    other = op("swapaxes", x.tensor, axis1=-1, axis2=-2) if y is None else y.tensor
    if math.prod(x.shape[:-1]) * math.prod((*other.shape[:-2], other.shape[-1])) > 4 * draft.most:
        return None
    return Value(ATOMS["matrix_product"](x.tensor, other) / max(x.shape[-1], 1), False)


@move
def windows(draft: Draft) -> Value | None:
    x = draft.pick(lambda v: len(v.shape) in (3, 4) and v.dtype != "bool"
                   and math.prod(v.shape) * 9 <= draft.most)
    if x is None:
        return None
    rank = len(x.shape) - 2
    how = {name: tuple(map(int, draft.random.integers(1, 3, rank)))
           for name in ("size", "strides", "dilation")}
    space = x.shape[1:-1]
    if any(count(n, *each) < 1 for n, *each in zip(space, *how.values(), strict=True)):
        return None
    seen = op("windows", x.tensor, **how)
    if draft.random.random() < 0.5:
        return of(x, seen)
    back = op("overlap_add", seen, shape=x.shape, **how)
    return Value(back / 4, False) if x.floating else Value(back, True)


@move
def noise(draft: Draft) -> Value:
    state = draft.pick(lambda v: v.dtype == "uint32" and v.shape == (2,))
    key = np.array([int(draft.random.integers(9)), 3], "uint32") if state is None else state.tensor
    stream = int(draft.random.integers(3))
    if draft.random.random() < 0.2:
        return Value(ATOMS["random_permutation"](key, n=int(draft.random.integers(1, 40)),
                                                 stream=stream), True)
    return Value(ATOMS["random_uniform"](key, shape=draft.shape(3, 5), dtype=draft.float,
                                         stream=stream), True)
