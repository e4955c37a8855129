"""``pellucid data``: the built-in sets."""

from __future__ import annotations


def data() -> None:
    """List the built-in data sets."""
    from pellucid.cli.console import console, sets_table
    from pellucid.core.errors import MissingExtra
    from pellucid.data import builtin

    lines, missing = [], None
    for name in builtin.names():
        try:
            found = builtin.load(name)
        except MissingExtra as error:
            missing = error
            lines.append((name, "", "", "", "needs scikit-learn"))
            continue
        lines.append((name, f"{found.rows:,}", f"{found.x.shape[1]}", found.task,
                      found.description))
    screen = console()
    sets_table(screen, lines)
    if missing:
        screen.print(str(missing))
