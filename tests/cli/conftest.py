"""A folder of one's own, and the command line run inside it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from pellucid.cli.app import app

Pellucid = Callable[..., Result]
QUICK = ("--epochs", "3", "--layers", "8 relu")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pellucid(folder) -> Pellucid:
    """Run the command in the folder; nothing but a clean exit gets out."""
    def run(*words: object) -> Result:
        result = CliRunner().invoke(app, [str(word) for word in words])
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        assert "Traceback" not in result.output
        return result
    return run


@pytest.fixture
def refused(folder, pellucid) -> Callable[..., str]:
    """Run a command that must be refused: exit 2, a sentence or two, nothing written."""
    def run(*words: object) -> str:
        before = sorted(os.listdir(folder))
        result = pellucid(*words)
        assert result.exit_code == 2, result.output
        assert sorted(os.listdir(folder)) == before
        text = result.stderr.strip()
        assert len(text.splitlines()) == 1, text
        assert text.startswith("Error: ")
        return text
    return run


def houses(rows: int = 60, seed: int = 0) -> list[list[str]]:
    """A header and rows with numbers, words, gaps, dates and truths."""
    draw = np.random.default_rng(seed + 99)
    lines = [["size", "town", "garden", "sold", "price", "dear"]]
    for row in range(rows):
        size, town = draw.normal(100, 20), draw.choice(["Ulm", "Bonn", "Kiel"])
        price = 2 * size + 30 * (town == "Bonn") + draw.normal(0, 5)
        lines.append(["" if row % 11 == 3 else f"{size:.1f}", "" if row % 13 == 4 else town,
                      "true" if draw.random() < 0.5 else "false", f"2026-01-{1 + row % 28:02d}",
                      f"{price:.2f}", "yes" if price > 210 else "no"])
    return lines


def as_csv(lines: list[list[str]]) -> str:
    return "".join(",".join(line) + "\n" for line in lines)


@pytest.fixture
def table(folder) -> Path:
    """houses.csv in the folder."""
    path = folder / "houses.csv"
    path.write_text(as_csv(houses()))
    return path


@pytest.fixture(scope="session")
def _trained(tmp_path_factory) -> Path:
    """A run folder of a classifier on houses, made once; tests get a copy."""
    home = tmp_path_factory.mktemp("trained")
    (home / "houses.csv").write_text(as_csv(houses()))
    words = ["train", str(home / "houses.csv"), "--target", "dear", "--drop", "price",
             "--out", str(home / "run"), *QUICK]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return home / "run"


@pytest.fixture
def trained(_trained, folder) -> Path:
    """``run`` in the folder: a classifier that says whether a house is dear."""
    (folder / "run").symlink_to(_trained)
    return folder / "run"
