"""config.toml: written whole, read back the same, mistakes named."""

import dataclasses
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.core.errors import ArgumentError, FileError
from pellucid.tabular.config import Config

FULL = Config(source="houses.csv", targets=("price",), rate=1e-5, epochs=3, skip=True,
              layers="64 relu", schedule="cosine")


def reread(config, folder):
    (folder / "config.toml").write_text(config.to_toml(), encoding="utf-8")
    return Config.from_toml(folder / "config.toml")


def test_config_survives_the_file(tmp_path):
    assert reread(FULL, tmp_path) == FULL


words = st.text(st.characters(codec="utf-8"))


@given(source=words, targets=st.lists(words), rate=st.floats(0, 1e6),
       seed=st.integers(0, 2**31 - 1))
def test_any_text_and_number_survive_toml(source, targets, rate, seed):
    config = Config(source=source, targets=targets, rate=rate, seed=seed)
    read = tomllib.loads(config.to_toml())
    assert read["data"]["source"] == source
    assert read["data"]["targets"] == targets
    assert (read["training"]["rate"], read["data"]["seed"]) == (rate, seed)


def test_given_settings_go_before_the_file():
    assert FULL.changed(epochs=9, rate=None) == dataclasses.replace(FULL, epochs=9)


@pytest.mark.parametrize(("settings", "message"), [
    ({"epochs": 0}, "--epochs must be from 1 to 1,000,000, but got 0"),
    ({"rate": -1.0}, "--rate must be from 0 to 1,000,000, but got -1.0"),
    ({"rate": float("nan")}, "--rate must be from 0"),
    ({"batch_size": 0}, "--batch-size must be from 1"),
    ({"test": 1.5}, "--test must be from 0.01 to 0.9, but got 1.5"),
    ({"seed": 1.5}, "--seed must be a whole number, but got 1.5"),
    ({"rate": True}, "--rate must be a number, but got True"),
    ({"schedule": "cosin"}, "'cosin' is not a known schedule. Did you mean \"cosine\"?"),
    ({"task": "binry"}, 'Did you mean "binary"?'),
    ({"targets": "price"}, "--target must be a list of column names"),
    ({"targets": ["a"], "drop": ["a"]}, 'column "a" is the target, so it cannot be left out'),
])
def test_settings_out_of_range_are_named(settings, message):
    with pytest.raises(ArgumentError) as caught:
        Config(**settings)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [
    ("[trainig]\nepochs = 3", 'section [trainig], which is not known. Did you mean "training"?'),
    ("[training]\nepoch = 3", 'in [training], which is not known. Did you mean "epochs"'),
    ("[data]\nepochs = 3", "It belongs to [training]"),
    ("[data\n", "is not TOML"),
])
def test_mistakes_in_the_file_are_named(tmp_path, text, message):
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises((ArgumentError, FileError)) as caught:
        Config.from_toml(tmp_path / "run.toml")
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [
    ('[training]\nrate = "fast"', "rate in run.toml must be a number, but got fast"),
    ("[data]\ntargets = 3", "targets in run.toml must be a list of column names"),
    ("[data]\nseed = -1", "seed in run.toml must be from 0 to 2,147,483,647, but got -1"),
])
def test_values_of_a_file_are_blamed_on_the_file(tmp_path, text, message):
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(ArgumentError) as caught:
        Config.from_toml(tmp_path / "run.toml")
    assert message in str(caught.value)
    assert "--" not in str(caught.value)


def test_data_are_found_from_any_folder_and_where_one_stands_first(tmp_path, monkeypatch):
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    for folder in (project / "runs" / "a", elsewhere):
        folder.mkdir(parents=True)
    (project / "houses.csv").write_text("a\n1\n")
    (project / "runs" / "a" / "config.toml").write_text(FULL.to_toml())
    monkeypatch.chdir(elsewhere)
    read = Config.from_toml(project / "runs" / "a" / "config.toml")
    assert read.source == str(project / "houses.csv")
    (elsewhere / "houses.csv").write_text("a\n1\n")
    assert Config.from_toml(project / "runs" / "a" / "config.toml") == FULL


def test_missing_file(tmp_path):
    with pytest.raises(FileError, match="there is no file"):
        Config.from_toml(tmp_path / "run.toml")
