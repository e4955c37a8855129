"""``pellucid evaluate``: judge a model on rows with known answers."""

from __future__ import annotations

from typing import Annotated

from typer import Argument


def evaluate(
    model: Annotated[str, Argument(metavar="MODEL", help="A run folder or a .keras file.")],
    data: Annotated[str | None, Argument(
        metavar="DATA", help="Rows to judge it on; if none are given, the test rows of its "
                             "run.")] = None,
) -> None:
    """Judge MODEL on DATA, or on the test rows of its own run, beside the trivial answer."""
    from pellucid.cli.console import console, notes, say, score_table
    from pellucid.data.readings import Findings
    from pellucid.tabular.scores import RULES
    from pellucid.tabular.use import judge, open_model
    from pellucid.tabular.wording import counted

    opened, findings = open_model(model), Findings()
    rows, scores, baseline, known = judge(opened, data, findings)
    screen = console()
    notes(screen, "Mended", findings.sentences())
    if known:
        say(screen, "Note", "these are the data that the model was trained on, so the scores "
                            "flatter it; judge it on its test rows alone with: "
                            f"pellucid evaluate {model}")
    score_table(screen, counted(rows, "row" if data else "test row"), scores, baseline,
                RULES[(task := opened.encoder.target.task)], task)
