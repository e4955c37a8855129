"""What holds for every test: one arithmetic, three Hypothesis profiles, and nothing left behind."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

# Before anything imports Keras: the oracle runs on JAX, in float64 where a test asks for it.
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("MPLBACKEND", "agg")

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from pellucid.core import custom_objects, names, serialization
from pellucid.core import settings as chosen
from pellucid.core.recording import recording
from pellucid.core.tensor import OPS
from pellucid.random import seed

collect_ignore_glob = ["*/recorded/*.py"]             # scripts that record an oracle, no tests

importlib.import_module("pellucid.engines.trace")     # fills the table of atoms, with their shapes

PROFILE = os.environ.get("PELLUCID_PROFILE", "dev")

# A shell that runs the tests in its background lets them ignore Ctrl-C, which some are about.
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No deadline: on a shared machine a slow example says nothing about the code.
_common: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("dev", max_examples=25, **_common)
settings.register_profile("ci", max_examples=50, derandomize=True, database=None, **_common)
settings.register_profile("deep", max_examples=1000, **_common)
settings.load_profile(PROFILE)


def left_behind() -> dict[str, Any]:
    """The global states that a test must leave as it found them, by the name a person would use."""
    keras, pyplot = sys.modules.get("keras"), sys.modules.get("matplotlib.pyplot")
    policies = sys.modules.get("pellucid.layers.dtype_policy")
    return {
        "an open tape": recording.tapes,
        "a running trace": recording.trace,
        "a scope name": recording.scope,
        "a path of names": names.current_path(""),
        "floatx or epsilon": (chosen.floatx(), chosen.epsilon()),
        "another setting": {name: value for name, value in chosen._settings.items()
                            if name not in ("floatx", "epsilon")},
        "a dtype policy": None if policies is None else policies._Default.policy,
        "Keras's floatx": keras.config.floatx() if hasattr(keras, "config") else "float32",
        "NumPy's error state": np.geterr(),
        "NumPy's way of printing": np.get_printoptions(),
        "an open figure": pyplot.get_fignums() if hasattr(pyplot, "get_fignums") else [],
        "the working folder": os.getcwd(),
        "a PELLUCID variable": {name: value for name, value in os.environ.items()
                                if name.startswith("PELLUCID_")},
    }


def mend(before: dict[str, Any]) -> None:
    """Put the states back, so that one careless test does not fail all that follow it."""
    recording.tapes = before["an open tape"]
    recording.trace = before["a running trace"]
    recording.scope = before["a scope name"]
    floatx, epsilon = before["floatx or epsilon"]
    chosen.set_floatx(floatx)
    chosen.set_epsilon(epsilon)
    chosen._settings.update(before["another setting"])
    if (policies := sys.modules.get("pellucid.layers.dtype_policy")) is not None:
        policies._Default.policy = before["a dtype policy"]
    if hasattr(keras := sys.modules.get("keras"), "config"):
        keras.config.set_floatx(before["Keras's floatx"])
    np.seterr(**before["NumPy's error state"])
    np.set_printoptions(**before["NumPy's way of printing"])
    if hasattr(pyplot := sys.modules.get("matplotlib.pyplot"), "close"):
        for number in set(pyplot.get_fignums()) - set(before["an open figure"]):
            pyplot.close(number)
    os.chdir(before["the working folder"])
    for name in [name for name in os.environ if name.startswith("PELLUCID_")]:
        del os.environ[name]
    os.environ.update(before["a PELLUCID variable"])


def forget_strangers(table: dict[str, Any], before: dict[str, Any]) -> None:
    """Take out what came in since ``before`` and stands in no module: a doctest's own class."""
    for name in table.keys() - before.keys():
        home = vars(sys.modules.get(getattr(table[name], "__module__", ""), sys))
        if not any(each is table[name] for each in home.values()):
            del table[name]


class Isolation:
    """Fails the test, or the doctest, that leaves a state behind; names what it left."""

    def __init__(self) -> None:
        self.generators: list[tuple[np.random.Generator, Any]] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember the state of every generator that stands in a test module, once all are read."""
        here = os.path.dirname(__file__)
        modules = [module for module in list(sys.modules.values())
                   if str(getattr(module, "__file__", None)).startswith(here)]
        found = {id(each): each for module in modules for each in vars(module).values()
                 if isinstance(each, np.random.Generator)}
        self.generators = [(each, each.bit_generator.state) for each in found.values()]
        if any(item.get_closest_marker("keras") for item in session.items):
            importlib.import_module("keras")           # it draws from `random` while it is imported

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        item.stash[BEFORE] = left_behind()
        names.reset_names()                            # names count from nought in every test,
        seed.restore_stream((0, 0, None))              # and our draws start from the same seed,
        for generator, state in self.generators:       # like those that test modules share: what a
            generator.bit_generator.state = state      # test draws must not hang on its neighbours
        registered, ops = dict(custom_objects.CUSTOM), dict(OPS)
        built_in = {family: dict(known) for family, known in serialization.BUILT_IN.items()}
        result = yield
        custom_objects.CUSTOM.clear()                   # and what it registers is forgotten,
        custom_objects.CUSTOM.update(registered)
        forget_strangers(OPS, ops)                      # but for what a module brings with it
        for family, known in serialization.BUILT_IN.items():
            forget_strangers(known, built_in.get(family, {}))
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        result = yield                                 # after the fixtures have put things back
        before, after = item.stash[BEFORE], left_behind()
        if changed := [name for name in before if after[name] != before[name]]:
            mend(before)
            told = "; ".join(f"{name} (was {before[name]!r}, is {after[name]!r})"
                             for name in changed)
            pytest.fail(f"the test left behind {told}", pytrace=False)
        return result


BEFORE = pytest.StashKey[dict[str, Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Isolation is registered for the whole run: a conftest's own hooks would miss doctests."""
    config.pluginmanager.register(Isolation(), "pellucid-isolation")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run in `./dev test --deep`, or when they are asked for by marker or by name."""
    if PROFILE == "deep" or config.option.markexpr or any("::" in each for each in config.args):
        return
    left = [item for item in items if item.get_closest_marker("deep")]
    long = set(left)
    left += beyond_the_sample([item for item in items if item not in long])
    if left:
        config.hook.pytest_deselected(items=left)
        out = set(left)
        items[:] = [item for item in items if item not in out]


def beyond_the_sample(items: list[pytest.Item]) -> list[pytest.Item]:
    """What a short run leaves out of the comparisons of layers and optimizers with the real Keras,
    which compiles each of them: it keeps the first of every three cases of a function.
    """
    seen: dict[str, int] = {}
    left = []
    for item in sorted(items, key=lambda each: each.nodeid):       # whatever order they run in
        if item.get_closest_marker("keras") and item.path.parent.name in SAMPLED:
            function = item.nodeid.partition("[")[0]
            seen[function] = seen.get(function, -1) + 1
            if seen[function] % 3:
                left.append(item)
    return left


SAMPLED = ("layers", "optimizers")
