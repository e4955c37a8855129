"""Keras's public names: how many are here, and that each that is not has a reason."""

from __future__ import annotations

import pytest

from pellucid.atoms.host import HOST
from tests.parity import shares, written_page
from tests.parity.oracle import live


@live
def test_enough_of_keras_is_here_and_the_rest_has_a_reason():
    """At least 95 % of each namespace, 85 % of keras.ops."""
    found = shares.shares()
    assert not list(shares.complaints(found))
    assert {share.namespace for share in found} == set(shares.BARS)
    assert all(len(share.names) > 5 for share in found)
    for share in found:
        assert share.percent >= (85 if share.namespace in ("ops", "ops.image") else 95)


@live
def test_what_is_wrong_is_told(monkeypatch):
    """A missing name without a reason, a reason too many, a share that is too small."""
    monkeypatch.setattr(shares, "reasons", lambda: shares.Reasons(
        {"layers.Dense": "it is here"}, {"ops.nothing": "?"}, {"not needed": ["losses.Huber"]},
        {"tree": "it is here"}))
    monkeypatch.setattr(shares, "missing_beyond", lambda: iter(["datasets"]))
    monkeypatch.setattr(shares, "missing_modules", lambda: iter(()))
    told = list(shares.complaints([shares.Share("layers", ["Dense", "Dnese"], ["Dnese"])]))
    assert told == [
        "layers: 50.0 %, but 95 % needed", "layers.Dnese is missing without a reason",
        "layers.Dense has a reason, but is not missing",
        "datasets is missing without a reason", "tree has a reason, but is not missing",
        "ops.nothing is called different, but is not here",
        "losses.Huber is left aside, but exists"]


@live
def test_the_page_shows_all_of_it():
    page = "\n".join(shares.page())
    for name in (*shares.BARS, *shares.reasons().missing, *shares.reasons().different, *HOST):
        assert name in page
    assert "wrong" not in page


@live
def test_the_page_of_the_documentation_is_up_to_date():
    written = written_page.FILE.read_text(encoding="utf-8")
    assert written == written_page.page(), "run ./dev docs"
    for name in (*shares.missing_beyond(), *shares.reasons().missing, *HOST, "layers.RandomCrop"):
        assert f"`{name}`" in written
    assert "datasets.mnist" in written


@pytest.mark.parametrize("arguments", [["--recrod"], ["--record", "ops"]])
def test_other_arguments_are_refused(arguments, capsys):
    assert shares.main(arguments) == 2
    assert "takes --record or nothing" in capsys.readouterr().err
