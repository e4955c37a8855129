"""The Python of README.md and of every page of docs/ runs as it stands."""

from __future__ import annotations

import subprocess
import sys

import pytest

from docs import examples
from tests.house.tree import named

PAGES = {named(page): program for page in examples.pages()
         if (program := examples.python_of(page)).strip()}


@pytest.mark.parametrize("page", PAGES)
def test_python_of_a_page_runs(page, tmp_path):
    done = subprocess.run([sys.executable, "-c", PAGES[page]], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_blocks_and_commands_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n\n<!-- not run: a server -->\n```python\nboom\n```\n"
                    "```console\n$ pellucid train \\\n    iris --seed 0   # a note\ndone\n```\n")
    assert examples.python_of(page).strip() == "x = 1"
    assert examples.commands_of(page) == [["pellucid", "train", "iris", "--seed", "0"]]


def test_an_example_that_fails_is_told(tmp_path, capsys):
    assert not examples.run([sys.executable, "-c", "1 / 0"], str(tmp_path), "page.md")
    told = capsys.readouterr().out
    assert "FAILED page.md" in told
    assert "ZeroDivisionError" in told
