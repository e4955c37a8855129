"""A pytest plugin: the tests run on the extension that PELLUCID_SANITIZED names.

It stands where `pellucid.engines.native.extension` looks first, so the package needs no word of it.
"""

from __future__ import annotations

import importlib.util
import os
import sys

NAME = "pellucid.engines.native._native"


def load(path: str) -> None:
    """Bring in the extension of this file under the name of the package's own."""
    spec = importlib.util.spec_from_file_location(NAME, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)


if "PELLUCID_SANITIZED" in os.environ:
    load(os.environ["PELLUCID_SANITIZED"])
