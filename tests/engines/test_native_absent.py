"""With the native engine, without it, and what PELLUCID_NATIVE says."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from pellucid import keras, layers
from pellucid.core.errors import ArgumentError, FileError, InstallationWarning
from pellucid.engines.native import extension as module
from pellucid.engines.native.extension import extension, wanted
from tests.models.native_and_reference import SMALL, on, python, ran_natively

X = np.random.default_rng(0).normal(size=(64, 10)).astype("float32")


def fitted() -> Any:
    model = keras.Sequential([keras.Input((10,)), layers.Dense(8, "relu"), layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, X[:, :1], verbose=0)
    return model


@pytest.fixture
def missing(monkeypatch) -> None:
    """As if the extension had not been built."""
    monkeypatch.setattr(module, "_loaded", lambda: (None, "No module named '_native'"))
    module._say_once.cache_clear()


def test_without_the_extension(missing, monkeypatch):
    monkeypatch.setenv("PELLUCID_NATIVE", "auto")
    with pytest.warns(InstallationWarning, match=r"reference engine, many times slower: reinstall"):
        model = fitted()
    assert not ran_natively(model)
    fitted()                                             # once is enough: warnings are errors here
    monkeypatch.setenv("PELLUCID_NATIVE", "require")
    with pytest.raises(FileError, match=r"not installed, but got No module named '_native'"):
        fitted()
    monkeypatch.setenv("PELLUCID_NATIVE", "off")
    module._say_once.cache_clear()
    assert not ran_natively(fitted())                    # silent


def test_a_broken_extension_is_told_of():
    done = python(f"""
import sys
sys.modules["pellucid.engines.native._native"] = None
{SMALL}
model.fit(X, X[:, :1], verbose=0)
model.fit(X, X[:, :1], verbose=0)
""")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("the native engine is not installed") == 1


def test_what_the_environment_may_say(monkeypatch):
    for text, choice in (("", "auto"), (" Require ", "require"), ("OFF", "off")):
        monkeypatch.setenv("PELLUCID_NATIVE", text)
        assert wanted() == choice
    monkeypatch.setenv("PELLUCID_NATIVE", "yes")
    with pytest.raises(ArgumentError, match="auto, require or off, but got 'yes'"):
        fitted()


def test_off_is_silent_and_native_is_the_default(monkeypatch):
    monkeypatch.delenv("PELLUCID_NATIVE", raising=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ran_natively(fitted()) is (extension() is not None)
        with on("reference"):
            assert not ran_natively(fitted())
