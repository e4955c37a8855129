"""`pellucid report`: the report anew, and a run against another."""

from __future__ import annotations

import contextlib
import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from tests.cli.conftest import QUICK, as_csv, houses

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def _two(tmp_path_factory):
    """Runs ``a`` and ``b`` on houses.csv, of different layers; tests get a copy."""
    home = tmp_path_factory.mktemp("two")
    (home / "houses.csv").write_text(as_csv(houses()))
    with contextlib.chdir(home):
        for name, layers in (("a", "8 relu"), ("b", "4 tanh")):
            done = CliRunner().invoke(app, [
                "train", "houses.csv", "--target", "dear", "--drop", "price", "--epochs", "3",
                "--layers", layers, "--out", name])
            assert done.exit_code == 0, done.output
    return home


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Drawing a few times is enough to see where the figures go."""
    monkeypatch.setattr("pellucid.insight.report.comparison.DRAWS", 20)


@pytest.fixture
def two(_two, folder):
    """The runs in the folder."""
    shutil.copytree(_two, folder, dirs_exist_ok=True)
    return folder


def plain(text: str) -> str:
    """A report without ids that matplotlib draws and the seconds of the training."""
    return re.sub(r"training time</dt><dd>[^<]*", "", text)


def test_report_alone_is_the_report_of_the_training(pellucid, two):
    before = (two / "a" / "report.html").read_text()
    (two / "a" / "report.html").unlink()
    done = pellucid("report", "a")
    assert done.exit_code == 0, done.output
    assert "Report   a/report.html" in done.stdout
    assert plain((two / "a" / "report.html").read_text()) == plain(before)


def test_report_against_another_run(pellucid, two):
    done = pellucid("report", "a", "--against", "b")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "layers   8 relu  4 tanh" in lines
    assert any(line.startswith("accuracy") and " to " in line for line in lines)
    assert any(re.match(r"Rows +\d+ of \d+ rows tested in both answered differently: ", line)
               for line in lines)
    assert lines[-1] == "Page     a/against-b.html"
    assert (two / "a" / "against-b.html").is_file()


def test_page_goes_where_it_is_told(pellucid, refused, two):
    assert pellucid("report", "a", "--against", "b", "--output", "both.html").exit_code == 0
    assert "<h2>The scores</h2>" in (two / "both.html").read_text()
    assert not (two / "a" / "against-b.html").exists()
    assert "both.html is there already. Overwrite it with --force" in refused(
        "report", "a", "--out", "both.html")
    assert pellucid("report", "a", "--against", "b", "--out", "both.html", "--force").exit_code == 0


def test_an_older_run_still_opens(pellucid, two):
    """As runs were written before rule, warnings and dynamics were kept."""
    told = json.loads((two / "a" / "metrics.json").read_text())
    del told["warnings"], told["rule"]
    (two / "a" / "metrics.json").write_text(json.dumps(told))
    (two / "a" / "dynamics.npz").unlink()
    assert pellucid("report", "a", "--out", "old.html").exit_code == 0
    assert "Inside the training" not in (two / "old.html").read_text()


def test_warnings_of_a_forced_run_are_kept(pellucid, folder):
    pellucid("train", "moons", *QUICK, "--output", "softmax", "--force", "--out", "run")
    warnings = json.loads((folder / "run" / "metrics.json").read_text())["warnings"]
    assert warnings
    assert pellucid("report", "run", "--force").exit_code == 0
    from tests.insight.reading import read
    assert warnings[0] in read((folder / "run" / "report.html").read_text()).section(
        "The data").text


def test_different_tasks_are_told(pellucid, two):
    pellucid("train", "houses.csv", "--target", "price", *QUICK, "--out", "c")
    done = pellucid("report", "a", "--against", "c")
    assert done.exit_code == 0
    assert "The runs predict different things, so their scores" in done.stdout
    assert "95 % interval" not in done.stdout


def test_what_is_no_run_is_refused(refused, two):
    assert "there is no run folder nothing" in refused("report", "nothing")
    assert "houses.csv is a file" in refused("report", "houses.csv")
    (two / "empty").mkdir()
    assert "empty is no run folder" in refused("report", "empty")
    assert "empty is no run folder" in refused("report", "a", "--against", "empty")
    assert "a page is written as .html, but got page.pdf" in refused("report", "a", "--out",
                                                                     "page.pdf")
    assert "no folder far" in refused("report", "a", "--out", "far/page.html")
    assert "--out must name a file" in refused("report", "a", "--out", " ")


@pytest.mark.parametrize(("name", "content", "told"), [
    ("predictions.csv", None, "is not whole: there is no predictions.csv in it"),
    ("predictions.csv", "row,dear\n1,no\n", "does not hold the answers of this model"),
    ("predictions.csv", "row,dear\n1\n", "predictions.csv is damaged"),
    ("predictions.csv", "row,dear,predicted,p_no,p_yes\n1,perhaps,no,1,0\n", "is damaged"),
    ("predictions.csv", "", "is damaged"),
    ("metrics.json", "{", "metrics.json is damaged"),
    ("metrics.json", "[1]", "metrics.json is damaged"),
    ("history.csv", "epoch,loss\n1,low\n", "history.csv is damaged"),
    ("config.toml", "[data", "config.toml is not TOML"),
    ("model.keras", "no zip", "model.keras")])
def test_damaged_files_are_named(refused, two, name, content, told):
    shutil.copytree(two / "a", two / "hurt")
    if content is None:
        (two / "hurt" / name).unlink()
    else:
        (two / "hurt" / name).write_text(content)
    assert told in refused("report", "hurt", "--against", "b")


def test_data_that_are_gone_or_changed(refused, pellucid, two):
    table = two / "houses.csv"
    table.write_text(table.read_text().replace("Kiel", "Jena"))
    assert "houses.csv has changed since the model was trained" in refused("report", "a")
    table.unlink()
    assert "there is no file" in refused("report", "a")
    assert pellucid("report", "a", "--against", "b").exit_code == 0      # needs the folders alone
