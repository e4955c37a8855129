"""What the project says about itself agrees: versions, the catalogue, its licence, its coverage."""

from __future__ import annotations

import re
import tomllib

import pellucid
from docs import catalogue
from tests.house.coverage_floors import below, percent
from tests.house.tree import ROOT, files, named

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# Each word is put together here, so that this file does not hold what it looks for.
HOSTS = ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs.org", "ana" + "conda.org")
FOLDERS = ("/wo" + "rk/main", "/wo" + "rk/shared", "/ro" + "ot/", "/ho" + "me/", "/op" + "t/")
MACHINE = re.compile("|".join([*map(re.escape, HOSTS),
                               *(rf"(?<![\w.}}]){folder}" for folder in FOLDERS)]))


def test_one_version():
    newest = re.search(r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert PROJECT["version"] == pellucid.__version__ == newest.group(1)


def test_licence_is_apache():
    assert PROJECT["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / "LICENSE").read_text()


def test_every_catalogue_id_is_tested_or_owed():
    proofs = catalogue.tests()
    rows = {id: row for _, each in catalogue.chapters().values() for id, row in each.items()}
    bare = [id for id, row in rows.items() if id not in proofs and "open" not in row]
    assert not bare, f"no test carries these ids: {bare}"
    assert set(proofs) <= set(rows), "a test carries an id that the catalogue does not know"


def test_catalogue_page_is_up_to_date():
    assert catalogue.PAGE.read_text(encoding="utf-8") == catalogue.page(), "run ./dev docs"


def test_no_trace_of_a_machine():
    """No host of a package registry and no path of somebody's machine in a tracked file."""
    found = []
    for file in files():
        text = file.read_bytes().decode("utf-8", "replace")
        found += [f"{named(file)}: {match.group()}" for match in MACHINE.finditer(text)]
    assert not found, found


def test_pins_are_plain():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.+]+", line)] == []
    assert not (ROOT / "uv.lock").exists() or ROOT / "uv.lock" not in files()


def test_coverage_floors_notice_a_fall():
    full = {"covered_lines": 8, "num_statements": 8, "covered_branches": 2, "num_branches": 2}
    half = full | {"covered_lines": 3}
    counts = {"src/pellucid/core/op.py": full, "src/pellucid/layers/dense.py": half}
    assert percent(counts, "src/pellucid") == 75
    assert below(counts, {"src/pellucid/core": 100, "src/pellucid": 75}) == []
    assert below(counts, {"src/pellucid": 80}) == [
        "branch coverage of src/pellucid is 75.00 %, its floor 80 % "
        "(src/pellucid/layers/dense.py 50.0)"]
