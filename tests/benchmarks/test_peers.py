"""The benchmark against the peers: its data, its nets, its processes and its verdict."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace

import numpy as np
import pytest

import pellucid
from benchmarks.peers import harness, keras_names, machine, verdict, workloads
from tests.house.tree import ROOT

# on a busy machine each block may have waited: that figures come is tested, not what they are
QUICK = Namespace(rounds=2, enough=2, quiet=0.05, seconds=1.0, block=0.001)


def row(peer, us, first=0.1, rss=50.0, loss=0.5):
    return {"workload": "tabular", "peer": peer, "us_min_any": us, "first_fit_s": first,
            "rss_mb": rss, "loss": loss}


@pytest.mark.parametrize("w", workloads.WORKLOADS, ids=lambda w: w.name)
def test_data_are_whole_batches_and_the_same_each_time(w):
    (x, y), (again, _) = w.data(), w.data()
    inputs, repeated = (each if isinstance(each, tuple) else (each,) for each in (x, again))
    assert w.samples % w.batch == 0 or w.predict
    assert [len(each) for each in (*inputs, y)] == [w.samples] * (len(inputs) + 1)
    assert all(each.shape[1:] == w.input_shape for each in inputs)
    assert all(np.array_equal(*both) for both in zip(inputs, repeated, strict=True))
    assert y.dtype == (np.int32 if w.loss == "ce" else np.float32)


@pytest.mark.keras
@pytest.mark.parametrize("name", ["tabular", "mnist_reg", "lenet", "lstm_50", "conv1d",
                                  "autoencoder", "embed_dot", "gru_50", "embedding_text",
                                  "attention"])
def test_keras_and_pellucid_build_the_same_net(name):
    import keras
    w = workloads.BY_NAME[name]
    ours, theirs = (keras_names.build(w, library) for library in (pellucid, keras))
    assert ([tuple(each.shape) for each in ours.trainable_variables]
            == [tuple(each.shape) for each in theirs.trainable_variables])
    assert [tuple(ours.output_shape), ours.count_params()] == [
        tuple(theirs.output_shape), theirs.count_params()]


@pytest.mark.parametrize(("name", "loss"), [
    ("tabular", pellucid.losses.BinaryCrossentropy(from_logits=True)),
    ("lenet", pellucid.losses.SparseCategoricalCrossentropy(from_logits=True)),
    ("autoencoder", pellucid.losses.MeanSquaredError())])
def test_the_loss_that_is_compared_is_the_one_that_is_trained(name, loss):
    w, rng = workloads.BY_NAME[name], np.random.default_rng(3)
    y = w.data()[1][:50]
    z = rng.normal(0, 2, (50, y.shape[1] if y.ndim == 2 else w.classes)).astype(np.float32)
    assert workloads.loss_value(w, z, y) == pytest.approx(float(loss(y, z)), rel=1e-5)


def test_a_process_is_measured_and_a_peer_that_cannot_is_left_out(capsys):
    rows = harness.measure(workloads.BY_NAME["xor"], ["pellucid:fit", "nobody:fit"],
                           lambda peer, variant: sys.executable, QUICK)
    assert "nobody:fit does not do xor" in capsys.readouterr().err
    assert [each["peer"] for each in rows] == ["pellucid:fit"]
    assert 0 < rows[0]["us_min_any"] <= rows[0]["us_median"] <= rows[0]["us_max"]
    assert 0.3 < rows[0]["loss"] < 1.2              # xor begins near ln 2
    assert rows[0]["first_fit_s"] >= rows[0]["import_s"] > 0
    assert "| xor | pellucid:fit |" in harness.table(rows)


def test_the_verdict_takes_the_median_of_the_runs():
    runs = [[row("pellucid:fit", ours), row("pellucid:fit@1", 99.0), row("torch:eager", 300.0),
             row("jax:scan@1", 30.0)] for ours in (9.0, 10.0, 20.0)]
    line = verdict.Line("tabular", runs)
    assert line.ratios == pytest.approx([30 / 9, 3.0, 1.5])
    assert line.failures == []
    assert list(line.cells())[:7] == ["tabular", "jax:scan@1", "30.0", "10.0", "fit", "3.00", "2.5"]
    assert line.kept()["ratio"] == 3.0
    assert line.kept()["us"]["pellucid:fit"] == 10.0


@pytest.mark.parametrize(("ours", "told"), [
    (row("pellucid:fit", 13.0), "ratio"), (row("pellucid:fit", 9.0, first=0.6), "first fit"),
    (row("pellucid:fit", 9.0, rss=301.0), "memory"), (row("pellucid:fit", 9.0, loss=0.6), "loss")])
def test_what_does_not_hold_is_told(ours, told):
    line = verdict.Line("tabular", [[ours, row("torch:eager", 30.0, rss=300.0)]])
    assert line.failures == [told]
    assert list(line.cells())[-1] == f"no: {told}"


def test_without_peers_there_is_no_ratio():
    line = verdict.Line("tabular", [[row("pellucid:fit", 13.0)]])
    assert (line.ratios, line.failures) == ([], [])
    assert len(list(line.cells())) == len(verdict.HEAD)


def test_every_workload_is_asked_for():
    assert list(verdict.ASKED) == list(workloads.BY_NAME)


def test_versions_are_those_of_the_interpreter():
    assert machine.versions(sys.executable)["numpy"] == np.__version__


def test_a_name_that_is_nothing_is_told():
    done = subprocess.run([sys.executable, "benchmarks/run.py", "lennet"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == 'no workload or case is called "lennet"; did you mean "lenet"?\n'
