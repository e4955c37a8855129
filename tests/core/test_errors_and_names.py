"""Messages, names, nests, dtypes and settings: the small things that everything stands on."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

from pellucid.core import dtypes, names, nest, settings
from pellucid.core.errors import (
    ArgumentError,
    DataError,
    FileError,
    KindError,
    MissingExtra,
    NotBuiltError,
    PellucidError,
    ShapeError,
    TracingError,
    nearest,
    unknown_name,
    user_line,
)
from pellucid.core.likeness import one_spelling


def test_a_message_says_expected_got_where_and_hint():
    error = ShapeError("x must fit.", got=(2, 3), where="at f.py:3", hint="did you swap the axes?")
    assert str(error) == "x must fit, but got (2, 3), at f.py:3. Did you swap the axes?"
    assert (error.expected, error.got, error.where) == ("x must fit.", (2, 3), "at f.py:3")
    assert str(KindError("a number is needed", got="str", hint="try 3")) == (
        "a number is needed, but got str. Try 3.")
    assert str(ArgumentError("is it so?")) == "is it so?"


@pytest.mark.parametrize("ours, builtin", [
    (ArgumentError, ValueError), (ShapeError, ValueError), (KindError, TypeError),
    (TracingError, TypeError), (NotBuiltError, ValueError), (DataError, ValueError),
    (FileError, OSError)])
def test_existing_except_clauses_keep_working(ours, builtin):
    with pytest.raises(builtin) as raised:
        raise ours("no")
    assert isinstance(raised.value, PellucidError)


def test_a_missing_extra_names_its_command():
    assert str(MissingExtra("the plot", "matplotlib", "plot")) == (
        'the plot needs matplotlib, which is not installed. Bring it with: pip install '
        '"pellucid[plot]".')


def test_the_nearest_name_is_suggested():
    assert nearest("rleu", ["relu", "tanh"]) == 'did you mean "relu"?'
    assert nearest("ADAM", ["Adam", "SGD"]) == 'did you mean "Adam"?'
    assert nearest("xyz", ["relu"]) is None
    assert str(unknown_name("loss", "msee", ["mse", "mae"])) == (
        "'msee' is not a known loss. Did you mean \"mse\"?")
    assert str(unknown_name("loss", "q", ["mse", "mae"])) == (
        "'q' is not a known loss. Known: mae, mse.")


@pytest.mark.parametrize("written, known, told", [
    ("lr", ["momentum", "learning_rate"], 'did you mean "learning_rate"?'),
    ("eps", ["epsilon", "beta_1"], 'did you mean "epsilon"?'),
    ("nb_epoch", ["epochs"], 'did you mean "epochs"?'),
    ("decay", ["weight_decay", "learning_rate"],
     'did you mean "weight_decay" or "learning_rate"?'),
    ("ab", ["all_but", "any_bit"], None)])
def test_short_and_former_names_are_known(written, known, told):
    assert nearest(written, known) == told


def test_a_list_of_names_has_each_in_one_spelling():
    names = ["adamw", "adam_w", "rm_sprop", "rmsprop", "he_normal", "henormal", "l1l2", "l1_l2"]
    assert one_spelling(names, ["l1_l2"]) == ["adamw", "he_normal", "l1_l2", "rmsprop"]


def test_the_line_of_the_user_is_found():
    line = user_line()                                   # this very line
    assert line is not None
    assert line.startswith("at test_errors_and_names.py:")
    assert "line = user_line()" in line
    assert eval("f()", {"f": user_line}).startswith("at <string>:1")


def test_no_line_is_given_where_all_is_the_library(monkeypatch):
    monkeypatch.setattr("pellucid.core.errors.HOME", "")
    assert user_line() is None


def test_names_count_and_paths_nest():
    assert [names.auto_name("BatchNormalization") for _ in range(3)] == [
        "batch_normalization", "batch_normalization_1", "batch_normalization_2"]
    names.reset_names()
    assert names.auto_name("BatchNormalization") == "batch_normalization"
    assert not names.is_inside("model")
    with names.inside("model"), names.inside("dense"):
        assert names.current_path("kernel") == "model/dense/kernel"
        assert names.is_inside("dense")
        assert not names.is_inside("model")


def test_nests_flatten_and_pack():
    Point = namedtuple("Point", "x y")
    tree = {"b": [1, (2, 3)], "a": Point(4, {"c": 5}), "d": None}
    assert nest.flatten(tree) == [4, 5, 1, 2, 3, None]
    doubled = nest.map_structure(lambda leaf: None if leaf is None else 2 * leaf, tree)
    assert doubled == {"b": [2, (4, 6)], "a": Point(8, {"c": 10}), "d": None}
    assert list(doubled) == ["b", "a", "d"]
    assert isinstance(doubled["a"], Point)
    assert nest.map_structure(max, [1, 5], [3, 2]) == [3, 5]
    with pytest.raises(ShapeError, match=r"the same form, but got nests with \[2, 1\] leaves"):
        nest.map_structure(max, [1, 5], [3])


@pytest.mark.parametrize("given, name", [
    (None, "float32"), ("int8", "int8"), (float, "float32"), (int, "int32"), ("int", "int32"),
    ("float", "float32"), (np.float64, "float64"), (np.dtype("uint8"), "uint8"), (bool, "bool"),
    ("string", "string"), ("double", "float64")])
def test_dtypes_have_one_name(given, name):
    assert dtypes.standardize(given) == name


@pytest.mark.parametrize("wrong", ["flot32", "complex64", "bfloat17"])
def test_unknown_dtypes_are_named(wrong):
    with pytest.raises(ArgumentError, match=f"{wrong}' is not a known dtype"):
        dtypes.standardize(wrong)


def test_settings_can_be_changed_and_are_checked():
    before = settings.floatx(), settings.epsilon()
    try:
        settings.set_floatx("float64")
        settings.set_epsilon(1e-5)
        assert (settings.floatx(), settings.epsilon()) == ("float64", 1e-5)
        assert dtypes.result_type(int, float) == "float64"
        with pytest.raises(ArgumentError, match="'float63' is not a known float type"):
            settings.set_floatx("float63")
    finally:
        settings.set_floatx(before[0])
        settings.set_epsilon(before[1])
