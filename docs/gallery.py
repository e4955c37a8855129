"""Writes build/gallery/: a page with every picture, the code that makes it, and what it shows.

A picture's example is the script of its name in docs/gallery/. Its first line names the section;
its last statement sets ``figure`` (or ``film``) and runs twice, for wide pages and for phones.
"""

from __future__ import annotations

import ast
import base64
import importlib
import inspect
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

from pellucid.files.atomic import replacing
from pellucid.insight.plots.film import Film
from pellucid.insight.plots.style import drawn_at, to_svg
from pellucid.insight.report.markup import Html, escaped, tag, together

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "docs" / "gallery"
PICTURES = ROOT / "src" / "pellucid" / "insight" / "plots"
PAGE = ROOT / "build" / "gallery" / "index.html"
PHONE, FRAMES = 350, 30
SECTIONS = ("Lines, planes and regions", "Descent and the loss", "Inside a network", "Training",
            "What a model answers")            # others follow
STYLE = """
section > div + div { margin-top: 44px; }
h3 code { font-size: 1rem; }
.contents { columns: 15em; padding-left: 1.1em; font-size: 0.92rem; }
a { color: var(--blue); }
pre { white-space: pre; overflow-x: auto; font-size: 0.84rem; }
pre code { overflow-wrap: normal; }
.film { display: block; max-width: 100%; height: auto; border-radius: 8px; background: #ffffff; }
"""


class Entry(NamedTuple):
    """A picture's example: its name, its section, its code, and the picture itself."""

    name: str
    section: str
    code: str

    @property
    def shown(self) -> Any:
        """What makes the picture: a function of its file's name, or a film."""
        return picture_of(self.name)


class Drawn(NamedTuple):
    """An entry that has run: the call, and a function from a width to figure or film."""

    entry: Entry
    draw: Callable[[float | None], Any]


def picture_of(name: str) -> Any:
    """The picture that a file of insight/plots holds; None for one that others are drawn with."""
    module = importlib.import_module(f"pellucid.insight.plots.{name}")
    own = [each for each in vars(module).values() if getattr(each, "__module__", "") ==
           module.__name__]
    films = [each for each in own if isinstance(each, type) and issubclass(each, Film)
             and each is not Film]
    named = [each for each in own if inspect.isfunction(each) and each.__name__ == name
             and each.__annotations__.get("return") == "Figure"]
    return next(iter([*films, *named]), None)


def pictures() -> list[str]:
    """The files of insight/plots that hold a picture."""
    return [name for file in sorted(PICTURES.glob("*.py"))
            if (name := file.stem) != "__init__" and picture_of(name) is not None]


def entries() -> list[Entry]:
    """Every example, in the order of the sections and of the names."""
    found = []
    for file in SCRIPTS.glob("*.py"):
        text = file.read_text(encoding="utf-8")
        section = ast.get_docstring(ast.parse(text)) or ""
        found.append(Entry(file.stem, section, text.split("\n", 1)[1].strip() + "\n"))
    order = {name: i for i, name in enumerate(SECTIONS)}
    return sorted(found, key=lambda each: (order.get(each.section, len(order)), each.section,
                                           each.name))


def drawn(entry: Entry) -> Drawn:
    """Run an example up to its last statement, which the result then runs at any width."""
    *before, last = ast.parse(entry.code).body
    names: dict[str, Any] = {"__name__": "__gallery__"}
    source = str(SCRIPTS / f"{entry.name}.py")
    exec(compile(ast.Module(before, []), source, "exec"), names)

    def draw(width: float | None = None) -> Any:
        statement = compile(ast.Module([last], []), source, "exec")
        if width is None:
            exec(statement, names)
        else:
            with drawn_at(width):
                exec(statement, names)
        return names.get("figure", names.get("film"))
    return Drawn(entry, draw)


def shown(found: Drawn) -> Html:
    """The pictures of an example: drawn at its own width and at that of a phone, or a film."""
    return tag("figure", *(tag("div", _inline(found.draw(width), f"{found.entry.name}-{kind}",
                                              sentence(found.entry)), class_=kind)
                           for kind, width in (("wide", None), ("narrow", PHONE))))


def _inline(made: Any, name: str, alt: str) -> Html:
    """A figure as SVG in the colours of the page, a film as a GIF on white."""
    if not isinstance(made, Film):
        return Html(to_svg(made, name=name, alt=alt))
    with tempfile.TemporaryDirectory() as folder:
        film = made.save(Path(folder) / "film.gif", frames=FRAMES, fps=6).read_bytes()
    data = base64.b64encode(film).decode()
    return Html(f'<img class="film" alt="{escaped(alt)}" src="data:image/gif;base64,{data}">')


def sentence(entry: Entry) -> str:
    """What a picture shows: the first sentences of its docstring, as one line."""
    return " ".join((inspect.getdoc(entry.shown) or "").split("\n\n")[0].replace("``", "").replace(
        "`", "").split())


def page(found: Sequence[Drawn]) -> str:
    """The whole page."""
    sections = dict.fromkeys(each.entry.section for each in found)
    parts = [tag("section", tag("h2", name), *(_part(each) for each in found
                                               if each.entry.section == name))
             for name in sections]
    links = tag("ul", *(tag("li", tag("a", each.entry.name, href=f"#{each.entry.name}"))
                        for each in found), class_="contents")
    head = tag("header", tag("h1", "Pictures"), tag(
        "p", "Every picture of pellucid.insight.plots, drawn by the lines above it. Each takes a "
        "width and gives a matplotlib figure: savefig writes it; films have a save of their own.",
        class_="lead"), links)
    here = files("pellucid.insight.report")
    return Template((here / "page.html").read_text("utf-8")).substitute(
        title=escaped("pellucid: pictures"), header=head, sections=together(parts),
        style=(here / "style.css").read_text("utf-8") + STYLE,
        footer=tag("footer", tag("p", "Written by ./dev docs from docs/gallery/.")))


def _part(found: Drawn) -> Html:
    entry = found.entry
    return tag("div", tag("h3", tag("code", f"plots.{entry.shown.__name__}")),
               tag("p", sentence(entry)), tag("pre", tag("code", entry.code)), shown(found),
               id=entry.name)


def main(names: Sequence[str] = ()) -> int:
    """Build the page of all examples, or of some; the exit code is 1 if a picture has none."""
    start = time.perf_counter()
    chosen = [each for each in entries() if not names or each.name in names]
    text = page([drawn(each) for each in chosen])
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    with replacing(PAGE, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {PAGE.relative_to(ROOT)} ({len(chosen)} pictures, {len(text) / 1e6:.1f} MB, "
          f"{time.perf_counter() - start:.0f} s)")
    missing = sorted(set(pictures()) - {each.name for each in entries()})
    if missing and not names:
        print(f"no example in docs/gallery/: {', '.join(missing)}", file=sys.stderr)
    return int(bool(missing) and not names)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
