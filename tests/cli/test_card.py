"""``pellucid card``: one card, in any form, or the list of all."""

from __future__ import annotations

from pellucid.insight.cards import card, cards


def test_a_card_is_shown(pellucid):
    result = pellucid("card", "adam")
    assert result.exit_code == 0
    assert result.output == card("adam").to_text() + "\n"


def test_the_kind_and_the_form_can_be_chosen(pellucid):
    shown = pellucid("card", "relu", "--kind", "layer", "--as", "markdown").output
    assert shown == card("ReLU", kind="layer").to_markdown() + "\n"
    assert "<article" in pellucid("card", "relu", "--as", "html").output
    assert r"\subsection*{relu (activation)}" in pellucid("card", "relu", "--as", "latex").output


def test_all_are_listed(pellucid):
    shown = pellucid("card").output
    for kind, names in cards().items():
        assert kind in shown
        assert all(name in shown for name in names)
    assert "Adam" not in pellucid("card", "--kind", "schedule").output


def test_a_misspelt_name_is_answered_with_the_nearest(refused):
    assert 'Did you mean "sigmoid"?' in refused("card", "sigmiod")
    assert 'Did you mean "markdown"?' in refused("card", "relu", "--as", "markdwon")
    assert 'Did you mean "layer"?' in refused("card", "relu", "--kind", "layr")
