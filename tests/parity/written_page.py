"""Writes docs/parity.md: which of Keras's names are not here, and why; `./dev docs` runs it."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.parity import shares

FILE = Path(__file__).parents[2] / "docs" / "parity.md"
HEAD = """# Keras's names: what is here, and what is not

The names of pellucid are those of Keras 3.15.1. This page counts them, and names every one that is
not here, with the reason. `./dev parity` prints the counts; a missing name without a reason fails
the tests. `./dev docs` writes this page, from `tests/parity/missing.toml` and both packages."""


def page() -> str:
    """The whole page, as Markdown."""
    why = shares.reasons()
    missing = why.missing.items()
    parts = [HEAD, *_counted(), "## Missing",
             *(_table(("name", "why"), missing) if missing else ["None of those counted above."]),
             "## Left aside", "Whole subjects that the shares are not counted over.",
             *_table(("names", "why"), ((*each,) for each in _aside(why.aside))),
             "## The rest of Keras", *_table(("name", "of it", "why"), _beyond(why.beyond)),
             "## Different on purpose", *_table(("name", "how"), why.different.items()),
             "## Asked of NumPy and SciPy",
             "These ops are host calls: the engines compute all others themselves.",
             *_table(("name", "what it is"), shares.host_calls().items())]
    return "\n\n".join(parts) + "\n"


def _counted() -> Iterator[str]:
    rows = [f"| `{each.namespace}` | {len(each.names)} | {len(each.names) - len(each.missing)} | "
            f"{each.percent:.1f} % |" for each in shares.shares()]
    yield "\n".join(["| namespace | names | here | share |", "|---|---|---|---|", *rows])


def _aside(aside: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for reason, names in aside.items():
        yield "`, `".join(names), reason


def _beyond(beyond: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Name, what a missing module holds, reason."""
    keras = importlib.import_module("keras")
    for name, reason in beyond.items():
        thing = getattr(keras, name, None)
        inside = [f"`{name}.{each}`" for each in dir(thing) if not each.startswith("_")
                  ] if inspect.ismodule(thing) else []
        yield name, ", ".join(inside), reason


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table whose first column holds names."""
    lines = [f"| `{name}` | {' | '.join(map(_cell, rest))} |" for name, *rest in rows]
    yield "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    shares.calmly()
    FILE.write_text(page(), encoding="utf-8")
    print(f"wrote docs/{FILE.name}")
