"""Writes docs/cards/: a page for each kind of thing that has cards, made from the cards."""

from __future__ import annotations

from pathlib import Path

from pellucid.insight.cards import card, cards
from pellucid.insight.cards.shelf import KINDS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "cards"
HEAD = """# {title}

What each one computes, how it behaves, what it costs, and when to use it. Formulas are read from
the definitions, costs counted in their Plans, ranges found by evaluating; the same card is shown by
`pellucid.card("{example}")` and by `pellucid card {example}`. This page is written by `./dev docs`.
"""


def pages() -> dict[str, str]:
    """File name → the whole page."""
    found = {"README.md": index()}
    for kind in KINDS:
        names = cards(kind.word)[kind.word]
        links = " · ".join(f"[{name}](#{name.lower()})" for name in names)
        head = HEAD.format(title=kind.module.capitalize(), example=names[0])
        found[f"{kind.module}.md"] = "\n".join([head, links, "", *(
            card(name, kind.word).to_markdown() for name in names)])
    return found


def index() -> str:
    """The page that leads to the others."""
    rows = [f"| [{kind.module}]({kind.module}.md) | {', '.join(names)} |"
            for kind in KINDS for names in cards(kind.word).values()]
    return "\n".join(["# Cards", "", "| kind | cards |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"wrote {FOLDER.relative_to(ROOT)}/ ({len(pages())} pages)")
