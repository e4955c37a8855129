"""Who is watching: the tapes that are open, the trace that is running, and the scope names."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pellucid.core.plan import Trace
    from pellucid.core.tape import Tape


class Recording(threading.local):
    """The watchers of one thread; ops tell them what was applied."""

    tapes: tuple[Tape, ...] = ()
    trace: Trace | None = None
    scope: str = ""


recording = Recording()


@contextlib.contextmanager
def watched_by(*, tapes: tuple[Tape, ...] | None = None,
               trace: Trace | bool | None = True) -> Iterator[None]:
    """Replace the open tapes, or the running trace, for a while."""
    before = recording.tapes, recording.trace
    if tapes is not None:
        recording.tapes = tapes
    if trace is not True:
        recording.trace = trace or None
    try:
        yield
    finally:
        recording.tapes, recording.trace = before


@contextlib.contextmanager
def scope(name: str) -> Iterator[None]:
    """Everything applied inside is marked with ``name`` in the Plan (`dense/matmul`)."""
    before = recording.scope
    recording.scope = f"{before}/{name}" if before else name
    try:
        yield
    finally:
        recording.scope = before
