"""Catalogue E: the update rules as their cards show them."""

from __future__ import annotations

import pytest

from pellucid import card


def written(name, form=None):
    found = card(name)
    return [str(line) for line in (found.formula if form is None else found.forms[form])]


@pytest.mark.parametrize(("name", "form", "lines"), [
    ("sgd", None, ["w' = w - η * g"]),
    ("sgd", "with momentum", ["v' = μ * v - η * g", "w' = w + v'"]),
    ("adagrad", None, ["v' = v + square(g)", "w' = w - η * g / sqrt(v' + ε)"]),
    ("rmsprop", None, ["v' = ρ * v + (1 - ρ) * square(g)", "w' = w - η * g / sqrt(v' + ε)"])])
def test_E2_cards_show_the_update_rules(name, form, lines):
    assert written(name, form) == lines


def test_E2_nesterov_looks_ahead():
    assert written("sgd", "with momentum and nesterov")[-1:] == ["w' = w + μ * v' - η * g"]


def test_E2_adam_shows_both_its_forms():
    corrected, (uncorrected,) = written("adam"), written(
        "adam", "without the correction for the start: as in lecture notes, and after many steps")
    assert corrected[-1] == (
        "w' = w - η * sqrt(1 - β₂ ** t) / (1 - β₁ ** t) * m' / (sqrt(v') + ε)")
    assert uncorrected == "w' = w - η * m' / (sqrt(v') + ε)"
