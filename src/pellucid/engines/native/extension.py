"""The compiled extension, if it is there and wanted."""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType

from pellucid.core.errors import ArgumentError, FileError, InstallationWarning, advise
from pellucid.engines.native import threads

CHOICES = ("auto", "require", "off")


def wanted() -> str:
    """What the environment variable PELLUCID_NATIVE says: "auto", "require" or "off"."""
    choice = os.environ.get("PELLUCID_NATIVE", "auto").strip().lower() or "auto"
    if choice not in CHOICES:
        raise ArgumentError("PELLUCID_NATIVE must be auto, require or off", got=repr(choice))
    return choice


@functools.cache
def _loaded() -> tuple[ModuleType | None, str]:
    try:
        return importlib.import_module("pellucid.engines.native._native"), ""
    except ImportError as error:
        return None, str(error)


def extension() -> ModuleType | None:
    """The extension module; None if it is switched off, or (with a warning, once) not installed.

    Raises FileError if PELLUCID_NATIVE=require and it is not there.
    """
    choice = wanted()
    if choice == "off":
        return None
    threads.wished()
    module, why = _loaded()
    if module is None and choice == "require":
        raise FileError("PELLUCID_NATIVE=require, but the native engine is not installed",
                        got=why, hint="install pellucid with a C++20 compiler at hand, or from a "
                        "wheel that has the engine")
    if module is None:
        _say_once(why)
    else:
        threads.announce(module)
    return module


@functools.cache
def _say_once(why: str) -> None:
    advise(f"the native engine is not installed ({why}), so training runs on the reference engine, "
           "many times slower: reinstall with a C++20 compiler at hand, or set PELLUCID_NATIVE=off",
           InstallationWarning)
