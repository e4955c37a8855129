"""Holds the coverage of the run that has just ended against tests/house/coverage.toml.

`./dev test` calls it after the whole suite; it says nothing when every floor holds.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def measured() -> dict[str, dict[str, int]]:
    """File → coverage's own counts, from the data that pytest-cov left in the repository."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "--quiet", "-o", report],
                       cwd=ROOT, check=True)
        files = json.loads(report.read_text())["files"]
    return {Path(name).as_posix(): facts["summary"] for name, facts in files.items()}


def percent(files: dict[str, dict[str, int]], part: str) -> float:
    """Lines and branches reached, of all there are, in one file or one folder."""
    inside = [counts for name, counts in files.items()
              if name == part or name.startswith(part + "/")]
    reached = sum(each["covered_lines"] + each["covered_branches"] for each in inside)
    there = sum(each["num_statements"] + each["num_branches"] for each in inside)
    return 100 * reached / there if there else 100.0


def below(files: dict[str, dict[str, int]], floors: dict[str, float]) -> list[str]:
    """A sentence for each part that fell under its floor, with the files that pull it down."""
    told = []
    for part, floor in floors.items():
        if (now := percent(files, part)) < floor:
            worst = sorted((percent(files, name), name) for name in files
                           if name == part or name.startswith(part + "/"))
            low = "; ".join(f"{name} {share:.1f}" for share, name in worst[:6] if share < floor)
            told.append(f"branch coverage of {part} is {now:.2f} %, its floor {floor} % ({low})")
    return told


if __name__ == "__main__":
    problems = below(measured(), tomllib.loads((HERE / "coverage.toml").read_text()))
    print("\n".join(problems), end="\n" if problems else "", file=sys.stderr)
    sys.exit(1 if problems else 0)
