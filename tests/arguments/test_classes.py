"""Wrong arguments of every public class: the message names argument, value, range, nearest name."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from pellucid.core.errors import KindError, PellucidError
from pellucid.core.kinds import shown
from tests.arguments.making import CLASSES, INSTEAD, arguments_of, make
from tests.arguments.wrong_values import FREE, misspelt, wrong_for


def told(name: str, argument: str, value: Any) -> str:
    """What the class says to a value; fails if it takes it, or says it in another way than ours."""
    with (warnings.catch_warnings(action="ignore"), pytest.raises(PellucidError) as caught):
        make(name, **{**INSTEAD.get(argument, {}), argument: value})
    assert isinstance(caught.value, (ValueError, TypeError))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def parts_of(value: Any) -> list[str]:
    """What else a message may show of a value: the one entry that is wrong, the tuple it became."""
    if not isinstance(value, list | tuple):
        return [str(value)]
    return [str(tuple(value))[1:-1].rstrip(","), *(str(each) for each in value)]


def complaints(name: str, argument: str) -> list[str]:
    """What is wrong with the answers to wrong values of one argument."""
    field, found = getattr(CLASSES[name], "fields", {}).get(argument), []
    for value in wrong_for(CLASSES[name], argument):
        try:
            text = told(name, argument, value)
        except (Exception, pytest.fail.Exception) as error:      # any other is what we look for
            found.append(f"{argument}={value!r}: {type(error).__name__} {error}")
            continue
        parts = [argument]
        if field is not None and (field.numeric or field.one_of):
            parts.append(field.expected)
        missing = [each for each in parts if each not in text]
        if not any(each in text for each in (shown(value), repr(value), *parts_of(value))):
            missing.append("the value")
        if missing:
            found.append(f"{argument}={value!r}: nothing of {missing} in: {text}")
    return found


@pytest.mark.parametrize("name", CLASSES)
def test_values_that_have_no_meaning(name: str) -> None:
    found = [each for argument in arguments_of(name) for each in complaints(name, argument)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", CLASSES)
def test_every_argument_has_wrong_values(name: str) -> None:
    bare = [each for each in arguments_of(name)
            if each not in FREE and not wrong_for(CLASSES[name], each)]
    assert not bare, bare


@pytest.mark.parametrize("name", CLASSES)
def test_a_misspelt_argument_is_told_with_the_nearest(name: str) -> None:
    for argument in arguments_of(name):
        wrong = misspelt(argument)
        if wrong in arguments_of(name):
            continue
        with pytest.raises(KindError, match=rf"{CLASSES[name].__name__}.*{wrong}") as caught:
            make(name, **{wrong: 1})
        assert f'id you mean "{argument}"?' in str(caught.value), str(caught.value)
