"""``pellucid card``: the facts of an activation, loss, optimizer, layer, …"""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option


def card(
    name: Annotated[str | None, Argument(
        metavar="NAME", help="Such as adam, relu or mse; without it all are listed.")] = None,
    kind: Annotated[str | None, Option(
        help="activation, loss, optimizer, initializer, regularizer, constraint, schedule, "
             "metric or layer, where several have one name.")] = None,
    form: Annotated[str, Option(
        "--as", help="text, markdown, latex or html.")] = "text",
) -> None:
    """Show what NAME computes, what it costs, and when to use it."""
    import typer

    from pellucid.cli.console import console, names_table
    from pellucid.core.errors import unknown_name
    from pellucid.insight.cards import card as card_of
    from pellucid.insight.cards import cards

    if name is None:
        names_table(console(), [(word, ", ".join(names)) for word, names in cards(kind).items()])
        return
    found = card_of(name, kind)
    forms = {"text": found.to_text, "markdown": found.to_markdown, "latex": found.to_latex,
             "html": found.to_html}
    if form not in forms:
        raise unknown_name("form of a card", form, forms)
    typer.echo(forms[form]())
