"""``pellucid explain``: the step that a model would take on one row of a table."""

from __future__ import annotations

import csv
import re

import numpy as np
import pytest

from pellucid import load_model

QUICK = ("--epochs", "1", "--layers", "3 tanh")


def test_the_answer_is_that_of_predict(pellucid, trained, table):
    result = pellucid("explain", trained, table, "--row", 5, "--digits", 12, "--level", "unit")
    assert result.exit_code == 0, result.output
    said = [line.split(" = ")[-1] for line in result.stdout.splitlines()
            if line.strip().startswith(("ŷ = ", "= ")) or " = " in line]
    answers = list(csv.DictReader(pellucid("predict", trained, table).stdout.splitlines()))
    right = float(answers[5]["p_yes"])
    found = [float(each) for each in said if re.fullmatch(r"[-\d.e]+", each)]
    assert min(abs(each - right) for each in found) < 1e-6
    for title in ("Given", "Forward", "Loss", "Backward", "The optimizer's step"):
        assert f"\n{title}\n" in result.stdout


def test_it_is_what_model_explain_says(pellucid, folder):
    assert pellucid("train", "iris", *QUICK).exit_code == 0
    said = pellucid("explain", "runs/iris-1", "iris", "--row", 3).stdout
    model = load_model("runs/iris-1")
    from pellucid.data import load
    data = load("iris")
    found = model.explain(np.asarray(data.x[3:4], np.float32), np.eye(3)[[data.y[3]]])
    assert said.rstrip() == str(found).rstrip()


def test_a_regression_is_explained_in_the_units_of_its_target(pellucid, table):
    assert pellucid("train", table, "--target", "price", "--drop", "dear", *QUICK).exit_code == 0
    result = pellucid("explain", "runs/houses-1", table, "--row", 7)
    assert result.exit_code == 0, result.output
    price = float(list(csv.DictReader(table.read_text().splitlines()))[7]["price"])
    found = re.search(r"^ +y = ([-\d.]+)", result.stdout, re.MULTILINE)
    assert found is not None
    assert float(found[1]) == pytest.approx(price, rel=1e-6)


@pytest.mark.parametrize(("name", "begins", "holds"), [
    ("row.html", "<!doctype html>", "<math"), ("row.tex", r"\section*{", r"\begin{align*}"),
    ("row.md", "## ", "$$"), ("row.txt", "One step", "∂L/∂")])
def test_the_name_of_the_file_chooses_the_form(pellucid, folder, trained, table, name, begins,
                                               holds):
    result = pellucid("explain", trained, table, "--output", name)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert f"Wrote    {name}" in result.stderr
    text = (folder / name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    assert holds in text


def test_the_form_can_be_told(pellucid, trained, table):
    said = pellucid("explain", trained, table, "--format", "latex").stdout
    assert said.startswith(r"\section*{")
    assert pellucid("explain", trained, table, "--format", "html").stdout.startswith("<!doctype")


def test_one_weight_can_be_asked_for(pellucid, trained, table):
    whole = pellucid("explain", trained, table, "--level", "weight").stdout
    one = pellucid("explain", trained, table, "--weight", "w^2_11").stdout
    assert "w^2_11'" in one
    assert len(one) < len(whole) / 2


def test_what_was_mended_is_told_beside_the_derivation(pellucid, trained, folder):
    (folder / "odd.csv").write_text("size,town,garden,sold,dear\n,Rome,true,2026-01-02,no\n")
    result = pellucid("explain", trained, "odd.csv")
    assert result.exit_code == 0, result.output
    assert "Mended" in result.stderr
    assert "Mended" not in result.stdout


def test_bad_input_is_answered_with_a_sentence(refused, pellucid, trained, table, folder):
    assert "has rows 0 to 59, but got 60" in refused("explain", trained, table, "--row", 60)
    assert "but got -1" in refused("explain", trained, table, "--row", -1)
    assert 'Did you mean "markdown"?' in refused("explain", trained, table, "--format", "markdwn")
    assert "digits" in refused("explain", trained, table, "--digits", 0)
    assert "level" in refused("explain", trained, table, "--level", "layr")
    said = refused("explain", trained, table, "--weight", "w^9_11")
    assert "w^9_11" in said
    assert ".py:" not in said, "no line of the launcher"
    assert ".py:" not in refused("explain", trained, table, "--digits", 40)
    said = refused("explain", trained, table, "--out", "row.docx")
    assert "must end in .html, .htm, .tex, .md, .txt, but got row.docx" in said
    assert "there is no file" in refused("explain", trained, "nothing.csv")
    assert "nothing" in refused("explain", "nothing", table)
    (folder / "bare.csv").write_text("size,town,garden,sold\n1,Ulm,true,2026-01-02\n")
    assert '"dear"' in refused("explain", trained, "bare.csv")
    (folder / "old.html").write_text("kept")
    assert "Overwrite it with --force" in refused("explain", trained, table, "--out", "old.html")
    assert "there is no folder" in refused("explain", trained, table, "--out", "no/x.html")
    assert (folder / "old.html").read_text() == "kept"
    assert pellucid("explain", trained, table, "--out", "old.html", "--force").exit_code == 0
    assert (folder / "old.html").read_text() != "kept"
