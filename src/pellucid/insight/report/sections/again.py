"""How to do it again: the command, the settings, the versions."""

from __future__ import annotations

from collections.abc import Mapping

from pellucid.insight.report.markup import Html, number, tag, together
from pellucid.insight.report.run import Run


def again(run: Run) -> Html | None:
    """Everything that another person needs for the same numbers."""
    settings = {**({"seed": run.seed} if run.seed is not None else {}), **run.settings}
    if not (run.command or settings or run.versions):
        return None
    return tag("section", tag("h2", "How to do it again"),
               _command(run.command) if run.command else "",
               _pairs(settings), tag("h3", "Made with") if run.versions else "",
               _pairs(run.versions))


def _command(command: str) -> Html:
    """The command, which may break between its words only."""
    first, *rest = (tag("span", word) for word in command.split(" "))
    return tag("pre", tag("code", first, *(part for word in rest for part in (" ", word))))


def _pairs(values: Mapping[str, object]) -> Html:
    if not values:
        return Html("")
    return tag("dl", together(tag("div", tag("dt", name.replace("_", " ")), tag("dd", plain(value)))
                              for name, value in values.items()), class_="settings")


def plain(value: object) -> str:
    """A setting as a person would write it.

    >>> plain([64, 32]), plain(None), plain(True), plain(0.001)
    ('64, 32', 'none', 'yes', '0.001')
    """
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    if isinstance(value, float):
        return number(value, 6)
    if isinstance(value, (list, tuple)):
        return ", ".join(plain(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {plain(each)}" for key, each in value.items())
    return str(value)
