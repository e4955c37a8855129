"""Every public name of Keras's that computes something: here it gives the same.

The cases stand in `cases/`, by name; a name without a case fails. Ours is compared with what Keras
gave when `./dev parity --record` was last run, and a sample of that with Keras as it is installed.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

import numpy as np
import pytest

from pellucid.core.exports import KERAS_VERSION
from tests.house.tree import ROOT
from tests.parity import shares
from tests.parity.judge import Ours, Theirs, assert_alike, resolve
from tests.parity.oracle import live
from tests.parity.recording import FAMILIES, everything, read, runs, table, versions

SAMPLE = 90                                              # each so many-th name is asked live

# Names that no table of calls can compare, and the tests that hold them to Keras's ways.
ELSEWHERE: dict[str, tuple[str, ...]] = {
    "callbacks/test_backup_and_restore.py": ("callbacks.BackupAndRestore",),
    "callbacks/test_callbacks.py": (
        "callbacks.CallbackList", "callbacks.History", "callbacks.LambdaCallback",
        "callbacks.TerminateOnNaN"),
    "callbacks/test_callbacks_against_keras.py": (
        "callbacks.Callback", "callbacks.CSVLogger", "callbacks.EarlyStopping",
        "callbacks.LearningRateScheduler", "callbacks.ModelCheckpoint",
        "callbacks.ReduceLROnPlateau"),
    "callbacks/test_newer_callbacks.py": (
        "callbacks.ProgbarLogger", "callbacks.RemoteMonitor", "callbacks.SwapEMAWeights"),
    "callbacks/test_tensor_board.py": ("callbacks.TensorBoard",),
    "constraints/test_constraints.py": ("constraints.Constraint",),
    "initializers/test_initializers.py": ("initializers.Initializer",),
    "layers/test_layer_protocol.py": ("layers.Layer",),
    "layers/test_layers.py": ("layers.InputSpec",),
    "layers/test_preprocessing_lookup.py": ("layers.IntegerLookup", "layers.StringLookup"),
    "layers/test_preprocessing_text.py": (
        "layers.HashedCrossing", "layers.Hashing", "layers.TextVectorization"),
    "layers/test_time_distributed.py": ("layers.Wrapper",),
    "losses/test_losses_against_keras.py": ("losses.Loss",),
    "metrics/test_metric_protocol.py": ("metrics.Metric", "metrics.MeanMetricWrapper"),
    "optimizers/test_newer_rules.py": ("optimizers.OptimizerMap",),
    "optimizers/test_protocol.py": ("optimizers.Optimizer",),
    "random/test_elastic.py": ("ops.image.elastic_transform",),
    "regularizers/test_regularizers.py": ("regularizers.Regularizer",),
    "schedules/test_schedules.py": ("optimizers.schedules.LearningRateSchedule",),
}
# by these the configs of the suite itself go to and fro
SERIAL = ("deserialize", "get", "serialize")

EVERY = everything()
DIFFERENT = shares.reasons().different
OBJECTS = [name for name, cases in EVERY.items() if any(each.make for each in cases)]


@functools.cache
def recorded(family: str) -> Any:
    return read(family)


def home(name: str) -> str:
    return next(family for family in FAMILIES if name in table(family))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_recorded_is_of_this_suite_and_of_this_keras(family):
    """Else: ./dev parity --record."""
    results, came_from = recorded(family)
    assert came_from["keras"] == KERAS_VERSION
    assert set(results) == {key for name, cases in table(family).items()
                            for key, *_ in runs(cases, name)}


@pytest.mark.parametrize("name", EVERY)
def test_ours_equals_what_keras_gave(name):
    if name in DIFFERENT:
        with pytest.raises(AssertionError):              # else it is different no more
            equals_what_keras_gave(name)
    else:
        equals_what_keras_gave(name)


def equals_what_keras_gave(name: str) -> None:
    ours, (expected, _) = Ours(), recorded(home(name))
    for key, case, dtype in runs(EVERY[name], name):
        with np.errstate(all="ignore"):
            found = case.results(ours, name, dtype)
        assert_alike(found, expected[key], dtype, case.close, key)


def asked_live(name: str) -> None:
    theirs, (kept, _) = Theirs(), recorded(home(name))
    for key, case, dtype in runs(EVERY[name], name):
        assert_alike(case.results(theirs, name, dtype), kept[key], dtype, case.close, key)


@live
@pytest.mark.parametrize("name", list(EVERY)[::SAMPLE])
def test_keras_still_gives_what_is_recorded(name):
    asked_live(name)


@live
@pytest.mark.deep
@pytest.mark.parametrize("name", list(EVERY)[SAMPLE // 2::SAMPLE // 4])
def test_keras_still_gives_more_of_what_is_recorded(name):
    asked_live(name)


@live
def test_versions():
    assert versions()["keras"] == KERAS_VERSION


@live
def test_every_public_name_has_a_case():
    """A case of its own, or of a name that stands for the same thing in both libraries."""
    ours, theirs = Ours().k, Theirs().k
    elsewhere = {name for names in ELSEWHERE.values() for name in names}
    bare = []
    for share in shares.shares():
        for last in share.names:
            name = f"{share.namespace}.{last}"
            same = [each for each in EVERY if resolve(theirs, each) is resolve(theirs, name)
                    and resolve(ours, each) is resolve(ours, name)] if (
                        last not in share.missing) else []
            if not (same or last in share.missing or last in SERIAL or name in elsewhere):
                bare.append(name)
    assert not bare, f"no case in tests/parity/cases for {', '.join(bare)}"


def test_what_is_compared_elsewhere_is_compared_there():
    for file, names in ELSEWHERE.items():
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        for name in names:
            assert name.rpartition(".")[2] in text, (file, name)


def test_no_case_is_for_a_name_that_is_not_here():
    for family in FAMILIES:
        importlib.import_module(f"tests.parity.cases.{family}")
    assert not [name for name in EVERY if not shares.is_here(name)]


# configs


def plain(value: Any) -> Any:
    """A config without what names and places say: objects by class, tuples as lists."""
    if isinstance(value, dict) and "class_name" in value:
        return [value["class_name"], plain(value["config"])]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()
                if key not in ("name", "dtype", "quantization_config")}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, (float, np.floating)):
        return pytest.approx(float(value), rel=1e-6, nan_ok=True)
    return value


@live
@pytest.mark.parametrize("name", OBJECTS)
def test_configs_go_to_keras_and_back(name):
    """What ours writes makes Keras's object anew, and what Keras writes makes ours anew."""
    for case in EVERY[name]:
        if case.make is None or (not case.slopes and name.startswith("layers.")):
            continue
        mine, theirs = (case.make(library.k, name) for library in (Ours(), Theirs()))
        written, expected = mine.get_config(), theirs.get_config()
        again = type(theirs).from_config(dict(written))
        assert plain(again.get_config()) == plain(expected)
        back = type(mine).from_config(dict(expected)).get_config()
        assert plain({key: back[key] for key in back.keys() & expected.keys()}) == plain(
            {key: written[key] for key in back.keys() & expected.keys()})
