"""Kinds of arguments: what each takes for one of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pellucid.core import kinds
from pellucid.core.tensor import Tensor
from pellucid.core.variable import Variable
from pellucid.random import SeedGenerator

FITTING = {
    "NUMBER": [3, 2.5, np.float32(1), np.array(2), Variable(1.0), Tensor(np.array(1.0))],
    "TRUTH": [True, np.bool_(False), None, 0, 1.0], "TEXT": ["a", ""],
    "AXES": [0, -1, np.int64(2), [0, 1], (2,)], "SEED": [7, SeedGenerator(7), {"class_name": "x"}],
    "VALUES": [1, [1.0, 2.0], np.ones((2, 2)), True], "NUMBERS": [1, [1.0, 2.0], np.ones(3)],
    "SEVERAL": [[1], (1.0, 2.0), np.ones(3)], "LOUDNESS": [0, 1, True],
    "FUNCTION": [abs, lambda x: x], "PATH": ["a", Path("a")]}
OTHERS = {
    "NUMBER": [True, np.bool_(True), "3", None, [1], np.ones(2), 1j, np.array("a"), object()],
    "TRUTH": ["yes", 2, [True]], "TEXT": [3, b"a"], "AXES": [[], 1.5, True, "a", [True]],
    "SEED": ["a", 1.5, True], "VALUES": ["a", [[1.0], [1.0, 2.0]], None],
    "NUMBERS": [True, [np.nan], np.inf, "a"], "SEVERAL": [1, ["a"], [np.inf]],
    "LOUDNESS": ["a", 1.5, None], "FUNCTION": [3], "PATH": [3, ["a"]]}


@pytest.mark.parametrize("name", FITTING)
def test_what_fits_and_what_does_not(name):
    kind = getattr(kinds, name)
    assert all(kind.fits(each) for each in FITTING[name])
    assert [each for each in OTHERS[name] if kind.fits(each)] == []


@pytest.mark.parametrize("annotation, kind", [
    ("int", kinds.WHOLE), ("float | None", kinds.NUMBER), ("bool", kinds.TRUTH),
    ("str | None", kinds.TEXT), ("Any", None), ("int | str", None), ("", None)])
def test_annotations(annotation, kind):
    assert kinds.kind_of(annotation) is kind


@pytest.mark.parametrize("value, text", [
    ("ten", "'ten'"), ("3", "'3'"), (3, "3"), ("", "''"), ("  ", "'  '"), (None, "None"),
    ("a\nb", r"'a\nb'"),
    ([1] * 100, "[1, " + "1, " * 24 + "1..."), (np.eye(2), "array([[1., 0.], [0., 1.]])")])
def test_values_are_shown_on_one_line(value, text):
    assert kinds.shown(value) == text
