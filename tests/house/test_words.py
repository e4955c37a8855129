"""The script `./dev` answers as a person would expect; its slow words are proven by using them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.tree import ROOT


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "dev", *arguments], cwd=ROOT,
                          capture_output=True, text=True)


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_alone_it_prints_its_words(arguments):
    done = dev(*arguments)
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == [
        "setup", "demo", "check", "test", "bench", "parity", "docs"]


@pytest.mark.parametrize(("word", "told"), [
    ("tset", 'dev: "tset" is not a word of ./dev; did you mean "test"?\n'),
    ("qqq", 'dev: "qqq" is not a word of ./dev. Words: setup, demo, check, test, bench, parity, '
     "docs.\n")])
def test_unknown_word(word, told):
    done = dev(word)
    assert (done.returncode, done.stderr) == (2, told)


def test_ci_runs_words_of_dev_and_nothing_else():
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines()
             if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."',
                     "./dev check", "./dev test"]
