"""Docstrings taken apart."""

from __future__ import annotations

import pytest

from pellucid import layers, losses, optimizers
from pellucid.insight.cards.prose import spelled
from pellucid.insight.cards.words import parsed, words_of

DOC = r"""Half of x: :math:`y = x / 2`.

    .. math::
        a ← b \\
        c = d

        e = f

    A remark with ``code``, and ``(n,)`` → ``(m,)``.

    >>> 1 + 1
    2

    Use: rarely.
    Pros: quick; small,
    and short.
    Cons: of no
    use.
    Source: A. Nobody, "Halves" (1900).
    """


def test_a_docstring_in_parts():
    words = parsed(DOC)
    assert words.summary == "Half of x: :math:`y = x / 2`."
    assert words.math == (r"a ← b \\ c = d", "e = f", "y = x / 2")
    assert words.notes == ("A remark with ``code``, and ``(n,)`` → ``(m,)``.",)
    assert words.shapes == "(n,) → (m,)"
    assert (words.use, words.pros, words.cons) == ("rarely", ("quick", "small, and short"),
                                                   ("of no use",))
    assert words.source == 'A. Nobody, "Halves" (1900)'


def test_arguments_have_lines_of_their_own():
    words = parsed("Half.\n\n    Args:\n        x: what is halved,\n            in full.\n"
                   "        axis: of ``x``.\n\n    Use: rarely.\n")
    assert words.arguments == {"x": "what is halved, in full", "axis": "of ``x``"}
    assert (words.notes, words.use) == ((), "rarely")


def test_what_is_no_equation_is_no_formula():
    assert parsed("It falls as :math:`1 / t`.").math == ()


@pytest.mark.parametrize("doc", ["", "One line.", "One line.\n\n>>> 1\n1"])
def test_little_is_enough(doc):
    words = parsed(doc)
    assert words.use == words.source == words.shapes == ""
    assert words.pros == words.notes == ()


def test_bases_speak_where_a_class_is_silent():
    assert words_of(layers.Conv3D).use == words_of(layers.Conv1D).use != ""
    assert words_of(layers.Conv1D).source != words_of(layers.Conv2D).source


def test_a_source_may_be_that_of_another():
    assert words_of(layers.LSTM).source == words_of(layers.LSTMCell).source
    assert words_of(layers.LSTM).math == words_of(layers.LSTMCell).math


def test_a_loss_takes_the_words_of_its_formula_as_well():
    assert words_of(losses.BinaryFocalCrossentropy).source.startswith("T.-Y. Lin")


def test_what_a_kind_derives_from_has_no_say():
    class Own(optimizers.Optimizer):
        """Nothing."""

    assert words_of(Own).notes == ()


def test_prose_is_spelled_by_its_parts():
    said = spelled("*a* ``b`` `C` :math:`d`", words=str.upper, code=lambda x: f"[{x}]",
                   math=lambda x: f"${x}$")
    assert said == "A [b] [C] $d$"
