"""What the commands print, in one look: sentences, lists of notes, the table of scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pellucid.tabular import wording

if TYPE_CHECKING:
    from pellucid.insight.report.comparison import Difference

NAMES = {"auc": "AUC", "r2": "R²", "rmse": "RMSE", "mae": "MAE"}
FEW_NOTES = 8


def console(*, errors: bool = False) -> Console:
    """A console that is plain, and never wraps, where nobody looks at a terminal."""
    screen = Console(stderr=errors, highlight=False, markup=False, emoji=False)
    if not screen.is_terminal:
        screen = Console(stderr=errors, highlight=False, markup=False, emoji=False,
                         no_color=True, soft_wrap=True, width=200)
    return screen


def say(screen: Console, label: str, text: str) -> None:
    """One labelled line, ``Task   regression: …``; on a terminal the text keeps its column."""
    if not screen.is_terminal:
        screen.print(f"{label:<9}{text}".rstrip())
        return
    line = Table.grid()
    line.add_column(width=9, style="bold")
    line.add_column(overflow="fold")
    line.add_row(label, text)
    screen.print(line)


def notes(screen: Console, label: str, lines: Iterable[str]) -> None:
    """A labelled list, cut where it gets long."""
    lines = list(lines)
    for place, line in enumerate(lines[:FEW_NOTES]):
        say(screen, "" if place else label, line)
    if len(lines) > FEW_NOTES:
        say(screen, "", f"… and {len(lines) - FEW_NOTES} more, in the report")


def score_table(screen: Console, title: str, model: Mapping[str, float],
                baseline: Mapping[str, float], rule: str, task: str) -> None:
    """The scores of the model beside those of the trivial answer, and whether it is beaten."""
    from pellucid.insight.report.sections.verdict import better

    plain = not screen.is_terminal
    table = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False, title=None)
    table.add_column(title)
    table.add_column("model", justify="right", style="bold")
    table.add_column("baseline", justify="right")
    for name, value in model.items():
        table.add_row(metric_name(name), number(value), number(baseline.get(name)))
    _show(screen, table)
    screen.print(Text(f"baseline: {rule}", style="dim"))
    if better(task, model, baseline) is False:
        screen.print(Text("The model is no better than this trivial answer.", style="yellow"))


def differences_table(screen: Console, names: tuple[str, str],
                      differences: Iterable[Difference]) -> None:
    """The scores of two runs, what lies between them, and whether that may be chance."""
    from pellucid.insight.report.against.scores import WORDS, interval, signed

    _list(screen, ("score", *names, "difference", "95 % interval", ""), [
        (metric_name(each.name), number(each.mine), number(each.other), signed(each.value),
         interval(each), WORDS[each.verdict]) for each in differences], right=(1, 2, 3, 4))


def settings_table(screen: Console, names: tuple[str, str],
                   lines: Iterable[tuple[str, ...]]) -> None:
    """Settings in which two runs differ."""
    _list(screen, ("setting", *names), lines)


def metric_name(name: str) -> str:
    first, *rest = name.split(" ", 1)
    return " ".join([NAMES.get(first, first.replace("_", " ")), *rest])


def number(value: float | None) -> str:
    """Four decimals for shares, so that they align; anything larger as in the report."""
    if value is None:
        return "–"
    if 1e-4 <= abs(value) < 10 or not value:
        return f"{value:.4f}"
    return f"{value:#.4g}" if 10 <= abs(value) < 999.95 else wording.number(value)


def columns_table(screen: Console, lines: Iterable[tuple[str, str]]) -> None:
    """What a model reads: a column and what becomes of it."""
    _list(screen, ("column", "is read as"), lines)


def names_table(screen: Console, lines: Iterable[tuple[str, str]]) -> None:
    """What has cards: a kind and its names."""
    _list(screen, ("kind", "cards"), lines)


def sets_table(screen: Console, lines: Iterable[tuple[str, ...]]) -> None:
    """The built-in sets."""
    _list(screen, ("name", "rows", "columns", "task", "what it is"), lines, right=(1, 2))


def _list(screen: Console, titles: tuple[str, ...], lines: Iterable[tuple[str, ...]],
          right: tuple[int, ...] = ()) -> None:
    table = Table(box=box.SIMPLE_HEAD if screen.is_terminal else None, pad_edge=False)
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place in right else "left")
    for line in lines:
        table.add_row(*line)
    _show(screen, table)


def _show(screen: Console, table: Table) -> None:
    """The table, without the blanks at the ends of its lines where it goes to a file."""
    if screen.is_terminal:
        screen.print(table)
        return
    with screen.capture() as text:
        screen.print(table)
    for line in text.get().splitlines():
        screen.print(line.rstrip())
