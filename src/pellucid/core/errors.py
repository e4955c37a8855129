"""One shape for every message: what was expected, what came, where, what to try.

Errors are for people. Each class below is also the built-in exception that Keras or Python would
raise in its place, so that `except ValueError` in existing code keeps working.
"""

from __future__ import annotations

import linecache
import re
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import shorten
from types import FrameType, TracebackType

from pellucid.core.likeness import meant

HOME = str(Path(__file__).resolve().parent.parent)
LIBRARIES = {"site-packages", "dist-packages"}


class PellucidError(Exception):
    """A mistake that a person can mend: ``expected``, ``got``, ``where`` and ``hint`` say it.

    >>> print(ArgumentError("the rate must be at least 0", got=-1.0, hint="try 0.001"))
    the rate must be at least 0, but got -1.0. Try 0.001.
    """

    whole_trace: TracebackType | None = None       # with our own lines, where those are not shown

    def __init__(self, expected: str, *, got: object = None, where: str | None = None,
                 hint: str | None = None) -> None:
        self.expected, self.got, self.where, self.hint = expected, got, where, hint
        text = expected.rstrip(".")
        if got is not None:
            given = got if isinstance(got, str) else repr(got)
            text += ", but got " + re.sub(r"\s*\n\s*", " ", given)
        if where:
            text += f", {where.rstrip('.,;')}"
        text += "" if text.endswith("?") else "."
        if hint:
            code = re.match(r"[\w.]+[(=]", hint)           # compile(loss="mse") stays as it is
            first = hint[0] if code else hint[0].upper()
            text += f" {first}{hint[1:].rstrip('.')}{'' if hint.endswith('?') else '.'}"
        super().__init__(text)

    def __str__(self) -> str:           # KeyError would print the repr of its text
        return self.args[0]


class ArgumentError(PellucidError, ValueError):
    """A value that has no meaning here: out of range, unknown, or in conflict with another."""


class ShapeError(PellucidError, ValueError):
    """Shapes that do not fit together."""


class KindError(PellucidError, TypeError):
    """A value of the wrong kind (a string where a number belongs)."""


class TracingError(PellucidError, TypeError):
    """Something that needs a value while only shapes are known."""


class NotBuiltError(PellucidError, ValueError):
    """Weights were asked for before the shapes are known."""


class DataError(PellucidError, ValueError):
    """Data that cannot be used as they are: the message names the rows or the columns."""


class RoomError(PellucidError, MemoryError):
    """More memory than the system gives."""


class FileError(PellucidError, OSError):
    """A file that is missing, damaged, or of another kind than its name says."""


class MissingExtra(PellucidError, ImportError):  # noqa: N818 (a part, not a fault)
    """A feature whose library is not installed; the message holds the command that brings it."""

    def __init__(self, feature: str, library: str, extra: str) -> None:
        super().__init__(f"{feature} needs {library}, which is not installed",
                         hint=f'bring it with: pip install "pellucid[{extra}]"')


def no_such_entry(error: IndexError) -> DataError:
    """The error for an index beyond the entries, found only when numbers flow."""
    return DataError(f"the model looks up an entry that is not there ({error})", where=user_line(),
                     hint="look at the arrays that hold whole numbers")


class PellucidWarning(UserWarning):
    """Something that runs, exactly as in Keras, and is probably not what was meant."""


class InstallationWarning(UserWarning):
    """A part of pellucid is not installed, and a slower one does its work: no fault of a model."""


def advise(sentence: str, category: type[Warning] = PellucidWarning) -> None:
    """Give a warning that points to the nearest line outside the library."""
    depth, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(HOME):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(category(sentence), stacklevel=depth)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """A sentence that suggests the known name closest to ``name``, or None if nothing is close.

    >>> nearest("rleu", ["relu", "tanh"])
    'did you mean "relu"?'
    """
    close = " or ".join(f'"{each}"' for each in meant(name, names))
    return f"did you mean {close}?" if close else None


def nearest_or_all(name: str, names: Iterable[str]) -> str:
    """As `nearest`, and the whole list where nothing is close.

    >>> nearest_or_all("x", ["relu", "tanh"])
    'known: relu, tanh'
    """
    return nearest(name, names) or f"known: {', '.join(names)}"


def a_few(names: Sequence[object], most: int = 4) -> str:
    """The first of many names, and how many more there are.

    >>> a_few(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def unknown_name(kind: str, name: object, names: Iterable[str]) -> ArgumentError:
    """The error for a name that is in no table: the nearest one, or the whole list, is the hint."""
    return ArgumentError(f"{name!r} is not a known {kind}",
                         hint=nearest_or_all(str(name), sorted(set(names))))


def user_line() -> str | None:
    """``at file.py:31: source text`` of the nearest caller outside the library, if there is one.

    A line in another installed library, which called on somebody's behalf, serves only if there
    is no other.
    """
    frame, library = sys._getframe(1), None
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(HOME) and not file.startswith("<frozen"):
            if not LIBRARIES & set(Path(file).parts):
                return _told(frame)
            library = library or frame
        frame = frame.f_back
    return library and _told(library)


def _told(frame: FrameType) -> str:
    file = frame.f_code.co_filename
    line = shorten(linecache.getline(file, frame.f_lineno).strip(), 70, placeholder=" …")
    return f"at {Path(file).name}:{frame.f_lineno}" + (f": {line}" if line else "")


def without_own_frames(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the lines that are pellucid's own.

    >>> without_own_frames(None) is None
    True
    """
    if trace is None:
        return None
    deeper = without_own_frames(trace.tb_next)
    if trace.tb_frame.f_code.co_filename.startswith(HOME):
        return deeper
    return TracebackType(deeper, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)
