"""docs/cards/ is what the cards say now."""

from __future__ import annotations

import functools

import pytest

from docs import cards as pages
from pellucid.insight.cards.shelf import KINDS

NAMES = ["README.md", *(f"{kind.module}.md" for kind in KINDS)]
written = functools.cache(pages.pages)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_up_to_date(name):
    assert (pages.FOLDER / name).read_text(encoding="utf-8") == written()[name], "run ./dev docs"


def test_there_is_a_page_for_each_kind_and_no_other():
    assert {each.name for each in pages.FOLDER.iterdir()} == set(written()) == set(NAMES)
