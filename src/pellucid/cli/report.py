"""``pellucid report``: the page about a run anew, or a run set against another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from pellucid.insight.report.comparison import Comparison


def report(
    run: Annotated[str, Argument(metavar="RUN", help="The folder of a run.")],
    against: Annotated[str | None, Option(
        metavar="OTHER_RUN", help="Compare RUN with this one.")] = None,
    out: Annotated[str | None, Option(
        "--out", "--output", help="The page to write (report.html, or against-OTHER.html, in the "
                                  "folder of RUN).")] = None,
    force: Annotated[bool, Option("--force", help="Overwrite --out.")] = False,
) -> None:
    """Write the report of RUN anew, or compare RUN with OTHER_RUN: settings, curves, scores, rows.
    """
    from pellucid.cli.console import console, say
    from pellucid.insight.report.comparison import Comparison
    from pellucid.insight.report.telling import rewrite
    from pellucid.tabular.stored import check_page, open_run
    from pellucid.tabular.use import output_file

    page = output_file(out, force, check_page)
    opened, screen = open_run(run), console()
    if against is None:
        say(screen, "Report", str(rewrite(opened, page)))
        return
    both = Comparison(opened, open_run(against))
    _tell(screen, both)
    _write(screen, both, page)


def _tell(screen: Console, both: Comparison) -> None:
    from pellucid.cli.console import differences_table, notes, say, settings_table
    from pellucid.insight.report.against.settings import different
    from pellucid.tabular.wording import counted

    notes(screen, "Note", [f"{each}." for each in both.obstacles])
    if apart := different(both):
        settings_table(screen, both.names, apart)
    else:
        say(screen, "Settings", "all are the same")
    if not both.differences:
        return
    differences_table(screen, both.names, both.differences)
    if both.mine.target.task != "regression" and len(both.common[0]):
        _, mine, other, _ = both.right()
        what = "label" if both.mine.target.task == "multilabel" else "row"
        shared = counted(sum(both.right()), what)
        say(screen, "Rows", f"{len(both.changed())} of {shared} tested in both answered "
                            "differently: "
                            f"{mine} that only {both.names[0]} has right, "
                            f"{other} that only {both.names[1]} has right")


def _write(screen: Console, both: Comparison, page: Path | None) -> None:
    from pellucid.cli.console import say
    from pellucid.core.errors import MissingExtra
    from pellucid.insight.report.against.page import write_comparison

    place = page or both.mine.folder / f"against-{both.other.folder.resolve().name}.html"
    try:
        say(screen, "Page", str(write_comparison(place, both)))
    except MissingExtra as missing:
        say(screen, "Page", f"not written: {missing}")
