"""Fields: every check and its message, signatures, reprs, and classes written by hand."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

from pellucid.core.errors import ArgumentError, KindError
from pellucid.core.fields import Declared, Field, field
from pellucid.core.kinds import AXES
from pellucid.core.variable import Variable


class Base(Declared):
    def __init__(self, name: str | None = None) -> None:
        self.name = name


class Adjust(Base):
    units: int = field(whole=True, at_least=1, help="number of outputs")
    rate: float = field(0.5, at_least=0, below=1)
    scale: float = field(1.0, above=0, at_most=10, symbol="α")
    bound: float | None = field(None, at_least=0)
    mode: str = field("min", one_of=("min", "max", None))
    made: Any = field("one", get=lambda name: f"<{name}>")


class Settled(Adjust):
    extra: float = field(2.0)

    def settle(self) -> None:
        if self.extra > 100:
            raise ArgumentError("extra is too large", got=self.extra)


def test_values_come_by_place_by_name_and_by_default():
    a = Adjust(3, 0.25, name="a")
    assert (a.units, a.rate, a.scale, a.bound, a.mode, a.made, a.name) == (
        3, 0.25, 1.0, None, "min", "<one>", "a")
    assert Adjust(units=1).units == 1
    assert Adjust.rate == 0.5
    assert not hasattr(Adjust, "units")
    assert a._given == {"units": 3, "rate": 0.25, "name": "a"}


def test_signatures_are_for_people_and_editors():
    parameters = inspect.signature(Adjust).parameters
    assert list(parameters) == ["units", "rate", "scale", "bound", "mode", "made", "name"]
    assert parameters["rate"].default == 0.5
    assert parameters["name"].kind is inspect.Parameter.KEYWORD_ONLY


def test_fields_are_inherited():
    s = Settled(2, extra=3.0)
    assert (s.units, s.extra, list(Settled.fields)[-1]) == (2, 3.0, "extra")
    with pytest.raises(ArgumentError, match=r"extra is too large, but got 101"):
        Settled(2, extra=101.0)


def test_messages_name_the_class_that_was_called():
    class Heir(Adjust):
        """It declares nothing of its own."""

    with pytest.raises(KindError, match=r"Heir has no argument 'rat'.*Did you mean \"rate\"\?"):
        Heir(1, rat=0.5)
    assert Heir(1).units == 1


@pytest.mark.parametrize("given, told", [
    ({"units": 0}, "Adjust's units must be a whole number at least 1, but got 0"),
    ({"units": 1.5}, "must be a whole number at least 1, but got 1.5"),
    ({"units": 1, "rate": -0.1}, r"rate must be at least 0 and below 1, but got -0.1"),
    ({"units": 1, "rate": 1.0}, r"below 1, but got 1.0, at test_fields.py:\d+.*The default is"),
    ({"units": 1, "rate": float("nan")}, "but got nan"),
    ({"units": 1, "rate": float("inf")}, "but got inf"),
    ({"units": 1, "scale": 0}, "scale must be above 0 and at most 10, but got 0"),
    ({"units": 1, "scale": 10.5}, "at most 10, but got 10.5"),
    ({"units": 1, "bound": -1}, r"bound must be at least 0, but got -1, at [^.]*\.py:\d+"),
    ({"units": 1, "mode": "mx"}, r"""one of 'min', 'max', None, but got 'mx'.*mean "max"\?"""),
])
def test_a_value_out_of_range_is_refused(given, told):
    with pytest.raises(ArgumentError, match=told):
        Adjust(**given)


@pytest.mark.parametrize("wrong", ["3", b"3", [1, 2], None, np.ones(2)])
def test_a_value_of_the_wrong_kind_is_refused(wrong):
    with pytest.raises(KindError, match="Adjust's rate must be at least 0 and below 1, but got"):
        Adjust(1, rate=wrong)


class Kinds(Base):
    pace: Any = field(0.5, at_least=0)
    warm: bool = field(False)
    title: str = field("none")
    axis: int = field(-1)
    ceiling: float | None = field(None, at_least=0, infinite=True)
    axes: Any = field(0, kind=AXES, optional=True)
    loose: Any = field(3.0)
    choice: Any = field("auto", one_of=("auto", 1, True))


def test_schedules_and_variables_check_themselves():
    schedule, rate = (lambda step: -1.0), Variable(-1.0)
    assert Kinds(pace=schedule).pace is schedule
    with pytest.raises(KindError, match="rate must be at least 0 and below 1, but got <function"):
        Adjust(1, rate=schedule)
    assert Adjust(1, rate=rate).rate is rate


@pytest.mark.parametrize("given", [4, 4.0, np.int64(4), np.float32(4), np.array(4)])
def test_a_whole_number_is_kept_as_pythons(given):
    units = Adjust(given, rate=np.float32(0.5)).units
    assert (units, type(units)) == (4, int)


def test_an_annotation_says_the_kind():
    made = Kinds(warm=1, title="a", axis=2.0, ceiling=np.inf, axes=[0, 1], choice=True)
    assert (made.warm, made.axis, type(made.axis), made.axes) == (1, 2, int, [0, 1])
    assert Kinds(axes=None).axes is None
    assert Kinds(loose=[]).loose == []
    assert Field(one_of=(1, 2)).expected == "one of 1, 2"
    assert Field().expected == ""


@pytest.mark.parametrize("name, wrong, told", [
    ("warm", "yes", "Kinds's warm must be True or False, but got 'yes'"),
    ("warm", 2, "warm must be True or False, but got 2"),
    ("title", 3, "title must be a string, but got 3"),
    ("title", None, "title must be a string, but got None"),
    ("axis", 1.5, "axis must be a whole number, but got 1.5, at .*The default is -1"),
    ("axis", True, "axis must be a whole number, but got True"),
    ("axis", np.inf, "axis must be a whole number, but got inf"),
    ("ceiling", np.nan, "ceiling must be at least 0, but got nan"),
    ("axes", [1.5], r"axes must be a whole number, or a list of them, but got \[1.5\]"),
    ("axes", np.zeros(300), r"axes must be .* but got array\(\[0., [0., ]{60,70}\.\.\., at"),
    ("choice", np.ones(2), r"choice must be one of 'auto', 1, True, but got array"),
    ("choice", 2, "but got 2"),
])
def test_a_value_of_another_kind_is_refused(name, wrong, told):
    with pytest.raises((KindError, ArgumentError), match=told) as caught:
        Kinds(**{name: wrong})
    assert "\n" not in str(caught.value)


def test_a_mistake_in_a_name_is_told_with_its_argument():
    def find(name):
        raise ArgumentError(f"{name!r} is not known", hint="did you mean relu?")

    class Named(Declared):
        start: Any = field("x", get=find)

    with pytest.raises(ArgumentError, match="Named's start: 'rleu' is not known, at .*Did you"):
        Named("rleu")


def test_a_class_written_by_hand_tells_the_nearest_name():
    class Plain(Declared):
        def __init__(self, colour, *, size=1):
            self.colour = colour

    class Alone(Declared):
        size: int = field(1)

    for call, told in ((lambda: Plain(1, siez=2), "Plain has no argument 'siez'.*mean \"size\""),
                       (lambda: Plain(1, zzzz=2), "Known: self, colour, size|Known: colour, size"),
                       (lambda: Alone(siez=1), "Alone has no argument 'siez'.*mean \"size\"")):
        with pytest.raises(KindError, match=told):
            call()


@pytest.mark.parametrize("args, kwargs, told", [
    ((), {}, "Adjust needs units: number of outputs, at test_fields.py"),
    ((1, 2, 3, 4, 5, 6, 7), {}, "takes at most 6 positional arguments .*, but got 7"),
    ((1,), {"units": 2}, "Adjust got two values for units"),
    ((1,), {"rat": 0.1}, """has no argument 'rat', at .*Did you mean "rate"?"""),
    ((1,), {"zzz": 0.1}, "has no argument 'zzz'.*Known: units, rate"),
])
def test_arguments_that_do_not_fit_are_explained(args, kwargs, told):
    with pytest.raises(KindError, match=told):
        Adjust(*args, **kwargs)


def test_a_field_without_help_says_that_it_has_no_default():
    class Needy(Declared):
        size: int = field()

    with pytest.raises(KindError, match="Needy needs size: it has no default"):
        Needy()


def test_reprs_show_what_is_not_the_default():
    assert repr(Adjust(3, mode="max")) == "Adjust(units=3, mode='max')"


def test_a_class_written_by_hand_keeps_what_it_was_given():
    class Plain(Declared):
        def __init__(self, a, *rest, b=2, **more):
            self.a = a

    class Below(Plain):
        pass

    for kind in (Plain, Below):
        made = kind(1, 5, b=3, c=4)
        assert made._given == {"a": 1, "b": 3, "c": 4}
        assert kind.plain
    assert list(inspect.signature(Plain).parameters) == ["a", "rest", "b", "more"]
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        Plain(b=1)


def test_a_base_that_takes_anything_is_given_anything():
    class Open(Declared):
        def __init__(self, **more):
            self.more = more

    class Closed(Open):
        size: int = field(1)

    assert Closed(2, colour="red").more == {"colour": "red"}


def test_a_class_may_have_fields_and_an_init_of_its_own():
    class Both(Adjust):
        more: int = field(3, at_least=0)

        def __init__(self, units):
            super().__init__(units=units)

    assert Both(4).units == 4
    assert not Both.plain


def test_ranges_in_words():
    assert Field(at_least=0, below=1).range == "at least 0 and below 1"
    assert Field(whole=True).range == "a whole number"
    assert not Field().ranged
