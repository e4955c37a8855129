"""The files of the repository, for the tests that hold it to its own rules."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pellucid"
NOT_OURS = {".git", ".venv", ".venv-uv", "__pycache__", "runs", "dist", "build", ".pytest_cache",
            ".ruff_cache", ".hypothesis", ".import_linter_cache"}


def files() -> list[Path]:
    """Every file that is, or would be, tracked: what git says, or the tree without git."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run([git, "ls-files", "-z", "-co", "--exclude-standard"],
                                cwd=ROOT, capture_output=True, text=True)
        if listed.returncode == 0:
            found = [ROOT / name for name in listed.stdout.split("\0") if name]
            return [file for file in found if file.is_file()]
    return [file for file in ROOT.rglob("*") if file.is_file()
            and not NOT_OURS & set(file.relative_to(ROOT).parts)]


def modules() -> list[Path]:
    """The Python files of the package."""
    return sorted(SOURCE.rglob("*.py"))


def functions(file: Path) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """``(file:line name, function)`` for each function of a file, methods and inner ones too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{named(file)}:{node.lineno} {node.name}", node


def named(file: Path) -> str:
    """The path as a person would write it."""
    return file.relative_to(ROOT).as_posix()
