"""``pellucid explain``: one step of a model's training on one row, derived line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

FORMS = {".html": "html", ".htm": "html", ".tex": "latex", ".md": "markdown", ".txt": "text",
         "": "text"}


def explain(
    model: Annotated[str, Argument(metavar="MODEL", help="A run folder or a .keras file.")],
    data: Annotated[str, Argument(
        metavar="DATA", help="Rows with known answers: a file or a built-in set.")],
    row: Annotated[int, Option(help="Which row, counted from 0 as in predict.")] = 0,
    weight: Annotated[str | None, Option(
        help="Explain one weight alone, such as w^1_11 or dense/kernel[0, 0].")] = None,
    level: Annotated[str | None, Option(
        help="layer (matrices), unit or weight; chosen by the size of the model.")] = None,
    digits: Annotated[int, Option(help="How many digits of each number, 1 to 17.")] = 9,
    form: Annotated[str | None, Option(
        "--format", help="text, markdown, latex or html; chosen by the name of --out.")] = None,
    out: Annotated[str | None, Option(
        "--out", "--output", help="The file to write instead of the standard output.")] = None,
    force: Annotated[bool, Option("--force", help="Overwrite --out.")] = False,
) -> None:
    """Show forward pass, gradients and the optimizer's step of MODEL on one row of DATA."""
    import typer

    from pellucid.cli.console import console, notes, say
    from pellucid.core.errors import unknown_name
    from pellucid.data.readings import Findings
    from pellucid.files.atomic import replacing
    from pellucid.insight.explain.html import page
    from pellucid.tabular.use import example, open_model, output_file

    path = output_file(out, force, lambda path: None if form else _check_suffix(path))
    form = form or FORMS[path.suffix.lower() if path else ""]
    if form not in (known := sorted(set(FORMS.values()))):
        raise unknown_name("form of an explanation", form, known)
    opened, findings = open_model(model), Findings()
    x, y = example(opened, data, row, findings)
    found = opened.model.explain(x, y, weight=weight, level=level, digits=digits)
    screen = console()
    notes(console(errors=True), "Mended", findings.sentences())
    if form == "text" and path is None and screen.is_terminal:
        screen.print(found)
        return
    said = {"text": found.to_text, "markdown": found.to_markdown, "latex": found.to_latex,
            "html": lambda: page(found)}[form]()
    if path is None:
        typer.echo(said)
        return
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(f"{said.rstrip()}\n")
    say(console(errors=True), "Wrote", str(path))


def _check_suffix(path: Path) -> None:
    """Raise ArgumentError for a name that says no form of an explanation."""
    from pellucid.core.errors import ArgumentError

    if path.suffix.lower() not in FORMS:
        raise ArgumentError("the name of --out chooses the form: it must end in "
                            f"{', '.join(filter(None, FORMS))}", got=path.name,
                            hint="or name the form with --format")
