"""One self-contained page that sets a run against another."""

from __future__ import annotations

import os
from datetime import date
from importlib.metadata import version
from pathlib import Path

from pellucid.insight.report.against.answers import answers
from pellucid.insight.report.against.curves import curves
from pellucid.insight.report.against.scores import scores
from pellucid.insight.report.against.settings import again, settings
from pellucid.insight.report.against.verdict import header, sentence
from pellucid.insight.report.comparison import Comparison
from pellucid.insight.report.page import whole, write_page

SECTIONS = (scores, settings, curves, answers, again)


def page(both: Comparison) -> str:
    """The whole page as HTML. Raises ``MissingExtra`` when matplotlib is not installed."""
    parts = [part for section in SECTIONS if (part := section(both)) is not None]
    return whole(f"{both.names[0]} against {both.names[1]}: {sentence(both)[0]}", header(both),
                 parts, version("pellucid"), date.today().isoformat())


def write_comparison(path: str | os.PathLike[str], both: Comparison) -> Path:
    """Write the page to ``path``, whole or not at all.

    Raises ``FileError`` when the folder cannot be written to, ``MissingExtra`` when matplotlib is
    not installed; either way an old page stays as it was.
    """
    return write_page(path, page(both))
