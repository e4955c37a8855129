"""One self-contained page about one training: no network, no script, no second file."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from string import Template

from pellucid.files.atomic import replacing
from pellucid.insight.report.markup import Html, escaped, tag, together
from pellucid.insight.report.run import Run
from pellucid.insight.report.sections.again import again
from pellucid.insight.report.sections.answers import answers, trust
from pellucid.insight.report.sections.data import data
from pellucid.insight.report.sections.learning import learning
from pellucid.insight.report.sections.metrics import metrics
from pellucid.insight.report.sections.mistakes import mistakes
from pellucid.insight.report.sections.model import model
from pellucid.insight.report.sections.verdict import header, sentence

SECTIONS = (metrics, learning, answers, mistakes, trust, data, model, again)


def page(run: Run) -> str:
    """The whole page as HTML. Raises ``MissingExtra`` when matplotlib is not installed."""
    here = files("pellucid.insight.report")
    body = together(part for section in SECTIONS if (part := section(run)) is not None)
    return Template((here / "page.html").read_text("utf-8")).substitute(
        title=escaped(f"{run.data_name}: {sentence(run)[0]}"),
        style=(here / "style.css").read_text("utf-8"),
        header=header(run), sections=body, footer=_footer(run))


def write_report(path: str | os.PathLike[str], run: Run) -> Path:
    """Write the page about ``run`` to ``path``, whole or not at all, and return the path.

    Raises ``FileError`` when the folder cannot be written to, ``MissingExtra`` when matplotlib is
    not installed; either way an old page stays as it was.
    """
    text, path = page(run), Path(path)
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def _footer(run: Run) -> Html:
    version = run.versions.get("pellucid")
    made = " ".join(["Made by pellucid", *([version] if version else []),
                     *(["on", run.date] if run.date else [])])
    return tag("footer", tag("p", f"{made}. This page is one file: it can be mailed, printed and "
                             "read without a network."))
