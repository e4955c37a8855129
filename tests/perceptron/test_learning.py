"""Learning by mistakes: what is reported, what is printed, what is refused."""

from __future__ import annotations

import builtins
import warnings

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, DataError, KindError, PellucidError, ShapeError
from pellucid.perceptron import (
    Learned,
    NotSeparableWarning,
    Overlap,
    learn,
    mistakes,
    move_line,
    novikoff_bound,
    separate,
    side,
)

X, AND, XOR = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1], [0, 1, 1, 0]


def test_xor_ends_with_the_reason():
    with pytest.warns(NotSeparableWarning, match="not linearly separable.*a hidden layer can"):
        found = learn(X, XOR, epochs=30)
    assert not found.converged
    assert (found.epochs, found.wrong) == (30, mistakes(found, X, XOR))
    assert found.separable is False
    assert found.overlap is not None
    assert found.overlap.point.tolist() == [0.5, 0.5]
    assert str(found).endswith(
        "still wrong, since the data are not linearly separable: the point (0.5, 0.5) lies between "
        "rows 1 and 2 of one class and between rows 0 and 3 of the other, so no line has them on "
        "two sides")


def test_a_line_that_more_epochs_would_find_is_no_reason_to_warn():
    found = learn(X, AND, epochs=2)
    assert str(found) == ("w = (-1, 0), b = -2 after 2 epochs and 4 updates: 1 sample is still "
                          "wrong, but a line has them all right: more epochs would find it")
    kept = learn(X, [1, 1, 1, 1], weights=(1, 1), bias=-5, learn_bias=False, epochs=3)
    assert kept.separable is None                    # some line separates, but not with this bias
    assert str(kept).endswith("1 sample is still wrong")


def test_without_scipy_it_learns_and_gives_no_reason(monkeypatch):
    bring = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("scipy"):
            raise ImportError(name)
        return bring(name, *args, **kwargs)
    monkeypatch.setattr(builtins, "__import__", without)
    assert learn(X, AND).converged
    assert learn(X, XOR, epochs=3).separable is None


def test_too_many_numbers_are_not_asked_about():
    x = np.zeros((200_002, 1))
    x[::2] = 1                                       # the same place is a one and a zero
    y = np.arange(len(x)) % 4 < 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = learn(x, y, epochs=1, shuffle=False)
    assert found.separable is None
    assert 0 < found.wrong < len(x)


@pytest.mark.parametrize(("found", "told"), [
    (learn([[2.0]], [0]), "w = -2, b = -1 after 2 epochs and 1 update: every sample is right"),
    (learn([1.0], [1]), "w = 0, b = 0 after 1 epoch and 0 updates: every sample is right"),
    (learn([[1, 0, 0, 0, 0, 1 / 3]], [0]), "w = (-1, 0, 0, 0, …), b = -1 after 2 epochs and 1 "
                                           "update: every sample is right")])
def test_what_it_says_of_itself(found, told):
    assert str(found) == told


def test_the_table_is_as_narrow_as_it_can_be():
    """One feature has no brackets, numbers have four figures, long vectors are cut."""
    one = learn([-2, 6, 7, 3], [0, 1, 1, 0], rate=0.1, trace=True).table().splitlines()
    assert one[1].split() == ["1", "7", "1", "0", "1", "right", "0", "0"]
    assert max(map(len, one)) < 60
    wide = learn(np.random.default_rng(0).normal(size=(3, 9)), [0, 1, 0], trace=True)
    assert max(map(len, wide.table().splitlines())) < 110
    assert "trace" not in repr(wide)


@pytest.mark.parametrize("reason, told", [
    (separate([[0], [0], [1]], [0, 1, 1]), "(0) lies on row 1 of one class and on row 0 of the"),
    (separate([0, 1, 2], [0, 1, 0]), "(1) lies on row 1 of one class and between rows 0 and 2 of"),
    (Overlap(np.arange(6.0), dict.fromkeys(range(6), 1 / 6), {9: 1.0}),
     "(0, 1, 2, 3, …) lies between rows 0, 1, 2, 3, … of one class and on row 9 of")])
def test_a_reason_names_its_rows(reason, told):
    assert told in str(reason)


def test_samples_of_one_feature_may_be_a_plain_list():
    found = learn([1, 2, 8, 9], [0, 0, 1, 1])
    assert found([0, 10]).tolist() == found([[0], [10]]).tolist() == [0, 1]
    assert found(10) == 1


@pytest.mark.parametrize(("call", "error", "told"), [
    (lambda: learn(X), KindError, "learn needs x and y, but got no y"),
    (lambda: learn(X, AND, 0.1), KindError, "learn takes x, y, but got 3 arg.*also takes rate"),
    (lambda: learn(X, AND, x=X), KindError, "one x, but got one in its place and one by its name"),
    (lambda: learn(X, AND, lr=0.1), KindError, "no argument 'lr'.*did you mean \"rate\""),
    (lambda: learn(X, AND, epoch=9), KindError, "did you mean \"epochs\""),
    (lambda: learn(X, AND, rate="fast"), KindError, "rate must be above 0, but got 'fast'"),
    (lambda: learn(X, AND, rate=float("nan")), ArgumentError, "rate must be above 0, but got nan"),
    (lambda: learn(X, AND, rate=None), KindError, "rate must be above 0, but got None"),
    (lambda: learn(X, AND, epochs=2.5), ArgumentError, "a whole number at least 1, but got 2.5"),
    (lambda: learn(X, AND, epochs="10"), KindError, "epochs must be a whole number"),
    (lambda: learn(X, AND, weights=[1]), ShapeError, "x has 2, but got shape"),
    (lambda: learn(X, AND, weights="zeros"), KindError, "weights must be numbers"),
    (lambda: learn(X, AND, bias=[1]), KindError, "bias must be a number"),
    (lambda: learn(X, AND, seed=-1), ArgumentError, "seed must be a whole number at least 0"),
    (lambda: learn(X, AND, shuffle="no"), KindError, "shuffle must be True or False"),
    (lambda: learn(X, [-1, -1, -1, 1]), DataError, "must be 1 .P. and 0 .N., but got -1, 1.*y > 0"),
    (lambda: learn(X, ["n", "n", "n", "p"]), KindError, "y must be numbers"),
    (lambda: learn(X, [0, 1]), ShapeError, r"shapes \(4, 2\) and \(2,\)"),
    (lambda: learn(X, np.eye(4)), ShapeError, "one number a row"),
    (lambda: learn([[1], [2, 3]], [0, 1]), KindError, "in rows of equal lengths"),
    (lambda: learn([], []), DataError, "there must be samples"),
    (lambda: learn([[1.0], [np.nan]], [0, 1]), DataError, "but got nan in row 1"),
    (lambda: learn(X, [0, 0, np.nan, 1]), DataError, "but got 0, 1, nan"),
    (lambda: learn(X, AND)([1, 2, 3]), ShapeError, "samples of 2 numbers, but got shape"),
    (lambda: learn(X, AND).table(), ArgumentError, "none was kept.*trace=True"),
    (lambda: mistakes("unit", X, AND), KindError, "what learn"),
    (lambda: side((1, 2), (1, 2)), ShapeError, "one number more than.*got 2 and 2"),
    (lambda: side("line", (1, 2)), KindError, "line must be numbers"),
    (lambda: move_line((1, 2, 3), (1, 2)), KindError, "got no positive"),
    (lambda: move_line((1, 2, 3), (1, 2), "yes"), KindError, "positive must be True or False"),
    (lambda: move_line((1, 2, 3), (1, 2), True, rate=-1), ArgumentError, "rate must be above 0"),
    (lambda: novikoff_bound(X, AND, [1]), ShapeError, "x has 2"),
    (lambda: novikoff_bound(X, AND, [0, 0]), DataError, "this line does not have all ones"),
    (lambda: separate(X), KindError, "got no y")])
def test_wrong_calls_are_told(call, error, told):
    with pytest.raises(error, match=f"(?is){told}") as caught:
        call()
    assert isinstance(caught.value, PellucidError)


def test_a_hand_made_unit_answers():
    assert Learned(np.array([1.0, 1.0]), -1.5)(X).tolist() == AND
