"""``pellucid predict``: answers for raw rows, as a table."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option


def predict(
    model: Annotated[str, Argument(metavar="MODEL", help="A run folder or a .keras file.")],
    data: Annotated[str, Argument(
        metavar="DATA", help="Raw rows: the columns in any order, the target may be absent.")],
    out: Annotated[str | None, Option(
        help="A .csv or .parquet file; without it, CSV on the standard output.")] = None,
    force: Annotated[bool, Option("--force", help="Overwrite --out.")] = False,
) -> None:
    """Answer each row of DATA with MODEL; files larger than memory are read in parts."""
    import sys

    from pellucid.cli.console import console, notes, say
    from pellucid.data.readings import Findings
    from pellucid.tabular.predictions import write_csv, write_predictions
    from pellucid.tabular.use import answer_file, open_model, output_file
    from pellucid.tabular.wording import counted

    path = output_file(out, force)
    opened, findings = open_model(model), Findings()
    parts = answer_file(opened, data, findings)
    rows = write_predictions(path, parts) if path else write_csv(sys.stdout, parts)
    screen = console(errors=True)
    notes(screen, "Mended", findings.sentences())
    if path:
        say(screen, "Wrote", f"{path}: {counted(rows, 'row')}, numbered from 0")
