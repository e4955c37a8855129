"""Calls that do not fit a function."""

from __future__ import annotations

import pytest

from pellucid.core.calls import known_by_name
from pellucid.core.errors import KindError


@known_by_name
def joined(x, y, sign="+", *, times=1):
    if times is None:
        raise TypeError("from inside")
    return f"{x}{sign}{y}" * times


class Owner:
    @known_by_name
    def add(self, x):
        return x + 1


def test_a_call_that_fits_goes_through():
    assert joined(1, y=2, times=2) == "1+21+2"
    assert Owner().add(x=1) == 2
    assert joined.__name__ == "joined"


@pytest.mark.parametrize(("call", "told"), [
    (lambda: joined(1, 2, tims=3), "joined has no argument 'tims', .*Did you mean \"times\""),
    (lambda: joined(1, 2, qqq=3), "Known: x, y, sign, times"),
    (lambda: joined(1), "joined needs x and y, but got no y"),
    (lambda: joined(), "joined needs x and y, but got no x and no y"),
    (lambda: joined(1, 2, "-", 3), "takes x, y, sign, but got 4 arguments.*also takes times"),
    (lambda: joined(1, 2, x=1), "takes one x, but got one in its place and one by its name"),
    (lambda: Owner().add(), "add needs x, but got no x"),
    (lambda: Owner().add(1, 2), "add takes x, but got 2 arguments, at ")])
def test_a_call_that_does_not_fit_is_told(call, told):
    with pytest.raises(KindError, match=f"(?s){told}"):
        call()


def test_a_fault_inside_stays_what_it_is():
    with pytest.raises(TypeError, match="from inside") as caught:
        joined(1, 2, times=None)
    assert not isinstance(caught.value, KindError)
    with pytest.raises(TypeError, match="concatenate list"):
        Owner().add([])
