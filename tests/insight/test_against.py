"""Two runs set against each other: counts and intervals by hand, and what the page says."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from typer.testing import CliRunner

from pellucid.cli.app import app
from pellucid.insight.report import comparison
from pellucid.insight.report.against.answers import answers
from pellucid.insight.report.against.page import page
from pellucid.insight.report.against.scores import interval, scores, signed
from pellucid.insight.report.against.settings import different, settings
from pellucid.insight.report.against.verdict import sentence
from pellucid.insight.report.comparison import Comparison, Difference
from pellucid.tabular.stored import StoredRun, open_run
from tests.insight.reading import Element, read

pytest.importorskip("matplotlib")
pytest.importorskip("sklearn")

RUNS = {"mine": ("iris", "--layers", "4 relu"), "other": ("iris", "--layers", "8 relu"),
        "reseeded": ("iris", "--seed", 3), "labels": ("discs",), "more labels": ("discs", "--rate",
                                                                                 0.03),
        "numbers": ("diabetes",), "other numbers": ("diabetes", "--rate", 0.02)}


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Drawing a few times is enough to see where the figures go."""
    monkeypatch.setattr(comparison, "DRAWS", 20)


def section(compared: Comparison, part: Callable[[Comparison], object]) -> Element:
    """One section of the page alone."""
    return read(str(part(compared))).all("section")[0]


@cache
def stored(name: str) -> StoredRun:
    folder = Path(mkdtemp()) / name.replace(" ", "-")
    words = ["train", *map(str, RUNS[name]), "--epochs", "6", "--out", str(folder)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return open_run(str(folder))


def both(mine: str, other: str) -> Comparison:
    return Comparison(stored(mine), stored(other))


def by_hand(answers: list[int], others: list[int], truth: list[int]) -> Comparison:
    """Two runs on iris that gave these classes."""
    from dataclasses import replace
    sure = np.eye(3) * 0.7 + 0.1
    rows = np.arange(10, 10 + len(truth))
    made = [replace(stored("mine"), rows=rows, y=np.array(truth), answers=sure[given])
            for given in (answers, others)]
    return Comparison(*made)


def test_rows_that_changed_by_hand():
    compared = by_hand([0, 1, 1, 2, 2, 0], [0, 1, 0, 2, 1, 2], [0, 1, 0, 2, 2, 1])
    assert compared.right() == (3, 1, 1, 1)
    assert [(each.row, each.truth, each.mine, each.other) for each in compared.changed()] == [
        (12, 0, 1, 0), (14, 2, 2, 1), (15, 1, 0, 2)]
    assert compared.probability(compared.changed()[0]) == pytest.approx((0.8, 0.8))


def test_a_difference_lies_where_the_theory_of_paired_shares_says(monkeypatch):
    """The interval of McNemar: ± 1.96 √(b + c - (b - c)²/n) / n."""
    monkeypatch.setattr(comparison, "DRAWS", 200)
    n, b, c = 400, 30, 12
    truth = np.zeros(n, int)
    mine, other = truth.copy(), truth.copy()
    mine[:c], other[c:c + b] = 1, 1
    found = by_hand(mine.tolist(), other.tolist(), truth.tolist()).differences[0]
    half = 1.96 * np.sqrt(b + c - (b - c) ** 2 / n) / n
    assert found.value == pytest.approx((b - c) / n)
    assert found.high - found.low == pytest.approx(2 * half, rel=0.12)
    assert found.verdict == "better"


@pytest.mark.parametrize(("name", "ends", "verdict"), [
    ("accuracy", (0.01, 0.03), "better"), ("accuracy", (-0.03, -0.01), "worse"),
    ("log_loss", (0.01, 0.03), "worse"), ("mae of width", (-0.03, -0.01), "better"),
    ("auc", (-0.01, 0.03), "chance"), ("auc", (0.0, 0.0), "same")])
def test_verdicts(name, ends, verdict):
    difference = Difference(name, 0.5 + sum(ends) / 2, 0.5, *ends)
    assert difference.verdict == verdict


def test_the_same_run_has_no_difference():
    compared = both("mine", "mine")
    assert {each.verdict for each in compared.differences} == {"same"}
    assert different(compared) == []
    assert compared.changed() == []
    assert sentence(compared)[1] == "there is no difference"
    assert "All settings are the same." in section(compared, settings).text
    assert "none is answered differently" in section(compared, answers).text


def test_the_page_tells_what_the_files_say():
    compared = both("mine", "other")
    root = read(page(compared))
    assert root.section("The scores").all("div", class_="table stacked scores")     # for phones
    for row, each in zip(root.section("The scores").rows(), compared.differences, strict=True):
        told = json.loads((compared.mine.folder / "metrics.json").read_text())["model"][each.name]
        assert float(row[1]) == pytest.approx(told, abs=6e-5)
        assert row[3].startswith(signed(each.value))
        assert row[3].endswith(interval(each))
    assert root.section("What was set differently").rows() == [["layers", "4 relu", "8 relu"]]
    counts = [int(each.text) for each in root.section("Where their answers differ").all("dd")]
    assert sum(counts) == len(compared.mine.y)
    assert counts[0] + counts[1] == round(compared.mine.scores["accuracy"] * len(compared.mine.y))
    assert root.all("h1")[0].text.startswith("mine reaches ")
    assert "the same 38 test rows" in root.all("h1")[0].text


@pytest.mark.parametrize("pair", [("mine", "numbers"), ("labels", "more labels")])
def test_every_pair_makes_a_whole_page(pair):
    text = page(both(*pair))
    root = read(text)
    assert "http" not in text
    assert not root.all("script")
    assert len(root.all("h1")) == len(root.all("main")) == 1
    assert len(root.all("caption")) == len(root.all("table"))
    ids = [each.attributes["id"] for each in root.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert len(text) < 300_000


def test_different_tasks_are_not_compared():
    compared = both("mine", "numbers")
    assert sentence(compared) == ("Two runs of different tasks", "")
    assert compared.differences == []
    assert "predict different things" in compared.obstacles[0]
    assert scores(compared) is None
    assert answers(compared) is None
    assert ["task", "multiclass", "regression"] in section(compared, settings).rows()


def test_different_rows_are_drawn_apart():
    compared = both("reseeded", "mine")
    assert not compared.same_rows
    assert compared.same_data
    assert "different rows of the same data" in compared.obstacles[0]
    common = set(stored("mine").rows.tolist()) & set(stored("reseeded").rows.tolist())
    assert sum(compared.right()) == len(common) > 0


def test_other_data_are_said():
    from dataclasses import replace
    other = replace(stored("other"), config=stored("other").config.changed(sha256="another"))
    compared = Comparison(stored("mine"), other)
    assert "learned from different data, so a difference" in compared.obstacles[0]
    assert compared.changed() == []
    assert len(compared.differences) == 2


def test_numbers_whose_error_changed_most_come_first():
    compared = both("numbers", "other numbers")
    truth, mine, other = (each[:, 0] for each in compared.answers)
    gain = np.abs(np.abs(mine - truth) - np.abs(other - truth))
    found = compared.changed()
    assert found[0].truth == truth[gain.argmax()]
    assert found[0].mine == mine[gain.argmax()]
    assert section(compared, answers).rows()[0][0] == str(found[0].row)


def test_labels_are_told_one_by_one():
    compared = both("labels", "more labels")
    rows = section(compared, answers).rows()
    assert rows[0][1] in compared.mine.target.names
    assert rows[0][2] in ("yes", "no")
