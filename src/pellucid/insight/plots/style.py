"""The house style of every picture, and the way a picture becomes part of a page.

A picture is drawn once, in the light colours below. ``to_svg`` then swaps each colour for a CSS
variable of the same role (``--ink``, ``--blue`` …), so one drawing follows a light page, a dark
page and paper. Text stays text, in the page's own font.

The series colours are those of Okabe and Ito (2008), which people of every colour vision can tell
apart.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec
from xml.etree import ElementTree

from pellucid.core.errors import ArgumentError, MissingExtra, user_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

P = ParamSpec("P")

COLOURS = {
    "paper": "#ffffff", "ink": "#1c2128", "muted": "#59636e", "line": "#d5dae0",
    "blue": "#0072b2", "orange": "#d55e00", "sky": "#7fb9d9",
    "green": "#009e73", "purple": "#cc79a7", "amber": "#e69f00",
}
PAPER, INK, MUTED, LINE, BLUE, ORANGE, SKY, GREEN, PURPLE, AMBER = COLOURS.values()
SERIES = (BLUE, ORANGE, GREEN, PURPLE, INK, AMBER)      # of several curves in one panel, in turn
DASHES = ("-", (0, (4, 2)), (0, (1.2, 1.6)))
ROLE = {colour: role for role, colour in COLOURS.items()}

LARGEST = 65_536                        # pixels that a picture may have, each way
TEXT, SMALL = 12.0, 10.5                # in CSS pixels: the SVG is shown at its own size
STEPS = (1, 2, 2.5, 5, 10)              # between ticks, times a power of ten
LETTER = 7.4                            # pixels of a letter of TEXT, on average and a bit more

RULES: dict[RcKeyType, Any] = {
    "figure.dpi": 72, "figure.facecolor": PAPER, "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 6 / 72, "figure.constrained_layout.w_pad": 4 / 72,
    "axes.facecolor": "none", "axes.edgecolor": LINE, "axes.linewidth": 1,
    "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
    "axes.grid": True, "grid.color": LINE, "grid.linewidth": 0.7,
    "axes.labelcolor": MUTED, "axes.labelsize": TEXT, "axes.labelpad": 6,
    "axes.titlelocation": "left", "axes.titlesize": TEXT, "axes.titleweight": "bold",
    "axes.titlecolor": INK, "axes.titlepad": 10, "axes.formatter.use_mathtext": False,
    "axes.formatter.useoffset": False, "axes.formatter.limits": (-4, 6),
    "xtick.color": LINE, "ytick.color": LINE, "xtick.labelcolor": MUTED, "ytick.labelcolor": MUTED,
    "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "xtick.major.size": 3,
    "ytick.major.size": 0, "ytick.major.pad": 6, "text.color": INK, "font.size": TEXT,
    "font.family": "DejaVu Sans",       # only measures; wider than system fonts, so nothing clips
    "text.parse_math": False,           # a column may be called "price in $"
    "text.hinting": "none",             # hinted letters are wider than the room that boxes have
    "legend.frameon": False, "legend.labelcolor": MUTED, "legend.fontsize": TEXT,
    "lines.linewidth": 2, "svg.fonttype": "none",
    "svg.hashsalt": "pellucid",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside the ``with``; settings outside it stay as they were.

    Raises ``MissingExtra`` when matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError:
        raise MissingExtra("a picture", "matplotlib", "plot") from None
    with matplotlib.rc_context(RULES), warnings.catch_warnings():
        # the measuring font may lack a letter that the reader's fonts have
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        yield


WIDTH: ContextVar[float | None] = ContextVar("width", default=None)


@contextmanager
def drawn_at(width: float) -> Iterator[None]:
    """Inside the ``with``, every picture is ``width`` pixels wide, whatever it is told.

    So a page can show what a person's code draws, at the width of a phone.
    """
    before = WIDTH.set(width)
    try:
        yield
    finally:
        WIDTH.reset(before)


def picture(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Mark a function as a picture: it draws, and is laid out, in the house style."""
    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        if (width := WIDTH.get()) is not None:
            kwargs["width"] = width
        with house_style():
            figure = draw(*args, **kwargs)
            figure.draw_without_rendering()
            figure.set_layout_engine("none")    # laid out once: its texts are all there
            return figure
    return drawn


def canvas(width: float, height: float) -> Figure:
    """An empty figure of ``width`` × ``height`` CSS pixels."""
    from pellucid.insight.plots.shown import Picture
    if not 0 < width < LARGEST or not 0 < height < LARGEST:
        raise ArgumentError(f"a picture is wider than 0 and less than {LARGEST} pixels",
                            got=f"{width:g} × {height:g}", where=user_line())
    return Picture(figsize=(width / 72, height / 72))


def stroke(k: int) -> dict[str, Any]:
    """How the k-th of several curves is drawn: first its colour tells it apart, then its dashes.

    >>> stroke(1)["color"] == ORANGE, stroke(7)["color"] == ORANGE, stroke(1) == stroke(7)
    (True, True, False)
    """
    return {"color": SERIES[k % len(SERIES)], "linestyle": DASHES[k // len(SERIES) % len(DASHES)]}


def short(name: object, length: int = 16) -> str:
    """``name`` as one line of at most ``length`` printable characters.

    >>> short("a very long class name", 10)
    'a very lo…'
    """
    line = "".join(c if c.isprintable() else " " for c in str(name))
    line = " ".join(line.split())
    return line if len(line) <= length else line[:length - 1].rstrip() + "…"


def shorts(names: Iterable[object], length: int = 16) -> list[str]:
    """Each name as `short` has it, or without its middle where that tells more of them apart.

    >>> shorts(["encoder_block_1", "encoder_block_2"], 10)
    ['encode…k_1', 'encode…k_2']
    """
    lines = [short(name, 10**6) for name in names]
    begun, end = [short(line, length) for line in lines], max(1, length // 3)
    ended = [line if len(line) <= length else f"{line[:length - 1 - end]}…{line[-end:]}"
             for line in lines]
    return ended if len(set(ended)) > len(set(begun)) else begun


def plain(value: float, digits: int = 6) -> str:
    """A number of at most so many digits, in plain writing.

    >>> plain(8791.4, 3), plain(-0.25), plain(1e6)
    ('8790', '−0.25', '1e+06')
    """
    return f"{float(f'{value:.{digits}g}'):.6g}".replace("-", "−")


def plain_ticks(axes: Axes, which: str = "both") -> None:
    """Write tick labels as short plain numbers: 0.01, 25, 1e+06."""
    from matplotlib.ticker import FuncFormatter
    for axis in ([axes.xaxis] if which != "y" else []) + ([axes.yaxis] if which != "x" else []):
        axis.set_major_formatter(FuncFormatter(lambda value, _: plain(value)))


def round_ticks(axis: Axis, most: int, *, whole: bool = False) -> None:
    """At most ``most`` steps, of 1, 2, 2.5 or 5 times a power of ten; ``whole``: none below 1."""
    from matplotlib.ticker import MaxNLocator
    axis.set_major_locator(MaxNLocator(most, steps=STEPS, integer=whole, min_n_ticks=1))


def logarithmic(axes: Axes, ticks: int = 6) -> None:
    """Powers of ten on the left, at most ``ticks`` labelled; 2 and 5 too where there is only one.

    To be called when the numbers, or the limits, are there.
    """
    from matplotlib.ticker import LogLocator, NullFormatter
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    powers = math.floor(math.log10(high)) - math.ceil(math.log10(low)) + 1
    axes.yaxis.set_major_locator(LogLocator(subs=(1,) if powers > 1 else (1, 2, 5),
                                            numticks=ticks))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=0)
    plain_ticks(axes)


def legend_above(figure: Figure, handles: Sequence[Any], names: Iterable[object]) -> None:
    """A legend over the picture, as many names in a row as fit; the figure grows by its height."""
    width = figure.get_figwidth() * 72
    told = shorts(names, min(32, int((width - 60) / LETTER)))
    columns = max(1, int(width // (LETTER * max(map(len, told)) + 50)))
    figure.set_figheight(figure.get_figheight() + 19 * -(-len(told) // columns) / 72)
    figure.legend(handles, told, loc="outside upper left", ncols=min(columns, len(told)),
                  handlelength=2.2, handletextpad=0.6, columnspacing=1.2, borderpad=0.2)


def to_svg(figure: Figure, *, name: str, alt: str) -> str:
    """``figure`` as inline SVG whose colours are the page's and whose ids start with ``name``.

    ``alt`` is what a screen reader says. The result holds no address of any kind.
    """
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="svg", facecolor="none", metadata={"Date": None})
    root = _without_namespaces(ElementTree.fromstring(buffer.getvalue()))
    _remove(root, "metadata")
    _remove(root, "style")              # a rule for `*` would reach the whole page
    _name_ids(root, name)
    for element in root.iter():
        _simplify(element)
    left, top, width, height = (float(each) for each in root.attrib["viewBox"].split())
    root.attrib.clear()
    root.attrib |= {"class": "picture", "role": "img", "aria-label": short(alt, 200), "id": name,
                    "viewBox": f"{left:g} {top:g} {width:g} {height:g}",
                    "style": f"max-width: {width:.0f}px"}
    return ElementTree.tostring(root, encoding="unicode")


def _simplify(element: ElementTree.Element) -> None:
    """Page colours and font, coordinates to a hundredth of a pixel, no groups without meaning."""
    given = element.attrib
    if "style" in given:
        given["style"] = _page_style(given["style"])
    if given.get("transform", "").startswith("rotate(-0 "):
        del given["transform"]
    for key in {"d", "x", "y", "transform"} & given.keys():
        given[key] = re.sub(r"-?\d+\.\d+", _rounded, " ".join(given[key].split()))
    if element.tag == "g" and not given:
        while len(element) == 1 and element[0].tag == "g":
            given |= element[0].attrib
            element[:] = list(element[0])


def _without_namespaces(root: ElementTree.Element) -> ElementTree.Element:
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in list(element.attrib):
            element.attrib[key.rpartition("}")[2]] = element.attrib.pop(key)
        if element.tag != "text":
            element.text = None
        element.tail = None
    return root


def _remove(root: ElementTree.Element, tag: str) -> None:
    for parent in list(root.iter()):
        for child in parent.findall(tag):
            parent.remove(child)


def _name_ids(root: ElementTree.Element, name: str) -> None:
    """Keep only ids that something points to, and make them this picture's own."""
    uses = " ".join(value for element in root.iter() for key, value in element.attrib.items()
                    if key in ("href", "clip-path", "style", "fill"))
    used = set(re.findall(r"#([\w-]+)", uses))
    for element in root.iter():
        if (own := element.attrib.pop("id", None)) in used:
            element.attrib["id"] = f"{name}-{own}"
        for key in ("href", "clip-path"):
            if key in element.attrib:
                element.attrib[key] = element.attrib[key].replace("#", f"#{name}-", 1)


def _page_style(style: str) -> str:
    """One style attribute with the page's colours and font in place of the drawing's."""
    style = re.sub(r"font-family: [^;]*;? ?", "", style)
    return re.sub(r"#[0-9a-f]{6}\b", lambda hit: f"var(--{ROLE[hit[0]]})" if hit[0] in ROLE
                  else hit[0], style).rstrip("; ")


def _rounded(hit: re.Match[str]) -> str:
    return f"{float(hit[0]):.2f}".rstrip("0").rstrip(".")
