"""Writes docs/catalogue.md: every id of the catalogue, and where its tests live."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "catalogue.md"
IDS = ROOT / "tests" / "house" / "catalogue_ids.toml"
TEST = re.compile(r"^\s*def test_([A-I]\d*)_\w+", re.MULTILINE)
TABLE = ["| id | what | tests | owed by |", "|---|---|---|---|"]
HEAD = """# The catalogue

What pellucid must know how to do, a row an id. A test's name carries the id that it proves
(`pytest -k H1`). This page is written by `./dev docs`; its rows come from
`tests/house/catalogue_ids.toml`, its links from the tests. What of Keras is not here stands in
[parity.md](parity.md), with the reasons.
"""


def chapters() -> dict[str, tuple[str, dict[str, dict[str, object]]]]:
    """Letter → (name, id → title and, for a row still owed, the issue that owes it)."""
    rows = tomllib.loads(IDS.read_text(encoding="utf-8"))
    return {letter: (rows[letter].pop("name"), rows[letter]) for letter in rows}


def tests() -> dict[str, list[Path]]:
    """Id → the test files that prove it, relative to the repository."""
    found: dict[str, list[Path]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for id in sorted(set(TEST.findall(file.read_text(encoding="utf-8")))):
            found.setdefault(id, []).append(file.relative_to(ROOT))
    return found


def page() -> str:
    """The whole page, as text."""
    proofs, lines = tests(), [HEAD]
    for letter, (name, rows) in chapters().items():
        lines += [f"## {letter}. {name}", "", *TABLE]
        for id, row in rows.items():
            links = ", ".join(f"[{file.name}](../{file.as_posix()})" for file in proofs.get(id, []))
            owed = row.get("open", "")
            lines.append(f"| {id} | {row['title']} | {links} | {owed} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
