"""Connectionist temporal classification: all ways counted one by one, Keras, and training."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pellucid import keras as ours
from pellucid import ops
from pellucid.core.errors import ArgumentError, ShapeError
from tests.atoms.host_cases import as_keras, has_gradient, in_every_engine
from tests.parity.oracle import live

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(size=(3, 6, 4))
TARGET = np.array([[1, 1, 2], [3, 2, 0], [2, 0, 0]], "int32")
LABELS, TIMES = np.array([3, 2, 1], "int32"), np.array([6, 5, 3], "int32")


def read(path, blank):
    """Repeated labels once, then without blanks."""
    return tuple(label for label, _ in itertools.groupby(path) if label != blank)


def chances(logits, blank):
    """Every reading with its chance, by going through all paths."""
    p = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    found: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(logits.shape[1]), repeat=len(logits)):
        reading = read(path, blank)
        found[reading] = found.get(reading, 0) + np.prod(p[np.arange(len(path)), path])
    return found


@pytest.mark.parametrize("blank", [0, 3])
def test_the_loss_counts_all_ways(blank):
    target = (TARGET + 1) % 4 if blank == 3 else TARGET
    loss = ops.ctc_loss(target, LOGITS, LABELS, TIMES, mask_index=blank)
    for i in range(3):
        reading = tuple(target[i, :LABELS[i]])
        if blank not in reading:
            wanted = -np.log(chances(LOGITS[i, :TIMES[i]], blank)[reading])
            assert float(loss[i]) == pytest.approx(wanted, rel=1e-10)


@live
@pytest.mark.parametrize("dtype", ["float64", pytest.param("float32", marks=pytest.mark.deep)])
def test_the_loss_is_that_of_keras(dtype):
    logits = LOGITS.astype(dtype)
    for lengths in (LABELS, np.array([2, 0, 1], "int32")):
        as_keras("ctc_loss", TARGET, logits, lengths, TIMES)
    as_keras("ctc_loss", TARGET, logits, LABELS, np.array([3, 1, 0], "int32"), tolerance=1e-3)


def test_the_loss_has_a_gradient():
    has_gradient(lambda x: ops.ctc_loss(TARGET, x, LABELS, TIMES), LOGITS)
    in_every_engine(lambda t, x: ops.ctc_loss(t, x, LABELS, TIMES), TARGET, LOGITS)


@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize("blank", [0, 2, None])
def test_greedy_reading_takes_the_largest(merge, blank):
    labels, scores = in_every_engine(
        lambda x: ops.ctc_decode(x, TIMES, merge_repeated=merge, mask_index=blank), LOGITS)
    silent = 3 if blank is None else blank
    for i, n in enumerate(TIMES):
        path = LOGITS[i, :n].argmax(-1)
        wanted = read(path, silent) if merge else tuple(path[path != silent])
        assert tuple(each for each in labels[0, i] if each >= 0) == wanted
        assert scores[i, 0] == pytest.approx(-LOGITS[i, :n].max(-1).sum())


@live
@pytest.mark.deep
@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize("blank", [0, 2, None])
def test_greedy_reading_is_that_of_keras(merge, blank):
    as_keras("ctc_decode", LOGITS, TIMES, merge_repeated=merge, mask_index=blank)


@live
@pytest.mark.deep
@pytest.mark.filterwarnings("ignore:scatter inputs have incompatible types:FutureWarning")
def test_beam_search_is_that_of_keras():
    for options in ({"beam_width": 8, "top_paths": 3}, {"beam_width": 4, "mask_index": 3}):
        as_keras("ctc_decode", LOGITS, TIMES, strategy="beam_search", tolerance=1e-4, **options)


def test_a_wide_beam_finds_the_most_likely_readings():
    labels, scores = in_every_engine(
        lambda x: ops.ctc_decode(x, TIMES, "beam_search", beam_width=500, top_paths=4), LOGITS)
    for i in range(3):
        best = sorted(chances(LOGITS[i, :TIMES[i]], 0).items(), key=lambda each: -each[1])[:4]
        found = [tuple(label for label in row if label >= 0) for row in labels[:, i]]
        assert found == [reading for reading, _ in best]
        np.testing.assert_allclose(np.exp(scores[i]), [chance for _, chance in best], rtol=1e-10)


def test_what_cannot_be_read_is_told():
    with pytest.raises(ShapeError, match="targets \\(batch, labels\\) and outputs"):
        ops.ctc_loss(TARGET, LOGITS[0], LABELS, TIMES)
    with pytest.raises(ShapeError, match="ctc_decode needs inputs"):
        ops.ctc_decode(LOGITS[0], TIMES)
    with pytest.raises(ArgumentError, match="strategy must be .* but got 'beam'"):
        ops.ctc_decode(LOGITS, TIMES, strategy="beam")
    with pytest.raises(ShapeError, match="ctc needs y_true"):
        ours.losses.ctc(ops.convert_to_tensor(TARGET), ops.convert_to_tensor(LOGITS[0]))


@live
@pytest.mark.parametrize("reduction", ["sum", *(
    pytest.param(each, marks=pytest.mark.deep) for each in ("sum_over_batch_size", "none"))])
def test_the_loss_class_is_that_of_keras(reduction):
    import keras
    mine, theirs = (library.losses.CTC(reduction=reduction) for library in (ours, keras))
    logits = LOGITS.astype("float32")
    np.testing.assert_allclose(mine(TARGET, logits), theirs(TARGET, logits), rtol=1e-5)
    assert mine.get_config() == {"name": "ctc", "reduction": mine.reduction}
    again = ours.losses.CTC.from_config(mine.get_config())
    np.testing.assert_array_equal(again(TARGET, logits), mine(TARGET, logits))
    assert ours.losses.get("ctc") is ours.losses.ctc


def test_a_net_learns_where_its_labels_stand():
    model = ours.Sequential([ours.layers.Input((6, 4)), ours.layers.Dense(4)])
    model.compile(ours.optimizers.Adam(0.1), ours.losses.CTC())
    x = np.eye(4, dtype="float32")[[[0, 1, 1, 0, 2, 0], [3, 3, 0, 2, 2, 0]]]
    history = model.fit(x, TARGET[[2, 1]] * 0 + [[1, 2, 0], [3, 2, 0]], epochs=60, verbose=0)
    assert history.history["loss"][-1] < 0.1
    labels, _ = ops.ctc_decode(model.predict(x, verbose=0), [6, 6])
    assert labels.numpy()[0, :, :2].tolist() == [[1, 2], [3, 2]]
