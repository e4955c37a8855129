"""How many threads the engine may use, and who else may say so.

``PELLUCID_NUM_THREADS`` sets the most for a process; `threadpoolctl`, where a program uses it, may
set fewer for a Python thread. Results never depend on it: work is divided by shapes alone.
"""

from __future__ import annotations

import functools
import os
import sys
from types import ModuleType
from typing import Any

from pellucid.core.errors import ArgumentError


def wished() -> int | None:
    """What PELLUCID_NUM_THREADS says, None if nothing.

    Raises ArgumentError for what is not a whole number from 1 on. The engine reads it once, when
    it first needs threads.

    >>> wished() is None or wished() > 0
    True
    """
    text = os.environ.get("PELLUCID_NUM_THREADS", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise ArgumentError("PELLUCID_NUM_THREADS must be a whole number, at least 1",
                            got=repr(text), hint="leave it unset for all cores")
    return int(text)


def announce(module: ModuleType) -> None:
    """Make the engine known to threadpoolctl, if the program has imported that.

    >>> from pellucid.engines.native.extension import extension
    >>> if (module := extension()) is not None:
    ...     announce(module)
    """
    if "threadpoolctl" in sys.modules:
        _register(sys.modules["threadpoolctl"], module)


@functools.cache
def _register(threadpoolctl: Any, module: Any) -> None:
    class NativeController(threadpoolctl.LibController):
        """The limit of the calling thread, as threadpoolctl sees it."""

        user_api = internal_api = "pellucid"
        filename_prefixes = ("_native",)
        check_symbols = ("pellucid_native_engine",)      # other libraries have that name too

        def get_num_threads(self) -> int: return module.thread_limit()

        def set_num_threads(self, num_threads: int) -> None: module.set_thread_limit(num_threads)

        def get_version(self) -> None: return None

    threadpoolctl.register(NativeController)
