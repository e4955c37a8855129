"""Every bad input: one or two sentences, exit 2, no traceback, nothing written."""

import numpy as np
import pytest


def test_missing_file_suggests_the_nearest(refused, table):
    text = refused("train", "house.csv", "--target", "price")
    assert 'there is no file house.csv. Did you mean "houses.csv"?' in text


def test_unknown_built_in_set_suggests_the_nearest(refused):
    assert 'no built-in set "digts". Did you mean "digits"?' in refused("train", "digts")
    assert '"pellucid data" lists the sets' in refused("train", "qqqqq")


def test_no_data_at_all(refused):
    assert "the data must be named" in refused("train")


@pytest.mark.parametrize(("content", "message"), [
    (b"", "is empty"),
    (bytes(range(256)) * 20, "bad.csv"),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "is a PNG image"),
    (b"a,b,a\n1,2,3\n", 'two columns named "a"'),
    (b"a,,y\n1,2,3\n", "column 2 of bad.csv has no name"),
    (b"a,b,y\n1,2,3\n1,2\n", "needs 3 cells, as its header has, but got 2, in line 3"),
    (b"a,y\n", "no rows"),
    (b"a,y\n" + b"1,2\n" * 30 + b"dear,2\n", '"dear" in row 31'),
])
def test_file_that_is_no_table(refused, folder, content, message):
    (folder / "bad.csv").write_bytes(content)
    assert message in refused("train", "bad.csv", "--target", "y")


def test_unknown_target_suggests_the_nearest(refused, table):
    text = refused("train", table, "--target", "prise")
    assert 'no column "prise". Did you mean "price"?' in text


def test_no_target_lists_the_columns(refused, table):
    text = refused("train", table)
    assert "needs a target column" in text
    assert "size, town, garden, sold, price, dear" in text


def test_unknown_column_to_drop(refused, table):
    assert 'no column "twn"' in refused("train", table, "--target", "price", "--drop", "twn")


@pytest.fixture
def target(folder):
    """A file whose target holds the given cells, and four times as many good ones."""
    def write(*cells: object, good: tuple[object, ...] = (0, 1)) -> str:
        cells = (*cells, *good * 20)
        (folder / "t.csv").write_text("a,y\n" + "".join(f"{i},{c}\n" for i, c in enumerate(cells)))
        return "t.csv"
    return write


def test_gap_in_the_target_names_the_rows(refused, target):
    text = refused("train", target("", 1, "NaN"), "--target", "y")
    assert 'target "y" is missing in rows 1, 3' in text


def test_infinite_target_names_the_row(refused, target):
    text = refused("train", target(1.5, "inf", good=(2.5, 3.5)), "--target", "y")
    assert 'target "y" has no finite value in row 2' in text


def test_class_with_one_row(refused, target):
    text = refused("train", target("c", good=("a", "b")), "--target", "y")
    assert 'class "c" of target "y" has one row only, row 1' in text


def test_constant_target(refused, target):
    assert 'at least two values, but got "7" in all 41 rows' in \
        refused("train", target(7, good=(7, 7)), "--target", "y")


def test_labels_outside_their_range(refused, target):
    text = refused("train", target(3, 3, 3), "--target", "y", "--task", "multilabel")
    assert "must have two values for task multilabel, but got 3 (0, 1, 3)" in text


def test_numbers_asked_of_words(refused, target):
    text = refused("train", target("a", "b", good=("a", "b")), "--target", "y", "--task",
                   "regression")
    assert 'regression needs numbers, so target "y" must hold them' in text


def test_too_few_rows(refused, folder):
    (folder / "few.csv").write_text("a,y\n1,0\n2,1\n3,0\n4,1\n")
    assert "at least 10 rows" in refused("train", "few.csv", "--target", "y")


def test_x_and_y_of_different_lengths(refused, folder):
    np.savez(folder / "a.npz", x=np.zeros((12, 2)), y=np.zeros(11))
    assert "12" in (text := refused("train", "a.npz", "--target", "y"))
    assert "11" in text


@pytest.mark.parametrize(("option", "value", "message"), [
    ("--layers", "64 rleu", 'Did you mean "relu"?'),
    ("--layers", "64 relu, droput 0.2", 'Did you mean "dropout"?'),
    ("--layers", "64 relu, dropout 1.5", "must be in [0, 1), but got 1.5"),
    ("--output", "sigmiod", 'Did you mean "sigmoid"?'),
    ("--optimizer", "adm", 'Did you mean "adam"?'),
    ("--loss", "binary_crossentrop", 'Did you mean "binary_crossentropy"?'),
    ("--schedule", "cosin", 'Did you mean "cosine"?'),
    ("--task", "binry", 'Did you mean "binary"?'),
    ("--rate", "-1.0", "--rate must be from 0"),
    ("--rate", "nan", "--rate must be from 0"),
    ("--epochs", "0", "--epochs must be from 1"),
    ("--batch-size", "0", "--batch-size must be from 1"),
    ("--test", "1.5", "--test must be from 0.01 to 0.9, but got 1.5"),
    ("--l2", "-1", "--l2 must be from 0"),
])
def test_setting_that_has_no_meaning(refused, option, value, message):
    assert message in refused("train", "moons", option, value)


@pytest.mark.parametrize("options", [
    ("--output", "softmax"),                                    # one unit: always 1
    ("--loss", "categorical_crossentropy"),                     # one unit: nothing to compare
    ("--output", "linear"),                                     # no probability
    ("--rate", "0"),                                            # learns nothing
])
def test_what_is_merely_unwise_is_refused_unless_forced(refused, pellucid, options):
    assert "--force trains it all the same" in refused("train", "moons", *options)
    forced = pellucid("train", "moons", *options, "--epochs", "1", "--force", "--out", "run")
    assert forced.exit_code == 0, forced.output
    assert "Warning  " in forced.stdout


def test_training_that_diverges_is_refused(refused):
    text = refused("train", "diabetes", "--optimizer", "sgd", "--rate", "1e5")
    assert "the loss must stay finite, but got NaN from the first epoch on" in text
    assert "smaller --rate" in text


@pytest.mark.parametrize("options", [
    ("--loss", "hubber"), ("--output", "sofmax"), ("--optimizer", "adm"), ("--output", "softmax"),
    ("--loss", "categorical_crossentropy")])
def test_settings_that_do_not_fit_are_refused_before_the_preamble(pellucid, options):
    assert pellucid("train", "moons", *options).stdout == ""


def test_last_columns_are_listed_for_want_of_a_target(refused, folder):
    names = [f"c{column}" for column in range(100)] + ["churned"]
    (folder / "wide.csv").write_text(",".join(names) + "\n" + ",".join("1" * 101) + "\n")
    text = refused("train", "wide.csv")
    assert "the columns are c0, c1" in text.lower()
    assert "… (61 more) …" in text
    assert ", churned." in text


def test_empty_name_of_an_output(refused, trained, table):
    assert "--out must name a folder" in refused("train", "moons", "--out", "")
    assert "--out must name a file" in refused("predict", trained, table, "--out", "")


def test_run_folder_with_something_in_it(refused, folder):
    (folder / "mine").mkdir()
    (folder / "mine" / "notes.txt").write_text("")
    assert "must be empty" in refused("train", "moons", "--out", "mine")


@pytest.mark.parametrize("words", [("train", "moons", "--epoch", "3"), ("trian",),
                                   ("train", "moons", "--epochs", "many")])
def test_usage_errors_exit_2_too(pellucid, words):
    result = pellucid(*words)
    assert result.exit_code == 2
    assert "Usage" in result.stderr


def test_config_that_is_missing_or_wrong(refused, folder):
    assert "there is no file run.toml" in refused("train", "--config", "run.toml")
    (folder / "run.toml").write_text('[data]\nsource = "moons"\n[training]\nepoch = 3\n')
    assert 'Did you mean "epochs"?' in refused("train", "--config", "run.toml")


def test_models_that_are_none(refused, folder):
    (folder / "junk.keras").write_bytes(b"junk" * 99)
    assert "there is no model nothing.keras" in refused("summary", "nothing.keras")
    assert "junk.keras" in refused("summary", "junk.keras")
    assert "no model.keras in it" in refused("evaluate", folder)


def test_missing_column_at_predict_time(refused, trained, folder):
    (folder / "rows.csv").write_text("sise,town,garden,sold\n1,Ulm,true,2026-01-01\n")
    text = refused("predict", trained, "rows.csv")
    assert 'no column "size". Did you mean "sise"?' in text


def test_word_in_a_number_column_at_predict_time(refused, trained, folder):
    (folder / "rows.csv").write_text("size,town,garden,sold\n1,Ulm,true,2026-01-01\n"
                                     "big,Ulm,true,2026-01-01\n")
    text = refused("predict", trained, "rows.csv", "--out", "a.csv")
    assert 'column "size" of rows.csv must hold numbers, but got "big" in row 2 (line 3)' in text


def test_unknown_label_at_evaluate_time(refused, trained, folder):
    (folder / "rows.csv").write_text("size,town,garden,sold,dear\n1,Ulm,true,2026-01-01,maybe\n")
    assert '"dear" must be one of no, yes, but got "maybe"' in \
        refused("evaluate", trained, "rows.csv")


def test_answers_that_could_not_be_written(refused, trained, table):
    assert "written as .csv or .parquet" in refused("predict", trained, table, "--out", "a.xlsx")
    assert "is there already" in refused("predict", trained, table, "--out", "houses.csv")
    assert "there is no folder" in refused("predict", trained, table, "--out", "no/a.csv")
