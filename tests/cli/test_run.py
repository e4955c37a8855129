"""The main job: a table in, a run folder out; and the model at work on raw rows."""

import csv
import json
import tomllib

import numpy as np
import polars as pl
import pytest

QUICK = ("--epochs", "3", "--layers", "8 relu")
FILES = ["config.toml", "dynamics.npz", "history.csv", "metrics.json", "model.keras",
         "predictions.csv", "report.html"]


def houses(rows):
    """Prices that follow from the size and the town, and a column of chance."""
    draw = np.random.default_rng(7)
    size, town = draw.normal(100, 20, rows), draw.choice(["Ulm", "Bonn", "Kiel"], rows)
    price = 2 * size + 30 * (town == "Bonn") + draw.normal(0, 5, rows)
    return "size,town,chance,price\n" + "".join(
        f"{s:.1f},{t},{draw.normal():.3f},{p:.2f}\n" for s, t, p in zip(size, town, price,
                                                                       strict=True))


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_run_folder(pellucid, folder, table):
    result = pellucid("train", table, "--target", "dear", "--drop", "price", *QUICK, "--seed", 4)
    assert result.exit_code == 0, result.output
    run = folder / "runs" / "houses-1"
    assert sorted(path.name for path in run.iterdir()) == FILES
    metrics = json.loads((run / "metrics.json").read_text())
    assert metrics["task"] == "binary"
    assert metrics["seed"] == 4
    assert set(metrics["model"]) == set(metrics["baseline"]) == {"accuracy", "auc", "log_loss"}
    assert metrics["rows"] == {"train": 38, "validation": 7, "test": 15}
    assert metrics["seconds"] > 0
    history = read(run / "history.csv")
    assert [line["epoch"] for line in history] == ["1", "2", "3"]
    assert float(history[-1]["val_loss"]) > 0
    settings = tomllib.loads((run / "config.toml").read_text())
    assert settings["data"]["targets"] == ["dear"]
    assert None not in settings["training"].values()
    assert "</html>" in (run / "report.html").read_text()


def test_predictions_are_of_the_test_rows(pellucid, folder, table):
    pellucid("train", table, "--target", "dear", "--drop", "price", *QUICK)
    lines = read(folder / "runs" / "houses-1" / "predictions.csv")
    assert list(lines[0]) == ["row", "dear", "predicted", "p_no", "p_yes"]
    data = read(table)
    right = 0
    for line in lines:
        assert line["dear"] == data[int(line["row"])]["dear"]
        assert float(line["p_no"]) + float(line["p_yes"]) == pytest.approx(1, abs=1e-6)
        assert line["predicted"] == ("yes" if float(line["p_yes"]) > 0.5 else "no")
        right += line["predicted"] == line["dear"]
    metrics = json.loads((folder / "runs" / "houses-1" / "metrics.json").read_text())
    assert right / len(lines) == pytest.approx(metrics["model"]["accuracy"], abs=1e-6)


def test_target_with_the_name_of_an_answer_is_kept_apart(pellucid, folder):
    (folder / "odd.csv").write_text("a,predicted\n" + "1,no\n2,yes\n" * 20)
    assert pellucid("train", "odd.csv", "--target", "predicted", *QUICK).exit_code == 0
    lines = read(folder / "runs" / "odd-1" / "predictions.csv")
    assert list(lines[0]) == ["row", "true predicted", "predicted", "p_no", "p_yes"]


def test_console_tells_the_task_the_data_and_the_verdict_plainly(pellucid, table):
    text = pellucid("train", table, "--target", "dear", "--drop", "price", *QUICK).stdout
    assert 'Task     binary: "dear" holds two values' in text
    assert "Split    38 train, 7 validation, 15 test (seed 0)" in text
    assert "garden: true or false, as 1 or 0" in text
    assert "sold: date, as days since the first one" in text
    assert "size: 6 missing values" in text
    assert "15 test rows   model  baseline" in text
    assert "always guessing the majority class" in text
    assert "Run      runs/houses-1" in text
    assert "\x1b" not in text
    assert text.count("Epoch ") == 2                                # 1 and 2, no bar


def test_config_repeats_the_run_exactly_and_options_go_first(pellucid, folder, table):
    pellucid("train", table, "--target", "price", *QUICK, "--seed", 5, "--out", "a")
    assert pellucid("train", "--config", "a/config.toml", "--out", "b").exit_code == 0
    first, again = (json.loads((folder / run / "metrics.json").read_text()) for run in "ab")
    assert first["model"] == again["model"]
    assert read(folder / "a" / "history.csv") == read(folder / "b" / "history.csv")
    assert read(folder / "a" / "predictions.csv") == read(folder / "b" / "predictions.csv")
    pellucid("train", "--config", "a/config.toml", "--out", "c", "--epochs", 1, "--seed", 6)
    other = json.loads((folder / "c" / "metrics.json").read_text())
    assert (other["epochs"], other["seed"]) == (1, 6)


def test_changed_data_are_noticed(pellucid, folder, table):
    pellucid("train", table, "--target", "price", *QUICK, "--out", "a")
    table.write_text(table.read_text().replace("Kiel", "Jena"))
    again = pellucid("train", "--config", "a/config.toml", "--out", "b")
    changed = "houses.csv has changed since that configuration was written"
    assert changed in again.stdout
    named = pellucid("train", table, "--config", "a/config.toml", "--out", "c")
    assert changed in named.stdout
    result = pellucid("evaluate", "a")
    assert result.exit_code == 2
    assert "has changed since the model was trained" in result.stderr


def test_regression_answers_in_the_targets_units(pellucid, folder, table):
    table.write_text(houses(rows=240))
    result = pellucid("train", table, "--target", "price", "--epochs", 60,
                      "--rate", 0.01, "--layers", "16 relu")
    assert 'regression: "price" holds numbers' in result.stdout
    lines = read(folder / "runs" / "houses-1" / "predictions.csv")
    truth, answer = (np.array([float(line[name]) for line in lines])
                     for name in ("price", "predicted"))
    assert abs(answer.mean() - truth.mean()) < 10
    metrics = json.loads((folder / "runs" / "houses-1" / "metrics.json").read_text())
    explained = 1 - ((truth - answer) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
    assert metrics["model"]["r2"] == pytest.approx(explained, abs=1e-4)
    assert metrics["model"]["mae"] == pytest.approx(np.abs(truth - answer).mean(), rel=1e-4)
    assert metrics["model"]["rmse"] == pytest.approx(np.sqrt(((truth - answer) ** 2).mean()),
                                                     rel=1e-4)
    assert metrics["model"]["r2"] > 0.8 > metrics["baseline"]["r2"]
    assert float(read(folder / "runs" / "houses-1" / "history.csv")[0]["loss"]) < 20


@pytest.mark.parametrize(("data", "targets", "task"), [
    ("iris", (), "multiclass"), ("discs", (), "multilabel"), ("xor", (), "binary"),
    ("houses.csv", ("price", "size"), "regression")])
def test_every_task_end_to_end(pellucid, folder, table, data, targets, task):
    table.write_text("".join(line for line in table.read_text().splitlines(keepends=True)
                             if not line.startswith(",")))                   # no gap in "size"
    names = [word for target in targets for word in ("--target", target)]
    result = pellucid("train", data, *names, *QUICK, "--out", "run")
    assert result.exit_code == 0, result.output
    assert json.loads((folder / "run" / "metrics.json").read_text())["task"] == task
    again = pellucid("evaluate", "run")
    assert again.exit_code == 0, again.output
    table_of = [line for line in result.stdout.splitlines() if line.startswith(("accuracy", "R²"))]
    assert table_of[0] in again.stdout
    assert pellucid("predict", "run", data, "--out", "answers.csv").exit_code == 0
    assert (folder / "answers.csv").stat().st_size > 100


def test_forced_run_overwrites_the_folder(pellucid, folder):
    assert pellucid("train", "moons", *QUICK, "--out", "run").exit_code == 0
    assert pellucid("train", "moons", *QUICK, "--out", "run").exit_code == 2
    assert pellucid("train", "moons", *QUICK, "--out", "run", "--force").exit_code == 0
    assert sorted(path.name for path in (folder / "run").iterdir()) == FILES


def test_predict_takes_columns_in_any_order_and_gaps(pellucid, trained, folder):
    rows = ("sold,extra,garden,town,size\n2026-01-05,9,true,Ulm,150\n,8,,Jena,\n"
            "2026-01-05,7,false,Bonn,inf\n")
    (folder / "rows.csv").write_text(rows)
    result = pellucid("predict", trained, "rows.csv", "--out", "answers.csv")
    assert result.exit_code == 0, result.output
    assert 'town: 1 rare or unseen category ("Jena")' in result.stderr
    assert "size: 1 missing value, 1 infinite value" in result.stderr
    lines = read(folder / "answers.csv")
    assert [line["row"] for line in lines] == ["0", "1", "2"]
    assert list(lines[0]) == ["row", "predicted", "p_no", "p_yes"]


def test_predict_streams_and_formats_agree(pellucid, trained, table, folder, monkeypatch):
    from pellucid.tabular import use

    printed = pellucid("predict", trained, table).stdout
    monkeypatch.setattr(use, "PART", 7)
    pellucid("predict", trained, table, "--out", "answers.csv")
    pellucid("predict", trained, table, "--out", "answers.parquet")
    pl.read_csv(table).write_parquet(folder / "houses.parquet")
    pellucid("predict", trained, "houses.parquet", "--out", "again.csv")
    (folder / "printed.csv").write_text(printed)
    tables = [pl.read_csv(folder / name) for name in ("printed.csv", "answers.csv", "again.csv")]
    for other in (*tables[1:], pl.read_parquet(folder / "answers.parquet")):
        assert other["row"].to_list() == list(range(60))
        assert other["predicted"].to_list() == tables[0]["predicted"].to_list()
        assert np.allclose(other["p_yes"], tables[0]["p_yes"], atol=1e-6)


def test_predict_in_python_is_predict_on_the_command_line(pellucid, trained, table, folder):
    from pellucid.models import load_model

    pellucid("predict", trained, table, "--out", "answers.csv")
    model = load_model(trained / "model.keras")
    frame = pl.read_csv(table, null_values=[""])
    answers = np.asarray(model.predict(frame, verbose=0))[:, 0]
    assert np.allclose(answers, [float(line["p_yes"]) for line in read(folder / "answers.csv")],
                       atol=1e-6)


def test_evaluate_on_other_rows(pellucid, trained, table):
    result = pellucid("evaluate", trained, table)
    assert result.exit_code == 0, result.output
    assert "60 rows" in result.stdout
    assert "the scores flatter it" in result.stdout
    assert f"alone with: pellucid evaluate {trained}" in result.stdout
    assert "flatter" not in pellucid("evaluate", trained).stdout
    table.write_text(table.read_text() + "99,Ulm,true,2026-01-01,200,no\n")
    assert "flatter" not in pellucid("evaluate", trained, table).stdout


def test_column_named_as_text_is_read_as_words(pellucid, folder):
    (folder / "codes.csv").write_text("code,size,ok\n" + "".join(
        f"0{row % 20},{row},{'yes' if row % 3 else 'no'}\n" for row in range(80)))
    (folder / "free.csv").write_text("note,size,ok\n" + "".join(
        f"remark {row},{row * 7 % 11},{'yes' if row % 3 else 'no'}\n" for row in range(80)))
    for data, column in (("codes", "code"), ("free", "note")):
        words = ("train", f"{data}.csv", "--target", "ok", *QUICK)
        assert f"{column}: category" not in pellucid(*words).stdout
        told = pellucid(*words, "--text", column)
        assert f"{column}: category with" in told.stdout
        assert "left out" not in told.stdout
        again = pellucid("evaluate", f"runs/{data}-2", f"{data}.csv")
        assert "flatter" in again.stdout
        assert pellucid("evaluate", f"runs/{data}-2").exit_code == 0


def test_model_line_names_all_that_is_trained(pellucid):
    text = pellucid("train", "moons", "--epochs", 1).stdout
    assert " + straight path, sigmoid output; binary_crossentropy, adam 0.003; l2 0.0" in text
    assert ", labels smoothed 0.1\n" in text
    assert "contains the l2 penalty and the smoothing of the labels" in text
    assert "Trained  1 epoch in" in text
    bare = pellucid("train", "moons", *QUICK, "--l2", 0, "--label-smoothing", 0).stdout
    assert "contains" not in bare
    numbers = pellucid("train", "diabetes", *QUICK).stdout
    assert "val error (in std) 0." in numbers


def test_console_says_when_the_model_is_no_better(pellucid, folder):
    draw = np.random.default_rng(0)
    (folder / "chance.csv").write_text("a,y\n" + "".join(
        f"{draw.normal():.3f},{'yes' if draw.random() < 0.2 else 'no'}\n" for _ in range(200)))
    text = pellucid("train", "chance.csv", "--target", "y", *QUICK, "--out", "run").stdout
    warning = "no better than this trivial answer"
    assert warning in text
    assert warning in (folder / "run" / "report.html").read_text()
    assert warning in pellucid("evaluate", "run").stdout
    assert warning not in pellucid("train", "moons", *QUICK).stdout


def test_console_and_report_count_the_same(pellucid, folder, table):
    text = pellucid("train", table, "--target", "dear", *QUICK, "--out", "run").stdout
    said = text.split("rows, ")[1].splitlines()[0]
    assert said in (folder / "run" / "report.html").read_text()


def test_summary_tells_layers_and_columns(pellucid, trained):
    text = pellucid("summary", trained).stdout
    for words in ("Normalization", "Dense", "town", "category with 3 slots", "dear (binary)",
                  "Classes  no, yes"):
        assert words in text


def test_data_lists_the_sets(pellucid):
    text = pellucid("data").stdout
    assert "digits" in text
    assert "1,797" in text
    assert "multilabel" in text


def test_help_and_version(pellucid):
    assert "evaluate" in pellucid("--help").stdout
    assert "--layers" in pellucid("train", "--help").stdout
    assert "pellucid 0." in pellucid("--version").stdout


def test_options_for_another_target_are_decided_anew(pellucid, folder, table):
    pellucid("train", table, "--target", "dear", "--drop", "price", *QUICK, "--out", "a")
    result = pellucid("train", "--config", "a/config.toml", "--target", "size", "--drop", "town",
                      "--out", "b")
    assert result.exit_code == 2                                    # "size" has gaps: named rows
    assert 'target "size" is missing in rows 4, 15, 26' in result.stderr
    (folder / "full.csv").write_text(houses(60))
    result = pellucid("train", "full.csv", "--config", "a/config.toml", "--target", "price",
                      "--drop", "chance", "--out", "b")
    assert result.exit_code == 0, result.output
    settings = tomllib.loads((folder / "b" / "config.toml").read_text())
    assert settings["data"]["task"] == "regression"
    assert settings["model"]["output"] == "linear"
    assert settings["model"]["layers"] == "8 relu"
    assert settings["training"]["loss"] == "mean_squared_error"


@pytest.mark.keras
@pytest.mark.parametrize("data", ["diabetes", "iris"])
def test_real_keras_opens_the_model_and_answers_the_same(pellucid, folder, data):
    import keras

    from pellucid.data import builtin

    pellucid("train", data, *QUICK, "--out", "run")
    pellucid("predict", "run", data, "--out", "answers.csv")
    rows = builtin.load(data).x.astype(np.float32)
    theirs = np.asarray(keras.models.load_model(folder / "run" / "model.keras").predict(
        rows, verbose=0))
    ours = pl.read_csv(folder / "answers.csv")
    columns = [name for name in ours.columns if name.startswith("p_")] or ["predicted"]
    assert np.allclose(ours[columns].to_numpy(), theirs, rtol=1e-4, atol=1e-6)
