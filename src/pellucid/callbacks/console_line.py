"""One line at the foot of the console that is drawn again and again, and text above it."""

from __future__ import annotations

import functools
import logging
import os
import shutil
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pellucid.core.errors import PellucidError, without_own_frames
from pellucid.core.settings import (
    is_interactive_logging_enabled,
    is_traceback_filtering_enabled,
)

P = ParamSpec("P")
R = TypeVar("R")


class ConsoleLine:
    """The line that a progress bar lives on; there is one, since there is one console."""

    def __init__(self) -> None:
        self.width = 0                                   # of what is drawn now; 0 for nothing

    def draw(self, text: str) -> None:
        """Replace what is on the line; text that is too long is cut, so that it never wraps."""
        room = shutil.get_terminal_size().columns - 1
        self._write("\r" + text[:room].ljust(min(self.width, room)))
        self.width = len(text[:room])

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self.width:
            self._write("\r" + " " * self.width + "\r")
            self.width = 0

    def end(self) -> None:
        """Leave the line as it is and go on below it."""
        if self.width:
            self._write("\n")
            self.width = 0

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()


line = ConsoleLine()


def say(text: str) -> None:
    """Print a sentence, above the progress bar if there is one; or log it, if so asked for."""
    if not is_interactive_logging_enabled():
        logging.getLogger("pellucid").info(text)
        return
    line.clear()
    print(text, flush=True)


def in_notebook() -> bool:
    """Whether output goes to a notebook, which can redraw a line as a terminal can."""
    return type(sys.stdout).__module__.startswith("ipykernel")


def can_redraw() -> bool:
    """Whether a line that was written can be drawn again: not in a file or a pipe."""
    if not is_interactive_logging_enabled():
        return False
    terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    return terminal or in_notebook()


def can_show(text: str) -> bool:
    """Whether the console's encoding has these characters."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def leaves_a_clean_console(method: Callable[P, R]) -> Callable[P, R]:
    """If the method breaks off (an error, Ctrl-C), what is printed next begins on a new line.

    The traceback of a person's mistake then shows that person's lines, unless told otherwise.
    """
    @functools.wraps(method)
    def tidy(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except BaseException as error:
            line.end()
            if isinstance(error, PellucidError) and is_traceback_filtering_enabled():
                error.whole_trace = error.whole_trace or error.__traceback__
                error.__traceback__ = without_own_frames(error.__traceback__)
            raise
    return tidy
