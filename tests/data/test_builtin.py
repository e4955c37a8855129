"""The built-in sets: all load, all are what they say, generated ones obey their seed."""

import sys

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, MissingExtra
from pellucid.data import builtin
from pellucid.data.builtin import columns, gate, load, names
from pellucid.data.gates import gates

GENERATED = ["and", "blobs", "circles", "discs", "moons", "nand", "nor", "or", "spirals", "xor"]
MEASURED = ["breast-cancer", "diabetes", "digits", "iris", "wine"]


def test_names():
    assert names() == sorted(GENERATED + MEASURED)


@pytest.mark.parametrize("name", GENERATED + MEASURED)
def test_every_set_is_whole(name):
    data = load(name)
    assert data.name == name
    assert data.x.dtype == np.float64
    assert np.isfinite(data.x).all()
    assert data.x.shape == (data.rows, len(data.feature_names))
    assert len(data.y) == data.rows
    assert data.y.dtype == (np.float64 if data.task == "regression" else np.int64)
    assert data.y.ndim == (2 if data.task == "multilabel" else 1)
    assert data.description.endswith((".", "?"))
    assert data.source
    if data.task in ("binary", "multiclass"):
        kinds = set(data.y.tolist())
        assert kinds == set(range(len(kinds)))
        assert (len(kinds) == 2) == (data.task == "binary")
        assert data.class_names is None or len(data.class_names) == len(kinds)
    table = columns(data)
    assert list(table)[-len(data.target_names):] == list(data.target_names)
    assert len(table) == len(data.feature_names) + len(data.target_names)
    assert all(column.shape == (data.rows,) for column in table.values())


@pytest.mark.parametrize("name", ["blobs", "circles", "discs", "moons", "spirals"])
def test_generated_sets_obey_seed_and_size(name):
    first, again, other = load(name, 1, rows=50), load(name, 1, rows=50), load(name, 2, rows=50)
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)
    assert (first.x != other.x).any()
    assert first.rows == 50


def test_sizes_of_the_measured_sets():
    sizes = {"digits": (1797, 64), "iris": (150, 4), "wine": (178, 13),
             "breast-cancer": (569, 30), "diabetes": (442, 10)}
    assert {name: load(name).x.shape for name in MEASURED} == sizes
    assert load("digits").image_shape == (8, 8)


def test_columns_hold_class_names():
    assert columns(load("iris"))["species"][0] == "setosa"
    assert columns(load("digits"))["digit"].dtype == np.int64


def test_gates_are_their_truth_tables():
    for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row = 2 * a + b
        truth = [a & b, a | b, 1 - (a & b), 1 - (a | b), a ^ b]
        assert [each.y[row] for each in gates()] == truth
        assert gate("xor").x[row].tolist() == [a, b]
    noisy = gate("XOR", rows=40, noise=0.1, seed=1)
    assert noisy.x.shape == (40, 2)
    assert 0.02 < (noisy.x - gate("xor", rows=40).x).std() < 0.2


def test_shapes_of_the_generators():
    moons, circles = load("moons", noise=0), load("circles", noise=0, factor=0.3)
    upper, lower = moons.x[moons.y == 0], moons.x[moons.y == 1]
    np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(lower - [1, 0.5], axis=1), 1)
    assert upper[:, 1].min() >= 0
    assert lower[:, 1].max() <= 0.5
    np.testing.assert_allclose(np.linalg.norm(circles.x, axis=1), np.where(circles.y, 0.3, 1))
    spirals = load("spirals", noise=0, classes=3, rows=300, turns=1)
    r = np.linalg.norm(spirals.x, axis=1)
    angle = np.arctan2(spirals.x[:, 1], spirals.x[:, 0])
    off = (angle - 2 * np.pi * (r + spirals.y / 3)) / (2 * np.pi)
    np.testing.assert_allclose(off, np.round(off), atol=1e-9)
    blobs = load("blobs", rows=3000, classes=4, features=3, spread=0.5)
    assert blobs.x.shape == (3000, 3)
    np.testing.assert_allclose([blobs.x[blobs.y == k].std(axis=0) for k in range(4)], 0.5, rtol=0.1)
    assert set(load("discs").y.sum(axis=1).tolist()) == {0, 1, 2, 3}


def test_other_spellings():
    assert load("Breast_Cancer").name == "breast-cancer"


@pytest.mark.parametrize("call, message", [
    (lambda: load("digist"), r"'digist' is not a known data set. Did you mean \"digits\"\?"),
    (lambda: load("zzz"), "Known: and, blobs, "),
    (lambda: gate("nxor"), r"'nxor' is not a known gate. Did you mean \"xor\"\?"),
    (lambda: load("moons", rows=1), "rows must be a whole number, at least 2, but got 1"),
    (lambda: load("moons", rows=2.5), "rows must be a whole number, at least 2, but got 2.5"),
    (lambda: load("moons", seed=-1), "seed must be a whole number, at least 0, but got -1"),
    (lambda: load("moons", noise=-1), "noise must be a finite number, at least 0, but got -1"),
    (lambda: load("circles", factor=2), "factor must lie between 0 and 1, but got 2"),
    (lambda: load("blobs", classes=1), "classes must be at least 2, but got 1"),
    (lambda: load("spirals", classes=1), "classes must be at least 2, but got 1"),
    (lambda: load("blobs", features=0), "features must be at least 1, but got 0"),
])
def test_messages(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()


def test_an_unknown_size_names_those_there_are():
    with pytest.raises(ArgumentError, match="'row' is not a known argument of the data set moons. "
                                            r'Did you mean "rows"\?'):
        load("moons", row=5)
    with pytest.raises(ArgumentError, match="iris has a fixed size"):
        load("iris", rows=5)


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtra, match=r'the data set "iris" needs scikit-learn, which is not '
                                           r'installed. Bring it with: pip install "pellucid'):
        load("iris")
    assert load("xor").rows == 4


def test_the_package_is_lazy():
    import pellucid.data as data

    assert data.load is builtin.load
    assert "stream" in dir(data)
    assert all(getattr(data, name) for name in data.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'laod'"):
        data.laod  # noqa: B018
