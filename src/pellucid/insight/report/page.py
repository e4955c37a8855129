"""One self-contained page about one training: no network, no script, no second file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from string import Template

from pellucid.files.atomic import replacing
from pellucid.insight.report.markup import Html, escaped, tag, together
from pellucid.insight.report.run import Run
from pellucid.insight.report.sections.again import again
from pellucid.insight.report.sections.answers import answers, trust
from pellucid.insight.report.sections.data import data
from pellucid.insight.report.sections.dynamics import dynamics
from pellucid.insight.report.sections.example import example
from pellucid.insight.report.sections.learning import learning
from pellucid.insight.report.sections.metrics import metrics
from pellucid.insight.report.sections.mistakes import mistakes
from pellucid.insight.report.sections.model import model
from pellucid.insight.report.sections.verdict import header, sentence

SECTIONS = (metrics, learning, dynamics, answers, mistakes, example, trust, data, model, again)


def page(run: Run) -> str:
    """The whole page as HTML. Raises ``MissingExtra`` when matplotlib is not installed."""
    parts = [part for section in SECTIONS if (part := section(run)) is not None]
    return whole(f"{run.data_name}: {sentence(run)[0]}", header(run), parts,
                 run.versions.get("pellucid"), run.date)


def whole(title: str, header: Html, sections: Iterable[Html], version: str | None,
          date: str) -> str:
    """A page of the house: its style, its header, its sections, and who made it when."""
    here = files("pellucid.insight.report")
    return Template((here / "page.html").read_text("utf-8")).substitute(
        title=escaped(title), style=(here / "style.css").read_text("utf-8"),
        header=header, sections=together(sections), footer=_footer(version, date))


def write_report(path: str | os.PathLike[str], run: Run) -> Path:
    """Write the page about ``run`` to ``path``, whole or not at all, and return the path.

    Raises ``FileError`` when the folder cannot be written to, ``MissingExtra`` when matplotlib is
    not installed; either way an old page stays as it was.
    """
    return write_page(path, page(run))


def write_page(path: str | os.PathLike[str], text: str) -> Path:
    """Write a page, whole or not at all."""
    path = Path(path)
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _footer(version: str | None, date: str) -> Html:
    made = " ".join(["Made by pellucid", *([version] if version else []),
                     *(["on", date] if date else [])])
    return tag("footer", tag("p", f"{made}. This page is one file: it can be mailed, printed and "
                             "read without a network."))
