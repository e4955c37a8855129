"""The studies of the native engine: their arithmetic, their nets, their tables and pictures."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pellucid.engines.native import engine, memory
from pellucid.engines.native.engine import NativePlan
from pellucid.engines.native.profile import CACHED, Limits, Line, Profile, short_scope
from pellucid.engines.passes import groups
from tests.house.tree import ROOT
from tests.models.native_and_reference import on

QUICK = (1, 1, 0.001)


@pytest.fixture
def study(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Import a file of benchmarks/ as `./dev bench` does."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))

    def imported(name: str) -> ModuleType:
        return importlib.import_module(name)
    return imported


# blocks ------------------------------------------------------------------------------------------

def test_a_figure_is_the_median_of_the_quickest_blocks(study, monkeypatch):
    # waits of four calls that calibrate; then of four runs, of two blocks, of one unit and eight
    waits = iter([0] * 4 + [0, 0, 9, 0] + [0, 3, 4, 0] + [1, 2, 1, 2] + [0, 0, 0, 0])
    blocks, clock = study("blocks"), [0.0]

    def work(count):
        clock[0] += 5 + 2 * count + next(waits, 0)       # a call, its units, somebody else

    monkeypatch.setattr(blocks.time, "perf_counter", lambda: clock[0])
    figures = blocks.measured({"work": work}, blocks.Method(runs=4, blocks=2, seconds=1.0))
    assert figures == {"work": 2.0}                      # the third run met somebody
    monkeypatch.setattr(blocks, "taken", lambda work, count: 2 + count)
    assert blocks.calibrated(work, 0.05) == 6            # twice as long as a unit alone
    assert blocks.calibrated(work, 45.0) == 45


# scaling -----------------------------------------------------------------------------------------

def test_slope_and_cliffs(study):
    scaling, sizes = study("scaling"), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    even = [5.0 * n ** 0.5 for n in sizes]
    assert scaling.slope(sizes, even) == pytest.approx(0.5)
    assert scaling.cliffs(sizes, even) == []
    for height, found in ((1.29, []), (1.31, [6])):
        bumpy = [us * (height if i == 6 else 1) for i, us in enumerate(even)]
        assert scaling.between(sizes, bumpy, 6) == pytest.approx(even[6])
        assert scaling.cliffs(sizes, bumpy) == found
    assert scaling.slope(sizes, [1.0] * 4 + even[4:]) == pytest.approx(0.5)    # the upper two only


@pytest.mark.parametrize("name", ["batch", "width", "depth", "parameters", "rows"])
def test_an_axis_grows_what_it_says(study, name):
    scaling = study("scaling")
    axis = next(each for each in scaling.AXES if each.name == name)
    sizes = axis.sizes(4)
    assert (sizes[0], sizes[-1]) == (axis.first, axis.last)
    assert axis.last >= 1000 * axis.first
    for n in (sizes[1], sizes[len(sizes) // 2]):
        case = axis.case(n)
        grows = {"batch": case.batch, "width": case.units[0], "depth": len(case.units) - 1,
                 "parameters": case.model().count_params(), "rows": case.rows}[name]
        assert grows == pytest.approx(n, rel=0.05)
        assert case.rows % case.batch == 0 or name == "rows"


def test_an_axis_is_measured_and_what_stands_out_is_measured_again(study, monkeypatch):
    scaling, asked = study("scaling"), []

    def measured(works, method):
        asked.extend(works.values())
        return {name: rows * 1e-6 * (3 if rows == 1000 and asked.count(1000) == 1 else 1)
                for name, rows in works.items()}

    monkeypatch.setattr(scaling.Case, "work", lambda case: case.rows)
    monkeypatch.setattr(scaling, "measured", measured)
    axis = scaling.AXES[-1]
    row = scaling.grown(axis, scaling.Method(*QUICK), 1)
    assert row["sizes"] == [100, 1000, 10_000, 100_000, 1_000_000]
    assert row["us"] == row["sizes"]
    assert (row["slope"], row["cliffs"], asked.count(1000), asked.count(100_000)) == (1, [], 2, 1)
    assert "cliffs: none" in scaling.told(row)


def test_pictures_of_scaling(study, tmp_path):
    from matplotlib.image import imread
    pictures = study("scaling_pictures")
    row = {"axis": "batch", "net": "2-1", "unit": "step", "sizes": [1, 10, 100, 1000],
           "us": [2.0, 3.0, 60.0, 300.0], "slope": 1.0, "cliffs": [{"at": 100, "times": 2.0}]}
    figure = pictures.scaling(row)
    labels = [each.get_text() for each in figure.axes[0].get_legend().get_texts()]
    assert labels == ["slope 1.00", "above 1.3 × its neighbours"]
    light, dark = (imread(path) for path in pictures.draw([row], tmp_path))
    assert light.shape == dark.shape
    assert light.shape[1] == 2 * 430
    assert light[0, 0, :3].tolist() == [1, 1, 1]
    assert dark[0, 0, :3].max() < 0.15
    assert len(list(tmp_path.iterdir())) == 2
    assert [pictures.duration(us) for us in (0.5, 20.0, 3e3, 4e6)] == [
        "500 ns", "20 µs", "3 ms", "4 s"]


# user code and passes ----------------------------------------------------------------------------

def trained(model: Any, epochs: int = 2) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((64, 784), np.float32), np.arange(64) % 10
    model.fit(x, y, batch_size=32, epochs=epochs, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("kind", ["built in", "own, Keras's protocol", "own, with fields"])
def test_own_code_runs_natively_and_as_on_the_reference_engine(study, kind):
    parts = study("user_code").KINDS[kind]
    with on("reference"):
        expected = trained(study("user_code").model(*parts))
    with on("native"):
        model = study("user_code").model(*parts)
        before = model.get_weights()
        weights = trained(model)
    run = next(iter(model.traced_functions["train"].compiled.values())).run
    assert isinstance(run, NativePlan)
    for first, ours, theirs in zip(before, weights, expected, strict=True):
        assert not np.array_equal(first, ours)
        assert np.allclose(ours, theirs, atol=2e-4)


def test_each_pass_can_be_left_out(study):
    passes = study("passes")
    before = engine.optimized, memory.place, memory._in_place, groups.MOST_STEPS
    workload = passes.BY_NAME["circles"]
    with on("native"):
        variants = {name: passes.variant(workload, name) for name in passes.names()}
    assert before == (engine.optimized, memory.place, memory._in_place, groups.MOST_STEPS)
    every, alone, none = (variants[name] for name in (passes.ALL, "fuse", passes.NONE))
    assert every.kernels < alone.kernels < none.kernels
    assert every.arena < variants["place"].arena < none.arena
    assert every.kernels <= min(each.kernels for each in variants.values())


def test_a_table_has_a_line_for_each_pass(study):
    passes = study("passes")
    with on("native"):
        text = passes.compare(passes.BY_NAME["xor"], passes.Method(*QUICK))
    lines = text.splitlines()
    assert lines[0] == "xor"
    assert [line.split()[0] for line in lines[2:]] == [
        "nothing", "simplify", "fold", "share", "convolve", "pool", "fuse", "place", "none"]


# the profile and the word ------------------------------------------------------------------------

def test_the_profile_of_a_workload(study):
    with on("native"):
        profile = study("step_profile").profile("xor")
    assert profile.steps == 1000
    assert {"matrix product 4×2×8", "shuffle and gather"} <= {line.name for line in profile.lines}


@pytest.mark.parametrize(("names", "said"), [
    ([], "needs the name of a workload: xor, circles"), (["xo"], 'did you mean "xor"?'),
    (["predict_1"], "a profile is of training")])
def test_what_has_no_profile(study, capsys, names, said):
    assert study("step_profile").main(names) == 2
    assert said in capsys.readouterr().err


def test_the_table_of_a_profile():
    limits = Limits(flops=100e9, memory=10e9, cache=50e9)
    small = Line("loop 8, 2 operations", "net/a/b/c/d", 1e-6, 1000.0, 25_000.0)
    large = Line("copy of much", "", 98e-6, 0.0, 490_000.0 + 2 * CACHED)
    tiny = [Line("tiny", "x", 0.01e-6, 0.0, 0.0) for _ in range(3)]
    profile = Profile(7, [small, large, *tiny], limits)
    assert profile.of_limit(small) == pytest.approx(0.5)             # of the cache's 50 GB/s
    assert profile.of_limit(large) == pytest.approx((490_000 + 2 * CACHED) / 98e-6 / 10e9)
    text = str(profile).splitlines()
    assert text[-1].split(maxsplit=2) == ["0.03", "0.0%", "3 more, each below 0.5%"]
    assert text[3].split(maxsplit=5) == ["1.00", "1.0%", "1.0", "25.0", "50%",
                                         "loop 8, 2 operations  a/…/d"]
    assert str(Profile(0, [], limits)).startswith("0.0 µs a step, mean of 0 steps")


def test_whose_step_it_is():
    assert [short_scope(each) for each in (
        "", "gradients", "net/dense", "net/dense/matmul", "loss/mse", "loss/a/a/b", "n/p/q/r/s")
    ] == ["", "gradients", "dense", "dense/matmul", "loss/mse", "loss/…/b", "p/…/s"]


def test_studies_run_only_when_named(study, monkeypatch):
    run = study("run")
    assert run.cases([]) == ["calls", "import_time", "listening", "recording", "small_mlp"]
    assert run._with("main") == ["passes", "scaling", "step_profile", "user_code"]
    asked = []
    monkeypatch.setattr(study("passes"), "main", lambda options: asked.append(options) or 0)
    monkeypatch.setattr(study("step_profile"), "main", lambda names: asked.append(names) or 0)
    assert run.main(["passes", "xor", "--quick"]) == run.main(["--profile", "lenet"]) == 0
    assert asked == [["xor", "--quick"], ["lenet"]]
