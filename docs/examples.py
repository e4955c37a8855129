"""Runs every example of README.md, docs/ and examples/; a page that fails is named.

Blocks marked ```python run in order, page by page, in one namespace and a folder of their own.
Lines of ```console blocks that begin with `$ pellucid` run too. A block that follows the comment
`<!-- not run: why -->` is left out.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(<!-- not run:[^>]*-->\s*)?^```(python|console)\n(.*?)^```$", re.M | re.S)


def pages() -> list[Path]:
    """README.md and the pages of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> Iterator[str]:
    """The runnable blocks of one language, in the order of the page."""
    for skipped, found, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if found == language and not skipped:
            yield text


def python_of(page: Path) -> str:
    """The Python of a page as one program; prompts and expected output are taken out."""
    return "\n".join(doctest.script_from_examples(text) if text.lstrip().startswith(">>>") else text
                     for text in blocks(page, "python"))


def commands_of(page: Path) -> list[list[str]]:
    """The `pellucid` commands of a page, as argument lists."""
    lines = "\n".join(blocks(page, "console")).replace("\\\n", " ").splitlines()
    return [shlex.split(line[2:], comments=True) for line in lines
            if line.startswith("$ pellucid ")]


def run(command: list[str], folder: str, source: str) -> bool:
    """Run one example quietly; show what it said only if it fails."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"MPLBACKEND": "agg", "PATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(f"FAILED {source}\n{done.stdout}{done.stderr}")
    return done.returncode == 0


def examples(page: Path) -> list[list[str]]:
    """Every command that a page asks for, its Python first."""
    program = python_of(page)
    return ([[sys.executable, "-c", program]] if program.strip() else []) + commands_of(page)


def main() -> int:
    """Run all; the exit code is the number of pages and scripts that failed."""
    failed = count = 0
    work = [(str(page.relative_to(ROOT)), examples(page)) for page in pages()]
    work += [(str(script.relative_to(ROOT)), [[sys.executable, str(script)]])
             for script in sorted((ROOT / "examples").glob("*.py"))]
    for source, commands in work:
        with tempfile.TemporaryDirectory() as folder:
            count += len(commands)
            failed += any(not run(command, folder, source) for command in commands)
    print(f"{count} examples run, {failed} {'page' if failed == 1 else 'pages'} failed")
    return failed


if __name__ == "__main__":
    sys.exit(main())
