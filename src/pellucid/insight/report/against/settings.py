"""In which settings two runs differ, and how to do them again."""

from __future__ import annotations

from pellucid.insight.report.against.verdict import spotted
from pellucid.insight.report.comparison import Comparison
from pellucid.insight.report.markup import Html, count, table, tag
from pellucid.insight.report.sections.again import plain


def settings(both: Comparison) -> Html:
    """The settings that differ; those that are alike are folded."""
    apart = different(both)
    alike = [(name, value) for name, (value, other) in both.settings.items() if value == other]
    body = (table(("setting", *spotted(both)), apart, kinds="ttt",
                  caption="Settings in which the runs differ") if apart
            else tag("p", "All settings are the same.", class_="lead"))
    folded = tag("details", tag("summary", f"{count(len(alike), 'setting')} that are the same"),
                 tag("dl", *(tag("div", tag("dt", _word(name)), tag("dd", plain(value)))
                             for name, value in alike), class_="settings")) if alike else ""
    return tag("section", tag("h2", "What was set differently"), body, folded)


def different(both: Comparison) -> list[tuple[str, str, str]]:
    """The settings that differ, in words: name, first run, second run."""
    return [(_word(name), plain(mine) or "none", plain(other) or "none")
            for name, (mine, other) in both.settings.items() if mine != other]


def again(both: Comparison) -> Html:
    """The commands."""
    lines = "\n".join(f"pellucid train --config {run.folder / 'config.toml'}"
                      for run in (both.mine, both.other))
    return tag("section", tag("h2", "How to do them again"), tag("pre", tag("code", lines)))


def _word(name: str) -> str:
    return name.replace("_", " ")
