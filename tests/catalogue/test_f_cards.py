"""Catalogue F: what the cards of dropout and of L2 say."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid import card


def test_F4_the_card_of_dropout_tells_typical_rates():
    use = card("Dropout").use
    for share, where in (("10-50 %", "dense"), ("40-50 %", "convolutional"),
                         ("20-30 %", "recurrent")):
        assert f"{share} in {where}" in use


def test_F5_the_card_of_l2_shows_keras_s_penalty_and_the_halved_one():
    found = card("l2")
    assert str(found.formula[0]) == "Ω(w) = λ * sum(square(w))"
    assert str(found.derivative[0]) == "∂Ω/∂w = 2 * λ * w"
    keras, halved = (lines[0].text for lines in found.forms.values())
    letters = {"w": np.array([1.0, -2.0]), "g": np.array([0.5, 0.25]), "η": 0.1, "λ": 0.3}
    w, g, η, λ = letters.values()
    assert eval(halved, letters) == pytest.approx((1 - η * λ) * w - η * g)
    assert eval(keras, letters) == pytest.approx((1 - 2 * η * λ) * w - η * g)
    assert "(1 - ηλ) w - η" in " ".join(found.notes)
