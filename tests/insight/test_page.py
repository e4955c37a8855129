"""The page: self-contained, valid, safe against what data may hold, and true to the run."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from pellucid.core.errors import FileError, MissingExtra
from pellucid.insight.report.page import page, write_report
from pellucid.insight.report.run import Column, LayerLine, Run
from tests.insight.reading import Element, read
from tests.insight.sample_runs import SAMPLES, binary, classes, digits, multilabel, regression

pytest.importorskip("matplotlib")

NASTY = '<script>alert("1")</script> & \'quotes\' </style></title><img src=x onerror=y>'
LONG = "a_name_of_three_hundred_letters_" * 10


@cache
def sample(name: str) -> tuple[Run, str]:
    run = SAMPLES[name]()
    return run, page(run)


def tree(name: str) -> tuple[Run, Element]:
    run, text = sample(name)
    return run, read(text)


def shares(text: str) -> float:
    return float(text.replace("%", "")) / 100


@pytest.mark.parametrize("name", SAMPLES)
def test_page_is_one_valid_file_without_address_or_script(name):
    _, text = sample(name)
    root = read(text)
    assert text.startswith("<!doctype html>")
    assert "http" not in text
    assert "//" not in re.sub(r"data:image/png;base64,[\w+/=]+", "", text)
    assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", text)
    assert "@import" not in text
    assert not [each for tag in ("script", "link", "iframe", "object") for each in root.all(tag)]
    for element in root.all():
        assert not [key for key in element.attributes if key.startswith("on")]
        assert (element.attributes.get("src") or "data:").startswith("data:")
        assert (element.attributes.get("href") or "#").startswith("#")
    assert len(text.encode()) < 1_000_000


@pytest.mark.parametrize("name", SAMPLES)
def test_page_can_be_heard(name):
    _, root = tree(name)
    assert root.all("html")[0].attributes["lang"] == "en"
    assert len(root.all("h1")) == len(root.all("main")) == len(root.all("title")) == 1
    pictures = root.all("svg")
    assert pictures
    for picture in pictures:
        assert picture.attributes["role"] == "img"
        assert len(picture.attributes["aria-label"] or "") > 20
    assert all(each.attributes.get("alt") for each in root.all("img"))
    assert len(root.all("caption")) == len(root.all("table"))
    ids = [each.attributes["id"] for each in root.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_picture_comes_wide_and_narrow(name):
    _, root = tree(name)
    for figure in root.all("figure"):
        if figure.attributes.get("class") == "small":                # one that fits everywhere
            box = figure.all("svg")[0].attributes["viewbox"]
            assert float((box or "").split()[2]) <= 400
            continue
        wide, narrow = (figure.all("div", class_=kind) for kind in ("wide", "narrow"))
        assert len(wide) == len(narrow) == 1
        box = narrow[0].all("svg")[0].attributes["viewbox"]
        assert float((box or "").split()[2]) <= 350


@pytest.mark.parametrize("name", SAMPLES)
def test_colours_are_defined_for_light_dark_and_paper(name):
    _, text = sample(name)
    used = set(re.findall(r"var\(--([a-z]+)\)", text)) - {"columns"}
    assert text.count(":root {") == 3
    for block in re.findall(r":root \{(.*?)\}", text, flags=re.S):
        assert used <= set(re.findall(r"--([a-z]+):", block))


def test_verdict_of_a_classification():
    run, root = tree("digits")
    right = int((run.y_true == run.y_pred).sum())
    assert root.all("h1")[0].text == (f"{100 * right / 450:.1f} % of 450 test rows right; "
                                      "always guessing the majority class gets 10.0 %.")
    assert root.all("title")[0].text == f"digits: {100 * right / 450:.1f} % of 450 test rows right"


def test_verdict_of_a_regression():
    run, root = tree("regression")
    assert root.all("h1")[0].text == (
        f"progression predicted to within {run.metrics['mae']:.3g} on average, over 111 test rows; "
        f"always answering the mean is off by {run.baseline['mae']:.3g}.")


def test_verdict_of_several_labels():
    run, root = tree("multilabel")
    right = (run.y_true == run.y_pred).mean()
    assert root.all("h1")[0].text.startswith(
        f"{100 * right:.1f} % of 2400 answers about 400 test rows right; ")


def test_a_useless_model_is_called_so():
    run = replace(classes(3, 60), metrics={"accuracy": 0.3}, baseline={"accuracy": 0.34})
    assert "no better than this trivial answer" in page(run)
    assert "no better than" not in sample("three")[1]


def test_a_useless_regression_is_called_so():
    useless = replace(regression(30), metrics={"mae": 60.0}, baseline={"mae": 59.0})
    assert "no better than this trivial answer" in page(useless)
    several = replace(regression(30, targets=("a", "b")), metrics={"r2": 0.4, "mae of a": 9.0},
                      baseline={"r2": 0.0, "mae of a": 8.0})
    assert "no better than" not in page(several)


def test_metrics_where_less_is_more_say_so():
    run = replace(regression(30, targets=("a", "b")),
                  metrics={"r2": 0.4, "mae of a": 9.0, "log_loss": 1.0}, baseline={"r2": 0.0})
    rows = read(page(run)).section("Against the trivial answer").rows()
    assert [row[0] for row in rows] == ["R²", "mean absolute error of a lower is better",
                                        "log loss lower is better"]


def test_the_rule_of_the_baseline_is_told_as_given():
    run = replace(classes(3, 60), baseline_rule='always answering "setosa"')
    assert 'always answering "setosa" gets 33.3 %.' in read(page(run)).all("h1")[0].text


@pytest.mark.parametrize("name", SAMPLES)
def test_metrics_are_those_of_the_run(name):
    run, root = tree(name)
    rows = root.section("Against the trivial answer").rows()
    assert len(rows) == len(run.metrics)
    for row, value, trivial in zip(rows, run.metrics.values(), run.baseline.values(), strict=True):
        assert float(row[1].replace("−", "-")) == pytest.approx(value, rel=5e-4, abs=5e-5)
        assert float(row[2].replace("−", "-")) == pytest.approx(trivial, rel=5e-4, abs=5e-5)


@pytest.mark.parametrize("name", ["binary", "three", "digits"])
def test_class_table_agrees_with_scikit_learn(name):
    metrics = pytest.importorskip("sklearn.metrics")
    run, root = tree(name)
    expected = metrics.precision_recall_fscore_support(run.y_true, run.y_pred)
    rows = root.section("Which classes it takes for which").rows()
    assert [row[0] for row in rows] == list(run.class_names)
    for k, row in enumerate(rows):
        assert [shares(cell) for cell in row[1:4]] == pytest.approx(
            [float(column[k]) for column in expected[:3]], abs=0.0006)
        assert int(row[4]) == expected[3][k]


def test_many_classes_begin_with_the_weakest_and_list_all():
    run, root = tree("forty")
    section = root.section("Which classes it takes for which")
    weakest = section.all("table")[1].rows()
    assert len(weakest) == 10
    scores = [shares(row[3]) for row in weakest]
    assert scores == sorted(scores)
    everything = section.all("details")[0].rows()
    assert [row[0] for row in everything] == list(run.class_names)
    assert scores[0] == min(shares(row[3]) for row in everything)


def test_label_table_agrees_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    run, root = tree("multilabel")
    expected = metrics.precision_recall_fscore_support(run.y_true, run.y_pred)
    section = root.section("Label by label")
    for k, row in enumerate(section.rows()):
        assert [shares(cell) for cell in row[1:4]] == pytest.approx(
            [float(column[k]) for column in expected[:3]], abs=0.0006)
    wholly = int((run.y_true == run.y_pred).all(axis=1).sum())
    assert f"Every label right: {wholly} of 400 test rows" in section.text


def test_surest_mistakes_of_a_table():
    run, root = tree("binary")
    assert run.probabilities is not None
    assert run.row_numbers is not None
    wrong = np.flatnonzero(run.y_true != run.y_pred)
    sure = run.probabilities[wrong].max(axis=1)
    order = wrong[np.argsort(-sure)]
    rows = root.section("Its surest mistakes").rows()
    assert [int(row[0]) for row in rows] == [run.row_numbers[i] for i in order[:10]]
    for row, i in zip(rows, order, strict=False):
        assert row[1] == run.class_names[run.y_true[i]]
        assert row[2] == run.class_names[run.y_pred[i]]
        assert shares(row[3]) == pytest.approx(run.probabilities[i].max(), abs=0.0006)


def test_mistaken_pictures_are_shown():
    run, root = tree("digits")
    images = root.section("Its surest mistakes").all("img")
    assert len(images) == min(10, int((run.y_true != run.y_pred).sum()))
    assert all((each.attributes["src"] or "").startswith("data:image/png;base64,")
               for each in images)


def test_largest_errors_of_a_regression():
    run, root = tree("regression")
    error = run.y_pred - run.y_true
    order = np.argsort(-np.abs(error))[:10]
    rows = root.section("Its largest errors").rows()
    for row, i in zip(rows, order, strict=True):
        told = [float(cell.replace("−", "-")) for cell in row[1:4]]
        assert told == pytest.approx([run.y_true[i], run.y_pred[i], error[i]], abs=0.06)


@pytest.mark.parametrize("name", SAMPLES)
def test_data_model_and_settings_are_those_of_the_run(name):
    run, root = tree(name)
    data = root.section("The data")
    told = [row for table in data.all("table") for row in table.rows()]
    assert [row[0] for row in told] == [column.name for column in run.columns]
    assert [int(row[2]) for row in told] == [column.missing for column in run.columns]
    assert run.rule in data.text
    for part, rows in run.split.items():
        assert f"{part} {rows}" in data.text
    assert all(note in data.text for note in run.notes)
    layers = root.section("The model").rows()
    assert [int(row[-1]) for row in layers] == [layer.parameters for layer in run.layers]
    again = root.section("How to do it again")
    assert again.all("pre")[0].text == run.command
    pairs = {row.all("dt")[0].text: row.all("dd")[0].text for row in again.all("div")}
    assert pairs["seed"] == "7"
    assert pairs["learning rate"] == "0.001"
    assert pairs["restore best weights"] == "yes"
    assert pairs["numpy"] == run.versions["numpy"]


def test_many_columns_are_folded_and_at_last_counted():
    run = replace(classes(3, 60), columns=[Column(name=f"c{i}", kind="number")
                                             for i in range(1200)])
    data = read(page(run)).section("The data")
    assert len(data.all("table")[0].rows()) == 12
    assert data.all("summary")[0].text == "288 more columns"
    assert "900 further columns are not listed." in data.text


def nasty(run: Run, word: str) -> Run:
    """The run with ``word`` wherever data, files or people choose the text."""
    return replace(
        run, data_name=word, data_path=word, rule=word, notes=[word], command=word, stopped=word,
        baseline_rule=word, date=word, targets=[word] * len(run.targets),
        class_names=[f"{word}{k}" for k in range(len(run.class_names))],
        columns=[Column(name=word, kind=word, distinct=2, top=[(word, 3)])],
        layers=[LayerLine(name=word, kind=word, output_shape=word, detail=word, parameters=1)],
        settings={word: word, "nested": {word: [word]}}, versions={"pellucid": word, word: word},
        split={word: 5, "test": 4}, metrics=dict(run.metrics) | {word: 0.5},
        history=dict(run.history) | {word: [0.1, 0.2], f"val_{word}": [0.1, 0.2]})


STRANGE = "猫 \u202e\x00\x1b[31m$x^{2}$\n${title} $style %s {0}"


@pytest.mark.parametrize("make", [binary, digits, multilabel, regression])
@pytest.mark.parametrize("word", [NASTY, LONG, STRANGE], ids=["markup", "long", "strange"])
def test_words_from_data_stay_words(make, word):
    text = page(nasty(make(60), word))
    root = read(text)
    assert not root.all("script")
    assert len(root.all("style")) == len(root.all("title")) == len(root.all("h1")) == 1
    assert all((each.attributes.get("src") or "").startswith("data:") for each in root.all("img"))
    assert not [key for each in root.all() for key in each.attributes if key.startswith("on")]
    assert "\x00" not in text
    assert "\u202e" not in text
    assert "\x1b" not in text
    shown = root.section("How to do it again").all("pre")[0].text
    assert shown == re.sub("[\x00\x1b\u202e]", "\ufffd", word)
    assert len(text) < 1_000_000


def test_a_run_with_almost_nothing_makes_a_page():
    run = Run(data_name="coins", rows=3, features=1, task="binary", rule="", targets=["heads"],
              class_names=["no", "yes"], metrics={}, baseline={}, y_true=np.array([], int),
              y_pred=np.array([], int))
    root = read(page(run))
    assert root.all("h1")[0].text == "Trained, and not yet tested."
    assert [each.text for each in root.all("h2")] == ["The data"]


def test_a_perfect_model_has_no_mistakes_to_show():
    run = classes(3, 30, accuracy=2.0)
    root = read(page(run))
    assert root.all("h1")[0].text.startswith("100 % of 30 test rows right")
    assert "Its surest mistakes" not in [each.text for each in root.all("h2")]


def test_one_epoch_and_a_diverged_history_make_a_page():
    for history in ({"loss": [0.5]}, {"loss": [1.0, np.nan, np.inf], "val_loss": [np.nan] * 3}):
        run = replace(classes(3, 30), history=history, best_epoch=1,
                      metrics={"accuracy": 0.9, "loss": float("nan")})
        assert "nan" in read(page(run)).section("Against the trivial answer").rows()[1][1]


def test_several_regression_targets_get_a_picture_each():
    run = regression(40, targets=("width", "height"))
    root = read(page(run))
    section = root.section("Predicted against true")
    assert len(section.all("figure")) == 2
    assert {row[1] for row in root.section("Its largest errors").rows()} <= {"width", "height"}
    assert root.all("h1")[0].text.startswith("mean absolute error ")


def test_rows_without_a_number_are_left_out_and_counted():
    run = regression(30)
    truth = run.y_true.astype(float)
    truth[[3, 7]] = np.nan
    drawn = read(page(replace(run, y_true=truth))).section("Predicted against true")
    assert drawn.all("figcaption")[0].text == "2 rows without a number left out."
    assert not read(page(run)).section("Predicted against true").all("figcaption")


def test_the_page_is_the_same_each_time():
    run, text = sample("binary")
    assert page(run) == text


def test_report_is_written_whole(tmp_path):
    run, text = sample("three")
    path = tmp_path / "report.html"
    path.write_text("old")
    assert write_report(str(path), run) == path
    assert path.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_crash_leaves_the_old_report(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("old")

    def fail(*_):
        raise KeyboardInterrupt
    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(KeyboardInterrupt):
        write_report(path, sample("three")[0])
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match="nowhere.* does not exist"):
        write_report(tmp_path / "nowhere" / "report.html", sample("three")[0])


def test_without_matplotlib_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r'pip install "pellucid\[plot\]"'):
        write_report(tmp_path / "report.html", sample("three")[0])
    assert not list(tmp_path.iterdir())
