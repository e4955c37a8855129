"""I: what the field does with it. Each example on a small size here, whole in the deep run."""

from __future__ import annotations

import runpy
import sys
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from examples import (
    digits_convnet,
    logits_in_float32,
    multi_label,
    recommender,
    signals_conv1d,
    tabular_classification,
    tabular_regression,
    text_sentiment,
)

EXAMPLES = (digits_convnet, text_sentiment, signals_conv1d, recommender, tabular_regression,
            tabular_classification, multi_label, logits_in_float32)


def test_I_images():
    """One seed of five and fewer epochs; a fifth of the rows at least is for the test."""
    x, y, x_test, y_test = digits_convnet.split(0)
    assert len(x_test) >= 0.2 * (len(x) + len(x_test))
    assert len(y) + len(y_test) == 1797
    assert not {row.tobytes() for row in x} & {row.tobytes() for row in x_test}
    found, _ = digits_convnet.measure(seeds=range(1), epochs=8)
    trivial, _, network = (np.mean(each) for each in found.values())
    assert trivial < 0.15
    assert network > 0.95


@pytest.mark.deep
def test_I_images_of_five_seeds():
    found, _ = digits_convnet.measure()
    assert len(found["network"]) == 5
    assert np.mean(found["network"]) >= 0.985


def test_I_text():
    texts, y = text_sentiment.corpus(400)
    assert len(set(texts)) == 400
    assert 0.4 < y.mean() < 0.6
    assert max(len(text.split()) for text in texts) > 8
    found = text_sentiment.measure(rows=1500, epochs=12)
    assert found["linear, bag of words"] < 0.7
    assert max(found["LSTM"], found["GRU"]) > 0.85


def judged(text: str) -> bool:
    """Praise or blame by rule: each quality, turned round by a negation in front of it; the first
    of two counts before "although", the last one otherwise.
    """
    words, says = text.split(), []
    for i, word in enumerate(words):
        if word in text_sentiment.GOOD + text_sentiment.BAD:
            before = words[:i - 1] if words[i - 1] in text_sentiment.DEGREES else words[:i]
            denied = " ".join(before).endswith(text_sentiment.NEGATIONS)
            says.append((word in text_sentiment.GOOD) != denied)
    return says[0 if " although " in text else -1]


def test_I_text_is_labelled_by_the_rules_that_it_states():
    texts, y = text_sentiment.corpus(500, seed=3)
    assert [judged(text) for text in texts] == [bool(label) for label in y]


def test_I_signals():
    x, y = signals_conv1d.signals(40, seed=0)
    assert x.shape == (40, 256, 1)
    assert set(y) == {0, 1, 2, 3}
    found, _ = signals_conv1d.measure(rows=400, epochs=6)
    trivial, straight, network = found.values()
    assert network > trivial + 0.4
    assert network > straight + 0.2


def test_I_recommendation():
    user, film, stars, genre = recommender.ratings(0, users=200)
    assert set(stars) <= {1, 2, 3, 4, 5}
    assert len({(u, f) for u, f in zip(user, film, strict=True)}) == len(stars)
    found, vectors, genre = recommender.measure(users=200, epochs=15)
    mean, means, network = found.values()
    assert network < means - 0.05 < mean - 0.05
    assert recommender.nearest_of_a_kind(vectors, genre) > 0.5       # by chance a quarter


def test_I_tables_of_numbers():
    errors, said = tabular_regression.measure(parts=2)
    mean, ridge, network = errors.values()
    assert mean - network > 15
    assert network - ridge < 5
    assert said.std() > 20


def test_I_tables_of_classes():
    shares, counts = tabular_classification.measure(parts=2)
    trivial, one, network = shares.values()
    assert network > one + 0.02 > trivial + 0.02
    assert counts.sum() == 569
    assert np.trace(counts) / 569 == pytest.approx(network)


def test_D6_car_bus_pedestrian():
    x, y = multi_label.streets(50, seed=0)
    assert {(1, 0, 1), (0, 0, 1), (1, 1, 0)} <= {tuple(map(int, row)) for row in y}
    assert x.shape == (50, 20, 20, 1)
    found, said, truth = multi_label.measure(rows=1000, epochs=10)
    assert found["sigmoids"] > found["usual answers"] + 0.25
    assert found["sigmoids"] > found["softmax"]
    assert (said == truth).all(axis=1).mean() == pytest.approx(found["sigmoids"])
    assert said.sum(axis=1).max() > 1                            # several labels on one street


def test_D4_the_error_of_both_ways_against_fifty_digits():
    for curves in logits_in_float32.errors().values():
        direct, squashed = curves.values()
        assert direct.max() < 1e-6
        assert squashed.max() > 20
        assert (squashed >= direct - 1e-6).all()
    for loss in logits_in_float32.WAYS.values():
        assert logits_in_float32.slopes(loss, True)[-1] == pytest.approx(1)
        assert logits_in_float32.slopes(loss, False)[-1] == 0


def run(example: Any, folder: Any, monkeypatch: Any, capsys: Any) -> None:
    """As a person runs it: a picture at the path that was given, one sentence with numbers."""
    picture = folder / "picture.png"
    monkeypatch.setattr(sys, "argv", ["example", str(picture)])
    runpy.run_path(str(example.__file__), run_name="__main__")
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert str(picture) in told
    assert any(character.isdigit() for character in told.replace(str(picture), ""))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_I_an_example_ends_with_a_picture_and_a_sentence(tmp_path, monkeypatch, capsys):
    run(logits_in_float32, tmp_path, monkeypatch, capsys)


@pytest.mark.deep
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.__name__.split(".")[-1])
def test_I_the_whole_example(example, tmp_path, monkeypatch, capsys):
    """Its own assertions hold the margins that it states."""
    run(example, tmp_path, monkeypatch, capsys)
