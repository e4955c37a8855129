"""A tensor or a variable: its shape and dtype, its numbers or a map of them, and their spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from pellucid.core.tensor import Abstract, Tensor
from pellucid.core.variable import Variable
from pellucid.insight.displays.frame import by, facts, frame
from pellucid.insight.displays.heat import heat_map, histogram, numbers, slice_of
from pellucid.insight.report.markup import number, percent, tag

FEW_ROWS, FEW_COLUMNS = 12, 10          # so many numbers are written out
BARS = "▁▂▃▄▅▆▇█"
MOST_SAMPLED = 1_000_000                # of more numbers, every k-th goes into the histogram


def html(value: Any) -> str:
    """For notebooks."""
    array = _array(value)
    if array is None:
        return frame(_kind(value), by(value.shape), tag("p", "Being traced: its numbers are not "
                                                        "known.", class_="note"))
    if array.dtype.kind not in "biuf":
        return frame(_kind(value), by(value.shape), tag("code", np.array2string(
            array, threshold=20)))
    flat = _table(array)
    if flat is not None:
        body = [numbers(flat, array.dtype)]
    else:
        body = [tag("div", heat_map(array), histogram(_sample(array)), class_="beside")]
    return frame(_kind(value), by(value.shape),
                 facts(statistics(array)) if array.size > 1 else "", *body)


def rich(value: Any) -> Any:
    """For terminals."""
    from rich.console import Group
    from rich.text import Text
    array = _array(value)
    head = Text.assemble((by(value.shape), "bold"), (f"  {_kind(value)}", "dim"))
    if array is None:
        return Text.assemble(head, "  being traced")
    parts = [head]
    if array.dtype.kind in "biuf" and array.size > 1:
        parts.append(Text("   ".join(f"{name} {said}" for name, said in statistics(array))))
    if array.size > FEW_ROWS * FEW_COLUMNS and array.dtype.kind in "iuf":
        parts.append(Text(_bars(_sample(array))))
    shown, index = (array, "") if array.ndim < 3 else slice_of(array)
    index += " " * bool(index)
    with np.printoptions(precision=4, suppress=True):
        parts.append(Text(index + np.array2string(
            shown, threshold=FEW_ROWS * FEW_COLUMNS, edgeitems=3, prefix=index)))
    return Group(*parts)


def _kind(value: Any) -> str:
    if isinstance(value, Variable):
        state = "trainable" if value.trainable else "not trainable"
        return f"variable {value.path} · {value.dtype} · {state}"
    return f"tensor · {value.dtype}"


def _array(value: Any) -> np.ndarray | None:
    """The numbers, if they are known: those of a variable stay known while it is being traced."""
    if isinstance(value, Variable):
        return value.array
    inner = value.value
    while isinstance(inner, Tensor):
        inner = inner.value
    return None if isinstance(inner, Abstract) else inner


def statistics(array: np.ndarray) -> list[tuple[str, str]]:
    """What the numbers are like, in pairs of name and figure; gaps and infinities are told apart.

    >>> statistics(np.array([1.0, 3.0, np.nan]))
    [('numbers', '3'), ('least', '1'), ('mean', '2'), ('greatest', '3'), ('std', '1'), ('NaN', '1')]
    """
    told = [("numbers", number(array.size))]
    if array.dtype.kind == "b":
        return [*told, ("true", percent(float(array.mean())))] if array.size else told
    values = array if array.dtype.kind in "iu" else array[np.isfinite(array)]
    if values.size:
        wide = values.astype(np.float64)
        told += [("least", number(float(wide.min()))), ("mean", number(float(wide.mean()))),
                 ("greatest", number(float(wide.max()))), ("std", number(float(wide.std())))]
        zeros = int((values == 0).sum())
        told += [("zeros", percent(zeros / array.size))] if zeros else []
    if array.dtype.kind == "f":
        strange = {"NaN": np.isnan(array).sum(), "infinite": np.isinf(array).sum()}
        told += [(name, number(int(n))) for name, n in strange.items() if n]
    return told


def _table(array: np.ndarray) -> np.ndarray | None:
    """The array as rows and columns if it is small enough to be written out."""
    if array.ndim > 2 or not array.size:
        return array.reshape(0, 0) if not array.size else None
    flat = array.reshape(1, -1) if array.ndim < 2 else array
    return flat if flat.shape[0] <= FEW_ROWS and flat.shape[1] <= FEW_COLUMNS else None


def _sample(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(-1)[::1 + array.size // MOST_SAMPLED].astype(np.float64)
    return flat[np.isfinite(flat)]


def _bars(values: np.ndarray, bins: int = 32) -> str:
    """The histogram as a line of signs."""
    if not values.size:
        return ""
    heights, edges = np.histogram(values, bins)
    signs = "".join(BARS[round(h / heights.max() * (len(BARS) - 1))] if h else " "
                    for h in heights)
    return f"{number(edges[0])} {signs} {number(edges[-1])}"
