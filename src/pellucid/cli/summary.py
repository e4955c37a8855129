"""``pellucid summary``: the layers of a model and the columns that it reads."""

from __future__ import annotations

from typing import Annotated

from typer import Argument


def summary(model: Annotated[str, Argument(
        metavar="MODEL", help="A run folder or a .keras file.")]) -> None:
    """Show the layers of MODEL, and what it expects of a table."""
    from pellucid.cli.console import columns_table, console, say
    from pellucid.tabular.use import open_model

    opened, screen = open_model(model), console()
    opened.model.summary()
    target = opened.encoder.target
    columns_table(screen, [(code.name, code.says()) for code in opened.encoder.codes])
    say(screen, "Predicts", f"{', '.join(target.names)} ({target.task})")
    if target.classes:
        say(screen, "Classes", ", ".join(target.class_names))
