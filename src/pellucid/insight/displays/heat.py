"""Numbers as colours: blue above nought, orange below, the stronger the further from it."""

from __future__ import annotations

import base64

import numpy as np

from pellucid.insight.displays.frame import by
from pellucid.insight.report.markup import Html, aligned, number, tag, together
from pellucid.insight.report.thumbnail import png

BLUE, ORANGE, GREY = (0, 114, 178), (213, 94, 0), (128, 128, 128)
MOST_ROWS, MOST_COLUMNS = 64, 96        # of a heat map; what is larger is averaged
WIDEST, LEAST_HIGH = 360, 18            # pixels
STRONGEST = 75                          # per cent of colour behind a number that is read
CHANNELS = 4                            # a last axis up to this long holds colours


def numbers(table: np.ndarray, dtype: np.dtype) -> Html:
    """All numbers of a small table, each on its colour."""
    values = table.astype(np.float64)
    largest = _largest(values)
    words = aligned(values.ravel().tolist()) if dtype.kind == "f" else [
        str(bool(v)) if dtype.kind == "b" else number(int(v)) for v in table.flat]
    cells = [_cell(word, value if table.size > 1 else 0.0, largest)
             for word, value in zip(words, values.flat, strict=True)]
    columns = max(table.shape[1], 1)
    rows = [tag("tr", *cells[i:i + columns]) for i in range(0, len(cells), columns)]
    return tag("div", tag("table", tag("tbody", *rows), class_="numbers"), class_="table") if rows \
        else tag("p", "It holds no numbers.", class_="note")


def _cell(word: str, value: float, largest: float) -> Html:
    if not np.isfinite(value) or not value:
        return tag("td", word)
    share = f"--share: {STRONGEST * abs(value) / largest:.0f}%"
    return tag("td", word, class_="plus" if value > 0 else "minus", style=share)


def heat_map(array: np.ndarray) -> Html:
    """The array, or its first slice, as a picture; a large one is averaged block by block."""
    shown, index = slice_of(array)
    small, block = _averaged(shown.astype(np.float64))
    largest = _largest(small)
    picture = base64.b64encode(png(_coloured(small, largest))).decode()
    height, width = small.shape
    pixel = max(1, min(18, WIDEST // width, WIDEST // height))
    said = [f"Shown: {index}. "] if index else []
    said += [f"A pixel is the mean of {by(block)} numbers. "] if block != (1, 1) else []
    finite = small[np.isfinite(small)]
    high, low = float(np.max(finite, initial=0)), float(np.min(finite, initial=0))
    ends = [f"blue up to {number(high)}"] * (high > 0) + [f"orange down to {number(low)}"] * (
        low < 0) or ["no number here is above or below nought"]
    size = f"width: {pixel * width}px; height: {max(pixel * height, LEAST_HIGH)}px"
    image = Html(f'<img class="heat" alt="map of {by(array.shape)} numbers" style="{size}" '
                 f'src="data:image/png;base64,{picture}">')
    return tag("figure", image, tag("figcaption", *said, ", ".join(ends).capitalize(), "."))


def slice_of(array: np.ndarray) -> tuple[np.ndarray, str]:
    """Two axes of an array, and how they are written: the first picture of a batch, say."""
    if array.ndim < 2:
        return array.reshape(1, -1), ""
    long = [axis for axis, n in enumerate(array.shape) if n > 1] or [0, 1]
    if len(long) > 2 and array.shape[-1] <= CHANNELS and long[-1] == array.ndim - 1:
        long = long[:-1]
    shown = (long if len(long) > 1 else [0, 1])[-2:]
    index = tuple(slice(None) if axis in shown else 0 for axis in range(array.ndim))
    words = ", ".join(":" if axis in shown else "0" for axis in range(array.ndim))
    return array[index], f"[{words}]" if array.ndim > 2 else ""


def _averaged(values: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Means of blocks, so that the picture stays small; a last block may be smaller."""
    rows, columns = (-(-n // most) for n, most in zip(values.shape, (MOST_ROWS, MOST_COLUMNS),
                                                      strict=True))
    if rows == columns == 1:
        return values, (1, 1)
    starts = np.arange(0, values.shape[0], rows), np.arange(0, values.shape[1], columns)
    with np.errstate(invalid="ignore"):                  # of infinities of both signs
        total = np.add.reduceat(np.add.reduceat(values, starts[0], axis=0), starts[1], axis=1)
    tall = np.diff([*starts[0], values.shape[0]])[:, None]
    return total / (tall * np.diff([*starts[1], values.shape[1]])), (rows, columns)


def _coloured(values: np.ndarray, largest: float) -> np.ndarray:
    """Pixels of red, green, blue and opacity, so that they suit light and dark pages."""
    known = ~np.isnan(values)
    colour = np.where((values >= 0)[..., None], BLUE, ORANGE)
    colour = np.where(known[..., None], colour, GREY)
    strength = np.where(known, 255 * np.minimum(np.abs(values) / largest, 1), 255)
    return np.dstack([colour, strength.round()]).astype(np.uint8)


def _largest(values: np.ndarray) -> float:
    return float(np.max(np.abs(values[np.isfinite(values)]), initial=0.0)) or 1.0


def histogram(values: np.ndarray, *, width: int = 260, height: int = 90, bins: int = 40) -> Html:
    """How many numbers lie where."""
    if not values.size:
        return Html("")
    heights, edges = np.histogram(values, bins)
    step = width / bins
    bars = together(tag("rect", class_="bar", x=f"{i * step:.1f}", width=f"{step - 1:.1f}",
                        y=f"{height - h / heights.max() * height:.1f}",
                        height=f"{h / heights.max() * height:.1f}")
                    for i, h in enumerate(heights) if h)
    line = tag("line", class_="axis", x1=0, x2=width, y1=height, y2=height)
    said = f"From {number(edges[0])} to {number(edges[-1])}"
    drawn = tag("svg", bars, line, viewBox=f"0 0 {width} {height}", width=width, height=height,
                role="img", aria_label=f"Histogram of the numbers. {said}")
    return tag("figure", drawn, tag("figcaption", f"How the numbers spread. {said}."))
