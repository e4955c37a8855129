"""Formulas as plain text, as LaTeX and as MathML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from pellucid.insight.cards.mathml import mathml
from pellucid.insight.cards.typeset import in_latex, parse, plain


@pytest.mark.parametrize(("formula", "text"), [
    (r"y = γ \frac{x - μ}{\sqrt{σ^2 + ε}} + β", "y = γ (x - μ) / √(σ² + ε) + β"),
    (r"\frac12 x", "1 / 2 x"), (r"λ_1 \sum |w|", "λ₁ ∑|w|"), ("n_{in} + n_{out}", "n_in + n_out"),
    (r"m \, x / (1 - p)", "m x/(1 - p)"), (r"w ← -w", "w ← -w"), ("h' = α'^2", "h′ = α′²"),
    (r"\max(x, 0)", "max(x, 0)"), (r"softmax(Q K^T) V", "softmax(Q Kᵀ) V"),
    (r"\hat{y}_i", "ŷ_i"), (r"y \mathrel{+}= x", "y += x"), ("β₁ m", "β₁ m"),
    (r"\mathrm{sign}(x) \qquad \text{else}", "sign(x)   else"), ("e^{-x}", "e^(-x)"),
    (r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}", "{x if x > 0; 0 else}"),
    (r"W^Q_h", "W_h^Q"), (r"\lVert w \rVert + ε", "‖w‖ + ε")])
def test_plain_text(formula, text):
    assert plain(formula) == text


@pytest.mark.parametrize(("said", "latex"), [
    ("β₁ m + ηg²", r"\beta_{1} m + \eta g^{2}"), ("∂L/∂ŷ", r"\partial L/\partial\hat{y}"),
    ("w ← x", r"w \leftarrow x"), (r"softmax(x)", r"\operatorname{softmax}(x)"),
    (r"\operatorname{relu6}(x) \text{else}", r"\operatorname{relu6}(x) \text{else}"),
    (r"\begin{cases} x \end{cases}", r"\begin{cases} x \end{cases}"), ("λΣ", r"\lambda \Sigma"),
    (r"\tfrac12", r"\tfrac{1}{2}")])
def test_letters_become_commands(said, latex):
    assert in_latex(said) == latex


def test_mathml_is_well_formed_and_complete():
    root = ElementTree.fromstring(mathml(r"x_i^2 = \sqrt{\frac{a}{b}} \, \max(\text{a<b})"))
    assert [each.tag for each in root.iter()][:4] == ["math", "mrow", "msubsup", "mi"]
    assert {"mfrac", "msqrt", "mspace"} <= {each.tag for each in root.iter()}
    assert "a<b" in [each.text for each in root.iter("mi")]


def test_cases_are_a_table():
    root = ElementTree.fromstring(mathml(
        r"\begin{cases} x & x > 0 \\ 0 & \text{else} \end{cases}", block=True))
    assert [len(row) for row in root.iter("mtr")] == [2, 2]
    assert root.attrib == {"displaystyle": "true"}


def test_a_minus_is_a_sign_not_a_hyphen():
    assert "−" in mathml("-x")


def test_scripts_need_a_base_but_survive_without():
    assert parse("^2")[0][0] == "script"
